// Package fft is the transform that the meters and the search for known audio
// share.
package fft

import (
	"math"
	"math/bits"
)

// Real transforms n real samples, n a power of two from 8, by way of a
// complex transform of n/2 points. It takes the samples of one channel only,
// not one channel in each half of a complex number: the rounding of the other
// channel would then show in this one, and exchanging the channels would no
// longer exchange the measurements bit by bit.
//
// Two stages of the usual radix-2 transform are done at a time, which saves a
// quarter of the multiplications and half of the memory traffic.
type Real struct {
	n       int
	reverse []uint16     // twice the bit-reversed index
	stages  [][]twiddles // of the double stages, in the order of use
	eighth  [2]complex64 // e^(−iπ/4) and e^(−3iπ/4), for a single stage
	split   []complex64  // e^(−2πik/n), k ≤ n/4
	z       []complex64
}

// twiddles are e^(−2πik/size) to the powers 1, 2 and 3.
type twiddles struct{ w1, w2, w3 complex64 }

// NewReal returns a transform of n samples. It is not safe for concurrent use.
func NewReal(n int) *Real {
	h := n / 2
	f := &Real{n: n, reverse: make([]uint16, h), split: make([]complex64, h/2+1), z: make([]complex64, h)}
	shift := 16 - (bits.Len(uint(h)) - 1)
	for i := range h {
		f.reverse[i] = 2 * (bits.Reverse16(uint16(i)) >> shift)
	}
	for k := range f.split {
		f.split[k] = root(k, n)
	}
	f.eighth = [2]complex64{root(1, 8), root(3, 8)}
	for size := 4 * f.single(); size <= h; size *= 4 {
		stage := make([]twiddles, size/4)
		for k := range stage {
			stage[k] = twiddles{root(k, size), root(2*k, size), root(3*k, size)}
		}
		f.stages = append(f.stages, stage)
	}
	return f
}

// root is e^(−2πik/n).
func root(k, n int) complex64 {
	s, c := math.Sincos(-2 * math.Pi * float64(k) / float64(n))
	return complex(float32(c), float32(s))
}

// single is the size of the transforms that are done before the double stages: 4 or 8.
func (f *Real) single() int {
	if bits.Len(uint(f.n/2))%2 == 1 {
		return 4
	}
	return 8
}

// Power writes the squared magnitudes of bins 0 to n/2 of the first n samples,
// windowed, to out. x and window hold n values at least, out n/2 + 1.
func (f *Real) Power(x, window, out []float32) {
	f.splitPower(f.transform(x, window), out[:f.n/2+1])
}

// Spectrum writes bins from, from+1, … of the first n samples, windowed, to
// out. All of them lie between 1 and n/2−1.
func (f *Real) Spectrum(x, window []float32, from int, out []complex64) {
	z := f.transform(x, window)
	h := len(z)
	for i := range out {
		k := from + i
		a, b := z[k], z[h-k]
		er, ei := (real(a)+real(b))/2, (imag(a)-imag(b))/2 // even samples
		or, oi := (imag(a)+imag(b))/2, (real(b)-real(a))/2 // odd samples
		var w complex64
		if k <= h/2 {
			w = f.split[k]
		} else { // e^(−2πi(h−k)/n), mirrored
			w = f.split[h-k]
			w = complex(-real(w), imag(w))
		}
		out[i] = complex(er+or*real(w)-oi*imag(w), ei+or*imag(w)+oi*real(w))
	}
}

// transform takes even samples for real and odd ones for imaginary parts and
// returns their complex transform, valid until the next one.
func (f *Real) transform(x, window []float32) []complex64 {
	z := f.z[:f.n/2]
	f.load(z, x[:f.n], window[:f.n])
	if f.single() == 8 && len(z) >= 8 {
		f.eights(z)
	}
	for _, stage := range f.stages {
		double(z, stage)
	}
	return z
}

// load windows the samples, takes even ones for real and odd ones for
// imaginary parts, and does the first two stages, whose twiddles are 1 and −i only.
func (f *Real) load(z []complex64, x, window []float32) {
	r := f.reverse[:len(z)]
	for i := 0; i+4 <= len(z) && i+4 <= len(r); i += 4 {
		at := func(j int) complex64 {
			v, w := x[j:j+2:j+2], window[j:j+2:j+2]
			return complex(v[0]*w[0], v[1]*w[1])
		}
		a, b, c, d := at(int(r[i])), at(int(r[i+1])), at(int(r[i+2])), at(int(r[i+3]))
		a, b, c, d = a+b, a-b, c+d, c-d
		d = complex(imag(d), -real(d))
		q := z[i : i+4 : i+4]
		q[0], q[1], q[2], q[3] = a+c, b+d, a-c, b-d
	}
}

// eights does the single stage that makes transforms of 8 points from those of 4.
func (f *Real) eights(z []complex64) {
	w1, w3 := f.eighth[0], f.eighth[1]
	for ; len(z) >= 8; z = z[8:] {
		q := z[:8:8]
		a, b, c, d := q[4], q[5]*w1, q[6], q[7]*w3
		c = complex(imag(c), -real(c))
		q[0], q[4] = q[0]+a, q[0]-a
		q[1], q[5] = q[1]+b, q[1]-b
		q[2], q[6] = q[2]+c, q[2]-c
		q[3], q[7] = q[3]+d, q[3]-d
	}
}

// double does two stages: transforms of four times as many points as there are twiddles.
func double(z []complex64, stage []twiddles) {
	quarter := len(stage)
	for ; len(z) >= 4*quarter; z = z[4*quarter:] {
		p0 := z[:quarter:quarter]
		p1 := z[quarter:][:len(p0)]
		p2 := z[2*quarter:][:len(p0)]
		p3 := z[3*quarter:][:len(p0)]
		t := stage[:len(p0)]
		for k := range p0 {
			w := &t[k]
			a := p0[k]
			br, bi := times(p1[k], w.w2)
			cr, ci := times(p2[k], w.w1)
			dr, di := times(p3[k], w.w3)
			ar, ai := real(a), imag(a)
			s0r, s0i, s1r, s1i := ar+br, ai+bi, ar-br, ai-bi
			s2r, s2i, s3r, s3i := cr+dr, ci+di, ci-di, dr-cr
			p0[k] = complex(s0r+s2r, s0i+s2i)
			p1[k] = complex(s1r+s3r, s1i+s3i)
			p2[k] = complex(s0r-s2r, s0i-s2i)
			p3[k] = complex(s1r-s3r, s1i-s3i)
		}
	}
}

func times(a, w complex64) (re, im float32) {
	return real(a)*real(w) - imag(a)*imag(w), real(a)*imag(w) + imag(a)*real(w)
}

// splitPower takes the transform of even + i·odd samples apart into the bins of the whole.
func (f *Real) splitPower(z []complex64, out []float32) {
	h := len(z)
	r, i := real(z[0]), imag(z[0])
	out[0] = (r + i) * (r + i)
	out[h] = (r - i) * (r - i)
	low, high := out[1:h/2+1], out[h/2:h]
	for k, w := range f.split[1 : h/2+1] {
		a, b := z[k+1], z[h-1-k]
		er, ei := (real(a)+real(b))/2, (imag(a)-imag(b))/2 // even samples
		or, oi := (imag(a)+imag(b))/2, (real(b)-real(a))/2 // odd samples
		tr, ti := or*real(w)-oi*imag(w), or*imag(w)+oi*real(w)
		low[k] = (er+tr)*(er+tr) + (ei+ti)*(ei+ti)
		high[len(high)-1-k] = (er-tr)*(er-tr) + (ti-ei)*(ti-ei)
	}
}
