package meter

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/otoscope/otoscope/audio/meter/internal/level"
	"github.com/otoscope/otoscope/audio/meter/internal/signals"
)

func TestDropoutsAreFound(t *testing.T) {
	const seconds = 20
	rng := rand.New(rand.NewPCG(9, 9))
	for _, rate := range []int{8000, 16000, 48000} {
		clean := signals.Quantised(signals.Talker(1, rate, seconds, -24))
		inSpeech := measure(t, rate, Options{}, clean).Left
		if d := inSpeech.Line.Dropouts; d.Gaps+d.Repeats != 0 {
			t.Fatalf("%d Hz: %+v in a clean line", rate, d)
		}
		// damage loses packets inside speech, half a second apart, and returns their places.
		damage := func(lose func(x []float32, at int)) (x []float32, at []float64) {
			x = slices.Clone(clean)
			for s := 0.5; s < seconds-1; s += 0.5 {
				start := s + 0.1*rng.Float64()
				for _, g := range inSpeech.Segments {
					i := int(start * float64(rate))
					if g.Start+0.1 < start && start+0.3 < g.End && loud(clean, i, rate) {
						lose(x, i)
						at = append(at, start)
					}
				}
			}
			return x, at
		}
		for _, ms := range []int{10, 20, 40, 60, 120} {
			n := ms * rate / 1000
			x, at := damage(func(x []float32, i int) { clear(x[i : i+n]) })
			got := measure(t, rate, Options{}, x).Left.Line.Dropouts
			if len(at) < 10 || float64(got.Gaps) < 0.9*float64(len(at)) || got.Gaps > len(at) || got.Repeats != 0 {
				t.Errorf("%d Hz: %d gaps of %d ms heard as %+v", rate, len(at), ms, got)
			}
			if s := float64(got.Gaps*ms) / 1000; !signals.Near(got.GapS, s, 0.003*float64(got.Gaps)) {
				t.Errorf("%d Hz: %d gaps of %d ms are %.3f s, not %.3f", rate, got.Gaps, ms, got.GapS, s)
			}
		}
		for _, ms := range []int{10, 20, 30} {
			n := ms * rate / 1000
			x, at := damage(func(x []float32, i int) { copy(x[i:i+n], x[i-n:i]) })
			got := measure(t, rate, Options{}, x).Left.Line.Dropouts
			if len(at) < 10 || float64(got.Repeats) < 0.8*float64(len(at)) || got.Repeats > len(at) || got.Gaps != 0 {
				t.Errorf("%d Hz: %d packets of %d ms sent twice heard as %+v", rate, len(at), ms, got)
			}
			for _, when := range got.Times {
				if !slices.ContainsFunc(at, func(s float64) bool { return signals.Near(s, float64(when), 0.002) }) {
					t.Errorf("%d Hz: nothing was repeated at %.3f s", rate, when)
				}
			}
		}
	}
}

// loud reports whether the sound around a sample is speech, not a pause between syllables.
func loud(x []float32, at, rate int) bool {
	w := rate / 50
	for i := at - 3*w; i < at+9*w; i += w / 2 {
		if level.MeanSquare(x[i:i+w/2]) < 1e-4 {
			return false
		}
	}
	return true
}

// Sounds that are not lost packets: silence between words, a gated line, periodic sounds, idle
// lines.
func TestDropoutsAreNotInvented(t *testing.T) {
	const rate, seconds = 8000, 20
	gated := signals.Quantised(signals.Talker(2, rate, seconds, -24))
	for i := 0; i+160 <= len(gated); i += 160 { // as noise suppression does
		if level.MeanSquare(gated[i:i+160]) < 2e-5 {
			clear(gated[i : i+160])
		}
	}
	for name, x := range map[string][]float32{
		"a gated line":           gated,
		"G.711":                  overG711(signals.Talker(3, rate, seconds, -30), "mu"),
		"a dial tone":            signals.Quantised(signals.Sine(rate, seconds, 400, -15)),
		"beeps":                  signals.Quantised(signals.Gate(signals.Sine(rate, seconds, 1000, -15), rate, 0.06, 1)),
		"speech over 50 Hz hum":  overG711(signals.Mix(signals.Sine(rate, seconds, 50, -28), signals.Talker(4, rate, seconds, -24)), "a"),
		"hum of 50 Hz and noise": overG711(signals.Mix(signals.Sine(rate, seconds, 50, -30), signals.White(1, rate, seconds, -70)), "mu"),
		"silence":                make([]float32, rate*seconds),
		"a constant":             slices.Repeat([]float32{0.25}, rate*seconds),
		"a square wave":          slices.Repeat(append(slices.Repeat([]float32{0.3}, 9), slices.Repeat([]float32{-0.3}, 9)...), 8000),
	} {
		if d := measure(t, rate, Options{}, x).Left.Line.Dropouts; d.Gaps+d.Repeats != 0 {
			t.Errorf("%s: %+v", name, d)
		}
	}
}
