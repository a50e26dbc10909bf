package evidence

import (
	"fmt"

	"github.com/otoscope/otoscope/verify/declare"
)

// OpeningWeights weigh the first long turn, the agent's greeting, by how much of a call's
// opening surrounds it. They are the weights of a call recorded whole, and of an inbound one
// unless the other side says hello first.
type OpeningWeights struct {
	// Joined: a leg joins just before the first word, so the parties meet there, and the
	// other side answers.
	Joined float64 `json:"joined"`
	// Complete: the recording begins before the first word, the greeting has a typical
	// length, and the other side states its business.
	Complete float64 `json:"complete"`
	// Plain: the same, less strictly.
	Plain float64 `json:"plain"`
	// AtOnce: the first to speak takes a turn of a greeting's length, but the recording
	// begins in its first word, or the other side takes its time to answer. 0, as in
	// profiles from before it existed: weighed as Partial or Unlikely.
	AtOnce float64 `json:"at_once,omitzero"`
	// HelloFirst: as Joined, Complete or Plain, but the other side says a word or two
	// before. 0, as in profiles from before it existed: weighed as these are.
	HelloFirst float64 `json:"hello_first,omitzero"`
	// Partial: the first to speak takes a long turn, but no greeting's, or the recording
	// begins before the first word and no typical answer follows.
	Partial float64 `json:"partial"`
	// Unlikely: none of this.
	Unlikely float64 `json:"unlikely"`
}

// The direction changes these expectations. No set has real outbound calls: of nine that
// exist as text, the first long turn is the agent's in four. The figures are reasoned.
const (
	// helloOutbound is added if an outbound call begins in the usual way: the called person
	// says "hello", and the agent introduces the matter at length. Nobody asks whether an
	// agent of an inbound call said no more than that.
	helloOutbound = 0.2
	// greetingUnexpected bounds the weight if an outbound call begins with the greeting
	// itself, before the called side has answered.
	greetingUnexpected = 0.4
	// callerFirst bounds the weight if an inbound caller is first to say a word or two. This
	// is as rare (4 of 96 calls) as an agent who says no more than "hello" (1 of 37).
	callerFirst = 0.2
	// maybeGreeted bounds it if the other side says more than a hello before, and nobody is
	// known to have been called. "Acme support, good morning" is a greeting too, and the
	// first long turn is then the customer's story.
	maybeGreeted = 0.2
)

// The weight of the first speech if there is no long turn and the direction is known.
// Inbound, the agent speaks first in 96 % of 96 calls. Outbound, people who answer a
// telephone speak first; no figure is known.
const (
	firstSpeechInbound  = 1.0
	firstSpeechOutbound = 0.7
)

// opening weighs how the call begins: the first long turn, or otherwise the first speech.
// Both are the same fact, so only one of them counts.
func opening(w OpeningWeights, rates Rates) kind {
	return kind{
		name: openingName,
		support: func(r reading) float64 {
			if r.facts.Excerpt == declare.IsExcerpt {
				return 0 // its first long turn is any turn of the call
			}
			if g, ok := r.greeting(); ok {
				return limited(g.support(r, w), massOf(g.scenarios(r.facts, rates)))
			}
			return firstSpeechSupport(r)
		},
		detail: func(r reading) string {
			detail := openingDetail(r)
			if g, ok := r.greeting(); ok {
				all := g.scenarios(r.facts, rates)
				if whole := g.support(r, w); whole-limited(whole, massOf(all)) >= worthTelling {
					detail += " " + likeliest(all)
				}
			}
			return detail
		},
	}
}

// support is the greeting's weight if the greeting is the agent's under a reading.
func (g greeting) support(r reading, w OpeningWeights) float64 {
	if !r.byAgent(g.turn) {
		return 0
	}
	weight := g.weight(w)
	if g.beep && r.facts.Direction != declare.Inbound {
		// Mailboxes greet at length too, and agents reach them by calling out.
		return min(weight, w.Unlikely)
	}
	switch r.facts.Direction {
	case declare.Outbound:
		if !g.otherFirst {
			return min(weight, greetingUnexpected)
		}
		if g.othersS > helloOutboundS {
			return min(weight, maybeGreeted)
		}
		return weight + helloOutbound
	case declare.Inbound:
		if g.otherFirst {
			return min(weight, callerFirst)
		}
	default:
		if g.othersS > helloS {
			return min(weight, maybeGreeted)
		}
	}
	return weight
}

// weight returns the weight for how much of an opening surrounds the greeting, in a call
// recorded whole.
func (g greeting) weight(w OpeningWeights) float64 {
	if g.turn.Start-g.firstWord > soonS {
		return w.Unlikely
	}
	shape := g.shape(w)
	switch {
	case !g.otherFirst && shape <= w.Partial && w.AtOnce > 0 && g.lasts(minGreetingS, longestGreetingS) &&
		(g.answered() || g.firstWord-g.begins < quietBeforeS):
		return w.AtOnce
	case !g.otherFirst && w.AtOnce > 0:
		return max(shape, w.Partial)
	case g.otherFirst && w.HelloFirst > 0 && shape > w.Partial:
		// The side that says hello is the called one. It may be an agent's if nobody greets
		// at length.
		return w.HelloFirst
	case g.otherFirst && w.HelloFirst > 0:
		return w.Unlikely
	case g.otherFirst:
		return min(shape, w.Complete)
	}
	return shape
}

// shape returns the weight of the greeting, the quiet before and the answer after it,
// whoever says a word before.
func (g greeting) shape(w OpeningWeights) float64 {
	switch {
	case g.firstWord-g.begins < quietBeforeS:
		return w.Unlikely
	case g.joinS > 0 && g.firstWord-g.joinS <= joinedSoonS && g.answered() && g.replyS >= minReplyS:
		return w.Joined
	case g.complete():
		return w.Complete
	case g.plain():
		return w.Plain
	case g.turn.TalkS >= minGreetingS:
		return w.Partial
	}
	return w.Unlikely
}

// agentFirst and customerFirst report who speaks first. Both are false if both sides start
// at once.
func (r reading) agentFirst() bool {
	return r.agent().Timing.FirstSpeech < r.customer().Timing.FirstSpeech
}

func (r reading) customerFirst() bool {
	return r.customer().Timing.FirstSpeech < r.agent().Timing.FirstSpeech
}

func firstSpeechSupport(r reading) float64 {
	switch {
	case r.facts.Direction == declare.Inbound && r.agentFirst():
		return firstSpeechInbound
	case r.facts.Direction == declare.Outbound && r.customerFirst():
		return firstSpeechOutbound
	}
	return 0
}

func openingDetail(r reading) string {
	g, ok := r.greeting()
	t := g.turn
	switch {
	case ok && g.otherFirst:
		return fmt.Sprintf("The %s side speaks first, at %.1f s, and the %s side takes the first long turn (%.1f s of talk from %.1f s), as an agent who introduces the matter does.",
			r.customerSide(), float64(r.customer().Timing.FirstSpeech), r.agentSide(), t.TalkS, t.Start)
	case ok:
		return fmt.Sprintf("The %s side takes the first long turn (%.1f s of talk from %.1f s), as an agent who greets does.", r.agentSide(), t.TalkS, t.Start)
	case r.facts.Direction == declare.Outbound:
		return fmt.Sprintf("The %s side speaks first, at %.1f s, as the called customer does.", r.customerSide(), float64(r.customer().Timing.FirstSpeech))
	default:
		return fmt.Sprintf("The %s side speaks first, at %.1f s, as the agent of an inbound call does.", r.agentSide(), float64(r.agent().Timing.FirstSpeech))
	}
}
