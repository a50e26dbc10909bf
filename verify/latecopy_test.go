package verify_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/finding"
)

// If one party is absent and its channel carries the other's sound late, or both channels
// carry both parties and one of them is late, the channels are one signal at any delay up to
// 5 s.
func TestLateCopiesAreNamed(t *testing.T) {
	for _, both := range []bool{false, true} {
		for _, lateS := range []float64{0.5, 0.85, 1, 1.23, 2, 3.01, 5} {
			for late := range 2 {
				t.Run(fmt.Sprintf("%v s late on side %d, both parties: %v", lateS, late, both), func(t *testing.T) {
					r := readAll(t, "call-straight.wav")
					x := r.side[1-late]
					if both {
						for i, v := range r.side[late] {
							x[i] += v
						}
					}
					n := int(lateS * float64(r.rate))
					y := make([]float32, n, len(x)+n)
					for _, v := range x {
						y = append(y, 0.7*v)
					}
					r.side[late], r.side[1-late] = y, append(x, make([]float32, n)...)
					v := r.judge(t, same)
					if !finds(v, finding.DualMono) || v.Outcome != verify.Unusable {
						t.Fatalf("%s: %v", v.Outcome, v.Findings)
					}
					want := lateS
					if late == 0 {
						want = -want
					}
					c := v.Measurements.Pair.Duplicate
					if c.Kind != measurement.Delayed || math.Abs(c.LagS-want) > 0.02 {
						t.Errorf("%s, %v s late", c.Kind, c.LagS)
					}
				})
			}
		}
	}
}
