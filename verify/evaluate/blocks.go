package evaluate

import (
	"context"
	"errors"
	"io"
	"iter"

	"github.com/go-audio/audio"

	"github.com/otoscope/otoscope/audio/decode"
)

// blockFrames is the number of frames read at a time.
const blockFrames = 4096

// errChanged is the error of a recording that differs from the measured one.
var errChanged = errors.New("it has changed since it was measured")

// blocks reads a recording of two channels, to its end or until the caller stops. It
// uses the same buffer each time.
func (s *source) blocks(ctx context.Context) iter.Seq2[*audio.Float32Buffer, error] {
	return func(yield func(*audio.Float32Buffer, error) bool) {
		decoder, err := s.decoded(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		defer decoder.Close()
		if decoder.Channels() != 2 {
			yield(nil, errChanged)
			return
		}
		room := make([]float32, 2*blockFrames)
		block := &audio.Float32Buffer{}
		for {
			block.Data = room
			_, err := decode.ReadBuffer(decoder, block)
			if errors.Is(err, io.EOF) || !yield(block, err) || err != nil {
				return
			}
		}
	}
}
