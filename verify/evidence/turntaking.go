package evidence

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/otoscope/otoscope/audio/measurement"
)

// TurnTakingWeights are slopes on natural logarithms of ratios, agent over customer, of each
// side's behaviour over the whole call.
type TurnTakingWeights struct {
	Latency   float64 `json:"latency"`   // of the median response latencies: the agent answers later
	Talk      float64 `json:"talk"`      // of the talk times: the agent talks more
	Silences  float64 `json:"silences"`  // of the silences beyond its habit that each ends: the agent looks things up
	Talkspurt float64 `json:"talkspurt"` // of the mean lengths of talkspurts: the agent speaks in whole sentences
	Cap       float64 `json:"cap"`       // of all together
}

// Offsets keep ratios of small figures near one, since those have no meaning.
const (
	latencyOffsetS   = 0.3 // about a reaction time
	talkOffsetS      = 2.0
	silencesOffset   = 1.0
	talkspurtOffsetS = 0.3

	worthSaying   = 1.15 // smaller ratios are not reported
	longSilenceS  = 3.0
	beyondHabitS  = 2.0
	noLatencyS    = 0.7 // used for a side that never answers
	settledAt     = 6
	minTotalTalkS = 4.0 // each side needs some talk before its manner has meaning
)

// turnTaking weighs how the sides take turns over the whole call, as one model: its parts
// depend on each other and were fitted together.
func turnTaking(w TurnTakingWeights) kind {
	return kind{
		name:    turnTakingName,
		support: func(r reading) float64 { return turnTakingSupport(r, w) },
		detail:  func(r reading) string { return turnTakingDetail(r, w) },
	}
}

// turnTakingSupport is half of the bounded score, so that the difference between the
// readings is the whole score.
func turnTakingSupport(r reading, w TurnTakingWeights) float64 {
	agent, customer := r.habits(true), r.habits(false)
	if min(agent.talkS, customer.talkS) < minTotalTalkS {
		return 0
	}
	x := compared(agent, customer)
	score := w.Latency*x.latency + w.Talk*x.talk + w.Silences*x.silences + w.Talkspurt*x.talkspurt
	score *= settled(min(agent.spurts, customer.spurts))
	return w.Cap / 2 * math.Tanh(score/w.Cap)
}

// settled is the share of a score that a call with so many talkspurts of its quieter side
// supports. The ratios vary from call to call with a variance of 0.05 + 0.7/n, and from
// centre to centre with one of 0.13 whatever their number.
func settled(n int) float64 { return float64(n-1) / float64(n-1+settledAt) }

// ratios are natural logarithms of the agent's figures over the customer's.
type ratios struct{ latency, talk, silences, talkspurt float64 }

func (r reading) ratios() ratios { return compared(r.habits(true), r.habits(false)) }

func compared(agent, customer habits) ratios {
	return ratios{
		latency:   logRatio(agent.latencyS, customer.latencyS, latencyOffsetS),
		talk:      logRatio(agent.talkS, customer.talkS, talkOffsetS),
		silences:  logRatio(agent.silences, customer.silences, silencesOffset),
		talkspurt: logRatio(agent.talkspurtS, customer.talkspurtS, talkspurtOffsetS),
	}
}

func logRatio(agent, customer, offset float64) float64 {
	return math.Log((agent + offset) / (customer + offset))
}

// habits are how one side takes its turns.
type habits struct {
	latencyS   float64 // median, overlaps counted as 0
	talkS      float64
	silences   float64 // long silences that this side ends
	talkspurtS float64 // mean
	spurts     int
}

func (r reading) habits(agent bool) habits {
	channel := r.customer()
	if agent {
		channel = r.agent()
	}
	m := habits{talkS: channel.Timing.TalkS, latencyS: noLatencyS}
	if n := len(channel.Segments); n > 0 {
		m.spurts = n
		m.talkspurtS = m.talkS / float64(n)
	}
	var latencies, silences, ends []float64 // ends: when all turns up to this one are over
	for i, t := range r.turns {
		end := t.End
		if i > 0 {
			end = max(end, ends[i-1])
		}
		ends = append(ends, end)
		before := i - 1
		if measurement.Tied(r.turns, i) {
			before-- // a turn that begins at the same instant is not an answer
		}
		if before < 0 || r.byAgent(t) != agent {
			continue
		}
		if r.turns[before].Right != t.Right && !measurement.Tied(r.turns, before) {
			latencies = append(latencies, max(0, t.Start-r.turns[before].End))
			silences = append(silences, t.Start-ends[before])
		}
	}
	if n := len(latencies); n > 0 {
		slices.Sort(latencies)
		m.latencyS = (latencies[(n-1)/2] + latencies[n/2]) / 2
		for _, s := range silences {
			if s > max(longSilenceS, m.latencyS+beyondHabitS) {
				m.silences++
			}
		}
	}
	return m
}

// turnTakingDetail names the cues that the profile weighs and that speak for a reading.
func turnTakingDetail(r reading, w TurnTakingWeights) string {
	agent, customer := r.habits(true), r.habits(false)
	var cues []string
	compare := func(weight float64, format string, a, c float64) {
		if weight > 0 && a > worthSaying*c {
			cues = append(cues, fmt.Sprintf(format, a, c))
		}
	}
	compare(w.Talk, "talks more (%.0f s against %.0f s)", agent.talkS, customer.talkS)
	compare(w.Latency, "answers later (%.1f s against %.1f s in the median)", agent.latencyS, customer.latencyS)
	compare(w.Silences, "ends more of the long silences (%.0f against %.0f)", agent.silences, customer.silences)
	compare(w.Talkspurt, "speaks in longer stretches (%.1f s against %.1f s)", agent.talkspurtS, customer.talkspurtS)
	over := "Over the whole call"
	if r.m.Part != nil {
		over = "In what was heard"
	}
	if len(cues) == 0 {
		return fmt.Sprintf("%s the %s side takes its turns a little more as an agent does.", over, r.agentSide())
	}
	return fmt.Sprintf("%s the %s side %s, as agents tend to.", over, r.agentSide(), join(cues))
}

// join joins cues as in a sentence.
func join(cues []string) string {
	if n := len(cues); n > 1 {
		return strings.Join(cues[:n-1], ", ") + " and " + cues[n-1]
	}
	return cues[0]
}
