package meter

import (
	"cmp"
	"slices"

	"github.com/otoscope/otoscope/audio/measurement"
)

const (
	// blankS is how long digital silence lasts that is told one by one: longer than
	// the pauses within a sentence, which gates and synthesisers leave empty.
	blankS = 1.0
	// edgeFrames are the frames beside a blank whose loudest one is its edge: the
	// nearest may hold a few samples of sound only.
	edgeFrames = 3
	// mostBlanks bounds what is kept of a call in which every pause is empty.
	mostBlanks = 64
)

// blanks finds the longest stretches of digital silence, the first and the last of the
// channel among them, and how loud the sound is that they cut off.
func blanks(l *frameLog, c clock) []measurement.Blank {
	var out []measurement.Blank
	end := func(r frameRange) {
		b := measurement.Blank{
			Segment: c.segments([]frameRange{r})[0],
			Before:  loudestOf(l, r.start-edgeFrames, r.start),
			After:   loudestOf(l, r.end, r.end+edgeFrames),
		}
		if b.End-b.Start >= blankS {
			out = append(out, b)
		}
	}
	start := -1
	for i, v := range l.all() {
		switch {
		case v == logQuiet && start < 0:
			start = i
		case v != logQuiet && start >= 0:
			end(frameRange{start, i})
			start = -1
		}
	}
	if start >= 0 {
		end(frameRange{start, l.n})
	}
	if len(out) > mostBlanks {
		slices.SortStableFunc(out, func(a, b measurement.Blank) int { return cmp.Compare(b.End-b.Start, a.End-a.Start) })
		out = out[:mostBlanks]
		slices.SortFunc(out, func(a, b measurement.Blank) int { return cmp.Compare(a.Start, b.Start) })
	}
	return out
}

// loudestOf gives the level of the loudest of the frames from from to to, silence where
// there are none.
func loudestOf(l *frameLog, from, to int) measurement.Level {
	top := int16(logQuiet)
	for i := max(0, from); i < min(to, l.n); i++ {
		top = max(top, l.at(i))
	}
	if top <= logFloor {
		return measurement.Silence()
	}
	return measurement.Level(float64(top) / logScale)
}
