package evidence

import (
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/declare"
)

// A Cue is one thing that who speaks when goes by, before it has a weight.
type Cue struct {
	Name string
	// Value is positive if the cue says that left is the customer. It is 1 or −1 for the
	// cues of the opening, and the natural logarithm of a ratio for the others. 0 says
	// nothing.
	Value float64
}

// Cues returns the cues of the opening and of turn-taking, in the same order for every call.
// It returns none if one of the parties is not heard.
func Cues(m *measurement.Measurements) []Cue {
	if m.Channels != 2 || m.Left.Timing.TalkS == 0 || m.Right.Timing.TalkS == 0 {
		return nil
	}
	left := reading{m: m, turns: m.Turns(), facts: declare.Facts{}}
	var firstLong, first float64
	if g, ok := left.greeting(); ok {
		firstLong = sign(left.byAgent(g.turn))
	}
	if left.agentFirst() != left.customerFirst() {
		first = sign(left.agentFirst())
	}
	r := left.ratios()
	return []Cue{
		{"first_long_turn", firstLong}, {"first_speech", first},
		{"talk", r.talk}, {"talkspurt", r.talkspurt}, {"silences", r.silences}, {"latency", r.latency},
	}
}

func sign(positive bool) float64 {
	if positive {
		return 1
	}
	return -1
}
