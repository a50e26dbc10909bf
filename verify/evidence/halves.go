package evidence

import (
	"math"

	"github.com/otoscope/otoscope/audio/measurement"
)

// TurnTakingAround is the log10 likelihood ratio of turn-taking alone, before and after a
// time in seconds. Within each part the sides are known not to have changed places.
func TurnTakingAround(m *measurement.Measurements, at float64, p Profile) (before, after float64) {
	weigh := func(from, to float64) float64 {
		part := between(m, from, to)
		left := reading{m: part, turns: part.Turns()}
		right := left
		right.customerRight = true
		k := turnTaking(p.TurnTaking)
		return k.support(left) - k.support(right)
	}
	return weigh(0, at), weigh(at, math.Inf(1))
}

// between returns the speech that begins in a part of the call.
func between(m *measurement.Measurements, from, to float64) *measurement.Measurements {
	part := &measurement.Measurements{Channels: m.Channels}
	for _, c := range []struct{ in, out *measurement.Channel }{{&m.Left, &part.Left}, {&m.Right, &part.Right}} {
		for _, s := range c.in.Segments {
			if s.Start >= from && s.Start < to {
				c.out.Segments = append(c.out.Segments, s)
				c.out.Timing.TalkS += s.End - s.Start
			}
		}
	}
	return part
}
