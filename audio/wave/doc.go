// Package wave turns the bytes of a WAV file into blocks of left and right
// samples, in one pass, without ever exchanging the two.
//
// It is the guard around github.com/go-audio/wav, which decodes canonical PCM
// rightly and everything else wrongly or not at all: the RIFF, RF64 or RIFX
// chunks are walked here with bounded reads, and go-audio is handed a canonical
// header and the sample section.
package wave
