// Package tone finds DTMF keys, call progress tones and other tones.
//
//	tone.go          which steps may hold a tone: see tonality.go
//	dtmf.go          keys: ITU-T Q.23 and Q.24
//	tonesteady.go    steady tones
//	tonepeaks.go     their frequencies
//	callprogress.go  what their cadences mean: ITU-T E.180, T.30, V.25
//	tonelist.go      the list of tones found, and which of them are music
package tone
