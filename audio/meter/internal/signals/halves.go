package signals

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/measurement"
)

// Halves is a meter that can merge the states of two halves of a signal.
type Halves struct {
	Add    func(x []float32)
	Merge  func(other any)
	Self   any
	Result func() any
}

// HalvesMerge requires that the merged states of two halves of a signal are the state of the whole
// if the second half begins at a multiple of the given number of 20 ms steps. Counts must be
// exact, sums equal to rounding.
func HalvesMerge(t *testing.T, rate, steps int, begin func() Halves, o ...cmp.Option) {
	t.Helper()
	step := rate / 50
	o = append(o, cmp.Comparer(func(a, b float64) bool { return Near(a, b, 1e-9*(1+max(a, -a))) }),
		cmp.Comparer(func(a, b measurement.Level) bool { return Near(float64(a), float64(b), 1e-9) }))
	rapid.Check(t, func(t *rapid.T) {
		x := AnySignal(t, "x", rate)
		if rapid.Bool().Draw(t, "long") {
			x = slices.Concat(x, x, x, x)
		}
		unit := steps * step
		cut := min(len(x), unit*rapid.IntRange(0, len(x)/unit+1).Draw(t, "cut"))
		whole, first, second := begin(), begin(), begin()
		InSteps(x, step, whole.Add)
		InSteps(x[:cut], step, first.Add)
		InSteps(x[cut:], step, second.Add)
		first.Merge(second.Self)
		if diff := cmp.Diff(whole.Result(), first.Result(), o...); diff != "" {
			t.Fatalf("cut at %d of %d (-whole +merged):\n%s", cut, len(x), diff)
		}
	})
}
