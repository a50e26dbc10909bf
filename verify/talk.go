package verify

import (
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/declare"
)

// talkMeasures computes Flex Insights' talk measures for one reading of the channels.
func talkMeasures(m *measurement.Measurements, sides declare.Sides) *TalkMeasures {
	customer, agent := &m.Left, &m.Right
	customerIsRight := sides.Left == declare.Agent
	if customerIsRight {
		customer, agent = agent, customer
	}
	t := &TalkMeasures{
		AgentTalkS:             agent.Timing.TalkS,
		CustomerTalkS:          customer.Timing.TalkS,
		TalkS:                  measurement.RoundSeconds(agent.Timing.TalkS + customer.Timing.TalkS - m.Pair.DoubleTalkS),
		CrosstalkS:             m.Pair.DoubleTalkS,
		SilenceS:               m.Pair.MutualSilenceS,
		LongestTalkByAgentS:    agent.Timing.LongestTurnS,
		LongestTalkByCustomerS: customer.Timing.LongestTurnS,
	}
	// A silence counts before the party that breaks it.
	spokenUntil := 0.0
	for _, turn := range m.Turns() {
		gap := measurement.RoundSeconds(turn.Start - spokenUntil)
		if turn.Right == customerIsRight {
			t.LongestSilenceBeforeCustomerS = max(t.LongestSilenceBeforeCustomerS, gap)
		} else {
			t.LongestSilenceBeforeAgentS = max(t.LongestSilenceBeforeAgentS, gap)
		}
		spokenUntil = max(spokenUntil, turn.End)
	}
	return t
}
