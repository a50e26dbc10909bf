package frames

import "math"

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
	taps    []float64
	history []float64
	skip    int // samples until the next kept one
	out     []float32
}

// NewDecimator returns nil if the rate is already that of the base band.
func NewDecimator(rate int) *Decimator {
	if rate <= BaseRate {
		return nil
	}
	d := &Decimator{factor: rate / BaseRate}
	n := tapsPerPhase*rate/BaseRate | 1
	d.taps = make([]float64, n)
	cutoff := (passHz + BaseRate/2) / 2 / float64(rate) // cycles a sample
	var sum float64
	for i := range d.taps {
		t := float64(i - n/2)
		sinc := 2 * cutoff
		if t != 0 {
			sinc = math.Sin(2*math.Pi*cutoff*t) / (math.Pi * t)
		}
		hann := 0.5 + 0.5*math.Cos(2*math.Pi*t/float64(n+1))
		d.taps[i] = sinc * hann
		sum += d.taps[i]
	}
	for i := range d.taps {
		d.taps[i] /= sum
	}
	d.history = make([]float64, n-1)
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
	h := d.history
	for _, v := range x {
		h = append(h, float64(v))
	}
	d.out = d.out[:0]
	n := len(d.taps)
	i := d.skip
	for ; i < len(x); i += d.factor {
		var y float64
		for k, t := range d.taps {
			y += t * h[i+k]
		}
		d.out = append(d.out, float32(y))
	}
	d.skip = i - len(x)
	copy(h, h[len(h)-(n-1):])
	d.history = h[:n-1]
	return d.out
}
