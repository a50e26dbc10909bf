package evidence

import (
	"fmt"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/declare"
)

// waiting weighs what is played to a waiting party: ringback before anybody
// speaks, and music in a queue or on hold. It lies on the channel of what that
// party hears. Which that is depends on who called and on how the call was
// recorded, so that all of it is one fact: the strongest counts.
func waiting() kind {
	return kind{
		name:    "waiting_sound",
		support: func(r reading) float64 { return r.waitingSound().weight },
		detail:  func(r reading) string { return r.waitingSound().sentence },
	}
}

// waitingSound is a sound that fits a reading, and by how much.
type waitingSound struct {
	weight   float64
	sentence string
}

// waitingSound finds the sound that supports the reading most. A sound on both
// channels at once says nothing.
func (r reading) waitingSound() waitingSound {
	var best waitingSound
	consider := func(here, there, weight float64, format, side string) {
		if here > 0 && there == 0 && weight > best.weight {
			best = waitingSound{weight, fmt.Sprintf(format, here, side)}
		}
	}
	agent, customer := r.played(false), r.played(true)
	consider(agent.ringingS, customer.ringingS, ringbackOnAgentSide(r.facts),
		"Ringback (%.0f s) is heard on the %s channel before anybody speaks: it is what a customer who calls in hears from the agent's side.", r.agentSide())
	consider(customer.ringingS, agent.ringingS, ringbackOnCustomerSide(r.facts),
		"Ringback (%.0f s) is heard on the %s channel before anybody speaks: it is what an agent who calls out hears from the customer's side.", r.customerSide())
	consider(agent.queueS, customer.queueS, queueOnAgentSide(r.facts),
		"Music (%.0f s) is heard on the %s channel before the parties talk: it is what a customer who calls in hears in a queue.", r.agentSide())
	consider(customer.queueS, agent.queueS, queueOnCustomerSide(r.facts),
		"Music (%.0f s) is heard on the %s channel before the parties talk: it is what an agent who calls out hears until the customer answers.", r.customerSide())
	consider(agent.holdS, customer.holdS, holdOnAgentSide(r.facts),
		"Music (%.0f s) is heard on the %s channel within the call while nobody talks: agents put customers on hold.", r.agentSide())
	return best
}

// Music shorter than this is a jingle or a telephone that rings. Whoever waits
// does not talk: where the other side does, the music is somebody's radio.
const (
	shortestWaitS  = 5.0
	mostTalkInWait = 0.3 // of the music's length
)

// played is how long a channel carries what is played to those who wait, in seconds.
type played struct {
	ringingS float64 // before anybody speaks
	queueS   float64 // music before both parties have spoken
	holdS    float64 // music after that
}

func (r reading) played(byCustomer bool) played {
	here, there := r.agent(), r.customer()
	if byCustomer {
		here, there = there, here
	}
	firstWord := float64(min(here.Timing.FirstSpeech, there.Timing.FirstSpeech))
	met := float64(max(here.Timing.FirstSpeech, there.Timing.FirstSpeech))
	var p played
	for _, t := range here.Tones {
		if t.Kind == measurement.RingbackTone && t.Start < firstWord {
			p.ringingS += t.End - t.Start
		}
	}
	if r.heardAcross(there) {
		return p // whose music it is cannot be told
	}
	for _, music := range here.Music {
		length := music.End - music.Start
		if length < shortestWaitS || measurement.Overlap(there.Segments, []measurement.Segment{music}, 0) > mostTalkInWait*length {
			continue
		}
		if music.Start < met {
			p.queueS += length
		} else {
			p.holdS += length
		}
	}
	return p
}

// heardAcross reports whether what is on a channel is heard on the other, too.
func (r reading) heardAcross(from *measurement.Channel) bool {
	leak := r.m.Pair.LeftOnRight
	if from == &r.m.Right {
		leak = r.m.Pair.RightOnLeft
	}
	return leak.Crosstalk.Heard() || leak.Echo.Heard()
}

// The weights of what is played to those who wait are by reason; no figure is known.
const (
	waitingSure   = 1.0 // the method says whose channel it is on
	waitingLikely = 0.4 // the method is not known, or plays it seldom
	ringbackGuess = 0.3
)

// ringbackOnAgentSide: inbound, the customer's leg and the parent call of a
// <Dial> carry on their other channel what the customer hears. Less is claimed
// where the method is not known.
func ringbackOnAgentSide(f declare.Facts) float64 {
	return byMethod{declare.CustomerLeg: waitingSure, declare.Dial: waitingSure, declare.UnknownMethod: ringbackGuess}.when(declare.Inbound, f)
}

// ringbackOnCustomerSide: outbound, the called network rings back on the leg of the called.
func ringbackOnCustomerSide(f declare.Facts) float64 {
	return byMethod{declare.AgentLeg: waitingSure, declare.Dial: waitingSure, declare.UnknownMethod: ringbackGuess}.when(declare.Outbound, f)
}

// queueOnAgentSide: inbound, the customer's leg carries the queue that the
// customer waits in. A <Dial> is recorded from its answer on, after the queue of
// the flow, but the called system may have one of its own. A conference and
// the agent's leg carry none.
func queueOnAgentSide(f declare.Facts) float64 {
	return byMethod{declare.CustomerLeg: waitingSure, declare.Dial: waitingLikely, declare.UnknownMethod: waitingLikely}.when(declare.Inbound, f)
}

// queueOnCustomerSide: outbound, the queue is that of a called company, or music in
// place of ringback, and comes over the leg of the called by any method.
func queueOnCustomerSide(f declare.Facts) float64 {
	if f.Direction != declare.Outbound {
		return 0
	}
	return waitingLikely
}

// holdOnAgentSide: agents have a hold button that plays music, customers
// rarely do. A conference plays it to the one participant that is on hold, which is
// on nobody's channel, and the agent's leg does not carry what the customer hears:
// music there is somebody else's.
func holdOnAgentSide(f declare.Facts) float64 {
	return byMethod{declare.CustomerLeg: waitingSure, declare.Dial: waitingSure, declare.UnknownMethod: waitingLikely}[f.RecordedBy]
}
