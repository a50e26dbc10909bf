package flac

import (
	"bytes"

	"github.com/otoscope/otoscope/audio/decode/codec"
)

// adviceWhole goes with what is wrong in a part of a recording.
const adviceWhole = "Read the whole recording."

// origin is what the numbers of the frames count from.
type origin struct {
	begin int64 // the byte at which the first frame begins
	fixed int64 // samples of each block, where all but the last have the same
	known bool  // a frame with the number 0 stands there
}

// originOf looks at the first frame of a file, without taking it.
func (f *frames) originOf() origin {
	o := origin{begin: f.offset()}
	h, ok := parseHeader(f.want(maxHeaderBytes))
	o.known = ok && h.belongs(f.info) && h.number == 0
	if !h.variable {
		o.fixed = int64(h.block)
	}
	return o
}

// Span says where in a file of size bytes the frames are. Bytes do not tell the time: windows are as
// long as the mean of the recording lets expect, and their frames say where they are.
func (r *Reader) Span(size int64) (codec.Span, bool) {
	o, frames := r.origin, int64(r.frames.info.NSamples)
	return codec.Span{Begin: o.begin, End: size, Frames: frames}, o.known && frames > 0 && o.begin < size
}

// Window reads the whole frames among the bytes b, which begin at byte at of the file. A frame counts
// if the CRC-8 of its header and its own CRC-16 are right. Whatever does not follow upon it without a
// gap is an error of Read: a part of a recording says nothing about damage.
func (r *Reader) Window(at int64, b []byte) (codec.Reader, int64, error) {
	if at < 0 || !r.origin.known {
		return nil, 0, codec.NewErrorAt(at, "the recording does not say where its frames belong", adviceWhole)
	}
	b = b[min(max(0, r.origin.begin-at), int64(len(b))):]
	w := &Reader{format: r.format, taken: r.taken, scale: r.scale, finish: r.finish, origin: r.origin, within: true}
	w.frames = frames{
		window: window{src: codec.NewSource(bytes.NewReader(b)), limit: r.frames.limit},
		notes:  &codec.Notes{}, info: r.frames.info, sums: r.frames.sums, fixed: r.origin.fixed, within: true,
	}
	if w.advance(); w.err != nil {
		return nil, 0, codec.NewErrorAt(at, "the window holds no whole frame", adviceWhole)
	}
	return w, w.frames.base, nil
}

// inOrder reports whether all frames of a window so far follow upon one another, and none goes beyond
// the end of the recording.
func (f *frames) inOrder() bool {
	return len(f.notes.All()) == 0 && f.silent == 0 && !f.joined && f.base+f.heard <= int64(f.info.NSamples)
}
