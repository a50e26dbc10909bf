package flac

import (
	"bytes"
	"errors"
	"io"

	"github.com/otoscope/otoscope/audio/decode/codec"
)

// window holds the bytes of one frame, and perhaps more, so that a frame that cannot be decoded
// can be searched for the beginning of another one.
type window struct {
	src   *codec.Source
	buf   []byte
	start int // of the frame
	pos   int // where the decoder reads on
	limit int // bytes of the longest frame
}

// errTooLong ends a frame that goes on beyond any frame that the recording can have.
var errTooLong = errors.New("the frame is longer than a frame can be")

// chunk is how many bytes are read at a time.
const chunk = 8 << 10

// offset is where in the file the frame begins.
func (w *window) offset() int64 { return w.src.Offset() - int64(len(w.buf)-w.start) }

// want gives the next n bytes, or fewer at the end of the file.
func (w *window) want(n int) []byte {
	for len(w.buf)-w.start < n && w.fill() == nil {
	}
	return w.buf[w.start:min(len(w.buf), w.start+n)]
}

// fill reads one chunk, or less.
func (w *window) fill() error {
	if w.start > 0 && w.start >= len(w.buf)/2 {
		n := copy(w.buf, w.buf[w.start:])
		w.buf, w.pos, w.start = w.buf[:n], w.pos-w.start, 0
	}
	old := len(w.buf)
	w.buf = append(w.buf, make([]byte, chunk)...)
	n, err := w.src.Read(w.buf[old:])
	w.buf = w.buf[:old+n]
	if n > 0 {
		return nil
	}
	return err
}

// Read gives the frame's bytes to the decoder, which takes no more than it needs.
func (w *window) Read(p []byte) (int, error) {
	if w.pos == len(w.buf) {
		if w.pos-w.start >= w.limit {
			return 0, errTooLong
		}
		if err := w.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, w.buf[w.pos:])
	w.pos += n
	return n, nil
}

// ReadByte gives the next of the frame's bytes.
func (w *window) ReadByte() (byte, error) {
	var b [1]byte
	_, err := w.Read(b[:])
	return b[0], err
}

// rewind lets the decoder read the frame from its byte n on.
func (w *window) rewind(n int) { w.pos = w.start + n }

// read is what the decoder read of the frame.
func (w *window) read() []byte { return w.buf[w.start:w.pos] }

// next goes behind what the decoder read.
func (w *window) next() { w.start = w.pos }

// search goes to the next byte that a frame can begin with, or to the end. It returns how many bytes
// it passed over.
func (w *window) search() (passed int64) {
	for skip := 1; ; skip = 0 {
		if len(w.want(skip+1)) <= skip {
			passed += int64(len(w.buf) - w.start)
			w.start = len(w.buf)
			return passed
		}
		at := bytes.IndexByte(w.buf[w.start+skip:], sync>>8)
		if at >= 0 {
			w.start += skip + at
			return passed + int64(skip+at)
		}
		passed += int64(len(w.buf) - w.start)
		w.start = len(w.buf)
	}
}

var _ io.Reader = (*window)(nil)
