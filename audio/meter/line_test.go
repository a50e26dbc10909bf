package meter

import (
	"math"
	"testing"

	"github.com/otoscope/otoscope/audio/meter/internal/signals"
)

// syllables gives a steady sound the envelope of speech: four syllables a
// second, in talkspurts of two seconds.
func syllables(x []float32, rate int) []float32 {
	for i := range x {
		t := float64(i) / float64(rate)
		envelope := math.Sin(4 * math.Pi * t)
		if math.Mod(t, 3) > 2 {
			envelope = 0
		}
		x[i] *= float32(envelope * envelope)
	}
	return x
}

func TestBandInUse(t *testing.T) {
	const seconds = 9
	for _, c := range []struct {
		name      string
		rate      int
		low, high float64
	}{
		{"telephone", 8000, 300, 3400},
		{"telephone at 16 kHz", 16000, 300, 3400},
		{"telephone at 48 kHz", 48000, 300, 3400},
		{"narrow band of a headset", 8000, 60, 3900},
		{"wideband", 16000, 60, 7000},
		{"wideband at 48 kHz", 48000, 60, 7000},
		{"super-wideband", 48000, 60, 14000},
	} {
		const fall = 6
		x := syllables(signals.Pinkish(1, c.rate, seconds, -20, c.low, c.high, fall), c.rate)
		x = signals.Quantised(signals.Mix(x, signals.White(2, c.rate, seconds, -80)))
		line := measure(t, c.rate, Options{}, x).Left.Line
		if line.BandHighHz < c.high-400 || line.BandHighHz > c.high+350 {
			t.Errorf("%s: in use up to %.0f Hz, not %.0f", c.name, line.BandHighHz, c.high)
		}
		if line.BandLowHz > c.low || line.BandLowHz < c.low-200 {
			t.Errorf("%s: in use from %.0f Hz, not %.0f", c.name, line.BandLowHz, c.low)
		}
		if !signals.Near(line.TiltDBPerOctave, -fall, 2) {
			t.Errorf("%s: a tilt of %.1f dB per octave, not %d", c.name, line.TiltDBPerOctave, -fall)
		}
	}
}

// Noise that is also there between the speech does not belong to the speech's band.
func TestBandInUseIsNotTheNoise(t *testing.T) {
	const rate, seconds = 16000, 20
	x := syllables(signals.Pinkish(1, rate, seconds, -20, 300, 3400, 6), rate)
	x = signals.Quantised(signals.Mix(x, signals.White(2, rate, seconds, -55)))
	if line := measure(t, rate, Options{}, x).Left.Line; line.BandHighHz > 3900 {
		t.Errorf("in use up to %.0f Hz, not 3400", line.BandHighHz)
	}
}

func TestNoSpeechHasNoBand(t *testing.T) {
	for name, x := range map[string][]float32{"silence": make([]float32, 80000), "noise": signals.White(1, 8000, 10, -60)} {
		if line := measure(t, 8000, Options{}, x).Left.Line; line.BandHighHz != 0 || line.BandLowHz != 0 || line.TiltDBPerOctave != 0 {
			t.Errorf("%s: %+v", name, line)
		}
	}
}
