package meter

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/meter/internal/signals"
)

func TestConcurrentMetersMeasureTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := anyRate(t)
		left, right := anyCall(t, rate)
		times := 1 + rapid.IntRange(0, 12*rate).Draw(t, "samples")/max(1, len(left)) // so many that blocks return
		left, right = slices.Repeat(left, times), slices.Repeat(right, times)
		channels := rapid.IntRange(1, 2).Draw(t, "channels")
		alone := anyMeter(t, rate, channels)
		o := everything
		o.Concurrent = true
		beside, err := New(rate, channels, o)
		if err != nil {
			t.Fatal(err)
		}
		alone.Add(left, right)
		beside.Add(left, right)
		if diff := cmp.Diff(alone.finish(), beside.finish()); diff != "" {
			t.Fatalf("(-alone +concurrent):\n%s", diff)
		}
	})
}

func TestClosedMetersLeaveNoGoroutines(t *testing.T) {
	x := signals.White(1, 8000, 30, -20)
	for _, end := range []func(*Meter){
		(*Meter).Close,
		func(m *Meter) { m.Finish() },
		func(m *Meter) { m.Finish(); m.Close() },
		func(m *Meter) { m.Close(); m.Close() },
	} {
		for channels := 1; channels <= 2; channels++ {
			m, err := New(8000, channels, Options{Concurrent: true})
			if err != nil {
				t.Fatal(err)
			}
			m.Add(x, x)
			end(m)
			if err := goleak.Find(); err != nil {
				t.Error(err)
			}
		}
	}
}
