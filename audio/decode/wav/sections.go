package wav

import (
	"github.com/otoscope/otoscope/audio/decode/codec"

	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/go-audio/audio"
	"github.com/go-audio/wav"
)

// maxSection is how many bytes of samples go-audio is given under one header: the header's sizes
// have 32 bits, and go-audio keeps them in an int, which has 31 for positive numbers on some machines.
const maxSection = 1<<31 - 1<<16

const canonicalHeaderBytes = 44

var errNotSeekable = errors.New("a recording is read once, from front to back")

// sections reads the samples of a recording through go-audio/wav.
//
// Given a canonical header, go-audio neither seeks nor allocates by a size from the file. Samples
// longer than a 32-bit size can say (RF64) come in several sections, each under a header of its own.
// Where go-audio takes one more byte for granted, because a chunk of odd size is padded, the window
// over the source ends the section.
type sections struct {
	src    *codec.Source
	format Format
	left   int64 // bytes of samples still declared
	vague  bool  // the declared size may be none: what follows it decides
	toEnd  bool  // it was none; all that comes are samples
	max    int64 // bytes of samples in one section
	window io.LimitedReader
	chunk  io.Reader // go-audio's data chunk, nil between sections
}

func newSections(src *codec.Source, l layout, limit int64) *sections {
	frame := int64(l.format.FrameBytes())
	return &sections{src: src, format: l.format, left: l.size, vague: l.vague, max: max(limit/frame, 1) * frame}
}

// Read returns io.EOF at the end of the declared samples and at the end of the source.
func (s *sections) Read(p []byte) (int, error) {
	for {
		if s.chunk == nil {
			if s.left == 0 && !s.goesOn() {
				return 0, io.EOF
			}
			if err := s.open(); err != nil {
				return 0, err
			}
		}
		before := s.window.N
		n, err := s.chunk.Read(p)
		s.left -= before - s.window.N
		if n > 0 || err == nil {
			return n, nil // source gives an error again
		}
		if err != io.EOF || s.window.N > 0 {
			return 0, err
		}
		s.chunk = nil
	}
}

// goesOn decides, at the end of a size that is none, whether what follows are samples: they are,
// unless the file ends there or another chunk begins. Where the reader failed instead, nothing has
// ended, and reading on brings its error to light.
func (s *sections) goesOn() bool {
	if !s.vague {
		return false
	}
	s.vague = false
	what, _ := following(s.src)
	if what == followedByChunk || what == followedByNothing && s.src.Failure() == nil {
		return false
	}
	s.toEnd = true
	s.left = math.MaxInt64
	return true
}

// open puts a canonical header before the next section and has go-audio read it.
func (s *sections) open() error {
	size := min(s.left, s.max)
	s.window = io.LimitedReader{R: s.src, N: size}
	dec := wav.NewDecoder(&headed{header: canonicalHeader(s.format, uint32(size)), body: &s.window})
	if err := dec.FwdToPCM(); err != nil {
		return fmt.Errorf("opening the samples: %w", err)
	}
	// FwdToPCM can fail without an error; a frame of the wrong width would exchange channels.
	want := audio.Format{NumChannels: s.format.Channels, SampleRate: s.format.SampleRate}
	if dec.PCMChunk == nil || *dec.Format() != want || int(dec.BitDepth) != s.format.ContainerBits {
		return errors.New("opening the samples: go-audio/wav read another format than it was given")
	}
	s.chunk = dec.PCMChunk
	return nil
}

// canonicalHeader is the 44-byte header of the first RIFF specification: RIFF, fmt and data, nothing else.
func canonicalHeader(f Format, size uint32) []byte {
	le := binary.LittleEndian
	h := make([]byte, 0, canonicalHeaderBytes)
	h = append(h, "RIFF"...)
	h = le.AppendUint32(h, canonicalHeaderBytes-8+size)
	h = append(h, "WAVEfmt "...)
	h = le.AppendUint32(h, minFmtBytes)
	h = le.AppendUint16(h, tagPCM)
	h = le.AppendUint16(h, uint16(f.Channels))
	h = le.AppendUint32(h, uint32(f.SampleRate))
	h = le.AppendUint32(h, uint32(f.SampleRate*f.FrameBytes()))
	h = le.AppendUint16(h, uint16(f.FrameBytes()))
	h = le.AppendUint16(h, uint16(f.ContainerBits))
	h = append(h, "data"...)
	return le.AppendUint32(h, size)
}

// headed is a header followed by a body, for a decoder that wants to be able to seek but never does.
type headed struct {
	header []byte
	body   io.Reader
}

func (h *headed) Read(p []byte) (int, error) {
	if len(h.header) > 0 {
		n := copy(p, h.header)
		h.header = h.header[n:]
		return n, nil
	}
	return h.body.Read(p)
}

func (h *headed) Seek(int64, int) (int64, error) { return 0, errNotSeekable }
