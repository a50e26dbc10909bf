package meter_test

import (
	"math"
	"math/rand/v2"

	"github.com/zaf/g711"
)

// lineKind is how a kind of line changes a sound at 8 kHz.
type lineKind struct {
	name  string
	apply func(x []float32, rng *rand.Rand) []float32
}

var lineKinds = []lineKind{
	{"as it is", func(x []float32, _ *rand.Rand) []float32 { return x }},
	{"G.711 µ-law", func(x []float32, _ *rand.Rand) []float32 {
		return overG711(x, g711.EncodeUlawFrame, g711.DecodeUlawFrame)
	}},
	{"G.711 A-law, telephone band", func(x []float32, _ *rand.Rand) []float32 {
		return overG711(telephoneBand(x), g711.EncodeAlawFrame, g711.DecodeAlawFrame)
	}},
	{"3 bits a sample, as in GSM", func(x []float32, _ *rand.Rand) []float32 { return coarse(telephoneBand(x)) }},
}

func overG711(x []float32, encode func(int16) uint8, decode func(uint8) int16) []float32 {
	out := make([]float32, len(x))
	for i, v := range x {
		out[i] = float32(decode(encode(int16(max(-32768, min(32767, math.Round(float64(v)*32768))))))) / 32768
	}
	return out
}

// telephoneBand keeps 300 to 3400 Hz (ITU-T G.712) of a sound at 8 kHz.
func telephoneBand(x []float32) []float32 { return bandPassed(x, 8000, 300, 3400) }

// bandPassed keeps the band between two frequencies, by a windowed sinc.
func bandPassed(x []float32, rate, low, high float64) []float32 {
	const half = 30
	var taps [2*half + 1]float64
	for i := range taps {
		t := float64(i - half)
		lowPass := func(hz float64) float64 {
			if t == 0 {
				return 2 * hz / rate
			}
			return math.Sin(2*math.Pi*hz/rate*t) / (math.Pi * t)
		}
		taps[i] = (lowPass(high) - lowPass(low)) * (0.5 + 0.5*math.Cos(math.Pi*t/(half+1)))
	}
	padded := make([]float32, len(x)+2*half)
	copy(padded[half:], x)
	out := make([]float32, len(x))
	for i := range out {
		var v float64
		for k, s := range padded[i : i+len(taps)] {
			v += taps[k] * float64(s)
		}
		out[i] = float32(v)
	}
	return out
}

// coarse quantises blocks of 5 ms to 3 bits of their peak. That is the noise that GSM full rate's
// pulses leave, about 14 dB below the sound.
func coarse(x []float32) []float32 {
	out := make([]float32, len(x))
	for from := 0; from < len(x); from += 40 {
		block := x[from:min(len(x), from+40)]
		var peak float64
		for _, v := range block {
			peak = max(peak, math.Abs(float64(v)))
		}
		if peak == 0 {
			continue
		}
		for i, v := range block {
			out[from+i] = float32((math.Floor(float64(v)/peak*3.999) + 0.5) / 4 * peak)
		}
	}
	return out
}
