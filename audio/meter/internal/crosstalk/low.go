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

// Divides reports whether steps of n samples have equally many at the low rate, and in its upper half.
func (l *Low) Divides(n int) bool { return n%(2*l.thin.factor()) == 0 }

// Add takes the base band, whose newest samples are so many steps of n samples, and returns them at the
// low rate, valid until the next call. If the low rate does not divide the steps, they come one by one.
func (l *Low) Add(base *frames.Past, steps, n int) []float32 {
	x := l.thin.add(base.Before(0, filterPast+steps*n))
	taken := (len(x) - filterPast - l.upper + 1) / 2
	l.above = slices.Grow(l.above[:0], taken)[:taken]
	upperBand(l.above, x[l.upper:])
	scale := 1 / (halfBandGain * l.gain)
	each := taken / steps
	for i := range steps {
		_, energy, _ := dsp.Sums(l.above[i*each:][:each])
		l.log.add(float64(energy)*scale*scale, each)
	}
	x = x[filterPast:]
	l.upper = (l.upper + len(x)) % 2
	return x
}
