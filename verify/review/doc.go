// Package review is the desk at which people listen to recordings and say who is on which
// channel: a web page that this process serves, and its server.
//
//	desk, err := review.New(review.Options{Store: store, Listener: fetcher, …})
//	…
//	links, err := desk.Links("http://127.0.0.1:8080")
//	err = desk.Serve(ctx, listener)
//
// What is reviewed is a list (batch.ReviewList): what the results leave undecided, what they
// refute, and a random sample of what they confirm. A person gets the first recording of it that
// nobody has answered and nobody else has before them (batch.Store.HoldFirst). Answers go to the
// database.
//
//	access.go    who may come in: links, sessions, a password, hosts and origins
//	desk.go      who is at what, and what the page asks for
//	list.go      what is on the list
//	handlers.go  requests to these, answers to JSON
//	playing.go   requests for sound and pictures
//	sounds.go    recordings, fetched ahead and kept in memory
//	page/        the page; its pictures and its player are those of report/html
//
// # What is promised
//
//   - Without a session nothing is told but how to get one. A link works once. Requests with a
//     foreign Host or Origin are refused, so that neither another site nor a name that is
//     bound to this address (DNS rebinding) gets anything out of a browser.
//   - No address of a recording and no credential is in the page or in what it asks for.
//   - Sound is kept in memory, up to a limit, and nowhere else. Browsers are told to store nothing.
//   - What a page asks for twice, because it got no reply, is done once; also after the desk was started again.
//   - A blind desk tells nothing of a verdict before its recording has been answered, and the
//     order of its list is random.
package review
