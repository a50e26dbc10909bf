// Package words tells an agent from a customer by what they say.
//
// An agent asks "how may I help you", a customer says "I'm calling about". A [List] holds
// such n-grams of one language with their weights. [Lists.Hear] matches the turns of a
// transcript against the list of their language and gives a [Heard]: scores and matched
// n-grams, but never text. Package verify/evidence weighs it with the other evidence.
//
//	tokens.go    text to tokens
//	list.go      a list and its file form
//	builtin.go   the lists in the program, one a language
//	grams.go     the set of n-grams of the turns of one side
//	language.go  which language is spoken
//	hear.go      turns to Heard: equal words a side, the score
//	ratio.go     the score as a likelihood ratio
//	guards.go    when words show nothing: mailboxes, prompts, both parties on one channel
//
// Exchanging the channels negates the score exactly. Package verify/calibrate learns
// lists.
package words
