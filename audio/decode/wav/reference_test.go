package wav

import (
	"io"
	"math"
	"math/big"
	"testing"

	"github.com/zaf/g711"

	"github.com/otoscope/otoscope/audio/decode/codec"
)

// decodeSlowly is the reference: it decodes a file's samples from the test's data, one sample at a
// time, with exact arithmetic, and uses only the names of the package.
func decodeSlowly(w *wavFile, channel int) []float32 {
	width := w.format.ContainerBits / 8
	frame := width * w.format.Channels
	var out []float32
	for at := 0; at+frame <= len(w.samples); at += frame {
		octets := append([]byte(nil), w.samples[at+channel*width:][:width]...)
		if w.format.Container != "RIFX" {
			for i, j := 0, len(octets)-1; i < j; i, j = i+1, j-1 {
				octets[i], octets[j] = octets[j], octets[i]
			}
		}
		out = append(out, decodeOne(w.format, octets))
	}
	return out
}

// decodeOne decodes one sample, its most significant byte first.
func decodeOne(f codec.Format, octets []byte) float32 {
	bits := new(big.Int).SetBytes(octets)
	switch f.Encoding {
	case codec.ALaw:
		return float32(g711.DecodeAlawFrame(octets[0])) / 32768
	case codec.MuLaw:
		return float32(g711.DecodeUlawFrame(octets[0])) / 32768
	case codec.Float:
		v := math.Float64frombits(bits.Uint64())
		if len(octets) == 4 {
			v = float64(math.Float32frombits(uint32(bits.Uint64())))
		}
		if math.IsNaN(v) || math.IsInf(float64(float32(v)), 0) {
			return 0
		}
		return float32(v)
	}
	full := new(big.Int).Lsh(big.NewInt(1), uint(8*len(octets)-1))
	if len(octets) == 1 {
		bits.Sub(bits, full) // unsigned, with its zero in the middle
	} else if bits.Cmp(full) >= 0 {
		bits.Sub(bits, new(big.Int).Lsh(full, 1))
	}
	v, _ := new(big.Rat).SetFrac(bits, full).Float32()
	return v
}

// drain reads everything, in blocks whose sizes come from next.
func drain(r *Reader, next func() int) (left, right []float32, err error) {
	for {
		n := next()
		l, x := make([]float32, n), make([]float32, n)
		if r.Channels() == 1 {
			x = nil
		}
		n, err := r.Read(l, x)
		if err == io.EOF {
			return left, right, nil
		}
		if err != nil {
			return left, right, err
		}
		left = append(left, l[:n]...)
		if x != nil {
			right = append(right, x[:n]...)
		}
	}
}

// always asks for blocks of one size.
func always(n int) func() int { return func() int { return n } }

func TestG711AgainstOracle(t *testing.T) {
	for i := range 256 {
		if got, want := decodeMuLaw(byte(i)), g711.DecodeUlawFrame(byte(i)); got != want {
			t.Errorf("µ-law %#02x is %d, want %d", i, got, want)
		}
		if got, want := decodeALaw(byte(i)), g711.DecodeAlawFrame(byte(i)); got != want {
			t.Errorf("A-law %#02x is %d, want %d", i, got, want)
		}
	}
}
