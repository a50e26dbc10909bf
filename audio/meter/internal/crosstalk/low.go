package crosstalk

import (
	"slices"

	"github.com/otoscope/otoscope/audio/internal/dsp"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

// Low brings the base band of one channel to the rate at which the channels are compared, and logs
// its level there.
type Low struct {
	rate  float64 // Hz
	thin  *thinner
	gain  float64   // of thin
	upper int       // 1: the upper half of the level omits the first sample of the next step
	above []float32 // the part of a step in that half
	log   lowLog
}

// NewLow takes the rate of the base band in Hz.
func NewLow(rate int) *Low {
	t := newThinner(rate)
	return &Low{rate: float64(rate) / float64(t.factor()), thin: t, gain: t.gain()}
}

// Add takes the base band, whose newest n samples are the step, and returns the step at the low
// rate, valid until the next call.
func (l *Low) Add(base *frames.Past, n int) []float32 {
	x := l.thin.add(base.Before(0, filterPast+n))
	taken := (len(x) - filterPast - l.upper + 1) / 2
	l.above = slices.Grow(l.above[:0], taken)[:taken]
	upperBand(l.above, x[l.upper:])
	_, energy, _ := dsp.Sums(l.above)
	scale := 1 / (halfBandGain * l.gain)
	l.log.add(float64(energy)*scale*scale, taken)
	x = x[filterPast:]
	l.upper = (l.upper + len(x)) % 2
	return x
}
