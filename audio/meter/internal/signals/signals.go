package signals

import (
	"fmt"
	"math"
	"math/rand/v2"

	"pgregory.net/rapid"
)

// The rates of call recordings.
var Rates = []int{8000, 11025, 16000, 22050, 32000, 44100, 48000}

// amplitude is the peak of a sine with a level in dBov.
func sineAmplitude(level float64) float64 { return math.Sqrt2 * math.Pow(10, level/20) }

// Sine generates a tone at a level in dBov.
func Sine(rate int, seconds, hz, level float64) []float32 {
	x := make([]float32, int(math.Round(seconds*float64(rate))))
	a := sineAmplitude(level)
	for i := range x {
		x[i] = float32(a * math.Sin(2*math.Pi*hz*float64(i)/float64(rate)))
	}
	return x
}

// White generates white noise at a level in dBov.
func White(seed uint64, rate int, seconds, level float64) []float32 {
	rng := rand.New(rand.NewPCG(seed, 56))
	x := make([]float32, int(math.Round(seconds*float64(rate))))
	a := math.Pow(10, level/20)
	for i := range x {
		x[i] = float32(a * rng.NormFloat64())
	}
	return x
}

// Gate keeps the first on seconds of every period and silences the rest.
func Gate(x []float32, rate int, on, period float64) []float32 {
	for i := range x {
		if math.Mod(float64(i)/float64(rate), period) >= on {
			x[i] = 0
		}
	}
	return x
}

// Mix adds y to x.
func Mix(x, y []float32) []float32 {
	for i := range min(len(x), len(y)) {
		x[i] += y[i]
	}
	return x
}

// Quantised rounds samples to 16 bits.
func Quantised(x []float32) []float32 {
	for i, v := range x {
		x[i] = float32(math.Round(float64(max(-1, min(32767.0/32768, v)))*32768)) / 32768
	}
	return x
}

// AnySignal draws a signal that consists of silence, tones, noise, constants and clicks, at any
// level, for up to a few seconds.
func AnySignal(t *rapid.T, label string, rate int) []float32 {
	var x []float32
	for i := range rapid.IntRange(0, 8).Draw(t, label+" pieces") {
		name := fmt.Sprintf("%s %d ", label, i)
		n := rapid.IntRange(1, rate).Draw(t, name+"length")
		a := math.Pow(10, rapid.Float64Range(-95, 0).Draw(t, name+"level")/20)
		seed := rapid.Uint64().Draw(t, name+"seed")
		rng := rand.New(rand.NewPCG(seed, 1))
		kind := rapid.SampledFrom([]string{"silence", "tone", "noise", "constant", "clicks", "decay"}).Draw(t, name+"kind")
		hz := 100 + 3000*rng.Float64()
		for k := range n {
			var v float64
			switch kind {
			case "tone":
				v = a * math.Sin(2*math.Pi*hz*float64(k)/float64(rate))
			case "noise":
				v = a * rng.NormFloat64() / 3
			case "constant":
				v = a
			case "clicks":
				if rng.IntN(400) == 0 {
					v = a
				}
			case "decay":
				v = a * rng.NormFloat64() * math.Exp(-3*float64(k)/float64(n))
			}
			x = append(x, float32(v))
		}
	}
	return Quantised(x)
}

// InSteps calls each for every step of a signal.
func InSteps(x []float32, step int, each func([]float32)) {
	for ; len(x) > 0; x = x[min(step, len(x)):] {
		each(x[:min(step, len(x))])
	}
}

// Talker generates a voice, with pauses, over a noise floor of −62 dBov.
func Talker(seed uint64, rate int, seconds, level float64) []float32 {
	return Mix(QuietTalker(seed, rate, seconds, level), White(seed, rate, seconds, -62))
}

// QuietTalker generates a voice with an RMS level in dBov over silence.
func QuietTalker(seed uint64, rate int, seconds, level float64) []float32 {
	const highest = 3400
	rng := rand.New(rand.NewPCG(seed, 3))
	voice := newVoice(rng, 90+130*rng.Float64(), highest)
	x := make([]float32, int(seconds*float64(rate)))
	for i := range x {
		x[i] = float32(voice.at(float64(i) / float64(rate)))
	}
	return Scaled(x, float32(math.Pow(10, (level-LevelOf(x))/20)))
}

// Scaled is x at another gain.
func Scaled(x []float32, gain float32) []float32 {
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = v * gain
	}
	return y
}

// Hiss is noise at a level in dBov from 300 to 3400 Hz. It is the same sound at every rate.
func Hiss(seed uint64, rate int, seconds, level float64) []float32 {
	return Pinkish(seed, rate, seconds, level, 300, 3400, 0)
}

// Pinkish generates noise at a level in dBov from a hundred tones between two frequencies. Its
// spectrum falls by the given number of dB an octave.
func Pinkish(seed uint64, rate int, seconds, level, low, high, fall float64) []float32 {
	rng := rand.New(rand.NewPCG(seed, 8))
	x := make([]float32, int(seconds*float64(rate)))
	for range 100 {
		octave := rng.Float64() * math.Log2(high/low)
		a := math.Pow(10, -octave*(fall-3)/20) // the tones themselves fall by 3 dB
		sin, cos := math.Sincos(2 * math.Pi * low * math.Exp2(octave) / float64(rate))
		turn := complex(cos, sin)
		sin, cos = math.Sincos(2 * math.Pi * rng.Float64())
		z := complex(a*cos, a*sin)
		for i := range x {
			x[i] += float32(imag(z))
			z *= turn
		}
	}
	return Scaled(x, float32(math.Pow(10, (level-LevelOf(x))/20)))
}

// voice is a sum of harmonics, defined at every instant, so that it is the same sound at every
// rate.
type vocalTract struct {
	pitch, syllables float64
	phase            []complex128
	resonance        [3]float64
	cell             int          // of 10 ms, whose gains are known
	gains            [2][]float64 // of the harmonics, at its start and end
}

func newVoice(rng *rand.Rand, pitch, highest float64) *vocalTract {
	v := &vocalTract{pitch: pitch, syllables: 3 + 2*rng.Float64(), cell: -1}
	v.resonance = [3]float64{400 + 300*rng.Float64(), 1200 + 700*rng.Float64(), 2300 + 500*rng.Float64()}
	for h := 1.0; h*pitch*1.1 < highest; h++ {
		sin, cos := math.Sincos(2 * math.Pi * rng.Float64())
		v.phase = append(v.phase, complex(cos, sin))
	}
	return v
}

// at is the voice's sample at a time in seconds: talkspurts of 2.2 s, pauses of 0.8 s.
func (v *vocalTract) at(t float64) float64 {
	if math.Mod(t, 3) > 2.2 {
		return 0
	}
	cell := int(100 * t)
	if cell != v.cell {
		v.cell = cell
		v.gains = [2][]float64{v.gainsAt(float64(cell) / 100), v.gainsAt(float64(cell+1) / 100)}
	}
	rise := math.Sin(math.Pi * v.syllables * t)
	sin, cos := math.Sincos(2 * math.Pi * v.pitch * (t + 0.012*math.Sin(2*math.Pi*0.9*t)))
	turn, harmonic := complex(cos, sin), complex(cos, sin)
	share := 100*t - float64(cell)
	var sum float64
	for h, phase := range v.phase {
		gain := v.gains[0][h] + share*(v.gains[1][h]-v.gains[0][h])
		sum += gain * imag(harmonic*phase)
		harmonic *= turn
	}
	return (0.15 + rise*rise) * sum
}

// gainsAt is the strength of the harmonics under moving resonances.
func (v *vocalTract) gainsAt(t float64) []float64 {
	moved := 1 + 0.25*math.Sin(2*math.Pi*1.3*t)
	gains := make([]float64, len(v.phase))
	for h := range gains {
		for i, r := range v.resonance {
			d := (v.pitch*float64(h+1) - r*moved) / (120 + 60*float64(i))
			gains[h] += math.Pow(2, -float64(i)) / (1 + d*d)
		}
	}
	return gains
}

// LevelOf is the level of a signal in dBov.
func LevelOf(x []float32) float64 {
	var sum float64
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	return 10 * math.Log10(sum/float64(len(x)))
}

// Near reports whether two figures are equal within a tolerance. Equal infinities are.
func Near(a, b, tolerance float64) bool { return a == b || math.Abs(a-b) <= tolerance }
