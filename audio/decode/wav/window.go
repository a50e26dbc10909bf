package wav

import (
	"bytes"
	"math"

	"github.com/otoscope/otoscope/audio/decode/codec"
)

// Span says where in a file of size bytes the samples are. A header with a placeholder in the
// place of their size does not tell where they end, nor does one that promises more than there is.
func (r *Reader) Span(size int64) (codec.Span, bool) {
	l, frame := r.layout, int64(r.layout.format.FrameBytes())
	end := size
	if !l.headerless {
		if l.vague || l.size > size-r.begin {
			return codec.Span{}, false
		}
		end = r.begin + l.size
	}
	frames := (end - r.begin) / frame
	return codec.Span{Begin: r.begin, End: r.begin + frames*frame, Frames: frames}, frames > 0
}

// Window reads the whole frames among the bytes b, which begin at byte at of the file.
func (r *Reader) Window(at int64, b []byte) (codec.Reader, int64, error) {
	frame := int64(r.layout.format.FrameBytes())
	first := max(0, (at-r.begin+frame-1)/frame)
	skip := r.begin + first*frame - at
	if at < 0 || skip+frame > int64(len(b)) {
		return nil, 0, codec.NewErrorAt(at, "the window holds no whole frame of samples", codec.AdviceRetry)
	}
	b = b[skip:]
	b = b[:int64(len(b))/frame*frame]
	l := r.layout
	l.size, l.vague, l.headerless, l.head = math.MaxInt64, false, true, nil
	w, err := open(codec.NewSource(bytes.NewReader(b)), &codec.Notes{}, r.options, l)
	return w, first, err
}
