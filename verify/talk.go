package verify

import (
	"math"

	"github.com/otoscope/otoscope/audio/meter"
	"github.com/otoscope/otoscope/verify/declare"
)

// talkMeasures computes Flex Insights' talk measures for one reading of the channels.
func talkMeasures(m *meter.Measurements, sides declare.Sides) *TalkMeasures {
	customer, agent := &m.Left, &m.Right
	customerIsRight := sides.Left == declare.Agent
	if customerIsRight {
		customer, agent = agent, customer
	}
	t := &TalkMeasures{
		AgentTalkS:             agent.Timing.TalkS,
		CustomerTalkS:          customer.Timing.TalkS,
		TalkS:                  micro(agent.Timing.TalkS + customer.Timing.TalkS - m.Pair.DoubleTalkS),
		CrosstalkS:             m.Pair.DoubleTalkS,
		SilenceS:               m.Pair.MutualSilenceS,
		LongestTalkByAgentS:    agent.Timing.LongestTurnS,
		LongestTalkByCustomerS: customer.Timing.LongestTurnS,
	}
	// A silence is before whoever breaks it.
	spokenUntil := 0.0
	for _, turn := range m.Turns() {
		gap := micro(turn.Start - spokenUntil)
		if turn.Right == customerIsRight {
			t.LongestSilenceBeforeCustomerS = max(t.LongestSilenceBeforeCustomerS, gap)
		} else {
			t.LongestSilenceBeforeAgentS = max(t.LongestSilenceBeforeAgentS, gap)
		}
		spokenUntil = max(spokenUntil, turn.End)
	}
	return t
}

// micro rounds seconds to microseconds: what is below comes of adding them up.
func micro(seconds float64) float64 { return math.Round(seconds*1e6) / 1e6 }
