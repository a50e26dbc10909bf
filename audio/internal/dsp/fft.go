package dsp

import (
	"math"
	"math/bits"
)

// FFT transforms n real samples, n a power of two from 8, by way of a
// complex transform of n/2 points. It takes the samples of one channel only,
// not one channel in each half of a complex number: the rounding of the other
// channel would then show in this one, and exchanging the channels would no
// longer exchange the measurements bit by bit.
//
// Two stages of the usual radix-2 transform are done at a time, which saves a
// quarter of the multiplications and half of the memory traffic; the first two or
// three while the samples are taken.
type FFT struct {
	n      int
	first  int         // the size of the transforms done first, 4 or 8
	order  []uint16    // where in z each of them is put
	stages []twiddles  // of the double stages, in the order of use
	split  []complex64 // e^(−2πik/n), k ≤ n/4
	z      []complex64
}

// twiddles are e^(−2πik/size), k < size/4, to the powers 1, 2 and 3.
type twiddles struct{ w1, w2, w3 []complex64 }

// NewFFT returns a transform of n samples. It is not safe for concurrent use.
func NewFFT(n int) *FFT {
	h := n / 2
	f := &FFT{n: n, first: 4, split: make([]complex64, h/2+1), z: make([]complex64, h)}
	digits := bits.Len(uint(h)) - 1
	if digits%2 == 1 {
		f.first = 8
	}
	for i := range h / f.first {
		f.order = append(f.order, bits.Reverse16(uint16(i))>>(16-digits))
	}
	for k := range f.split {
		f.split[k] = root(k, n)
	}
	for size := 4 * f.first; size <= h; size *= 4 {
		var t twiddles
		for k := range size / 4 {
			t.w1 = append(t.w1, root(k, size))
			t.w2 = append(t.w2, root(2*k, size))
			t.w3 = append(t.w3, root(3*k, size))
		}
		f.stages = append(f.stages, t)
	}
	return f
}

// root is e^(−2πik/n).
func root(k, n int) complex64 {
	s, c := math.Sincos(-2 * math.Pi * float64(k) / float64(n))
	return complex(float32(c), float32(s))
}

// Power writes the squared magnitudes of bins 0 to n/2 of the first n samples,
// windowed, to out. x and window hold n values at least, out n/2 + 1.
func (f *FFT) Power(x, window, out []float32) {
	z := f.transform(x, window)
	r, i := real(z[0]), imag(z[0])
	split(z, f.split)
	squares(out, z)
	out[0], out[len(z)] = (r+i)*(r+i), (r-i)*(r-i)
}

// Spectrum writes bins from, from+1, … of the first n samples, windowed, to
// out. All of them lie between 1 and n/2−1.
func (f *FFT) Spectrum(x, window []float32, from int, out []complex64) {
	z := f.transform(x, window)
	split(z, f.split)
	copy(out, z[from:])
}

// Complex transforms n/2 complex samples, windowed. Their real and imaginary parts are in x in
// turn. The result is valid until the next transform.
func (f *FFT) Complex(x, window []float32) []complex64 { return f.transform(x, window) }

// transform takes even samples for real and odd ones for imaginary parts and
// returns their complex transform, valid until the next one.
func (f *FFT) transform(x, window []float32) []complex64 {
	if f.first == 8 {
		eights(f.z, x[:f.n], window[:f.n], f.order)
	} else {
		fours(f.z, x[:f.n], window[:f.n], f.order)
	}
	for _, t := range f.stages {
		radix4(f.z, t)
	}
	return f.z
}
