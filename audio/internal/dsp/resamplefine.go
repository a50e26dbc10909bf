package dsp

import "math"

// The kernel of the fine resampler is a sinc in a Kaiser window (Oppenheim and Schafer, Discrete-Time
// Signal Processing, 7.6.2) with fineZeros zeros on either side. By Kaiser's formula, a window for
// fineStopDB falls within 0.125 of the lower rate, half of that on either side of half the rate: at
// 8 kHz, sound up to 3.5 kHz passes and sound from 4.5 kHz on is stopped. A telephone's band ends at
// 3.4 kHz, and its own filter need not stop anything below 4.6 kHz (ITU-T G.712).
const (
	fineZeros  = 24
	fineStopDB = 94
	// Most pairs of rates have fewer phases than finePhases, and each has a kernel. Between those of
	// the others, kernels are interpolated, with an error below −110 dB.
	finePhases = 1024
	// dotBlock is how many products Dot computes at a time.
	dotBlock = 16
)

// NewFineResampler makes a resampler from one rate to another that leaves the band of speech as it is:
// flat to 0.43 of the lower rate within 0.01 dB, and 80 dB and more down from 0.57 of it on. It is nil,
// which changes nothing, if the rate stays the same.
func NewFineResampler(from, to int) *Resampler {
	if from == to {
		return nil
	}
	r, stretch := newResampler(from, to)
	r.fine = true
	r.half = (int(math.Ceil(fineZeros*stretch)) + dotBlock/2 - 1) / (dotBlock / 2) * (dotBlock / 2)
	window := kaiser(0.1102 * (fineStopDB - 8.7))
	phases := min(r.den, finePhases)
	r.kernel = make([][]float32, phases+1)
	for p := range r.kernel {
		r.kernel[p] = kernelAt(float64(p)/float64(phases), r.half, stretch, fineZeros, window)
	}
	r.begin()
	return r
}

// exact gives the output sample at the present time, from the samples that begin with those of its
// kernel.
func (r *Resampler) exact(x []float32) float32 {
	phases := len(r.kernel) - 1
	at, rest := r.rest*phases/r.den, r.rest*phases%r.den
	y := Dot(r.kernel[at], x)
	if rest == 0 {
		return y
	}
	share := float32(rest) / float32(r.den)
	return y + share*(Dot(r.kernel[at+1], x)-y)
}

// kaiser gives the Kaiser window from −1 to 1.
func kaiser(beta float64) func(float64) float64 {
	peak := bessel(beta)
	return func(t float64) float64 {
		if math.Abs(t) >= 1 {
			return 0
		}
		return bessel(beta*math.Sqrt(1-t*t)) / peak
	}
}

// bessel is the modified Bessel function of the first kind and order 0, by its power series.
func bessel(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > 1e-18*sum; k++ {
		term *= (x / 2 / k) * (x / 2 / k)
		sum += term
	}
	return sum
}
