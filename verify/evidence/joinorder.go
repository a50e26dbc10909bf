package evidence

import (
	"fmt"
	"slices"
	"time"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/declare"
)

// A channel cannot carry sound before its leg exists. If a reading puts sound on a channel
// before its party joined, either the reading or the join time is wrong. Join times are
// assumed to be wrong, or counted from another start, in one recording of a hundred. No
// figure is known for that.
const (
	joinContradiction = 2.0
	// On the customer's leg, and if the method is not known, the agent's side may carry
	// prompts and queue music before any agent joins. The side of a party that is dialled may
	// carry the ringing. Sound before that party joined is then weaker evidence.
	joinContradictionQueue = 1.5
)

// joinToleranceS is how far clocks and the first packets may be off.
const joinToleranceS = 1.0

// lateS is the initial silence, beyond the other channel's, that makes a leg late.
const lateS = 1.0

// joinOrder weighs which channel's leg came first: by the join times if they are known, and
// otherwise by direction and recording method.
func joinOrder() kind {
	return kind{name: "join_order", support: joinSupport, detail: joinDetail}
}

func joinSupport(r reading) float64 {
	joined := r.facts.Joined
	if joined.Customer != nil || joined.Agent != nil {
		return -max(r.tooEarly(r.customer(), joined.Customer)*customerContradiction(r.facts),
			r.tooEarly(r.agent(), joined.Agent)*agentContradiction(r.facts))
	}
	agent, customer := r.joins(r.agent()), r.joins(r.customer())
	switch {
	case agent-customer >= lateS:
		return lateAgentWeight(r.facts)
	case customer-agent >= lateS:
		return lateCustomerWeight(r.facts)
	}
	return 0
}

// gatedShare is the share of digital silence in a channel after its first sound at which the
// channel is taken to pause in digital silence.
const gatedShare = 0.1

// A channel that pauses in digital silence may have a leg that joins late, too: a lossy codec
// makes silence of a line's faint noise. The leg is not there yet where the silence lasts this
// many times as long as any later one, and ends so many seconds before the first word, with the
// noise of the line. Of 106 calls kept as Opus at 32 kb/s, the legs of 13 join by this rule alone,
// and all of these do join late. In the 20 channels that pause in digital silence as recorded, the
// first silence is at most 1.4 times as long as a later one.
const (
	joinSilences = 2.0
	joinSilenceS = 2.0 // silences below half of this are not listed
	joinNoiseS   = 0.3
)

// joins is how long a channel's leg does not exist yet, in seconds: the channel is idle from
// the start. The channels of bots and of lines without comfort noise are also digital
// silence in their pauses. Such a channel has merely not spoken yet, and gives 0.
func (r reading) joins(c *measurement.Channel) float64 {
	t := c.Timing
	if t.DigitalSilenceS-t.LeadingDigitalSilenceS > gatedShare*(r.m.DurationS-t.LeadingDigitalSilenceS) &&
		!silentUntilThere(c) {
		return 0
	}
	return t.LeadingIdleS
}

// silentUntilThere reports whether a channel's first silence is not one of its pauses.
func silentUntilThere(c *measurement.Channel) bool {
	t := c.Timing
	if t.LeadingDigitalSilenceS < joinSilenceS || float64(t.FirstSpeech)-t.LeadingIdleS < joinNoiseS {
		return false
	}
	return !slices.ContainsFunc(c.Blanks, func(b measurement.Blank) bool {
		return b.Start >= t.LeadingDigitalSilenceS && joinSilences*(b.End-b.Start) > t.LeadingDigitalSilenceS
	})
}

func agentContradiction(f declare.Facts) float64 {
	switch f.RecordedBy {
	case declare.CustomerLeg, declare.UnknownMethod:
		return joinContradictionQueue
	case declare.Dial:
		if f.Direction != declare.Outbound { // the agent may be the party that is dialled
			return joinContradictionQueue
		}
	}
	return joinContradiction
}

func customerContradiction(f declare.Facts) float64 {
	if f.Direction == declare.Outbound || f.RecordedBy == declare.Dial && f.Direction != declare.Inbound {
		return joinContradictionQueue
	}
	return joinContradiction
}

// tooEarly is 1 if a channel carries sound before its party joined.
func (r reading) tooEarly(c *measurement.Channel, joined *time.Duration) float64 {
	if joined != nil && c.Timing.LeadingIdleS < joined.Seconds()-joinToleranceS {
		return 1
	}
	return 0
}

// lateAgentWeight is the weight of an agent who joins late, without join times. It is
// reasoned; no figure is known. Inbound, the customer's leg is the parent call and comes
// first. The exceptions are a native conference, where TaskRouter may dial the agent first
// and then move the caller in, and the agent's own leg.
func lateAgentWeight(f declare.Facts) float64 {
	return byMethod{declare.Dial: 1.3, declare.CustomerLeg: 1.0, declare.UnknownMethod: 0.5}.when(declare.Inbound, f)
}

// lateCustomerWeight is the same for a customer who joins late. Outbound, the agent comes
// first by any method, and the customer joins on answer.
func lateCustomerWeight(f declare.Facts) float64 {
	return byMethod{declare.Dial: 1.0, declare.AgentLeg: 1.0, declare.FlexNative: 0.7, declare.UnknownMethod: 0.5}.when(declare.Outbound, f)
}

func joinDetail(r reading) string {
	if r.facts.Joined.Customer == nil && r.facts.Joined.Agent == nil {
		late, lead := r.agentSide(), r.joins(r.agent())
		who := "the agent"
		if customer := r.joins(r.customer()); customer > lead {
			late, lead, who = r.customerSide(), customer, "the customer"
		}
		return fmt.Sprintf("The %s channel is silent for its first %.1f s: on an %s call %s joins later.", late, lead, r.facts.Direction, who)
	}
	// Evidence against the other reading supports this one.
	other := r
	other.customerRight = !r.customerRight
	if other.tooEarly(other.agent(), r.facts.Joined.Agent) > 0 {
		return fmt.Sprintf("The agent joined at %.1f s, but the %s channel carries sound from %.1f s on; it cannot be the agent's.",
			r.facts.Joined.Agent.Seconds(), r.customerSide(), r.customer().Timing.LeadingIdleS)
	}
	return fmt.Sprintf("The customer joined at %.1f s, but the %s channel carries sound from %.1f s on; it cannot be the customer's.",
		r.facts.Joined.Customer.Seconds(), r.agentSide(), r.agent().Timing.LeadingIdleS)
}
