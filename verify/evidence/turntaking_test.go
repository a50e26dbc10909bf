package evidence_test

import (
	"testing"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/declare"
)

// alternating lets two sides take turns, so long on average, each answer so late.
func alternating(n int, leftS, rightS float64, leftLate, rightLate func(i int) float64) (left, right []measurement.Segment) {
	at := 1.0
	for i := range n {
		r, l := rightS*[]float64{0.6, 1.4, 1.2, 0.8}[i%4], leftS*[]float64{1, 1.5, 0.5}[i%3]
		right = append(right, measurement.Segment{Start: at, End: at + r})
		at += r + leftLate(i)
		left = append(left, measurement.Segment{Start: at, End: at + l})
		at += l + rightLate(i)
	}
	return left, right
}

func always(s float64) func(int) float64 { return func(int) float64 { return s } }

// A program that answers late every time is no agent who looks things up.
func TestSlowAnswersAreNoLookingUp(t *testing.T) {
	left, right := alternating(12, 2, 2, always(3.5), always(0.8))
	if got := weighed(call(left, right, 0, 0), declare.Facts{}, "turn_taking").Log10LR; got != 0 {
		t.Errorf("the side that answers late every time is the agent by %v", -got)
	}
	lookUp := func(i int) float64 { return []float64{0.8, 0.8, 7}[i%3] }
	left, right = alternating(12, 2, 2, always(1.2), lookUp)
	if got := weighed(call(left, right, 0, 0), declare.Facts{}, "turn_taking").Log10LR; got <= 0.2 {
		t.Errorf("the side that looks things up is the agent by %v only", got)
	}
}

// A few turns say less of a manner than many of the same kind.
func TestFewTurnsSayLess(t *testing.T) {
	before := 0.0
	for _, n := range []int{3, 6, 12, 24} {
		left, right := alternating(n, 2, 2.6, always(1), always(1))
		got := weighed(call(left, right, 0, 0), declare.Facts{}, "turn_taking").Log10LR
		if got <= before {
			t.Errorf("%d turns weigh %v, after %v", n, got, before)
		}
		before = got
	}
}
