package discover

import (
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
)

// A Call is what is known of one recording.
type Call struct {
	ID string
	// Log10LR is the evidence of the sound that the customer is on the left.
	Log10LR   float64
	Direction declare.Direction
	Method    declare.Method
	// JoinedFirst is who joined first, "" if that is not known.
	JoinedFirst declare.Role
	// LeftFirst reports whether the left channel is heard first. It is nil if neither or
	// both are.
	LeftFirst *bool
	// Number is the position in the order of time, from 0; negative if that is not known.
	Number int
}

// A rule is a kind and which way round it is.
type rule struct {
	Kind declare.Kind
	Left string // who or what is on the left, for a person
	// left predicts who is on the left, "" where the rule says nothing of the call. nil:
	// the rule speaks of the sound, or of nothing.
	left func(Call) declare.Role
	// leftFirst is what the rule says about which channel is heard first.
	leftFirst *bool
	needs     string // what a call must be known for, for a person
}

// rules are all rules, each both ways round.
func rules() []rule {
	other := func(r declare.Role) declare.Role {
		switch r {
		case declare.Customer:
			return declare.Agent
		case declare.Agent:
			return declare.Customer
		}
		return ""
	}
	both := func(kind declare.Kind, one, two, needs string, left func(Call) declare.Role) []rule {
		return []rule{
			{Kind: kind, Left: one, left: left, needs: needs},
			{Kind: kind, Left: two, left: func(c Call) declare.Role { return other(left(c)) }, needs: needs},
		}
	}
	var all []rule
	all = append(all, both(declare.ByRole, "the customer", "the agent", "", func(Call) declare.Role { return declare.Customer })...)
	all = append(all, both(declare.ByLeg, "the caller", "the callee", "calls in the other direction", func(c Call) declare.Role {
		switch c.Direction {
		case declare.Inbound:
			return declare.Customer
		case declare.Outbound:
			return declare.Agent
		}
		return ""
	})...)
	all = append(all, both(declare.ByRecordedLeg, "the party whose leg was recorded", "the other party than the one whose leg was recorded", "recordings of the other party's leg", func(c Call) declare.Role {
		switch c.Method {
		case declare.CustomerLeg:
			return declare.Customer
		case declare.AgentLeg:
			return declare.Agent
		}
		return ""
	})...)
	all = append(all, both(declare.ByJoining, "the first to join", "the last to join", "calls in which the other party joins first", func(c Call) declare.Role { return c.JoinedFirst })...)
	all = append(all, both(declare.Alternating, "the customer in the first recording, the agent in the second, and so on", "the agent in the first recording, the customer in the second, and so on", "recordings in the order of time", func(c Call) declare.Role {
		switch {
		case c.Number < 0:
			return ""
		case c.Number%2 == 0:
			return declare.Customer
		}
		return declare.Agent
	})...)
	yes, no := true, false
	return append(all,
		rule{Kind: declare.BySpeaking, Left: "the first to be heard", leftFirst: &yes},
		rule{Kind: declare.BySpeaking, Left: "the last to be heard", leftFirst: &no},
		rule{Kind: declare.ByConfiguration, Left: "either, by something else"},
	)
}

// Heard reads a result. It reports false for a recording whose sides mean nothing.
func Heard(id string, number int, v *verify.Verdict, facts declare.Facts) (Call, bool) {
	if v.Left == nil || v.Right == nil || v.Outcome == verify.Unusable || v.Outcome == verify.Errored {
		return Call{}, false
	}
	c := Call{ID: id, Log10LR: v.Log10LR, Direction: facts.Direction, Method: facts.RecordedBy, Number: number}
	if a, b := facts.Joined.Customer, facts.Joined.Agent; a != nil && b != nil && *a != *b {
		c.JoinedFirst = declare.Customer
		if *b < *a {
			c.JoinedFirst = declare.Agent
		}
	}
	// Heard first is a channel whose speech begins at least this much earlier.
	const earlier = 0.2 // seconds
	left, right := float64(v.Left.Timing.FirstSpeech), float64(v.Right.Timing.FirstSpeech)
	if d := right - left; d > earlier || d < -earlier {
		first := d > 0
		c.LeftFirst = &first
	}
	return c, true
}
