// Package tone finds keys, the signals of telephony, and other tones.
//
//	tone.go          which steps may hold a tone: see tonality.go
//	dtmf.go          keys, ITU-T Q.23 and Q.24
//	tonesteady.go    tones that last
//	tonepeaks.go     their frequencies
//	callprogress.go  what their cadences mean: ITU-T E.180, T.30, V.25
//	tonelist.go      what was found, and what of it is music
package tone
