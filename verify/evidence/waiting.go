package evidence

import (
	"fmt"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/declare"
)

// waiting weighs the sounds played to a waiting party: ringback before anybody speaks, and
// music in a queue or on hold. Such a sound is on the channel that carries what the party
// hears. That channel depends on the caller and on the recording method. All of this is
// therefore one fact, and the strongest sound counts.
func waiting() kind {
	return kind{
		name:    "waiting_sound",
		support: func(r reading) float64 { return r.waitingSound().weight },
		detail:  func(r reading) string { return r.waitingSound().sentence },
	}
}

// waitingSound is a sound that fits a reading, and its weight.
type waitingSound struct {
	weight   float64
	sentence string
}

// waitingSound finds the sound that supports the reading most. A sound on both channels at
// once is no evidence.
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
	consider(agent.holdS, customer.holdS, r.holdOnAgentSide(),
		"Music (%.0f s) is heard on the %s channel within the call while nobody talks: agents put customers on hold.", r.agentSide())
	return best
}

// Music shorter than this is a jingle or a ringing telephone. A waiting party does not talk.
// If the other side talks, the music is somebody's radio.
const (
	shortestWaitS  = 5.0
	mostTalkInWait = 0.3 // of the music's length
)

// played is how long a channel carries sounds for waiting parties, in seconds.
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
		return p // the music's listener is unknown
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

// heardAcross reports whether the sound of one channel is also heard on the other.
func (r reading) heardAcross(from *measurement.Channel) bool {
	leak := r.m.Pair.LeftOnRight
	if from == &r.m.Right {
		leak = r.m.Pair.RightOnLeft
	}
	return leak.Crosstalk.Heard() || leak.Echo.Heard()
}

// The weights of waiting sounds are reasoned; no figure is known.
const (
	waitingSure   = 1.0 // the method says whose channel it is on
	waitingLikely = 0.4 // the method is not known, or seldom plays it
	ringbackGuess = 0.3
)

// ringbackOnAgentSide: inbound, the other channel of the customer's leg, and of the parent
// call of a <Dial>, carries what the customer hears. Less is claimed if the method is not
// known.
func ringbackOnAgentSide(f declare.Facts) float64 {
	return byMethod{declare.CustomerLeg: waitingSure, declare.Dial: waitingSure, declare.UnknownMethod: ringbackGuess}.when(declare.Inbound, f)
}

// ringbackOnCustomerSide: outbound, the called network rings back on the called party's leg.
func ringbackOnCustomerSide(f declare.Facts) float64 {
	return byMethod{declare.AgentLeg: waitingSure, declare.Dial: waitingSure, declare.UnknownMethod: ringbackGuess}.when(declare.Outbound, f)
}

// queueOnAgentSide: inbound, the customer's leg carries the queue in which the customer
// waits. The recording of a <Dial> starts at its answer, after the queue of the flow, but
// the called system may have a queue too. A conference and the agent's leg carry none.
func queueOnAgentSide(f declare.Facts) float64 {
	return byMethod{declare.CustomerLeg: waitingSure, declare.Dial: waitingLikely, declare.UnknownMethod: waitingLikely}.when(declare.Inbound, f)
}

// queueOnCustomerSide: outbound, the queue belongs to a called company, or music replaces
// ringback. It arrives over the called party's leg by any method.
func queueOnCustomerSide(f declare.Facts) float64 {
	if f.Direction != declare.Outbound {
		return 0
	}
	return waitingLikely
}

// holdOnAgentSide: agents have a hold button that plays music, and customers rarely do. A
// conference plays it to the one participant on hold, so it is on neither channel. The
// agent's leg does not carry what the customer hears: music there comes from somebody else.
// A company puts its callers on hold too, and may be one that an agent calls.
func (r reading) holdOnAgentSide() float64 {
	if r.facts.Direction == declare.UnknownDirection && r.callsCompany(r.customerRight) != noCompany {
		return 0
	}
	return byMethod{declare.CustomerLeg: waitingSure, declare.Dial: waitingSure, declare.UnknownMethod: waitingLikely}[r.facts.RecordedBy]
}
