package mp3

import (
	"fmt"
	"io"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/internal/mpeg"
)

// frames finds the frames of one stream.
type frames struct {
	src   *codec.Source
	until int64       // where the stream ends at the latest, as the source counts
	first mpeg.Header // those that follow are like it
	free  int         // bytes of a frame in free format, without padding

	last  int   // bytes of the frame before
	other int64 // where frames of another stream begin; 0: nowhere
	tail  int64 // bytes behind the last frame that are none
	cut   bool  // the last frame ends before its end
}

// frame is one frame, or what is in its place.
type frame struct {
	header  mpeg.Header
	data    []byte // until the next call
	skipped int64  // bytes before it that are no frames
	lost    int    // frames that were in their place, as far as their number tells
}

// windowBytes of the source are looked at for the next frame. Eight frames have room in it, or twice the
// three by which free format is measured.
const windowBytes = 6*mpeg.MaxFrame + mpeg.HeaderBytes

// peek is the window, shorter at the end of the stream.
func (f *frames) peek() []byte {
	b, _ := f.src.Peek(windowBytes)
	return b[:max(0, min(int64(len(b)), f.until-f.src.Offset()))]
}

// maxLeading is how far the first frame is looked for.
const maxLeading = 1 << 20

// start finds the first frame. It returns how many bytes that are no tag stand before it.
func (f *frames) start() (leading int64, err error) {
	for leading <= maxLeading {
		b := f.peek()
		at := 0
		if n := tagBytes(b); n > 0 {
			if err := discard(f.src, n); err != nil {
				return 0, err
			}
			continue
		} else if !mpeg.Begins(b, mpeg.LayerIII) {
			at = mpeg.Find(b, mpeg.LayerIII)
		}
		if at < 0 {
			if len(b) < windowBytes {
				break
			}
			at = len(b) / 2 // what begins in the second half may go on behind it
			if _, err := f.src.Discard(at); err != nil {
				break
			}
			leading += int64(at)
			continue
		}
		if _, err := f.src.Discard(at); err != nil {
			break
		}
		f.first, _ = mpeg.Parse(b[at:])
		if f.first.BitRate == 0 {
			f.free = mpeg.FreeBytes(b[at:])
		}
		return leading + int64(at), nil
	}
	if err := f.src.Failure(); err != nil {
		return 0, fmt.Errorf("reading the beginning of the recording at byte %d: %w", f.src.Offset(), err)
	}
	return 0, codec.NewError("this looks like MP3 audio, but has no two frames that follow one another", codec.AdviceRetry)
}

// next gives the next frame, or io.EOF where there is none, or an error of the source.
func (f *frames) next() (frame, error) {
	skipped := int64(0)
	for {
		b := f.peek()
		if len(b) < mpeg.HeaderBytes {
			return frame{}, f.end(skipped + int64(len(b)))
		}
		if n := tagBytes(b); n > 0 {
			if err := discard(f.src, n); err != nil {
				return frame{}, f.failure()
			}
			continue
		}
		h, size, ok := f.at(b)
		switch {
		case ok && size > len(b) && skipped == 0:
			f.cut = true
			return frame{}, f.failure()
		case ok && size <= len(b) && f.fits(b[size:], skipped > 0):
			return f.take(h, size, skipped)
		case !ok && skipped == 0 && f.isOther(b):
			f.other = f.src.Offset()
			return frame{}, io.EOF
		}
		// Something is damaged: this header, or what follows this frame.
		n, found := f.search(b)
		if ok && (n >= size || !found && n > size) && skipped == 0 {
			return f.take(h, size, 0) // what follows it
		}
		if _, err := f.src.Discard(n); err != nil {
			return frame{}, f.failure()
		}
		skipped += int64(n)
	}
}

// at reads the header that b begins with and reports whether it is one of this stream.
func (f *frames) at(b []byte) (h mpeg.Header, size int, ok bool) {
	h, ok = mpeg.Parse(b)
	if !ok || !h.Like(f.first) {
		return h, 0, false
	}
	return h, h.Size(f.free), true
}

// fits reports whether what stands behind a frame may do so: another frame, a tag, or the end. A place
// that was searched for must be followed by more than an end.
func (f *frames) fits(b []byte, searched bool) bool {
	if len(b) < mpeg.HeaderBytes {
		return !searched || len(b) == 0
	}
	_, _, ok := f.at(b)
	return ok || tagBytes(b) > 0
}

// search finds where in b, behind its first byte, frames of this stream go on. Where it finds nothing
// it returns how many bytes are certainly none.
func (f *frames) search(b []byte) (n int, found bool) {
	for n = 1; n+mpeg.HeaderBytes <= len(b); n++ {
		if b[n] != 0xFF {
			continue
		}
		if _, size, ok := f.at(b[n:]); ok {
			if n+size > len(b) && len(b) == windowBytes {
				return n, false // to be seen with what follows
			}
			if n+size <= len(b) && f.fits(b[n+size:], true) {
				return n, true
			}
		}
	}
	return max(1, len(b)-mpeg.HeaderBytes+1), false
}

// otherFrames of another kind in a row are another stream.
const otherFrames = 3

func (f *frames) isOther(b []byte) bool {
	h, ok := mpeg.Parse(b)
	if !ok || h.Like(f.first) {
		return false
	}
	runs, cut := mpeg.Run(b, otherFrames)
	return runs == otherFrames || runs == otherFrames-1 && cut
}

// take gives the frame of a size that comes next, behind bytes that were passed over.
func (f *frames) take(h mpeg.Header, size int, skipped int64) (frame, error) {
	b, err := f.src.Peek(size)
	if err != nil {
		return frame{}, f.failure()
	}
	mean := int64(size)
	if f.last > 0 {
		mean = int64(f.last)
	}
	f.last = size
	return frame{header: h, data: b, skipped: skipped, lost: int((skipped + mean/2) / mean)}, nil
}

// done passes over the frame that was taken.
func (f *frames) done(fr frame) { _, _ = f.src.Discard(len(fr.data)) }

// end is the end of the stream, behind bytes that are no frames.
func (f *frames) end(tail int64) error {
	f.tail = tail
	return f.failure()
}

// failure is the error of the source, or io.EOF.
func (f *frames) failure() error {
	if err := f.src.Failure(); err != nil {
		return fmt.Errorf("reading the frame at byte %d: %w", f.src.Offset(), err)
	}
	return io.EOF
}
