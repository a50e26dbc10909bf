package evidence

import (
	"cmp"
	"math"
	"slices"

	"github.com/otoscope/otoscope/audio/measurement"
)

// Rates are how often recordings come about in ways in which who speaks when does not tell
// who is who. They are stated, not fitted: nobody counts the faults of recorders. A
// rate that is too high costs decisions, one that is too low wrong ones, so that all are higher
// than anybody would put up with in a centre that works. What is heard makes each more or
// less likely for the call that is weighed.
type Rates struct {
	// TwoCalls: the channels are legs of two calls, of two agents or two customers, or are
	// out of step in a way that changes. Public reports name it for recorders of every kind.
	TwoCalls float64 `json:"two_calls"`
	// Delay: one channel is late by seconds throughout.
	Delay float64 `json:"delay"`
	// Machine: a mailbox, a menu or an announcement is at one end, and nobody converses.
	Machine float64 `json:"machine"`
	// Copy: a party is absent, and its channel repeats the other one later.
	Copy float64 `json:"copy"`
	// Late: a leg was recorded from later on than it was there. The highest of all, since a leg
	// that begins late is what it looks like.
	Late float64 `json:"late"`
	// Exchange: the sides change places within the recording, or another call is in it.
	Exchange float64 `json:"exchange"`
	// Begun: the recording begins within the call, or goes on after a pause.
	Begun float64 `json:"begun"`
}

// A scenario is a way in which the sound can have come about that says nothing of who is
// who: it explains the sound as well under one reading as under the other.
type scenario struct {
	// mass is its rate, times how much better it explains the sound than a call that
	// was recorded whole does.
	mass   float64
	detail string // why less is claimed
}

// limited is what is left of a log10 likelihood ratio of a call that was recorded whole if it
// may have come about otherwise. The likelihood under each reading is the sum over all ways.
func limited(log10LR, mass float64) float64 {
	if log10LR == 0 || mass == 0 {
		return log10LR
	}
	odds := math.Pow(10, math.Abs(log10LR))
	likelier := odds/(1+odds) + mass/2
	other := 1/(1+odds) + mass/2
	return math.Copysign(math.Log10(likelier/other), log10LR)
}

// What a machine or a copy leaves is hardly ever left by a conversation, and nothing is
// claimed then. Of 69 calls of people and with their timing, one has fewer than 3
// turns of one side, and none a channel that repeats the other.
const (
	fewTurns         = 2
	fewTurnsOfPeople = 0.02
	copyOfPeople     = 0.0001
)

// How much the sound of the sides tells that they stay: log10 of the distance crosswise over
// that on the same sides, at the place at which they may best have changed. At evenOdds it
// tells nothing; each tenth more or less makes it ten times less or more likely that the sides
// change, or that another call follows the other way round. Of 69 calls it is below
// 0.05 in 7 %; with the sides exchanged for 30 % of the call in two of three.
const (
	evenOdds   = 0.05
	tenTimes   = 0.1
	leastOdds  = -3.0 // log10
	mostOdds   = 2.0
	noDistance = 0.5 // smaller distances mean nothing
)

// exchanged is how much better the sides changing places explains how they sound than
// their staying; 1 where too little is said to tell.
func exchanged(s measurement.SideSwap) float64 {
	if !s.At.Happened() {
		return 1
	}
	stay := math.Log10((s.CrossSide + noDistance) / (s.SameSide + noDistance))
	return math.Pow(10, min(mostOdds, max(leastOdds, (evenOdds-stay)/tenTimes)))
}

// talk is how much the sound is that of two parties who talk with each other.
type talk struct {
	together  float64 // as conversation gives it, bounded
	elsewhere float64 // as the function gives it
	few       bool    // one side has few turns
	repeated  bool    // one channel repeats the other
	exchanged float64 // how much better the sides changing places within the call explains their sound
}

func talkOf(m *measurement.Measurements, turns []measurement.Turn) talk {
	left, right := turnsOf(turns)
	return talk{bounded(conversation(m, 0)), elsewhere(m), min(left, right) <= fewTurns, repeated(m), exchanged(m.Pair.SideSwap)}
}

// scenarios are those that concern all that comes from who speaks when.
func (t talk) scenarios(rates Rates) []scenario {
	all := []scenario{
		{rates.TwoCalls * math.Pow(10, -t.together), "Legs of two calls would explain this as well."},
		{rates.Exchange * t.exchanged, "Sides that change places within the call would explain this as well."},
		{rates.Delay * t.elsewhere, "A channel that is late would explain this as well."},
	}
	if t.few {
		all = append(all, scenario{rates.Machine / fewTurnsOfPeople, "Nobody converses: a machine at one end would explain this as well."})
	}
	if t.repeated {
		all = append(all, scenario{rates.Copy / copyOfPeople, "A channel that repeats the other one later would explain this as well."})
	}
	return all
}

// worthTelling is by how much less is claimed before the reason is given, in log10 units.
const worthTelling = 0.15

// limit scales items so that together they claim no more than the scenarios leave of them,
// and gives the reason with the strongest of them.
func limit(items []Item, all []scenario) {
	sum := Sum(items)
	if sum == 0 {
		return
	}
	left := limited(sum, massOf(all))
	bound(items, math.Abs(left))
	if math.Abs(sum-left) < worthTelling {
		return
	}
	strongest := 0
	for i := range items {
		if math.Abs(items[i].Log10LR) > math.Abs(items[strongest].Log10LR) {
			strongest = i
		}
	}
	items[strongest].Detail += " " + likeliest(all)
}

// likeliest gives the reason of the scenario that limits most.
func likeliest(all []scenario) string {
	return slices.MaxFunc(all, func(a, b scenario) int { return cmp.Compare(a.mass, b.mass) }).detail
}

func massOf(all []scenario) float64 {
	var sum float64
	for _, s := range all {
		sum += s.mass
	}
	return sum
}
