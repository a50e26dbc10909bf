package evidence

import (
	"fmt"
	"math"
	"slices"

	"github.com/otoscope/otoscope/audio/measurement"
)

// Known audio on a channel identifies the channel's party, with odds of a thousand to one.
// None of 10,670 searches for absent audio (117 pieces of audio in the 100 channels of 50
// calls) gave a match, which supports 3,500 to one. But the searches are not independent,
// and the odds leave room for what no test can show: that a file is the other party's, or is
// played by both.
const knownAudioWeight = 3.0

// If it is heard on both channels at one time, the much fainter one is the echo or bleed of
// the other. In the six calls of the project's corpus where an agent's words were found
// twice, the echo was at least 23 dB lower. This relies on the levels too, so it claims
// less, by reasoning.
const (
	echoedAudioWeight = 2.0
	echoFainterDB     = 10.0
	echoWithinS       = 1.0
)

// inGreetingS is how much of the first long turn must be known audio for all of it to count
// as known: more than an overlap of two turns.
const inGreetingS = 0.8

// knownAudio weighs which channel carries audio that is known to be the agent's or the
// customer's. There is no evidence if it is heard nowhere, on both channels alike, or on
// both at different times.
func knownAudio() kind {
	return kind{
		name: "known_audio",
		support: func(r reading) float64 {
			return r.strongest().weight
		},
		detail: func(r reading) string { return r.strongest().sentence(r) },
	}
}

// carried is known audio on the channel where a reading expects it.
type carried struct {
	agent       bool // it is the agent's
	here, there measurement.Match
	weight      float64 // 0: not heard here, or no evidence
}

// strongest finds the known audio that supports the reading most. Several pieces support it
// no more than one: one system may well play them all.
func (r reading) strongest() carried {
	var best carried
	for _, c := range r.carried() {
		if c.weight > best.weight || c.weight == best.weight && c.here.Score > best.here.Score {
			best = c
		}
	}
	return best
}

// carried returns all known audio that supports the reading.
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

// greetingIsKnown reports whether the first long turn is known audio. Its party is then
// known, and its side's taking a long turn is no further evidence.
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
