package frames

import (
	"math"

	"github.com/otoscope/otoscope/audio/internal/dsp"
)

// BaseRate is the telephone's rate in Hz. The base band has this rate or a slightly higher one, so
// that recordings at all rates give the same measurements.
const BaseRate = 8000

// passHz is the end of the decimator's pass band (ITU-T G.712: 3400 Hz).
const passHz = 3440

// tapsPerPhase gives a transition of about 1 kHz.
const tapsPerPhase = 16

// Decimator reduces a rate above BaseRate to one between BaseRate and twice that. Its
// windowed-sinc low-pass is computed only at samples that are kept.
type Decimator struct {
	factor  int
	taps    []float32
	history []float32
	skip    int // samples until the next kept one
	out     []float32
}

// NewDecimator returns nil if the rate is already that of the base band.
func NewDecimator(rate int) *Decimator {
	if rate <= BaseRate {
		return nil
	}
	d := &Decimator{factor: rate / BaseRate}
	n := (tapsPerPhase*rate/BaseRate - 1) | 1
	taps := make([]float64, n)
	cutoff := (passHz + BaseRate/2) / 2 / float64(rate) // cycles a sample
	var sum float64
	for i := range taps {
		t := float64(i - n/2)
		sinc := 2 * cutoff
		if t != 0 {
			sinc = math.Sin(2*math.Pi*cutoff*t) / (math.Pi * t)
		}
		hann := 0.5 + 0.5*math.Cos(2*math.Pi*t/float64(n+1))
		taps[i] = sinc * hann
		sum += taps[i]
	}
	// Zeros before the taps fill them up to what is filtered at once.
	d.taps = make([]float32, (n+dsp.TapsAtOnce-1)/dsp.TapsAtOnce*dsp.TapsAtOnce)
	for i, t := range taps {
		d.taps[len(d.taps)-n+i] = float32(t / sum)
	}
	d.history = make([]float32, len(d.taps)-1)
	return d
}

// BaseBand returns the rate of a recording's base band, and the most samples of it that a step of
// the recording gives.
func BaseBand(rate, step int) (baseRate, baseStep int) {
	d := NewDecimator(rate)
	if d == nil {
		return rate, step
	}
	return rate / d.factor, step/d.factor + 1
}

// Add takes samples and returns the kept ones, valid until the next call.
func (d *Decimator) Add(x []float32) []float32 {
	h := append(d.history, x...)
	kept := max(0, (len(x)-d.skip+d.factor-1)/d.factor)
	if kept > cap(d.out) {
		d.out = make([]float32, kept)
	}
	d.out = d.out[:kept]
	if kept > 0 {
		dsp.Decimate(d.out, h[d.skip:], d.taps, d.factor)
	}
	d.skip += kept*d.factor - len(x)
	before := len(d.taps) - 1
	copy(h, h[len(h)-before:])
	d.history = h[:before]
	return d.out
}
