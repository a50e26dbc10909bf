package meter

import "math"

// A frame is eight subframes of 4 ms, a step five: the frame's window weighs
// the energies of subframes, not samples.
const (
	frameSubframes = 8
	stepSubframes  = 5
)

// notchHz is the first null of the moving average that the high-pass
// subtracts. What it leaves of a tone: 50 Hz −62 dB, 100 Hz −38 dB,
// 200 Hz −17 dB, 300 Hz −5 dB, from 380 Hz up between 0 and +3.5 dB. Mains
// hum is gone and the telephone band (ITU-T G.712) stays.
const notchHz = 380

// frame is what the log keeps of a frame.
type frame struct {
	level float64 // dBov in the band of speech
	quiet bool    // digital silence throughout
}

// speechBand measures the level of each 32 ms frame in the band of speech.
//
// The high-pass is a signal less its moving average, twice. It costs three
// additions a sample and stage, and its sums are exact for samples of up to
// 24 bits, so that nothing drifts in ten hours.
type speechBand struct {
	decimate *decimator // nil at 8 kHz
	length   int        // of the moving average in samples, odd
	sums     [2]float64
	first    []float64 // the first stage's last inputs, then those of the step
	second   []float64
	energy   [frameSubframes]float64 // of the newest subframes, oldest first
	samples  [frameSubframes]float64 // how many each has
	weight   [frameSubframes]float64 // squared Hann window
	wasQuiet bool
}

func newSpeechBand(rate, step int) *speechBand {
	b := &speechBand{wasQuiet: true}
	if rate > baseRate {
		b.decimate = newDecimator(rate)
		rate /= b.decimate.factor
		step = step/b.decimate.factor + 1
	}
	b.length = int(math.Round(float64(rate)/notchHz/2))*2 - 1
	b.first = make([]float64, b.length+step)
	b.second = make([]float64, b.length+step)
	for i := range b.weight {
		h := math.Sin(math.Pi * (float64(i) + 0.5) / frameSubframes)
		b.weight[i] = h * h * h * h
	}
	return b
}

// add takes a step and measures the frame that ends with it; before the first
// sample there is silence.
func (b *speechBand) add(x []float32, quiet bool) frame {
	if b.decimate != nil {
		x = b.decimate.add(x)
	}
	copy(b.energy[:], b.energy[stepSubframes:])
	copy(b.samples[:], b.samples[stepSubframes:])
	for i := range stepSubframes {
		sub := x[i*len(x)/stepSubframes : (i+1)*len(x)/stepSubframes]
		at := frameSubframes - stepSubframes + i
		b.energy[at] = b.highPass(sub)
		b.samples[at] = float64(len(sub))
	}
	f := frame{level: math.Inf(-1), quiet: quiet && b.wasQuiet}
	b.wasQuiet = quiet
	var energy, samples float64
	for i, w := range b.weight {
		energy += w * b.energy[i]
		samples += w * b.samples[i]
	}
	if energy > 0 {
		f.level = 10 * math.Log10(energy/samples)
	}
	return f
}

// highPass takes a subframe and returns its energy above the hum.
func (b *speechBand) highPass(x []float32) float64 {
	m, n := b.length, len(x)
	first, second := b.first[:m+n], b.second[:m+n]
	s1, s2 := b.sums[0], b.sums[1]
	average := 1 / float64(m)
	var energy float64
	for i, v := range x {
		first[m+i] = float64(v)
		s1 += first[m+i] - first[i]
		y := first[m/2+i+1] - s1*average
		second[m+i] = y
		s2 += y - second[i]
		z := second[m/2+i+1] - s2*average
		energy += z * z
	}
	copy(first[:m], first[n:])
	copy(second[:m], second[n:])
	b.sums = [2]float64{s1, s2}
	return energy
}
