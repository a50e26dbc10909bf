package meter

import "math"

const (
	pitchLowHz   = 62
	pitchHighHz  = 400
	pitchRate    = 2000 // Hz, about
	pitchWindowS = 0.048
	voicedFrom   = 0.55 // of the energy repeats itself after a period
)

// pitch finds the fundamental of voiced speech by the autocorrelation of the
// band below about 700 Hz, in which every voice has harmonics.
type pitch struct {
	factor int
	rate   float64
	low    []float64 // the band, at the lower rate
}

func newPitch(rate int) *pitch {
	p := &pitch{factor: max(1, int(math.Round(float64(rate)/pitchRate)))}
	p.rate = float64(rate) / float64(p.factor)
	p.low = make([]float64, int(pitchWindowS*p.rate))
	return p
}

// length is how many samples of the base band are looked at.
func (p *pitch) length() int { return (len(p.low) + 1) * p.factor }

// of gives the fundamental in Hz of the samples that end x, 0 where they are not voiced.
func (p *pitch) of(x []float32) float64 {
	x = x[len(x)-p.length():]
	var last, mean float64
	for i := range len(p.low) + 1 { // a triangular window over two times factor samples
		var sum float64
		for _, v := range x[i*p.factor : (i+1)*p.factor] {
			sum += float64(v)
		}
		if i > 0 {
			p.low[i-1] = sum + last
			mean += p.low[i-1]
		}
		last = sum
	}
	mean /= float64(len(p.low))
	var energy float64
	for i := range p.low {
		p.low[i] -= mean
		energy += p.low[i] * p.low[i]
	}
	if energy == 0 {
		return 0
	}
	shortest, longest := int(p.rate/pitchHighHz), int(math.Ceil(p.rate/pitchLowHz))
	best, at := 0.0, 0
	var around [2]float64 // correlations at the neighbouring lags
	previous, rising := 1.0, false
	for lag := shortest - 1; lag <= longest; lag++ {
		c := p.correlation(lag)
		if rising && c <= previous && previous > best*1.05 { // a peak; a multiple of the period must be clearly better
			best, at = previous, lag-1
			around = [2]float64{p.correlation(lag - 2), c}
		}
		rising = c > previous
		previous = c
	}
	if best < voicedFrom {
		return 0
	}
	shift := 0.0
	if bend := around[0] - 2*best + around[1]; bend < 0 {
		shift = (around[0] - around[1]) / (2 * bend)
	}
	return p.rate / (float64(at) + shift)
}

// correlation is that of the band with itself a lag later.
func (p *pitch) correlation(lag int) float64 {
	a, b := p.low[:len(p.low)-lag], p.low[lag:]
	var product, ea, eb float64
	for i, v := range a {
		w := b[i]
		product += v * w
		ea += v * v
		eb += w * w
	}
	if ea == 0 || eb == 0 {
		return 0
	}
	return product / math.Sqrt(ea*eb)
}
