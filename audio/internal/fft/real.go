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
// quarter of the multiplications and half of the memory traffic; the first two or
// three while the samples are taken.
type Real struct {
	n      int
	first  int          // the size of the transforms done first, 4 or 8
	taken  []uint16     // of each of them: where its first sample is, an even number
	stages [][]twiddles // of the double stages, in the order of use
	split  []complex64  // e^(−2πik/n), k ≤ n/4
	z      []complex64
}

// twiddles are e^(−2πik/size) to the powers 1, 2 and 3.
type twiddles struct{ w1, w2, w3 complex64 }

// NewReal returns a transform of n samples. It is not safe for concurrent use.
func NewReal(n int) *Real {
	h := n / 2
	f := &Real{n: n, first: 4, split: make([]complex64, h/2+1), z: make([]complex64, h)}
	digits := bits.Len(uint(h)) - 1
	if digits%2 == 1 {
		f.first = 8
	}
	for i := 0; i < h; i += f.first {
		f.taken = append(f.taken, 2*(bits.Reverse16(uint16(i))>>(16-digits)))
	}
	for k := range f.split {
		f.split[k] = root(k, n)
	}
	for size := 4 * f.first; size <= h; size *= 4 {
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
	// Bins k and h−k come from the same values.
	for k := min(from, h-(from+len(out)-1)); k <= h/2; k++ {
		a, b, w := z[k], z[h-k], f.split[k]
		er, ei := (real(a)+real(b))/2, (imag(a)-imag(b))/2 // even samples
		or, oi := (imag(a)+imag(b))/2, (real(b)-real(a))/2 // odd samples
		tr, ti := or*real(w)-oi*imag(w), or*imag(w)+oi*real(w)
		if i := k - from; i >= 0 && i < len(out) {
			out[i] = complex(er+tr, ei+ti)
		}
		if i := h - k - from; i >= 0 && i < len(out) {
			out[i] = complex(er-tr, ti-ei)
		}
	}
}

// transform takes even samples for real and odd ones for imaginary parts and
// returns their complex transform, valid until the next one.
func (f *Real) transform(x, window []float32) []complex64 {
	z := f.z[:f.n/2]
	if f.first == 8 {
		f.eights(z, x[:f.n], window[:f.n])
	} else {
		f.fours(z, x[:f.n], window[:f.n])
	}
	for _, stage := range f.stages {
		double(z, stage)
	}
	return z
}

// fours windows the samples, takes even ones for real and odd ones for imaginary
// parts, and does the first two stages, whose twiddles are 1 and −i only. The
// four values of a transform lie a quarter of the samples apart.
func (f *Real) fours(z []complex64, x, window []float32) {
	quarter := len(x) / 4
	x0, x1, x2, x3 := x[:quarter], x[quarter:][:quarter], x[2*quarter:][:quarter], x[3*quarter:][:quarter]
	w0, w1, w2, w3 := window[:quarter], window[quarter:][:quarter], window[2*quarter:][:quarter], window[3*quarter:][:quarter]
	for i, at := range f.taken {
		re := int(at)
		im := re + 1
		_ = x0[im] // the others are as long: one bounds check for all
		ar, ai, br, bi := x0[re]*w0[re], x0[im]*w0[im], x2[re]*w2[re], x2[im]*w2[im]
		cr, ci, dr, di := x1[re]*w1[re], x1[im]*w1[im], x3[re]*w3[re], x3[im]*w3[im]
		ar, ai, br, bi = ar+br, ai+bi, ar-br, ai-bi
		cr, ci, dr, di = cr+dr, ci+di, ci-di, dr-cr
		q := (*[4]complex64)(z[4*i:])
		q[0], q[2] = complex(ar+cr, ai+ci), complex(ar-cr, ai-ci)
		q[1], q[3] = complex(br+dr, bi+di), complex(br-dr, bi-di)
	}
}

// eights is fours for three stages, whose twiddles are those of eighths of a turn as well.
func (f *Real) eights(z []complex64, x, window []float32) {
	const cos = float32(math.Sqrt2 / 2) // of an eighth of a turn
	part := len(x) / 8
	x0, x1, x2, x3 := x[:part], x[part:][:part], x[2*part:][:part], x[3*part:][:part]
	x4, x5, x6, x7 := x[4*part:][:part], x[5*part:][:part], x[6*part:][:part], x[7*part:][:part]
	w0, w1, w2, w3 := window[:part], window[part:][:part], window[2*part:][:part], window[3*part:][:part]
	w4, w5, w6, w7 := window[4*part:][:part], window[5*part:][:part], window[6*part:][:part], window[7*part:][:part]
	for i, at := range f.taken {
		re := int(at)
		im := re + 1
		_ = x0[im]
		ar, ai, br, bi := x0[re]*w0[re], x0[im]*w0[im], x4[re]*w4[re], x4[im]*w4[im]
		cr, ci, dr, di := x2[re]*w2[re], x2[im]*w2[im], x6[re]*w6[re], x6[im]*w6[im]
		ar, ai, br, bi = ar+br, ai+bi, ar-br, ai-bi
		cr, ci, dr, di = cr+dr, ci+di, ci-di, dr-cr
		ar, ai, cr, ci = ar+cr, ai+ci, ar-cr, ai-ci
		br, bi, dr, di = br+dr, bi+di, br-dr, bi-di

		er, ei, fr, fi := x1[re]*w1[re], x1[im]*w1[im], x5[re]*w5[re], x5[im]*w5[im]
		gr, gi, hr, hi := x3[re]*w3[re], x3[im]*w3[im], x7[re]*w7[re], x7[im]*w7[im]
		er, ei, fr, fi = er+fr, ei+fi, er-fr, ei-fi
		gr, gi, hr, hi = gr+hr, gi+hi, gi-hi, hr-gr
		er, ei, gr, gi = er+gr, ei+gi, ei-gi, gr-er
		fr, fi, hr, hi = fr+hr, fi+hi, fr-hr, fi-hi
		fr, fi = cos*(fr+fi), cos*(fi-fr)
		hr, hi = cos*(hi-hr), -cos*(hi+hr)

		q := (*[8]complex64)(z[8*i:])
		q[0], q[4] = complex(ar+er, ai+ei), complex(ar-er, ai-ei)
		q[1], q[5] = complex(br+fr, bi+fi), complex(br-fr, bi-fi)
		q[2], q[6] = complex(cr+gr, ci+gi), complex(cr-gr, ci-gi)
		q[3], q[7] = complex(dr+hr, di+hi), complex(dr-hr, di-hi)
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
