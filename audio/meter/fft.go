package meter

import (
	"math"
	"math/bits"
)

// realFFT transforms n real samples, n a power of two from 8, by way of a
// complex transform of n/2 points. It takes the samples of one channel only,
// not one channel in each half of a complex number: the rounding of the other
// channel would then show in this one, and exchanging the channels would no
// longer exchange the measurements bit by bit.
type realFFT struct {
	n       int
	reverse []uint16
	twiddle []complex64 // e^(−2πik/n), k < n/2
	z       []complex64
}

func newRealFFT(n int) *realFFT {
	h := n / 2
	f := &realFFT{n: n, reverse: make([]uint16, h), twiddle: make([]complex64, h), z: make([]complex64, h)}
	shift := 16 - (bits.Len(uint(h)) - 1)
	for i := range h {
		f.reverse[i] = bits.Reverse16(uint16(i)) >> shift
		s, c := math.Sincos(-2 * math.Pi * float64(i) / float64(n))
		f.twiddle[i] = complex(float32(c), float32(s))
	}
	return f
}

// power writes the squared magnitudes of bins 0 to n/2 of the windowed samples to out.
func (f *realFFT) power(x, window, out []float32) {
	h := f.n / 2
	z := f.z[:h]
	x, window = x[:f.n], window[:f.n]
	for i, r := range f.reverse[:h] {
		j := 2 * int(r)
		z[i] = complex(x[j]*window[j], x[j+1]*window[j+1])
	}
	// The first two stages have the twiddles 1 and −i only.
	for i := 0; i+4 <= h; i += 4 {
		q := z[i : i+4 : i+4]
		a, b, c, d := q[0]+q[1], q[0]-q[1], q[2]+q[3], q[2]-q[3]
		d = complex(imag(d), -real(d))
		q[0], q[1], q[2], q[3] = a+c, b+d, a-c, b-d
	}
	for size := 8; size <= h; size *= 2 {
		half, stride := size/2, f.n/size
		for start := 0; start < h; start += size {
			lo := z[start : start+half : start+half]
			hi := z[start+half : start+size : start+size]
			for k, t := 0, 0; k < len(lo) && k < len(hi); k, t = k+1, t+stride {
				w := f.twiddle[t]
				wr, wi := real(w), imag(w)
				hr, hm := real(hi[k]), imag(hi[k])
				br, bi := hr*wr-hm*wi, hr*wi+hm*wr
				ar, ai := real(lo[k]), imag(lo[k])
				lo[k] = complex(ar+br, ai+bi)
				hi[k] = complex(ar-br, ai-bi)
			}
		}
	}
	// Split the transform of even + i·odd samples into the bins of the whole.
	out = out[:h+1]
	r, i := real(z[0]), imag(z[0])
	out[0] = (r + i) * (r + i)
	out[h] = (r - i) * (r - i)
	for k := 1; k <= h/2; k++ {
		a, b := z[k], z[h-k]
		er, ei := (real(a)+real(b))/2, (imag(a)-imag(b))/2 // even samples
		or, oi := (imag(a)+imag(b))/2, (real(b)-real(a))/2 // odd samples
		wr, wi := real(f.twiddle[k]), imag(f.twiddle[k])
		tr, ti := or*wr-oi*wi, or*wi+oi*wr
		out[k] = (er+tr)*(er+tr) + (ei+ti)*(ei+ti)
		out[h-k] = (er-tr)*(er-tr) + (ti-ei)*(ti-ei)
	}
}
