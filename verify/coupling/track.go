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

// A step is twice a channel's state, and one more where the channel then changes from
// silence to speech or back.
type step uint8

const steps = 2 * states

func (s step) state() int    { return int(s / 2) }
func (s step) changes() bool { return s%2 == 1 }

// A track is a channel, step by step.
type track []step

func trackOf(segments []measurement.Segment, durationS float64) track {
	n := int(durationS / StepS)
	speaks := make([]bool, n)
	for _, s := range segments {
		from, to := stepAt(s.Start, n), stepAt(s.End, n)
		for i := from; i < to; i++ {
			speaks[i] = true
		}
	}
	t := make(track, n)
	since := math.MaxInt32
	for i := range n {
		if i > 0 && speaks[i] != speaks[i-1] {
			since = 0
			t[i-1]++
		}
		t[i] = 2 * stateOf(speaks[i], float64(since)*StepS)
		since++
	}
	return t
}

func stepAt(s float64, n int) int { return min(max(int(math.Round(s/StepS)), 0), n) }

func stateOf(speaks bool, forS float64) step {
	limits, base := silentLimits(), 0
	if speaks {
		limits, base = speakingLimits(), silentStates
	}
	i := slices.IndexFunc(limits, func(limit float64) bool { return forS < limit-StepS/2 })
	if i < 0 {
		i = len(limits)
	}
	return step(base + i)
}
