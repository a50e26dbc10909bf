package coupling

import (
	"math"
	"slices"

	"github.com/otoscope/otoscope/audio/measurement"
)

// The states of a channel: silent or speaking, and for how long, by these limits in seconds.
// A channel that has not spoken yet counts as silent for long.
func silentLimits() []float64   { return []float64{1, 2, 4} }
func speakingLimits() []float64 { return []float64{0.8, 2, 5} }

const (
	silentStates   = 4
	speakingStates = 4
	states         = silentStates + speakingStates
)

// A track is a channel's state at each step, and whether it then changes from
// silence to speech or back.
type track struct {
	state  []uint8
	change []bool
}

func trackOf(segments []measurement.Segment, durationS float64) track {
	n := int(durationS / StepS)
	speaks := make([]bool, n)
	for _, s := range segments {
		from, to := stepAt(s.Start, n), stepAt(s.End, n)
		for i := from; i < to; i++ {
			speaks[i] = true
		}
	}
	t := track{make([]uint8, n), make([]bool, n)}
	since := math.MaxInt32
	for i := range n {
		if i > 0 && speaks[i] != speaks[i-1] {
			since = 0
			t.change[i-1] = true
		}
		t.state[i] = stateOf(speaks[i], float64(since)*StepS)
		since++
	}
	return t
}

func stepAt(s float64, n int) int { return min(max(int(math.Round(s/StepS)), 0), n) }

func stateOf(speaks bool, forS float64) uint8 {
	limits, base := silentLimits(), 0
	if speaks {
		limits, base = speakingLimits(), silentStates
	}
	i := slices.IndexFunc(limits, func(limit float64) bool { return forS < limit-StepS/2 })
	if i < 0 {
		i = len(limits)
	}
	return uint8(base + i)
}

// codes returns twice the state of each step, and one more where the channel then changes.
func (t track) codes() []uint8 {
	out := make([]uint8, len(t.state))
	for i, state := range t.state {
		out[i] = 2 * state
		if t.change[i] {
			out[i]++
		}
	}
	return out
}
