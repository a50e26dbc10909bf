package speech

import (
	"cmp"
	"slices"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
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

// Blanks finds the longest stretches of digital silence, the first and the last of the
// channel among them, and how loud the sound is that they cut off.
func Blanks(l *frames.Log, c frames.Clock) []measurement.Blank {
	var out []measurement.Blank
	end := func(r frames.Range) {
		b := measurement.Blank{
			Segment: c.Segments([]frames.Range{r})[0],
			Before:  loudestOf(l, r.Start-edgeFrames, r.Start),
			After:   loudestOf(l, r.End, r.End+edgeFrames),
		}
		if b.End-b.Start >= blankS {
			out = append(out, b)
		}
	}
	start := -1
	for i, v := range l.All() {
		switch {
		case v == frames.Quiet && start < 0:
			start = i
		case v != frames.Quiet && start >= 0:
			end(frames.Range{Start: start, End: i})
			start = -1
		}
	}
	if start >= 0 {
		end(frames.Range{Start: start, End: l.N})
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
func loudestOf(l *frames.Log, from, to int) measurement.Level {
	top := int16(frames.Quiet)
	for i := max(0, from); i < min(to, l.N); i++ {
		top = max(top, l.At(i))
	}
	if top <= frames.Floor {
		return measurement.Silence()
	}
	return measurement.Level(float64(top) / frames.Scale)
}
