package crosstalk

import (
	"github.com/otoscope/otoscope/audio/internal/dsp"
)

// thinner reduces a base band to the rate at which the channels are compared: by two, and by two
// again if the rate is high enough. What a filter passes from beyond its new rate folds into the
// band as noise. That noise has no separate lag, and is related to the other channel only as far
// as the sound in the band is.
type thinner struct {
	first  halver // only if the rate is high enough for two
	second halver
	halves int
}

func newThinner(rate int) *thinner {
	t := &thinner{halves: 1, first: newHalver(), second: newHalver()}
	if rate >= 4*commonRate {
		t.halves = 2
	}
	return t
}

// factor is how many times lower the new rate is.
func (t *thinner) factor() int { return 1 << t.halves }

// gain is how many times too large the output is.
func (t *thinner) gain() float64 {
	if t.halves == 2 {
		return binomialGain * halfBandGain
	}
	return halfBandGain
}

// add takes samples that follow the filterPast ones before them in x. It returns its output in the
// same form, valid until the next call.
func (t *thinner) add(x []float32) []float32 {
	if t.halves == 2 {
		x = t.first.add(x, binomial)
	}
	return t.second.add(x, halfBand)
}

// filterPast is how many samples before the newest one a filter uses.
const filterPast = dsp.HalfTaps - 1

// halver halves a sample rate.
type halver struct {
	skip int       // 1: the first sample of the next step gives no output
	out  []float32 // filterPast outputs of the steps before, then those of the newest
}

func newHalver() halver { return halver{out: make([]float32, filterPast)} }

// add takes samples that follow the filterPast ones before them in x, and
// returns its output in the same form. The filter fills dst from x, whose first
// filterPast samples lie before the newest one that the first output needs.
func (h *halver) add(x []float32, filter func(dst, x []float32)) []float32 {
	taken := len(x) - filterPast
	last := h.out[len(h.out)-filterPast:]
	n := filterPast + (taken-h.skip+1)/2
	if cap(h.out) < n {
		h.out = make([]float32, n)
	}
	h.out = h.out[:n]
	copy(h.out, last)
	if n > filterPast {
		filter(h.out[filterPast:], x[h.skip:])
	}
	h.skip = (h.skip + taken) % 2
	return h.out
}

// binomial is the filter (1 2 1): from 8 to 4 kHz it takes 1.2 dB off the top of
// the band in which the channels are compared, and 18 dB and more off what folds
// into it.
func binomial(dst, x []float32) { dsp.HalveBinomial(dst, x[filterPast-2:]) }

// halfBand is the shortest half-band filter that is flat to the fourth order,
// (−1 0 9 16 9 0 −1).
func halfBand(dst, x []float32) {
	dsp.Halve(dst, x, &dsp.HalfFilter{Centre: 16, Beside: 9, Outer: -1})
}

// upperBand keeps what halfBand removes: at 2 kHz, the band from 500 Hz up.
func upperBand(dst, x []float32) {
	dsp.Halve(dst, x, &dsp.HalfFilter{Centre: 16, Beside: -9, Outer: 1})
}

// The sums of the filters' weights. They are powers of two, so the output can be scaled without
// rounding, and once instead of for every sample.
const (
	binomialGain = 4
	halfBandGain = 32
)
