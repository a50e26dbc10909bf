package wav

import (
	"encoding/binary"
	"io"
	"math"

	"github.com/otoscope/otoscope/audio/decode/codec"
)

// StoredAlike reports whether the samples of two recordings are stored alike, at one rate.
func StoredAlike(a, b *Reader) bool {
	f, g := a.layout.format, b.layout.format
	return f.Encoding == g.Encoding && f.ContainerBits == g.ContainerBits && f.SampleRate == g.SampleRate
}

// CopyBoth writes the rest of two recordings of one channel each as the left and the right channel of
// a WAV file, as [Reader.CopyTo] does with one of two channels. The recordings are stored alike. Before
// the first sample of each come as many samples of silence as lead says, and behind the shorter one as
// many as it lacks.
func CopyBoth(w io.WriteSeeker, left, right *Reader, lead [2]int64, c codec.Copying) (frames int64, err error) {
	f := left.layout.format
	idle := idleSample(f)
	sides := [2]*monoSide{{r: left, lead: lead[0], idle: idle}, {r: right, lead: lead[1], idle: idle}}
	var both []byte
	return copyFrames(w, f, c, func() ([]byte, error) {
		n := 0
		for _, s := range sides {
			filled, err := s.fill(blockBytes / len(idle))
			if err != nil {
				return nil, err
			}
			n = max(n, filled)
		}
		if n == 0 {
			return nil, io.EOF
		}
		both = both[:0]
		for i := range n {
			for _, s := range sides {
				both = append(both, s.sample(i)...)
			}
		}
		return both, nil
	})
}

// monoSide is the stored samples of a recording of one channel, with silence around them.
type monoSide struct {
	r     *Reader
	lead  int64  // samples of silence that come first
	idle  []byte // a sample of silence
	block []byte // stored samples
	rest  []byte // of the reader's, for the next block
}

// fill makes a block of n samples, or of fewer at the end.
func (s *monoSide) fill(n int) (int, error) {
	size := n * len(s.idle)
	s.block = s.block[:0]
	for ; s.lead > 0 && len(s.block) < size; s.lead-- {
		s.block = append(s.block, s.idle...)
	}
	for len(s.block) < size {
		if len(s.rest) == 0 {
			var err error
			if s.rest, err = s.r.stored(); err == io.EOF {
				break
			} else if err != nil {
				return 0, err
			}
		}
		n := min(len(s.rest), size-len(s.block))
		s.block = append(s.block, s.rest[:n]...)
		s.rest = s.rest[n:]
	}
	return len(s.block) / len(s.idle), nil
}

// sample is a sample of the block; behind the last one there is silence.
func (s *monoSide) sample(i int) []byte {
	if at := i * len(s.idle); at < len(s.block) {
		return s.block[at : at+len(s.idle)]
	}
	return s.idle
}

// idleSample is the sample of silence. G.711 has codes for the smallest values only, and 8-bit PCM has
// its zero in the middle.
func idleSample(f codec.Format) []byte {
	sample := make([]byte, f.SampleBytes())
	switch {
	case f.Encoding == codec.MuLaw:
		sample[0] = 0xFF
	case f.Encoding == codec.ALaw:
		sample[0] = 0xD5
	case f.Encoding == codec.PCM && f.ContainerBits == 8:
		sample[0] = 0x80
	}
	return sample
}

// WriteBoth writes the rest of a recording of two channels as a WAV file at a rate in Hz, in 16-bit
// PCM, clipped at full scale, or in 32-bit floating point.
func WriteBoth(w io.WriteSeeker, r codec.Reader, rate int, float bool, c codec.Copying) (frames int64, err error) {
	f := codec.Format{Encoding: codec.PCM, Channels: 2, SampleRate: rate, Bits: writtenBits, ContainerBits: writtenBits}
	if float {
		f.Encoding, f.Bits, f.ContainerBits = codec.Float, 32, 32
	}
	left, right := make([]float32, blockBytes/8), make([]float32, blockBytes/8)
	var both []byte
	return copyFrames(w, f, c, func() ([]byte, error) {
		n, err := r.Read(left, right)
		if err != nil {
			return nil, err
		}
		both = both[:0]
		for i := range n {
			for _, v := range [2]float32{left[i], right[i]} {
				if float {
					both = binary.LittleEndian.AppendUint32(both, math.Float32bits(v))
				} else {
					both = binary.LittleEndian.AppendUint16(both, uint16(Int16(v)))
				}
			}
		}
		return both, nil
	})
}
