package verify_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/finding"
)

// Both channels carry one noise for some seconds without speech: the recorder wrote one signal
// twice. Noise of two lines, silence, and the last digits of a codec show nothing of that kind.
func TestOneNoiseOnBothChannelsIsNamed(t *testing.T) {
	const seconds = 6
	noise := func(seed uint64, level float64) func() float32 {
		random := rand.New(rand.NewPCG(seed, 0))
		return func() float32 { return float32(level * random.NormFloat64()) }
	}
	digits := func() float32 { return 1. / 32768 }
	for _, tt := range []struct {
		name        string
		left, right func() float32
		want        bool
	}{
		{"one noise", noise(1, 0.001), noise(1, 0.001), true},
		{"one noise, fainter on the right", noise(1, 0.002), noise(1, 0.0005), true},
		{"two noises", noise(1, 0.001), noise(2, 0.001), false},
		{"silence", noise(1, 0), noise(1, 0), false},
		{"a constant", digits, digits, false},
		{"noise of one digit", noise(1, 2e-5), noise(1, 2e-5), false},
	} {
		for _, atStart := range []bool{true, false} {
			r := readAll(t, "call-swapped.wav")
			for side, next := range []func() float32{tt.left, tt.right} {
				var idle []float32
				for range seconds * r.rate {
					idle = append(idle, next())
				}
				if atStart {
					r.side[side] = slices.Concat(idle, r.side[side])
				} else {
					r.side[side] = slices.Concat(r.side[side], idle)
				}
			}
			v := r.judge(t, same)
			f, named := findingOf(v, finding.DualMono)
			if named != tt.want || v.Outcome == verify.Unusable {
				t.Errorf("%s (at the start: %v): %v, %+v", tt.name, atStart, v.Findings, v.Measurements.Pair.Same)
			}
			if named && atStart && !strings.Contains(f.Detail, "from 0:00.0 to 0:06") {
				t.Errorf("%s: %s", tt.name, f.Detail)
			}
		}
	}
}
