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
	length   int // of the moving average in samples, odd
	sums     [2]float64
	first    []float64 // the first stage's last inputs, then those of the step
	second   []float64
	energy   [frameSubframes]float64 // of the newest subframes, oldest first
	samples  [frameSubframes]float64 // how many each has
	weight   [frameSubframes]float64 // squared Hann window
	wasQuiet bool
}

// newSpeechBand takes the rate of the base band in Hz and its most samples a step.
func newSpeechBand(rate, step int) *speechBand {
	b := &speechBand{wasQuiet: true}
	b.length = int(math.Round(float64(rate)/notchHz/2))*2 - 1
	b.first = make([]float64, b.length+step)
	b.second = make([]float64, b.length+step)
	for i := range b.weight {
		h := math.Sin(math.Pi * (float64(i) + 0.5) / frameSubframes)
		b.weight[i] = h * h * h * h
	}
	return b
}

// add takes a step of the base band and measures the frame that ends with it;
// before the first sample there is silence. quiet says that the step is
// digital silence.
func (b *speechBand) add(x []float32, quiet bool) frame {
	copy(b.energy[:], b.energy[stepSubframes:])
	copy(b.samples[:], b.samples[stepSubframes:])
	newest := frameSubframes - stepSubframes
	for i := range stepSubframes {
		from, to := i*len(x)/stepSubframes, (i+1)*len(x)/stepSubframes
		b.energy[newest+i] = b.highPass(x, from, to)
		b.samples[newest+i] = float64(to - from)
	}
	copy(b.first[:b.length], b.first[len(x):])
	copy(b.second[:b.length], b.second[len(x):])
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

// stepPower is the mean power of the newest step above the hum.
func (b *speechBand) stepPower() float64 {
	var energy, samples float64
	for i := frameSubframes - stepSubframes; i < frameSubframes; i++ {
		energy += b.energy[i]
		samples += b.samples[i]
	}
	return energy / max(1, samples)
}

// highPass takes the samples of a step from one to another and returns their
// energy above the hum.
func (b *speechBand) highPass(x []float32, from, to int) float64 {
	m := b.length
	x = x[from:to]
	// Of each stage: its newest input, the one that leaves the average, and the
	// one that is at the average's centre.
	newest1, oldest1, centre1 := b.first[m+from:m+to], b.first[from:to], b.first[m/2+1+from:m/2+1+to]
	newest2, oldest2, centre2 := b.second[m+from:m+to], b.second[from:to], b.second[m/2+1+from:m/2+1+to]
	s1, s2 := b.sums[0], b.sums[1]
	average := 1 / float64(m)
	var energy float64
	for i, v := range x {
		in := float64(v)
		newest1[i] = in
		s1 += in - oldest1[i]
		y := centre1[i] - s1*average
		newest2[i] = y
		s2 += y - oldest2[i]
		z := centre2[i] - s2*average
		energy += z * z
	}
	b.sums = [2]float64{s1, s2}
	return energy
}
