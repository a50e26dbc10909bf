package decode

import (
	"io"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/decode/wav"
)

// Copying says how a recording is copied bit by bit.
type Copying = codec.Copying

// CopyTo writes the rest of a recording of two channels as a WAV file, and returns how many frames there
// are. Samples that are stored as such keep their bits. Others, such as those of MP3, are written as
// 16-bit PCM, or as 32-bit floating point if they have more than 16 bits: see Alike. Errors about the
// recording are an *[Error].
func CopyTo(w io.WriteSeeker, r Reader, c Copying) (frames int64, err error) {
	r = unwrapped(r)
	if copier, ok := r.(copier); ok {
		return copier.CopyTo(w, c)
	}
	if r.Channels() != 2 {
		return 0, codec.NewError("the recording has one channel, so there is nothing to exchange", "give a recording with two channels")
	}
	return wav.WriteBoth(w, r, r.Format().SampleRate, r.Format().Bits > writtenBits, c)
}

// copier is a recording that copies itself.
type copier interface {
	CopyTo(io.WriteSeeker, Copying) (int64, error)
}

// writtenBits is the width of the samples that are written of most formats.
const writtenBits = 16

// Alike reports whether CopyTo keeps the bits of every sample.
func Alike(r Reader) bool {
	switch r := unwrapped(r).(type) {
	case *Joined:
		_, _, alike := r.stored()
		return alike
	case copier:
		return true
	}
	return !r.Format().Lossy && r.Format().Bits == writtenBits
}
