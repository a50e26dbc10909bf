package level

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/audio/meter/internal/frames"
	"github.com/otoscope/otoscope/audio/meter/internal/signals"
)

// These meters promise that the merged states of two halves of a recording are the state of the
// whole. The other meters have a memory that a cut would lose: P.56's envelope, runs of clipped
// samples, dropouts, digital silence.
func TestHalvesMergeToTheWhole(t *testing.T) {
	const rate, step = 8000, 160
	unexported := cmp.AllowUnexported(Energy{}, Grid{}, gridFound{}, law{})
	for name, p := range map[string]struct {
		steps int
		begin func() signals.Halves
	}{
		"energy": {1, func() signals.Halves {
			var e Energy
			each := func(x []float32) { e.Merge(EnergyOf(x)) }
			return signals.Halves{Add: each, Merge: func(o any) { e.Merge(*o.(*Energy)) }, Self: &e, Result: func() any { return e.Result() }}
		}},
		"grid": {gridEvery, func() signals.Halves {
			g := NewGrid(rate)
			return signals.Halves{Add: func(x []float32) { g.Add(x, PeakOf(x)) }, Merge: func(o any) { g.merge(*o.(*Grid)) }, Self: &g, Result: func() any { return g }}
		}},
		"line": {LineEvery, func() signals.Halves {
			l := NewLine(rate, step)
			each := func(x []float32) { l.Add(x, frames.Frame{Level: signals.LevelOf(x) + 1}, false) }
			return signals.Halves{Add: each, Merge: func(o any) { l.merge(o.(*Line)) }, Self: l, Result: func() any { return l.Result(-40) }}
		}},
		"waveform": {64, func() signals.Halves {
			p := NewWaveform(rate)
			return signals.Halves{Add: p.Add, Merge: func(o any) { p.merge(o.(*Waveform)) }, Self: p, Result: func() any { return p.Result(rate) }}
		}},
	} {
		t.Run(name, func(t *testing.T) { signals.HalvesMerge(t, rate, p.steps, p.begin, unexported) })
	}
}
