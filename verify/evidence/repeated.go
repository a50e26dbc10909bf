package evidence

import (
	"math"

	"github.com/otoscope/otoscope/audio/measurement"
)

// To find a copy of one channel's speech on the other, compare how much of the speech
// coincides at some lag. In 69 calls this is at most 0.8, at any lag from 0.2 to 6 s.
const (
	copyShare   = 0.85
	copyFirstS  = 0.2
	copyMostS   = 6.0
	copyStepS   = 0.05
	copyTalkS   = 3.0
	copyLengths = 0.8 // the shorter talk over the longer one
)

// repeated reports whether one channel repeats the other's pattern of speech later.
func repeated(m *measurement.Measurements) bool {
	return repeatedShare(m) >= copyShare
}

// repeatedShare is the share of both channels' talk that coincides at the best lag.
func repeatedShare(m *measurement.Measurements) float64 {
	left, right := m.Left.Segments, m.Right.Segments
	of := [2]float64{secondsOf(left), secondsOf(right)}
	longer := max(of[0], of[1])
	if min(of[0], of[1]) < max(copyTalkS, copyLengths*longer) {
		return 0
	}
	best := 0.0
	for n := int(math.Round(copyFirstS / copyStepS)); float64(n)*copyStepS <= copyMostS; n++ {
		lag := float64(n) * copyStepS
		best = max(best, measurement.Overlap(left, right, lag), measurement.Overlap(right, left, lag))
	}
	return best / longer
}

func secondsOf(segments []measurement.Segment) float64 {
	var sum float64
	for _, s := range segments {
		sum += s.End - s.Start
	}
	return sum
}
