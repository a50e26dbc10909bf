package verify_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/finding"
)

// twice is a call followed by itself, so that parts of it have enough speech on each side.
func twice(t *testing.T, name string) recording {
	r := readAll(t, name)
	for side := range r.side {
		r.side[side] = slices.Concat(r.side[side], r.side[side])
	}
	return r
}

// Sides that change places in mid-call and back are found, with from and to. Sides that stay
// are not reported.
func TestSidesExchangedForAPartAreNamed(t *testing.T) {
	for _, part := range [][2]float64{{0.3, 0.6}, {0.3, 0.75}, {0.2, 0.6}} {
		r := twice(t, "call-straight.wav")
		from, to := int(part[0]*float64(len(r.side[0]))), int(part[1]*float64(len(r.side[0])))
		for i := from; i < to; i++ {
			r.side[0][i], r.side[1][i] = r.side[1][i], r.side[0][i]
		}
		v := r.judge(t, same)
		e := v.Measurements.Pair.SwapStretch
		fromS, toS := float64(from)/float64(r.rate), float64(to)/float64(r.rate)
		if math.Abs(e.Start-fromS) > 6 || math.Abs(e.End-toS) > 6 {
			t.Errorf("exchanged from %.0f to %.0f s, heard from %.0f to %.0f s", fromS, toS, e.Start, e.End)
		}
		i := slices.IndexFunc(v.Findings, func(f finding.Finding) bool { return f.Code == finding.OrientationChanges })
		if i < 0 || !strings.Contains(v.Findings[i].Detail, " to about ") {
			t.Errorf("exchanged from %.0f to %.0f s: %v, %+v", fromS, toS, v.Findings, e)
		}
		r.side[0], r.side[1] = r.side[1], r.side[0]
		if mirrored := r.judge(t, same); mirrored.Measurements.Pair.SwapStretch != e {
			t.Errorf("mirrored: %+v, not %+v", mirrored.Measurements.Pair.SwapStretch, e)
		}
	}
	for _, name := range []string{"call-straight.wav", "call-swapped.wav"} {
		if v := twice(t, name).judge(t, same); finds(v, finding.OrientationChanges) || v.Outcome == verify.Unusable {
			t.Errorf("%s: %v", name, v.Findings)
		}
	}
}
