package evidence

import (
	"fmt"
	"math"
	"slices"

	"github.com/otoscope/otoscope/audio/measurement"
)

// Known audio that is heard says whose side its channel is: odds of a thousand
// to one. None of 10,670 searches for what was not there (117 pieces of audio in
// the 100 channels of 50 calls) gave a match, which bears 3,500 to one; but they are
// not independent, and what no test can show (that a file is the other party's, or
// played by both) is left room for.
const knownAudioWeight = 3.0

// Where it is heard on both channels at one time, the much fainter one is the
// echo or bleed of the other: in the six calls of the project's corpus where an agent's
// words were found twice, the echo lay 23 dB and more below them. That takes the levels
// for granted too, and claims less, by reason.
const (
	echoedAudioWeight = 2.0
	echoFainterDB     = 10.0
	echoWithinS       = 1.0
)

// inGreetingS is how much of the first long turn has to be known audio for all of it to be
// taken as such: more than an overlap of two turns.
const inGreetingS = 0.8

// knownAudio weighs which channel carries audio that is known to be the
// agent's or the customer's. Heard nowhere, on both channels alike, or on
// both at different times it says nothing.
func knownAudio() kind {
	return kind{
		name: "known_audio",
		support: func(r reading) float64 {
			return r.strongest().weight
		},
		detail: func(r reading) string { return r.strongest().sentence(r) },
	}
}

// carried is known audio that is heard where a reading expects it.
type carried struct {
	agent       bool // it is the agent's
	here, there measurement.Match
	weight      float64 // 0: it is not heard here, or it says nothing
}

// strongest finds the known audio that supports the reading most. Several do not
// support it more than one: they may well be played by one system.
func (r reading) strongest() carried {
	var best carried
	for _, c := range r.carried() {
		if c.weight > best.weight || c.weight == best.weight && c.here.Score > best.here.Score {
			best = c
		}
	}
	return best
}

// carried gives all known audio that supports the reading.
func (r reading) carried() []carried {
	var all []carried
	for _, side := range []struct {
		agent       bool
		audio       []string
		here, there *measurement.Channel
	}{
		{true, r.facts.AgentAudio, r.agent(), r.customer()},
		{false, r.facts.CustomerAudio, r.customer(), r.agent()},
	} {
		for _, here := range side.here.Known {
			if !slices.Contains(side.audio, here.SHA256) {
				continue
			}
			c := carried{agent: side.agent, here: here}
			for _, there := range side.there.Known {
				if there.SHA256 == here.SHA256 {
					c.there = there
				}
			}
			if c.weigh(); c.weight > 0 {
				all = append(all, c)
			}
		}
	}
	return all
}

func (c *carried) weigh() {
	switch {
	case !c.here.Matched:
	case !c.there.Matched:
		c.weight = knownAudioWeight
	case math.Abs(c.there.StartS-c.here.StartS) <= echoWithinS && c.here.GainDB-c.there.GainDB >= echoFainterDB:
		c.weight = echoedAudioWeight
	}
}

func (c carried) sentence(r reading) string {
	whose, here, there := "customer's", r.customerSide(), r.agentSide()
	if c.agent {
		whose, here, there = "agent's", there, here
	}
	other := fmt.Sprintf("and not on the %s one", there)
	if c.there.Matched {
		other = fmt.Sprintf("and on the %s one only %.0f dB fainter, as an echo", there, c.here.GainDB-c.there.GainDB)
	}
	return fmt.Sprintf("The %s known audio %q is heard on the %s channel from %.1f s on (score %.0f, where %.0f is a match), %s.",
		whose, c.here.Name, here, max(0, c.here.StartS), c.here.Score, measurement.MatchThreshold, other)
}

// greetingIsKnown reports whether the first long turn is known audio. Whose
// it is, is known then, and that its side takes a long turn says nothing more.
func (r reading) greetingIsKnown() bool {
	g, ok := r.greeting()
	if !ok {
		return false
	}
	other := r
	other.customerRight = !r.customerRight
	for _, of := range []reading{r, other} {
		for _, c := range of.carried() {
			onRight := of.customerRight != c.agent
			common := min(c.here.EndS, g.turn.End) - max(c.here.StartS, g.turn.Start)
			if onRight == g.turn.Right && common >= inGreetingS {
				return true
			}
		}
	}
	return false
}
