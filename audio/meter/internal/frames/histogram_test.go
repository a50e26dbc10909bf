package frames

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/audio/meter/internal/signals"
)

// The merged histograms of two halves are the histogram of the whole.
func TestHistogramsMergeToTheWhole(t *testing.T) {
	signals.HalvesMerge(t, 8000, 1, func() signals.Halves {
		var h Histogram
		return signals.Halves{Add: func(x []float32) { h.Add(int16(100 * max(-200, signals.LevelOf(x)))) }, Merge: func(o any) { h.Merge(o.(*Histogram)) }, Self: &h, Result: func() any { return h }}
	}, cmp.AllowUnexported(Histogram{}))
}
