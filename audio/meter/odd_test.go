package meter

import (
	"encoding/json"
	"fmt"
	"math"
	"runtime"
	"slices"
	"testing"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/signals"
)

// The meter takes every input that is not a call, in mono and stereo and at every rate. It gives
// only values that JSON can hold, and invents no speech.
func TestOddRecordings(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, rate := range []int{MinSampleRate, 8000, 11025, 48000, MaxSampleRate} {
		clicked := make([]float32, 2*rate)
		clicked[rate] = 1
		for name, x := range map[string][]float32{
			"nothing":             nil,
			"a single sample":     {0.5},
			"a single zero":       {0},
			"two samples":         {1, -1},
			"a step less one":     signals.White(1, rate, float64(rate/50-1)/float64(rate), -20),
			"silence":             make([]float32, 2*rate),
			"a click in silence":  clicked,
			"a constant":          slices.Repeat([]float32{0.3}, 2*rate),
			"a small constant":    slices.Repeat([]float32{8. / 32768}, 2*rate),
			"full scale":          slices.Repeat([]float32{-1}, 2*rate),
			"the highest tone":    slices.Repeat([]float32{1, -1}, rate),
			"full-scale noise":    signals.Quantised(signals.White(2, rate, 2, 0)),
			"beyond full scale":   signals.White(2, rate, 2, 30),
			"NaN":                 slices.Repeat([]float32{nan}, 2*rate),
			"infinities and NaN":  slices.Repeat([]float32{inf, 0.1, -inf, nan}, rate/2),
			"the largest floats":  slices.Repeat([]float32{math.MaxFloat32, -math.MaxFloat32}, rate),
			"the smallest floats": slices.Repeat([]float32{math.SmallestNonzeroFloat32, 0}, rate),
			"below 24 bits":       signals.White(3, rate, 2, -170),
		} {
			for _, channels := range []int{1, 2} {
				t.Run(fmt.Sprintf("%s/%d Hz/%d", name, rate, channels), func(t *testing.T) {
					m, err := New(rate, channels, everything)
					if err != nil {
						t.Fatal(err)
					}
					m.Add(slices.Clone(x), slices.Clone(x))
					got := m.Finish()
					if got.Frames != int64(len(x)) || math.Abs(got.DurationS-float64(len(x))/float64(rate)) > 1e-6 {
						t.Errorf("%d samples in %g s, not %d", got.Frames, got.DurationS, len(x))
					}
					if n := len(got.Left.Segments) + len(got.Right.Segments); n > 0 {
						t.Errorf("%d segments of speech", n)
					}
					b, err := json.Marshal(got)
					if err != nil {
						t.Fatal(err)
					}
					var back measurement.Measurements
					if err := json.Unmarshal(b, &back); err != nil {
						t.Fatal(err)
					}
				})
			}
		}
	}
}

// A long call takes memory for its frame log, two bytes a frame and channel, and for the results:
// below 1.5 MB an hour, and little at the start.
func TestMemoryOfALongCall(t *testing.T) {
	const rate = 8000
	m, err := New(rate, 2, everything)
	if err != nil {
		t.Fatal(err)
	}
	left, right := conversation(rate, 60)
	heap := func() float64 {
		runtime.GC()
		var s runtime.MemStats
		runtime.ReadMemStats(&s)
		return float64(s.HeapAlloc) / 1e6
	}
	before := heap()
	tenMinutes := func() float64 {
		for range 10 {
			m.Add(left, right)
		}
		return heap()
	}
	first := tenMinutes()
	second := tenMinutes()
	if first-before > 4 || second-first > 0.25 {
		t.Errorf("the first ten minutes take %.2f MB, the second %.2f MB", first-before, second-first)
	}
	t.Logf("the first ten minutes take %.2f MB, the second %.2f MB", first-before, second-first)
	runtime.KeepAlive(left)
	runtime.KeepAlive(right)
	m.Finish()
}

func TestOddMeters(t *testing.T) {
	for _, c := range []struct{ rate, channels int }{{0, 1}, {-8000, 2}, {3999, 2}, {192001, 1}, {8000, 0}, {8000, 3}, {8000, -1}} {
		if _, err := New(c.rate, c.channels, Options{}); err == nil {
			t.Errorf("a meter for %d channels at %d Hz", c.channels, c.rate)
		}
	}
}

// NaN counts as silence, as in audio/decode.
func TestNoNumberIsSilence(t *testing.T) {
	x := signals.White(1, 8000, 2, -20)
	holed := slices.Clone(x)
	for i := range x {
		if i%3 == 0 {
			x[i], holed[i] = 0, float32(math.NaN())
		}
	}
	want, got := measure(t, 8000, Options{}, x).Left.Levels, measure(t, 8000, Options{}, holed).Left.Levels
	if want != got {
		t.Errorf("%+v, not %+v", got, want)
	}
}
