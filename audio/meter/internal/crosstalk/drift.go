package crosstalk

import (
	"math"

	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

// How a lag that changes is followed from part to part.
const (
	driftParts  = 4     // parts that must have the sound
	driftBlocks = 4     // blocks a part; with fewer, parts are not searched if the whole call shows nothing
	driftNearS  = 0.1   // how far a part's lag may be from the call's
	driftLeastS = 0.002 // over the call: less is within a peak's width
	driftMissS  = 0.003 // the most by which the parts may miss the line, in the median
	maxDriftPPM = 1000  // the clocks of two devices differ by less
)

// course is a lag that changes in the course of a recording.
type course struct {
	startS float64 // at its beginning
	rate   float64 // s a second
}

func (c course) at(t float64) float64 { return c.startS + c.rate*t }

// middle is the time in the middle of part i.
func (p *Common) middle(i int) float64 {
	blocks, last := float64(p.spans.blocks), len(p.spans.parts)-1
	if i < last {
		return (float64(i) + 0.5) * blocks * p.blockS()
	}
	return (float64(i)*blocks + float64(p.spans.inLast)/2) * p.blockS()
}

// partAt is the part, of n, that contains a time.
func (p *Common) partAt(t float64, n int) int {
	return min(n-1, int(t/(float64(p.spans.blocks)*p.blockS())))
}

// blockS is the length of a block in seconds.
func (p *Common) blockS() float64 { return float64(len(p.window)) / p.rate }

// follow finds a lag that changes at a constant rate: near one that the whole call shows or, if
// near is nil, anywhere. It reports whether enough parts share a sound for the answer to count.
func (p *Common) follow(f *lagFinder, near *lagPeak) (course, bool) {
	type point struct{ t, lagS float64 }
	var points []point
	for i, part := range p.spans.parts {
		var best lagPeak
		for _, toRight := range []bool{true, false} {
			f.look(part.direction(toRight).direct)
			at := f.strongest(func(lagS float64) bool { return near == nil || math.Abs(lagS-near.lagS) <= driftNearS }, part.extent.sureFrom())
			if at.strength > best.strength {
				best = at
			}
		}
		if best.sure(part.extent) {
			points = append(points, point{p.middle(i), best.lagS})
		}
	}
	if len(points) < driftParts {
		return course{}, false
	}
	// The median slope of all pairs, and the median of what remains.
	var slopes, starts []float64
	for i, a := range points {
		for _, b := range points[:i] {
			slopes = append(slopes, (a.lagS-b.lagS)/(a.t-b.t))
		}
	}
	rate := frames.Median(slopes)
	for _, a := range points {
		starts = append(starts, a.lagS-rate*a.t)
	}
	c := course{startS: frames.Median(starts), rate: rate}
	for i := range starts {
		starts[i] = math.Abs(points[i].lagS - c.at(points[i].t))
	}
	apart := points[len(points)-1].t - points[0].t
	if frames.Median(starts) > driftMissS || math.Abs(rate) > maxDriftPPM*1e-6 {
		return course{}, false
	}
	if math.Abs(rate)*apart < driftLeastS {
		c = course{startS: c.at(apart / 2)}
	}
	return c, true
}

// straighten turns the phases of the parts so that a drifting lag has its starting value
// everywhere.
func (p *Common) straighten(f *lagFinder, c course) []*span {
	if c.rate == 0 {
		return p.spans.parts
	}
	var out []*span
	for i, part := range p.spans.parts {
		straight := *part
		straight.toRight = f.later(part.toRight, -c.rate*p.middle(i))
		straight.toLeft = f.later(part.toLeft, -c.rate*p.middle(i))
		straight.noise.toBoth = f.later(part.noise.toBoth, -c.rate*p.middle(i))
		out = append(out, &straight)
	}
	return out
}

// later delays a cross-spectrum.
func (f *lagFinder) later(spectrum []complex64, s float64) []complex64 {
	turn, w := f.turns(-s)
	out := make([]complex64, len(spectrum))
	for i, c := range spectrum {
		out[i] = complex64(complex128(c) * w)
		w *= turn
	}
	return out
}
