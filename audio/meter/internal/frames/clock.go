package frames

import (
	"math"

	"github.com/otoscope/otoscope/audio/measurement"
)

// Clock converts samples and frames to seconds.
type Clock struct {
	Rate, Step int
	Samples    int64 // the recording's length
}

func (c Clock) Seconds(n int64) float64 { return float64(n) / float64(c.Rate) }

// FrameTime is the start of step i. The frame that ends with the step has its centre within 2 ms
// of it, including the delay of the filters.
func (c Clock) FrameTime(i int) float64 {
	return c.Seconds(min(c.Samples, int64(i)*int64(c.Step)))
}

// Segments converts stretches of frames to seconds.
func (c Clock) Segments(frames []Range) []measurement.Segment {
	var out []measurement.Segment
	for _, r := range frames {
		out = append(out, measurement.Segment{Start: c.FrameTime(r.Start), End: c.FrameTime(r.End)})
	}
	return out
}

// SubframeTime is the start of a subframe.
func (c Clock) SubframeTime(i int) float64 {
	return max(0, min(c.Seconds(c.Samples), c.Seconds(int64(i)*int64(c.Step))/StepSubframes-bandDelay))
}

// FrameAt is the frame that begins at a time from FrameTime, or the one after the last.
func (c Clock) FrameAt(t float64) int {
	return int(math.Ceil(t*float64(c.Rate)/float64(c.Step) - 1e-6))
}
