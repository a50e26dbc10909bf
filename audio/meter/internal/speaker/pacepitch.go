package speaker

import (
	"math"

	"github.com/otoscope/otoscope/audio/internal/dsp"
)

// The pitch of speech that may run at half or at twice its speed. The limits are an octave beyond
// those of human voices.
const (
	pacePitchLowHz   = 45
	pacePitchHighHz  = 700
	pacePitchRate    = 4000 // Hz, about
	pacePitchWindowS = 0.05
)

// pacePitch finds the fundamental of voiced speech by the autocorrelation of the band below 2 kHz.
type pacePitch struct {
	factor       int
	rate         float64
	low          []float32
	before       []float64 // energy of low before each sample
	correlations []float64 // for the lags that are periods, and one more on either side
	shortest     int       // samples
}

func newPacePitch(rate int) *pacePitch {
	p := &pacePitch{factor: max(1, int(math.Round(float64(rate)/pacePitchRate)))}
	p.rate = float64(rate) / float64(p.factor)
	p.low = make([]float32, int(pacePitchWindowS*p.rate))
	p.before = make([]float64, len(p.low)+1)
	p.shortest = int(p.rate / pacePitchHighHz)
	p.correlations = make([]float64, int(math.Ceil(p.rate/pacePitchLowHz))-p.shortest+3)
	return p
}

// length is how many samples of the base band it looks at.
func (p *pacePitch) length() int { return (len(p.low) + 1) * p.factor }

// of gives the fundamental in Hz of samples of that length, or 0 if they are not voiced.
func (p *pacePitch) of(x []float32) float64 {
	p.decimate(x)
	var energy float64
	for i, v := range p.low {
		energy += float64(v) * float64(v)
		p.before[i+1] = energy
	}
	if energy == 0 {
		return 0
	}
	n := len(p.low)
	voiced := false
	for i := range p.correlations {
		lag := p.shortest - 1 + i
		c := float64(dsp.Dot(p.low[:n-lag], p.low[lag:]))
		p.correlations[i] = c
		voiced = voiced || c > 0 && c*c >= nearlyVoiced*p.energies(lag)
	}
	if !voiced {
		return 0
	}
	var best float64
	for i, c := range p.correlations {
		p.correlations[i] = 0
		if e := p.energies(p.shortest - 1 + i); e > 0 {
			p.correlations[i] = c / math.Sqrt(e)
		}
		best = max(best, p.correlations[i])
	}
	// A multiple of the period fits as well as the period does. So the first lag that is nearly as
	// good as the best is the period.
	for i := 1; i+1 < len(p.correlations); i++ {
		before, c, after := p.correlations[i-1], p.correlations[i], p.correlations[i+1]
		if c < paceVoicedFrom || c < firstPeak*best || c < before || c < after {
			continue
		}
		period := float64(p.shortest - 1 + i)
		if bend := before - 2*c + after; bend < 0 {
			period += (before - after) / (2 * bend)
		}
		return p.rate / period
	}
	return 0
}

// energies is the product of the energies of the two parts of low that a lag compares.
func (p *pacePitch) energies(lag int) float64 {
	n := len(p.low)
	return p.before[n-lag] * (p.before[n] - p.before[lag])
}

// paceVoicedFrom is the share of the energy that must repeat itself after a period. If no lag comes
// near it, which nearlyVoiced says in squares, nothing is divided.
const (
	paceVoicedFrom = 0.6
	nearlyVoiced   = 0.99 * paceVoicedFrom * paceVoicedFrom
)

// decimate fills low, each sample with the mean of those around it under a triangle.
func (p *pacePitch) decimate(x []float32) {
	switch p.factor {
	case 1:
		copy(p.low, x)
	case 2: // nearly always
		dsp.HalveBinomial(p.low, x[:2*len(p.low)+1])
	default:
		for i := range p.low {
			var sum float32
			for k, v := range x[i*p.factor:][:2*p.factor-1] {
				sum += v * float32(min(k+1, 2*p.factor-1-k))
			}
			p.low[i] = sum
		}
	}
}
