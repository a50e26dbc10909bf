package meter

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/otoscope/otoscope/audio/measurement"
	"pgregory.net/rapid"
)

// These meters promise that the states of two halves of a recording, merged,
// are the state of the whole, where the second half begins at a multiple of
// so many steps: counts exactly, sums to rounding. The others have a memory
// that a cut would lose: P.56's envelope, the filters of the base band, runs of
// clipped samples, dropouts, digital silence, activity, tones.
func TestHalvesMergeToTheWhole(t *testing.T) {
	const rate, step = 8000, 160
	type state struct {
		add    func(x []float32)
		merge  func(other any)
		self   any
		result func() any
	}
	promises := map[string]struct {
		steps int
		begin func() state
	}{
		"energy": {1, func() state {
			var e energy
			each := func(x []float32) { e.merge(energyOf(x)) }
			return state{each, func(o any) { e.merge(*o.(*energy)) }, &e, func() any { return e.result() }}
		}},
		"grid": {gridEvery, func() state {
			g := newGrid(rate)
			return state{func(x []float32) { g.add(x, peakOf(x)) }, func(o any) { g.merge(*o.(*grid)) }, &g, func() any { return g }}
		}},
		"line": {lineEvery, func() state {
			l := newLine(rate, step)
			each := func(x []float32) { l.add(x, frame{level: 10*log10(meanSquare(x)) + 1}, false) }
			return state{each, func(o any) { l.merge(o.(*line)) }, l, func() any { return l.result(-40) }}
		}},
		"histogram": {1, func() state {
			var h histogram
			return state{func(x []float32) { h.add(int16(100 * max(-200, 10*log10(meanSquare(x))))) }, func(o any) { h.merge(o.(*histogram)) }, &h, func() any { return h }}
		}},
		"outline": {64, func() state {
			p := newOutline(rate)
			return state{p.add, func(o any) { p.merge(o.(*outline)) }, p, func() any { return p.result(rate) }}
		}},
		"moments": {1, func() state {
			var m moments
			each := func(x []float32) {
				var c, s [measurement.VoiceOrder]float64
				for i := range c {
					c[i], s[i] = float64(x[i%len(x)]), float64(x[(3*i)%len(x)])
				}
				m.add(&c, &s, 100+float64(x[0]))
			}
			return state{each, func(o any) { m.merge(o.(*moments)) }, &m, func() any { return m }}
		}},
	}
	rounding := cmp.Options{
		cmp.AllowUnexported(energy{}, grid{}, gridFound{}, law{}, histogram{}, moments{}),
		cmp.Comparer(func(a, b float64) bool { return near(a, b, 1e-9*(1+max(a, -a))) }),
		cmp.Comparer(func(a, b measurement.Level) bool { return near(float64(a), float64(b), 1e-9) }),
	}
	for name, p := range promises {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				x := anySignal(t, "x", rate)
				if rapid.Bool().Draw(t, "long") {
					x = slices.Concat(x, x, x, x)
				}
				unit := p.steps * step
				cut := min(len(x), unit*rapid.IntRange(0, len(x)/unit+1).Draw(t, "cut"))
				whole, first, second := p.begin(), p.begin(), p.begin()
				inSteps(x, step, whole.add)
				inSteps(x[:cut], step, first.add)
				inSteps(x[cut:], step, second.add)
				first.merge(second.self)
				if diff := cmp.Diff(whole.result(), first.result(), rounding); diff != "" {
					t.Fatalf("cut at %d of %d (-whole +merged):\n%s", cut, len(x), diff)
				}
			})
		})
	}
}

func log10(p float64) float64 { return float64(powerLevel(p)) / 10 }
