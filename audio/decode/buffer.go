package decode

import (
	"io"

	"github.com/go-audio/audio"
)

// bufferFrames is the number of frames interleaved at a time.
const bufferFrames = 512

// ReadBuffer fills buf with interleaved frames, for programs that work with the buffers of
// github.com/go-audio/audio: as many as its Data has capacity for. It sets Data's length, Format and
// SourceBitDepth, and returns how many frames there are. Full scale is 1.0.
//
// Its errors are those of [Reader]'s Read: io.EOF after the last frame, io.ErrShortBuffer where
// there is no room for one.
func ReadBuffer(r Reader, buf *audio.Float32Buffer) (frames int, err error) {
	f, channels := r.Format(), r.Channels()
	buf.Format = &audio.Format{NumChannels: channels, SampleRate: f.SampleRate}
	buf.SourceBitDepth = f.Bits
	room := cap(buf.Data) / channels
	buf.Data = buf.Data[:0]
	if room == 0 {
		return 0, io.ErrShortBuffer
	}
	var left, right [bufferFrames]float32
	for frames < room {
		want := min(room-frames, bufferFrames)
		n, err := r.Read(left[:want], right[:want])
		if err != nil {
			if frames > 0 {
				return frames, nil // the reader gives its error again
			}
			return 0, err
		}
		for i := range n {
			buf.Data = append(buf.Data, left[i])
			if channels == 2 {
				buf.Data = append(buf.Data, right[i])
			}
		}
		frames += n
	}
	return frames, nil
}
