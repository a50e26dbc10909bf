package meter

import (
	"math"
	"slices"
	"testing"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/signals"
)

// A header with f times the true rate plays the samples at f times their speed. What is measured
// of the speed moves by f.
func TestSpeedMovesThePace(t *testing.T) {
	const rate = 16000
	for _, seed := range talkers {
		x := signals.Talker(seed, rate, 20, -25)
		before := paceAt(t, rate, x)
		for _, f := range []float64{0.6, 0.75, 0.92, 1.09, 1.4, 1.9} {
			after := paceAt(t, int(math.Round(f*rate)), x)
			for _, c := range []struct {
				name              string
				before, after, by float64
			}{
				{"the pitch", before.PitchHz, after.PitchHz, 0.06},
				{"the syllables", before.SyllablesPerS, after.SyllablesPerS, 0.3},
				{"what the level holds", 1 / before.LevelHoldsS, 1 / after.LevelHoldsS, 0.3},
			} {
				if off := math.Abs(math.Log(c.after / c.before / f)); !(off <= c.by) {
					t.Errorf("talker %d at %.2f × its speed: %s moves from %.4g to %.4g, %.3f off", seed, f, c.name, c.before, c.after, off)
				}
			}
			if (after.CentreHz-before.CentreHz)*(f-1) < 0 {
				t.Errorf("talker %d at %.2f × its speed: the centre moves from %.0f to %.0f Hz", seed, f, before.CentreHz, after.CentreHz)
			}
		}
	}
}

// talkers are seeds of artificial talkers.
var talkers = []uint64{1, 2, 3}

func paceAt(t *testing.T, rate int, x []float32) measurement.Pace {
	t.Helper()
	p := measure(t, rate, Options{}, x).Left.Pace
	if p == nil {
		t.Fatalf("nothing is measured of the pace at %d Hz", rate)
	}
	return *p
}

// Gain changes no figure of the pace.
func TestGainMovesNoPace(t *testing.T) {
	for _, seed := range talkers {
		x := signals.QuietTalker(seed, 8000, 20, -25)
		before := paceAt(t, 8000, x)
		for _, db := range []float64{-20, -7, 6} {
			after := paceAt(t, 8000, signals.Scaled(x, float32(math.Pow(10, db/20))))
			for _, p := range [][2]float64{
				{before.PitchHz, after.PitchHz}, {before.SyllablesPerS, after.SyllablesPerS},
				{before.LevelHoldsS, after.LevelHoldsS}, {before.CentreHz, after.CentreHz},
			} {
				if !signals.Near(p[0], p[1], 0.01*p[0]) {
					t.Errorf("talker %d, %g dB: %+v became %+v", seed, db, before, after)
				}
			}
		}
	}
}

// A voice whose first half runs at f times its speed is heard to change by f where it does.
func TestPaceChangeIsHeardWhereItIs(t *testing.T) {
	for _, f := range []float64{0.6, 0.7, 0.92, 1.09, 1.4, 2} {
		x := slices.Concat(
			signals.Talker(2, int(math.Round(8000/f)), 40*f, -25), // 40 s at 8 kHz
			signals.Talker(2, 8000, 40, -25))
		c := measure(t, 8000, Options{}, x).Left.PaceChange
		switch {
		case c == nil:
			t.Errorf("%.2f × the speed is not heard", f)
		case math.Abs(float64(c.At)-40) > 5 || math.Abs(math.Log(c.Ratio/f)) > 0.03:
			t.Errorf("%.2f × the speed until 0:40: heard %.3f × until %.0f s", f, c.Ratio, c.At)
		}
	}
	if c := measure(t, 8000, Options{}, signals.Talker(2, 8000, 80, -25)).Left.PaceChange; c != nil {
		t.Errorf("a voice at one speed is heard to change: %+v", *c)
	}
}

// What a lower rate leaves above half of it is a cut-off, and moves with the speed.
func TestCutoffMovesWithTheSpeed(t *testing.T) {
	x := signals.Mix(bandLimited(signals.Talker(3, 22050, 12, -25), 22050, 3900), signals.White(1, 22050, 12, -90))
	for _, rate := range []int{16000, 20258, 22050, 24000} {
		want := 3900 * float64(rate) / 22050
		line := measure(t, rate, Options{}, x).Left.Line
		if !signals.Near(line.CutoffHz, want, 0.03*want) || line.CutoffDB < 22 {
			t.Errorf("as %d Hz: cut off at %.0f Hz by %.0f dB, not at %.0f Hz", rate, line.CutoffHz, line.CutoffDB, want)
		}
	}
}

// bandLimited adds noise to x and filters both with a long windowed sinc.
func bandLimited(x []float32, rate int, hz float64) []float32 {
	const half = 256
	x = signals.Mix(slices.Clone(x), signals.White(2, rate, float64(len(x))/float64(rate), -45))
	taps := make([]float64, 2*half+1)
	for i := range taps {
		n := float64(i - half)
		taps[i] = 2 * hz / float64(rate)
		if n != 0 {
			taps[i] = math.Sin(2*math.Pi*hz/float64(rate)*n) / (math.Pi * n)
		}
		taps[i] *= 0.5 + 0.5*math.Cos(math.Pi*n/(half+1))
	}
	y := make([]float32, len(x))
	for i := half; i < len(x)-half; i++ {
		var sum float64
		for k, tap := range taps {
			sum += tap * float64(x[i+k-half])
		}
		y[i] = float32(sum)
	}
	return y
}
