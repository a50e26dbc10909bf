package coupling

import (
	"math"

	"github.com/otoscope/otoscope/audio/measurement"
)

// Drift returns by how much later the right channel is at the end of the call than at its
// start (negative: the left one), if one clock is slower and both start together, and the
// channels without that. Of equal drifts the smallest counts, as for Best.
func (p *Profile) Drift() (lateS float64, even *Profile) {
	w := p.parts()
	var scores [lags]float64
	for at, part := range w {
		along := (float64(at) + 0.5) / float64(len(w))
		for lag := -maxLag; lag <= maxLag; lag++ {
			scores[maxLag+lag] += float64(part[maxLag+int(math.Round(float64(lag)*along))])
		}
	}
	lateS = float64(argmax(&scores)-maxLag) * GridS
	endS, _ := p.extent()
	slower := 1 - math.Abs(lateS)/max(endS, 1)
	left, right := p.left, p.right
	switch {
	case slower <= 0:
		return 0, p
	case lateS > 0:
		right = stretched(right, slower)
	case lateS < 0:
		left = stretched(left, slower)
	}
	return lateS, New(left, right)
}

func stretched(segments []measurement.Segment, by float64) []measurement.Segment {
	out := make([]measurement.Segment, len(segments))
	for i, s := range segments {
		out[i] = measurement.Segment{Start: s.Start * by, End: s.End * by}
	}
	return out
}
