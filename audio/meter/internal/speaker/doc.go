// Package speaker finds whose speech a channel carries. It compares spectra, which show both the
// voice and its line.
//
//	observation.go  what one spectrum says of who speaks
//	pieces.go       average spectra of pieces of the call
//	utterances.go   the same of each stretch of speech, up to a pause
//	twospeakers.go  whether one channel carries two speakers
//	sides.go        both channels' pieces, in units of their variation
//	exchange.go     the parts of the call in which the sides have changed places
//	exchangestarts.go  where the search for them starts
//	newvoices.go    places at which both sides begin to sound different
//	sideswap.go     how far the sides stay themselves, before and after one place
//	voice.go        a summary of voice and line, made only on request: personal data
//	cepstrum.go, pitch.go, moments.go  what the summary is made from
package speaker
