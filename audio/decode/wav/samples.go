package wav

import (
	"errors"
	"io"
	"math"

	"github.com/go-audio/audio"
	"github.com/go-audio/wav"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/note"
	"github.com/otoscope/otoscope/audio/sniff"
)

// samples are the bytes of a recording's samples: those of its data chunk and of the data chunks
// that follow it, or all to the end of the file if the header gives no usable size.
type samples struct {
	src    *codec.Source
	notes  *codec.Notes
	layout layout

	left   int64     // bytes still declared
	given  int64     // bytes given so far
	vague  bool      // the declared size may be a placeholder: the bytes after it decide
	toEnd  bool      // all remaining bytes are samples
	more   int       // data chunks after the first that were read
	behind bool      // chunks behind the samples were skipped
	chunk  io.Reader // go-audio's data chunk; nil if this package reads the bytes
	// soundsOn judges whether bytes continue the samples before them.
	soundsOn func(b []byte) bool
}

func newSamples(src *codec.Source, notes *codec.Notes, l layout, soundsOn func([]byte) bool) *samples {
	s := &samples{src: src, notes: notes, layout: l, left: l.size, vague: l.vague, toEnd: l.headerless, soundsOn: soundsOn}
	if l.plain() {
		s.chunk = dataChunk(src, l)
	}
	return s
}

// dataChunk lets go-audio parse the file's header again, and gives its data chunk. If go-audio
// finds another format it gives none: a frame of the wrong width would exchange channels.
func dataChunk(src *codec.Source, l layout) io.Reader {
	before := src.Offset()
	dec := wav.NewDecoder(&headed{head: l.head, body: src})
	err := dec.FwdToPCM()
	want := audio.Format{NumChannels: l.format.Channels, SampleRate: l.format.SampleRate}
	same := err == nil && dec.PCMChunk != nil && *dec.Format() == want &&
		int(dec.BitDepth) == l.format.ContainerBits && dec.PCMLen() == l.size
	if !same || src.Offset() != before {
		return nil
	}
	return dec.PCMChunk
}

// headed is the parsed header and what follows it, for a decoder that requires a seeker but does
// not seek if the header is plain.
type headed struct {
	head []byte
	body io.Reader
}

func (h *headed) Read(p []byte) (int, error) {
	if len(h.head) > 0 {
		n := copy(p, h.head)
		h.head = h.head[n:]
		return n, nil
	}
	return h.body.Read(p)
}

func (h *headed) Seek(int64, int) (int64, error) {
	return 0, errNotSeekable
}

var errNotSeekable = errors.New("a recording is read once, from front to back")

// Read returns io.EOF at the end of the samples and at the end of the source.
func (s *samples) Read(p []byte) (int, error) {
	if s.left == 0 && !s.goesOn() {
		return 0, io.EOF
	}
	var n int
	var err error
	if p = p[:min(int64(len(p)), s.left)]; s.chunk != nil {
		n, err = s.chunk.Read(p)
	} else {
		n, err = s.src.Read(p)
	}
	s.left -= int64(n)
	s.given += int64(n)
	if n > 0 {
		return n, nil // source gives the error again
	}
	return 0, err
}

// goesOn decides, at the end of a declared size, whether more samples follow.
func (s *samples) goesOn() bool {
	if s.toEnd {
		return false
	}
	s.chunk = nil
	what, at := following(s.src)
	failed := s.src.Failure() != nil
	midFrame := s.given%int64(s.layout.format.FrameBytes()) != 0
	switch {
	case s.vague:
		// The size is a placeholder: samples follow, unless the file ends there or another chunk
		// begins. If the reader failed instead, nothing has ended, and reading on returns its
		// error.
		s.vague = false
		if what == followedByChunk || what == followedByRecording || what == followedByNothing && !failed {
			return false
		}
		s.readToEnd()
		return true
	case failed:
		return false
	case what == followedByChunk:
		return s.nextData(midFrame)
	case midFrame:
		return false // reading on in the middle of a frame would exchange channels
	case what == followedBySomething:
		next, _ := s.src.Peek(sniff.Bytes)
		if !s.soundsOn(next) {
			return false
		}
		s.notes.Add(note.Malformed, "The samples end at byte %d by the header, but the sound goes on there; it was read to the end of the file.", at)
		s.readToEnd()
		return true
	}
	return false
}

func (s *samples) readToEnd() {
	s.toEnd = true
	s.left = math.MaxInt64
}

// nextData skips the chunks behind the samples and stops at the samples of another data chunk, or
// notes why they are not read. Faults in these chunks do not matter: the samples before them are
// complete.
func (s *samples) nextData(midFrame bool) bool {
	w := &walker{src: s.src, notes: &codec.Notes{}, order: s.layout.order(), longSize: -1, dataAt: -1}
	f := s.layout.format
	for passed := int64(0); passed <= headerLimit; {
		if what, _ := following(s.src); what != followedByChunk {
			return false
		}
		skipPad(s.src)
		at := s.src.Offset()
		id, size, err := w.chunkHeader()
		s.behind = true
		switch {
		case err != nil:
			return false
		case id == "data" && midFrame:
			s.notes.Add(note.TrailingRecording, "A second data chunk, at byte %d with %s of sound, was not read: the first one ends in the middle of a frame.",
				at, f.Duration(size))
			return false
		case id == "data" && f != s.layout.format:
			s.notes.Add(note.TrailingRecording, "A second data chunk, at byte %d with %s of sound, was not read: its samples are stored in another way (%s).",
				at, f.Duration(size), f)
			return false
		case id == "data" && size > 0:
			s.more++
			s.left = size
			if isVague(size) {
				s.layout.size, s.layout.vague, s.vague = size, true, true
			}
			return true
		case id == "fmt " && !s.layout.fixed:
			if f, err = w.laterFormat(size, at, s.layout.format); err != nil {
				return false
			}
		}
		if passed += chunkHeaderBytes + size; passed > headerLimit {
			return false
		}
		if _, err := s.src.Discard(int(size)); err != nil {
			return false
		}
	}
	return false
}

// laterFormat is the format in a fmt chunk behind samples of the first format.
func (w *walker) laterFormat(size, at int64, first codec.Format) (codec.Format, error) {
	b, err := w.src.Peek(int(min(size, extensibleFmtBytes)))
	if err != nil {
		return codec.Format{}, err
	}
	c, err := parseFmt(b, at, w.order, w.notes)
	if err != nil {
		return codec.Format{}, err
	}
	return c.format(first.Container, w.notes)
}

// skipPad skips the zero after a chunk of odd size.
func skipPad(src *codec.Source) {
	if next, _ := src.Peek(1); len(next) == 1 && next[0] == 0 {
		src.Discard(1)
	}
}

// remark notes how the samples ended.
func (s *samples) remark() {
	f := s.layout.format
	if s.more > 0 {
		s.notes.Add(note.Malformed, "The samples lie in %d data chunks; they were read one after another.", s.more+1)
	}
	switch {
	case s.toEnd && s.layout.vague || s.left > 0 && s.layout.vague:
		s.notes.Add(note.SizeUnknown, "The header gives no usable size for the samples (%d bytes); they were read to the end of the file, %d bytes.",
			s.layout.size, s.given)
	case s.toEnd: // already noted
	case s.left > 0:
		s.notes.Add(note.Truncated, "The header announces %d bytes of samples, but only %d are there; the last %d bytes, %s, are missing.",
			s.given+s.left, s.given, s.left, f.Duration(s.left))
	default:
		s.remarkRest()
	}
}

// remarkRest notes the unread bytes behind the samples.
func (s *samples) remarkRest() {
	switch what, at := following(s.src); what {
	case followedBySomething:
		if s.behind {
			return // irrelevant, and perhaps the middle of a chunk
		}
		count, _ := io.Copy(io.Discard, s.src)
		s.notes.Add(note.Malformed, "The samples end at byte %d by the header, and what follows is not a chunk; it was not read: %s, as much as %s of sound.",
			at, codec.Count(int(count), "byte"), s.layout.format.Duration(count))
	case followedByRecording:
		skipPad(s.src)
		at := s.src.Offset()
		l, err := walk(s.src, &codec.Notes{}, codec.Options{NoQuote: true})
		if err != nil {
			s.notes.Add(note.TrailingRecording, "A second WAV file begins at byte %d; it cannot be read.", at)
			return
		}
		count, _ := io.Copy(io.Discard, io.LimitReader(s.src, l.size))
		s.notes.Add(note.TrailingRecording, "A second WAV file begins at byte %d, with %s of sound (%s); it was not read.",
			at, l.format.Duration(count), l.format)
	}
}
