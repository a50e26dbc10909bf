package speech

import (
	"cmp"
	"slices"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

const (
	// blankS is the least length of a digital silence that is listed separately. It is longer than
	// the pauses within a sentence, which gates and synthesisers leave empty.
	blankS = 1.0
	// edgeFrames is how many frames next to a blank are searched for the edge, which is the
	// loudest of them. The nearest frame may hold only a few samples of sound.
	edgeFrames = 3
	// mostBlanks limits what is kept if every pause of a call is empty.
	mostBlanks = 64
)

// Blanks finds the longest stretches of digital silence, including the channel's first and last
// ones, and how loud the sound is where they cut it off.
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

// loudestOf gives the level of the loudest frame in a range, or silence if the range is empty.
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
