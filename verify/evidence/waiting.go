package evidence

import (
	"fmt"

	"github.com/otoscope/otoscope/audio/meter"
	"github.com/otoscope/otoscope/verify/declare"
)

// waiting weighs the ringback that is heard before the conversation. It is
// played to whoever waits, and so lies on the channel of what that party hears. Which
// that is depends on who called and on how the call was recorded.
func waiting() kind {
	return kind{
		name: "waiting_sound",
		support: func(r reading) float64 {
			if ringing(r.agent(), r) > 0 && ringing(r.customer(), r) == 0 {
				return ringbackOnAgentSide(r.facts)
			}
			if ringing(r.customer(), r) > 0 && ringing(r.agent(), r) == 0 {
				return ringbackOnCustomerSide(r.facts)
			}
			return 0
		},
		detail: func(r reading) string {
			if s := ringing(r.agent(), r); s > 0 {
				return fmt.Sprintf("Ringback is heard on the %s channel before anybody speaks: it is what a customer who calls in hears from the agent's side.", r.agentSide())
			}
			return fmt.Sprintf("Ringback is heard on the %s channel before anybody speaks: it is what an agent who calls out hears from the customer's side.", r.customerSide())
		},
	}
}

// ringing is how long a channel carries ringback before anybody speaks, in seconds.
func ringing(c *meter.Channel, r reading) float64 {
	firstWord := float64(min(r.agent().Timing.FirstSpeech, r.customer().Timing.FirstSpeech))
	var sum float64
	for _, t := range c.Tones {
		if t.Kind == meter.RingbackTone && t.Start < firstWord {
			sum += t.End - t.Start
		}
	}
	return sum
}

// ringbackOnAgentSide: inbound, the customer's leg and the parent call of a
// <Dial> carry on their other channel what the customer hears. By reason; no
// figure is known, and less is claimed where the method is not.
func ringbackOnAgentSide(f declare.Facts) float64 {
	if f.Direction != declare.Inbound {
		return 0
	}
	switch f.RecordedBy {
	case declare.CustomerLeg, declare.Dial:
		return 1.0
	case declare.UnknownMethod:
		return 0.3
	}
	return 0
}

// ringbackOnCustomerSide: outbound, the called network rings back on the leg of the called.
func ringbackOnCustomerSide(f declare.Facts) float64 {
	if f.Direction != declare.Outbound {
		return 0
	}
	switch f.RecordedBy {
	case declare.AgentLeg, declare.Dial:
		return 1.0
	case declare.UnknownMethod:
		return 0.3
	}
	return 0
}
