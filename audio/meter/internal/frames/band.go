package frames

import (
	"math"

	"github.com/otoscope/otoscope/audio/internal/dsp"
)

// A frame is eight subframes of 4 ms, and a step is five. The frame's window weights the energies
// of subframes, not samples.
const (
	FrameSubframes = 8
	StepSubframes  = dsp.Parts
)

// notchHz is the first null of the moving average that the high-pass subtracts. Of a tone this
// leaves: 50 Hz −62 dB, 100 Hz −38 dB, 200 Hz −17 dB, 300 Hz −5 dB, from 380 Hz up between 0 and
// +3.5 dB. It removes mains hum and keeps the telephone band (ITU-T G.712).
const notchHz = 380

// Frame is what the log keeps for a frame.
type Frame struct {
	Level float64 // dBov in the speech band
	Quiet bool    // digital silence throughout
}

// SpeechBand measures the level of each 32 ms frame in the speech band.
//
// The high-pass subtracts a moving average over m samples from the signal, twice. With the sum B
// of the newest m samples and the sum T of the newest m of those, this is
//
//	m²·z[n] = m²·x[n−m+1] − 2m·B[n−(m−1)/2] + T[n]
//
// which costs seven additions a sample. Both sums start again with every step, so that rounding
// errors do not last. Sums of 16-bit samples are exact.
type SpeechBand struct {
	length   int                     // m, odd
	scale    float64                 // 1/m⁴
	sums     []float32               // B of the m samples before the step, then of those of the step
	Energy   [FrameSubframes]float64 // of the newest subframes, oldest first
	Samples  [FrameSubframes]float64 // how many each has
	weight   [FrameSubframes]float64 // squared Hann window
	wasQuiet bool
}

// NewSpeechBand takes the rate of the base band in Hz and the most samples a step can have.
func NewSpeechBand(rate, step int) *SpeechBand {
	b := &SpeechBand{wasQuiet: true}
	b.length = int(math.Round(float64(rate)/notchHz/2))*2 - 1
	b.scale = 1 / math.Pow(float64(b.length), 4)
	b.sums = make([]float32, b.length, b.length+step)
	for i := range b.weight {
		h := math.Sin(math.Pi * (float64(i) + 0.5) / FrameSubframes)
		b.weight[i] = h * h * h * h
	}
	return b
}

// Add takes the base band, whose newest n samples are the step, and measures the frame that ends
// with the step. quiet says that the step is digital silence.
func (b *SpeechBand) Add(p *Past, n int, quiet bool) Frame {
	copy(b.Energy[:], b.Energy[StepSubframes:])
	copy(b.Samples[:], b.Samples[StepSubframes:])
	newest := (*[StepSubframes]float64)(b.Energy[FrameSubframes-StepSubframes:])
	b.highPass(p.Before(0, b.length+n), newest)
	for i := range newest {
		b.Samples[FrameSubframes-StepSubframes+i] = float64(subframe(i+1, n) - subframe(i, n))
	}
	f := Frame{Level: math.Inf(-1), Quiet: quiet && b.wasQuiet}
	b.wasQuiet = quiet
	var energy, samples float64
	for i, w := range b.weight {
		energy += w * b.Energy[i]
		samples += w * b.Samples[i]
	}
	if energy > 0 {
		f.Level = Decibels(energy / samples)
	}
	return f
}

// subframe is where subframe i of a step of n samples begins.
func subframe(i, n int) int { return i * n / StepSubframes }

// StepPower is the mean power of the newest step above the hum.
func (b *SpeechBand) StepPower() float64 {
	var energy, samples float64
	for i := FrameSubframes - StepSubframes; i < FrameSubframes; i++ {
		energy += b.Energy[i]
		samples += b.Samples[i]
	}
	return energy / max(1, samples)
}

// highPass gives the energy above the hum of each subframe of a step, whose
// samples follow the m before it in x.
func (b *SpeechBand) highPass(x []float32, energy *[StepSubframes]float64) {
	m := b.length
	n := len(x) - m
	sums := b.sums[:m+n]
	copy(sums, b.sums[len(b.sums)-m:])
	b.sums = sums
	if Silent(x) && Silent(sums[:m]) {
		clear(sums)
		*energy = [StepSubframes]float64{}
		return
	}
	var e [dsp.Parts]float32
	dsp.HighPass(&e, x, sums, m)
	for i, v := range e {
		energy[i] = b.scale * float64(v)
	}
}

// bandDelay is the delay in seconds of the energies behind the speech band's filters.
const bandDelay = 0.0024
