package speech

import (
	"slices"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

// Edges finds the places at which sound begins after digital silence or ends in it. It gives their
// number, and the median level of the frame at the edge. A codec that leaves out pauses cuts the
// line's noise; a gate that chops words cuts speech.
func Edges(l *frames.Log) measurement.Edges {
	var levels []int16
	quiet, before, earlier := true, int16(frames.Quiet), int16(frames.Quiet)
	for i, v := range l.All() {
		switch now := v == frames.Quiet; {
		case now && !quiet: // ended: the last frame may hold a few samples only
			levels = append(levels, max(before, earlier))
		case !now && quiet && i+1 < l.N && i > 0:
			levels = append(levels, max(v, l.At(i+1)))
		}
		quiet = v == frames.Quiet
		earlier, before = before, v
	}
	if len(levels) == 0 {
		return measurement.Edges{}
	}
	slices.Sort(levels)
	return measurement.Edges{Count: len(levels), Median: logged(levels[len(levels)/2])}
}
