package mp3

import (
	"bytes"
	"math"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/internal/mpeg"
)

// adviceWhole goes with what is wrong in a part of a recording.
const adviceWhole = "Read the whole recording."

var errPart = codec.NewError("a part of the recording is damaged, or not of one bit rate", adviceWhole)

// pace is where the frames of a recording of one bit rate are.
type pace struct {
	begin  int64   // byte of the first frame
	mean   float64 // bytes of a frame; 0: they are not of one size
	header mpeg.Header
}

// paceOf looks at the first frame that has sound. A header of the encoder must agree that all frames have
// its bit rate. Xing's table of contents does not tell where a frame of another rate is: its hundredths
// of a call of five minutes are 3 s long, and are given in 256ths of the bytes.
func (r *Reader) paceOf() pace {
	p := pace{begin: r.src.Offset()}
	b, _ := r.src.Peek(mpeg.HeaderBytes)
	h, _, ok := r.frames.at(b)
	if !ok || h.BitRate == 0 {
		return p
	}
	mean := float64(h.Samples()) / 8 * float64(h.BitRate) / float64(h.SampleRate)
	if r.info.frames > 0 && math.Abs(float64(r.info.bytes)-float64(r.info.frames)*mean) > mean {
		return p
	}
	p.mean, p.header = mean, h
	return p
}

// Constant reports whether all frames have one bit rate, as far as the beginning of the recording tells:
// then the place of a frame tells its time.
func (r *Reader) Constant() bool { return r.pace.mean > 0 && r.pace.lead() > 0 }

// lead is how many bytes before a frame the decoder needs until it gives the same samples as after all
// that came before: what the frame builds on, two frames more, and one that begins before the window.
func (p pace) lead() int64 {
	reservoir := 255.0 // ISO/IEC 13818-3, 2.4.1.7: main_data_begin has 8 bits
	if p.header.Version == mpeg.V1 {
		reservoir = 511 // 11172-3, 2.4.1.7: 9 bits
	}
	own := p.mean - mpeg.HeaderBytes - 2 - float64(p.header.SideInfoBytes())
	if own < 1 {
		return 0
	}
	return int64(math.Ceil((math.Ceil(reservoir/own) + settling + 1) * p.mean))
}

// settling is how many frames that decode well must come before the first one that is delivered: what
// the filters keep of a frame reaches into the next two (MPEG-2: 576 samples and 480).
const settling = 2

// Span says where in a file of size bytes the frames are. The length is that of the encoder's header, or
// what so many bytes hold.
func (r *Reader) Span(size int64) (codec.Span, bool) {
	s := codec.Span{Begin: r.pace.begin, End: size, Lead: r.pace.lead(), Frames: r.info.length(r.frames.first)}
	if r.frames.until != math.MaxInt64 {
		s.End = r.frames.until
	}
	if r.info.frames > 0 {
		s.End = s.Begin + r.info.bytes
	}
	if !r.Constant() || s.End > size || s.End <= s.Begin {
		return codec.Span{}, false
	}
	if s.Frames == 0 {
		s.Frames = int64(float64(s.End-s.Begin)/r.pace.mean) * int64(r.frames.first.Samples())
	}
	return s, s.Frames > 0
}

// Window reads those of the bytes b of the file, which begin at byte at, that are frames and need nothing
// that came before. A frame must stand where its number times the mean size puts it, and be of the
// recording's bit rate; what does not follow upon it is an error, of Read too.
func (r *Reader) Window(at int64, b []byte) (codec.Reader, int64, error) {
	fail := func(message string) (codec.Reader, int64, error) {
		return nil, 0, codec.NewErrorAt(at, message, adviceWhole)
	}
	if at < 0 || !r.Constant() {
		return fail("the recording does not say where its frames belong")
	}
	if r.info.frames > 0 {
		b = b[:max(0, min(int64(len(b)), r.pace.begin+r.info.bytes-at))]
	}
	number, skip, ok := r.pace.find(at, b)
	if !ok {
		return fail("the window holds no frame where one belongs")
	}
	w := &Reader{src: codec.NewSource(bytes.NewReader(b[skip:])), notes: &codec.Notes{}, container: r.container,
		info: r.info, taken: r.taken, bitRate: r.pace.header.BitRate, pace: r.pace, within: true, settled: number == 0}
	w.frames = frames{src: w.src, until: math.MaxInt64, first: r.frames.first}
	w.decoded = number * int64(r.frames.first.Samples())
	var err error
	if w.decoder, err = newDecoder(); err != nil {
		return nil, 0, err
	}
	for len(w.left) == 0 {
		if err := w.fill(); err != nil {
			w.decoder.run.Close()
			return fail("the window holds no frame that can be decoded by itself")
		}
	}
	first := w.decoded - int64(r.frames.first.Samples()) - r.info.start
	return w, max(0, first), nil
}

// find gives the number of the first frame that begins among the bytes b, which begin at byte at of the
// file, and where in b it does. Frames whose mean is no whole number are one byte longer now and then.
func (p pace) find(at int64, b []byte) (number, skip int64, ok bool) {
	number = max(0, int64(math.Ceil(float64(at-p.begin)/p.mean)))
	place := p.begin + int64(math.Floor(float64(number)*p.mean)) - at
	for _, skip := range []int64{place, place + 1, place - 1} {
		if skip < 0 || skip >= int64(len(b)) || number == 0 && skip != place {
			continue
		}
		h, ok := mpeg.Parse(b[skip:])
		if !ok || !p.like(h) {
			continue
		}
		next, ok := mpeg.Parse(b[min(skip+int64(h.Bytes()), int64(len(b))):])
		if skip+int64(h.Bytes())+mpeg.HeaderBytes > int64(len(b)) || ok && p.like(next) {
			return number, skip, true
		}
	}
	return 0, 0, false
}

func (p pace) like(h mpeg.Header) bool { return h.Like(p.header) && h.BitRate == p.header.BitRate }

// follows reports whether a frame of a window follows upon the one before, and may be decoded.
func (r *Reader) follows(fr frame) bool {
	return fr.skipped == 0 && fr.lost == 0 && r.pace.like(fr.header) && r.checksums.fit(fr.header, fr.data) && r.checksums.wrong == 0
}

// settle says whether the samples of a window's frame are those of the whole recording.
func (r *Reader) settle(wrong fault) (same bool, err error) {
	switch {
	case wrong == 0 && r.settled:
		return true, nil
	case wrong == 0:
		r.well++
		r.settled = r.well > settling
		return r.settled, nil
	case wrong == noReservoir && r.well == 0 && !r.settled:
		return false, nil
	}
	return false, errPart
}
