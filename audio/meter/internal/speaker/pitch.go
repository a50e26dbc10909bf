package speaker

import "math"

const (
	pitchLowHz   = 62
	pitchHighHz  = 400
	pitchRate    = 4000 // Hz, about
	pitchWindowS = 0.040
	pitchBandHz  = 1000 // where the low-pass has its first null
	voicedFrom   = 0.45 // of the energy repeats itself after a period
	firstPeak    = 0.85 // of the best correlation
)

// pitch finds the fundamental of voiced speech by the autocorrelation of the
// band below about 700 Hz, in which every voice has harmonics, also over the telephone.
type pitch struct {
	factor  int
	rate    float64
	average int       // samples of the moving average that is taken twice
	sums    []float64 // running, of the samples, then of their averages
	low     []float32 // the band, at the lower rate
	before  []float64 // energy of low before each sample
	// For the lags that are periods, and one more on either side.
	correlations []float64
	shortest     int // samples
}

func newPitch(rate int) *pitch {
	p := &pitch{
		factor:  max(1, int(math.Round(float64(rate)/pitchRate))),
		average: max(1, int(math.Round(float64(rate)/pitchBandHz))),
	}
	p.rate = float64(rate) / float64(p.factor)
	p.low = make([]float32, int(pitchWindowS*p.rate))
	p.before = make([]float64, len(p.low)+1)
	p.sums = make([]float64, p.length()+1)
	p.shortest = int(p.rate / pitchHighHz)
	p.correlations = make([]float64, int(math.Ceil(p.rate/pitchLowHz))-p.shortest+3)
	return p
}

// length is how many samples of the base band pitch looks at.
func (p *pitch) length() int { return len(p.low)*p.factor + 2*p.average }

// of gives the fundamental in Hz of the last samples of x, or 0 if they are not voiced.
func (p *pitch) of(x []float32) float64 {
	p.lowPass(x[len(x)-p.length():])
	if p.before[len(p.low)] == 0 {
		return 0
	}
	var best float64
	for i := range p.correlations {
		p.correlations[i] = p.correlation(p.shortest - 1 + i)
		best = max(best, p.correlations[i])
	}
	// A multiple of the period fits as well as the period does. So the first lag that is nearly as
	// good as the best is the period.
	for i := 1; i+1 < len(p.correlations); i++ {
		before, c, after := p.correlations[i-1], p.correlations[i], p.correlations[i+1]
		if c < voicedFrom || c < firstPeak*best || c < before || c < after {
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

// lowPass fills low with a moving average of a moving average of x, less its mean.
func (p *pitch) lowPass(x []float32) {
	s, m := p.sums[:len(x)+1], p.average
	var sum float64
	for i, v := range x {
		s[i] = sum
		sum += float64(v)
	}
	s[len(x)] = sum
	sum = 0
	for i := range len(x) - m + 1 { // i-th average in place of the i-th sum
		average := s[i+m] - s[i]
		s[i] = sum
		sum += average
	}
	var mean float32
	for i := range p.low {
		j := i * p.factor
		p.low[i] = float32(s[j+m] - s[j])
		mean += p.low[i]
	}
	mean /= float32(len(p.low))
	var energy float64
	for i := range p.low {
		p.low[i] -= mean
		p.before[i] = energy
		energy += float64(p.low[i]) * float64(p.low[i])
	}
	p.before[len(p.low)] = energy
}

// correlation is that of the band with itself, shifted by a lag.
func (p *pitch) correlation(lag int) float64 {
	n := len(p.low)
	energy := p.before[n-lag] * (p.before[n] - p.before[lag])
	if energy <= 0 {
		return 0
	}
	return float64(dot(p.low[:n-lag], p.low[lag:])) / math.Sqrt(energy)
}

// dot is the scalar product of two slices of one length, in four lanes.
func dot(a, b []float32) float32 {
	var s0, s1, s2, s3 float32
	for ; len(a) >= 4 && len(b) >= 4; a, b = a[4:], b[4:] {
		s0 += a[0] * b[0]
		s1 += a[1] * b[1]
		s2 += a[2] * b[2]
		s3 += a[3] * b[3]
	}
	for i := range min(len(a), len(b)) {
		s0 += a[i] * b[i]
	}
	return s0 + s1 + s2 + s3
}
