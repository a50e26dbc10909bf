package dsp

import "math"

// The stages of a transform. A processor with AVX2 and FMA does them for four
// complex numbers at a time (stages_amd64.s); what they compute is said here,
// which is what runs everywhere else, and with the build tag purego. The two
// differ by rounding only.

// fours windows the samples, takes even ones for real and odd ones for imaginary
// parts, and does the first two stages, whose twiddles are 1 and −i only. The
// four values of a transform lie a quarter of the samples apart.
func fours(z []complex64, x, window []float32, order []uint16) {
	quarter := len(x) / 4
	if wide && quarter >= 8 {
		foursWide(&z[0], &x[0], &window[0], quarter, &order[0])
		return
	}
	x0, x1, x2, x3 := x[:quarter], x[quarter:][:quarter], x[2*quarter:][:quarter], x[3*quarter:][:quarter]
	w0, w1, w2, w3 := window[:quarter], window[quarter:][:quarter], window[2*quarter:][:quarter], window[3*quarter:][:quarter]
	for i, at := range order {
		re, im := 2*i, 2*i+1
		_ = x0[im] // the others are as long: one bounds check for all
		ar, ai, br, bi := x0[re]*w0[re], x0[im]*w0[im], x2[re]*w2[re], x2[im]*w2[im]
		cr, ci, dr, di := x1[re]*w1[re], x1[im]*w1[im], x3[re]*w3[re], x3[im]*w3[im]
		ar, ai, br, bi = ar+br, ai+bi, ar-br, ai-bi
		cr, ci, dr, di = cr+dr, ci+di, ci-di, dr-cr
		q := (*[4]complex64)(z[at:])
		q[0], q[2] = complex(ar+cr, ai+ci), complex(ar-cr, ai-ci)
		q[1], q[3] = complex(br+dr, bi+di), complex(br-dr, bi-di)
	}
}

// eights is fours for three stages, whose twiddles are those of eighths of a turn as well.
func eights(z []complex64, x, window []float32, order []uint16) {
	const cos = float32(math.Sqrt2 / 2) // of an eighth of a turn
	part := len(x) / 8
	if wide && part >= 8 {
		eightsWide(&z[0], &x[0], &window[0], part, &order[0])
		return
	}
	x0, x1, x2, x3 := x[:part], x[part:][:part], x[2*part:][:part], x[3*part:][:part]
	x4, x5, x6, x7 := x[4*part:][:part], x[5*part:][:part], x[6*part:][:part], x[7*part:][:part]
	w0, w1, w2, w3 := window[:part], window[part:][:part], window[2*part:][:part], window[3*part:][:part]
	w4, w5, w6, w7 := window[4*part:][:part], window[5*part:][:part], window[6*part:][:part], window[7*part:][:part]
	for i, at := range order {
		re, im := 2*i, 2*i+1
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

		q := (*[8]complex64)(z[at:])
		q[0], q[4] = complex(ar+er, ai+ei), complex(ar-er, ai-ei)
		q[1], q[5] = complex(br+fr, bi+fi), complex(br-fr, bi-fi)
		q[2], q[6] = complex(cr+gr, ci+gi), complex(cr-gr, ci-gi)
		q[3], q[7] = complex(dr+hr, di+hi), complex(dr-hr, di-hi)
	}
}

// radix4 does two stages: of every four transforms of as many points as there
// are twiddles it makes one of four times as many.
func radix4(z []complex64, t twiddles) {
	quarter := len(t.w1)
	if wide {
		radix4Wide(&z[0], len(z), quarter, &t.w1[0], &t.w2[0], &t.w3[0])
		return
	}
	for ; len(z) >= 4*quarter; z = z[4*quarter:] {
		p0 := z[:quarter:quarter]
		p1 := z[quarter:][:len(p0)]
		p2 := z[2*quarter:][:len(p0)]
		p3 := z[3*quarter:][:len(p0)]
		w1, w2, w3 := t.w1[:len(p0)], t.w2[:len(p0)], t.w3[:len(p0)]
		for k := range p0 {
			a := p0[k]
			ar, ai := real(a), imag(a)
			br, bi := times(p1[k], w2[k])
			cr, ci := times(p2[k], w1[k])
			dr, di := times(p3[k], w3[k])
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

// split takes the transform of even + i·odd samples apart into the bins of the
// whole, in their place; bin 0 is left as it is. roots are e^(−2πik/n), n samples.
func split(z, roots []complex64) {
	h := len(z)
	if wide && h >= 8 {
		splitWide(&z[1], &z[h-4], &roots[1], h/2)
		return
	}
	// Bins k and h−k come from the same values.
	for k := 1; k <= h/2; k++ {
		a, b, w := z[k], z[h-k], roots[k]
		er, ei := (real(a)+real(b))/2, (imag(a)-imag(b))/2 // even samples
		or, oi := (imag(a)+imag(b))/2, (real(b)-real(a))/2 // odd samples
		tr, ti := or*real(w)-oi*imag(w), or*imag(w)+oi*real(w)
		z[k] = complex(er+tr, ei+ti)
		z[h-k] = complex(er-tr, ti-ei)
	}
}

// squares writes the squared magnitudes of z to out.
func squares(out []float32, z []complex64) {
	out = out[:len(z)]
	if wide && len(z) >= 8 {
		squaresWide(&out[0], &z[0], len(z))
		return
	}
	for i, c := range z {
		out[i] = real(c)*real(c) + imag(c)*imag(c)
	}
}
