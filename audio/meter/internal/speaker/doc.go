// Package speaker finds whose speech a channel carries. It compares spectra, which show both the
// voice and its line.
//
//	pieces.go       average spectra of pieces of the call
//	utterances.go   the same of each stretch of speech, up to a pause
//	twospeakers.go  whether one channel carries two speakers if the other has none
//	sideswap.go     places at which the sides may have been exchanged
//	swapstretch.go  a part of the call in which they have
//	voice.go        a summary of voice and line, made only on request: personal data
//	cepstrum.go, pitch.go, moments.go  what the summary is made from
package speaker
