// Package evidence weighs what the sound of a call shows about who is on which channel.
// [Weigh] turns measurements and declared facts into weighed [Item]s, and [Sum] adds them
// up.
//
// Each kind of evidence is a function of a hypothesis ("the customer is on the left", or
// "on the right"): how well the sound and the facts fit it, as a log10 likelihood. The
// evidence is the difference between the two hypotheses, so exchanging the channels
// negates it exactly, whatever the function.
//
// Each kind has its own file, next to the figures behind its weight. A weight fitted on n
// calls claims odds of at most about n.
//
//	opening.go      who takes the first long turn, as an agent who greets does
//	turntaking.go   who talks more, in longer stretches, and answers later
//	joinorder.go    who joined when, compared with when the channels begin
//	keypad.go       who presses keys
//	waiting.go      who hears ringback, and music in a queue or on hold
//	knownaudio.go   who plays what one side is known to play
//	spoken.go       who says what agents say, and what customers say
//	ident.go        on which channels the idents of a test call are
//
// The first two both come from who speaks when, so they are bounded together. If the known
// audio is the greeting, the opening is not counted again. Evidence from who speaks when is
// weighed against other explanations of the same sound. scenario.go lists the ways to make a
// recording whose timing does not identify the parties, with the rate of each. Package
// coupling measures whether the channels talk to each other.
//
// A [Profile] holds the fitted weights of the first two and their bounds. The weights of
// the other kinds are reasoned, not fitted, and are in their files. Package verify turns
// the sum into a verdict.
package evidence

import (
	"cmp"
	"math"
	"slices"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/coupling"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/planted"
	"github.com/otoscope/otoscope/verify/words"
)

// Item is one piece of weighed evidence.
type Item struct {
	Name    string  `json:"name"`
	Log10LR float64 `json:"log10_lr"` // positive = left is the customer
	Detail  string  `json:"detail"`   // a sentence for a person
}

// The names of the evidence from who speaks when.
const (
	openingName    = "opening"
	turnTakingName = "turn_taking"
)

// FromTiming reports whether the evidence comes from who speaks when. Such evidence fails if
// one channel runs ahead of the other.
func (i Item) FromTiming() bool { return i.Name == openingName || i.Name == turnTakingName }

// kind is one kind of evidence.
type kind struct {
	name string
	// support is the log10 likelihood of the sound under a reading, up to a constant. 0
	// under both readings means no evidence.
	support func(reading) float64
	// detail describes the sound, for the reading that it supports.
	detail func(reading) string
}

// A Call is what is heard and known of a call. Any profile can weigh it.
type Call struct {
	left, right reading
	coupling    *coupling.Profile
	talk        talk
}

// Hear collects what the evidence needs from the sound, what is known of the call by role,
// and what the words show; nil: none are known.
func Hear(m *measurement.Measurements, facts declare.Facts, said *words.Heard) *Call {
	if m.Channels != 2 {
		return &Call{}
	}
	left := reading{m: m, turns: m.Turns(), facts: facts, said: said, planted: planted.Hear(m)}
	right := left
	right.customerRight = true
	if m.Left.Timing.TalkS == 0 || m.Right.Timing.TalkS == 0 {
		if left.planted.Any() {
			return &Call{left: left, right: right}
		}
		return &Call{}
	}
	fit := coupling.New(m.Left.Segments, m.Right.Segments)
	return &Call{left, right, fit, talkOf(m, left.turns, fit)}
}

// Coupling is how well the channels fit each other with one of them late. It is nil if one
// of the parties is not heard.
func (c *Call) Coupling() *coupling.Profile { return c.coupling }

// Weigh returns the evidence from the sound, from what is known of the call by role, and from
// the words, strongest first. If one of the parties is not heard, there is none but an ident's.
func Weigh(m *measurement.Measurements, facts declare.Facts, said *words.Heard, p Profile) []Item {
	return Hear(m, facts, said).Weigh(p)
}

// Weigh does the same as the function Weigh.
func (c *Call) Weigh(p Profile) []Item {
	left, right := c.left, c.right
	switch {
	case left.m == nil:
		return nil
	case left.planted.Any():
		// Neither the timing of idents nor what testers say is that of customers and agents.
		return sorted(rounded(weigh(left, right, idents(), joinOrder())))
	}
	timing := []kind{turnTaking(p.TurnTaking)}
	if !left.greetingIsKnown() {
		timing = slices.Insert(timing, 0, opening(p.Opening, p.rates()))
	}
	items := weigh(left, right, timing...)
	bound(items, p.TimingCap)
	limit(items, c.talk.scenarios(p.rates()))
	if left.said != nil && left.said.Weighed() {
		items = append(items, weigh(left, right, spoken())...)
		limit(items, c.talk.scenariosOfWords(left.said, p.rates()))
	}
	items = append(items, weigh(left, right, joinOrder(), keypad(), waiting(), knownAudio())...)
	limit(items, unheard(left.m.Part, p.rates()))
	return sorted(rounded(items))
}

// sorted sorts the items, strongest first.
func sorted(items []Item) []Item {
	slices.SortStableFunc(items, func(a, b Item) int {
		return cmp.Compare(math.Abs(b.Log10LR), math.Abs(a.Log10LR))
	})
	return items
}

// weigh returns the items of the kinds that have evidence.
func weigh(left, right reading, kinds ...kind) []Item {
	var items []Item
	for _, k := range kinds {
		lr := k.support(left) - k.support(right)
		if lr == 0 {
			continue
		}
		supported := left
		if lr < 0 {
			supported = right
		}
		items = append(items, Item{Name: k.name, Log10LR: lr, Detail: k.detail(supported)})
	}
	return items
}

// bound scales items so that together they claim at most a limit.
func bound(items []Item, limit float64) {
	if sum := math.Abs(Sum(items)); sum > limit {
		for i := range items {
			items[i].Log10LR *= limit / sum
		}
	}
}

// lrDigits is the number of decimals of a log10 likelihood ratio: a hundredth of a percent
// of the odds.
const lrDigits = 4

// rounded rounds the items, and drops those that round to zero.
func rounded(items []Item) []Item {
	for i := range items {
		items[i].Log10LR = measurement.Rounded(items[i].Log10LR, lrDigits)
	}
	return slices.DeleteFunc(items, func(i Item) bool { return i.Log10LR == 0 })
}

// Sum is the log10 likelihood ratio of all the evidence, added in the order of its strength.
func Sum(items []Item) float64 {
	var sum float64
	for _, i := range items {
		sum += i.Log10LR
	}
	return measurement.Rounded(sum, lrDigits)
}

// reading is the call with the customer assumed on one channel and the agent on the other.
type reading struct {
	m             *measurement.Measurements
	turns         []measurement.Turn
	facts         declare.Facts
	said          *words.Heard // nil: no words are known
	planted       planted.Heard
	customerRight bool
}

func (r reading) customer() *measurement.Channel { return r.channel(r.customerRight) }
func (r reading) agent() *measurement.Channel    { return r.channel(!r.customerRight) }

func (r reading) channel(right bool) *measurement.Channel {
	if right {
		return &r.m.Right
	}
	return &r.m.Left
}

// byAgent reports whether a turn is the agent's.
func (r reading) byAgent(t measurement.Turn) bool { return t.Right != r.customerRight }

// agentSide and customerSide name the channels.
func (r reading) agentSide() string    { return side(!r.customerRight) }
func (r reading) customerSide() string { return side(r.customerRight) }

func side(right bool) string {
	if right {
		return "right"
	}
	return "left"
}
