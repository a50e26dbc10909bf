package decode

import (
	"io"

	"github.com/otoscope/otoscope/audio/decode/codec"
)

// Copying says how a recording is copied bit by bit.
type Copying = codec.Copying

// CopyTo writes the rest of a recording as a WAV file whose samples have the bits that they are stored
// with. It returns how many frames there are. A recording whose format keeps no such bits is an
// *[Error].
func CopyTo(w io.WriteSeeker, r Reader, c Copying) (frames int64, err error) {
	copier, ok := r.(interface {
		CopyTo(io.WriteSeeker, Copying) (int64, error)
	})
	if !ok {
		return 0, codec.NewError("a recording of this format cannot be copied bit by bit", "convert it to WAV first, for example: sox call.mp3 call.wav")
	}
	return copier.CopyTo(w, c)
}
