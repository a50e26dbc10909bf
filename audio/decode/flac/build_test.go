package flac_test

import (
	"io"
	"slices"
	"testing"

	"github.com/mewkiz/flac"
	"github.com/mewkiz/flac/frame"
	"github.com/mewkiz/flac/meta"

	"github.com/otoscope/otoscope/audio/decode/ogg/oggtest"
)

// parts are a stream in pieces: the header, and each frame.
type parts struct {
	head   []byte
	frames [][]byte
}

func (p parts) whole() []byte { return slices.Concat(append([][]byte{p.head}, p.frames...)...) }

// built is a stream made by mewkiz/flac's encoder.
func built(t testing.TB, samples [][]int32, bits, rate, block int) parts {
	t.Helper()
	channels := len(samples)
	out := &memory{}
	e, err := flac.NewEncoder(out, &meta.StreamInfo{
		BlockSizeMin: 16, BlockSizeMax: 65535, SampleRate: uint32(rate), NChannels: uint8(channels), BitsPerSample: uint8(bits),
	})
	if err != nil {
		t.Fatal(err)
	}
	var p parts
	ends := []int{len(out.b)}
	for at := 0; at < len(samples[0]); at += block {
		f := &frame.Frame{Header: frame.Header{
			HasFixedBlockSize: true, BlockSize: uint16(min(block, len(samples[0])-at)), SampleRate: uint32(rate),
			Channels: frame.Channels(channels - 1), BitsPerSample: uint8(bits),
		}}
		for _, c := range samples {
			s := slices.Clone(c[at : at+int(f.BlockSize)])
			f.Subframes = append(f.Subframes, &frame.Subframe{SubHeader: frame.SubHeader{Pred: frame.PredVerbatim}, Samples: s, NSamples: len(s)})
		}
		if err := e.WriteFrame(f); err != nil {
			t.Fatal(err)
		}
		ends = append(ends, len(out.b))
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	p.head = out.b[:ends[0]]
	for i := range ends[1:] {
		p.frames = append(p.frames, out.b[ends[i]:ends[i+1]])
	}
	return p
}

// inOgg are the parts as packets of an Ogg stream.
func inOgg(p parts) []byte {
	s := &oggtest.Stream{Serial: 7}
	first := slices.Concat([]byte("\x7FFLAC\x01\x00\x00\x01"), p.head)
	first[9+4] &= 0x7F // STREAMINFO is not the last block
	comment := []byte("\x84\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00")
	b := slices.Concat(s.Page(2, 0, first), s.Page(0, 0, comment))
	for i, f := range p.frames {
		flags := byte(0)
		if i == len(p.frames)-1 {
			flags = 4
		}
		b = append(b, s.Page(flags, int64(i+1), f)...)
	}
	return b
}

// memory is a file in memory.
type memory struct {
	b  []byte
	at int
}

func (m *memory) Write(p []byte) (int, error) {
	m.b = append(m.b, make([]byte, max(0, m.at+len(p)-len(m.b)))...)
	m.at += copy(m.b[m.at:], p)
	return len(p), nil
}

func (m *memory) Seek(offset int64, whence int) (int64, error) {
	m.at = int(offset)
	if whence == io.SeekEnd {
		m.at = len(m.b)
	}
	return int64(m.at), nil
}
