package level

import (
	"encoding/json"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/signals"
)

func TestPeaksAreTheLowestAndHighestOfEachCell(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.SampledFrom(signals.Rates).Draw(t, "rate")
		x := signals.AnySignal(t, "x", rate)
		o := NewWaveform(rate)
		signals.InSteps(x, rapid.IntRange(1, 3*rate).Draw(t, "block"), o.Add)
		p := o.Result(rate)
		cell := int(math.Round(p.CellS * float64(rate)))
		if want := (len(x) + cell - 1) / cell; p.Len() != want || p.Len() > measurement.MaxCells {
			t.Fatalf("%d pairs of %d samples for %d", p.Len(), cell, len(x))
		}
		if cell > rate/peaksPerSecond && p.Len() <= measurement.MaxCells/2 {
			t.Fatalf("only %d pairs of %d samples", p.Len(), cell)
		}
		for i := range p.Len() {
			c := x[i*cell : min(len(x), (i+1)*cell)]
			wantLow, wantHigh := float64(c[0]), float64(c[0])
			for _, v := range c {
				wantLow, wantHigh = min(wantLow, float64(v)), max(wantHigh, float64(v))
			}
			low, high := p.At(i)
			if !shown(low, wantLow) || !shown(high, wantHigh) {
				t.Fatalf("cell %d is %g to %g, not %g to %g", i, low, high, wantLow, wantHigh)
			}
		}
	})
}

// shown reports whether a peak shows a sample, to within half a step of 1/127 of its square root.
func shown(peak, sample float64) bool {
	root := func(v float64) float64 { return math.Copysign(math.Sqrt(math.Abs(v)), v) }
	return math.Abs(root(peak)-root(sample)) <= 0.5/127+1e-9
}

func TestPeaksStayFewAndSmall(t *testing.T) {
	const rate = 8000
	o := NewWaveform(rate)
	block := signals.White(1, rate, 60, -20)
	for range 600 { // ten hours
		o.Add(block)
	}
	p := o.Result(rate)
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if p.Len() > measurement.MaxCells || p.Len() <= measurement.MaxCells/2 || len(b) > 11_000 {
		t.Errorf("ten hours are %d pairs, %d bytes of JSON", p.Len(), len(b))
	}
}
