package evidence

import (
	"cmp"
	"math"
	"slices"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/coupling"
)

// Rates are how often recordings arise in ways in which who speaks when does not identify
// the parties. They are stated, not fitted: nobody counts the faults of recorders. A rate
// that is too high costs decisions, and one that is too low causes wrong ones. All are
// therefore higher than a working centre would tolerate. The sound makes each more or less
// likely for the call that is weighed.
type Rates struct {
	// TwoCalls: the channels are legs of two calls, of two agents or of two customers, or
	// are out of step by a changing amount. Public reports name it for recorders of every
	// kind.
	TwoCalls float64 `json:"two_calls"`
	// Delay: one channel is late by seconds throughout.
	Delay float64 `json:"delay"`
	// Machine: one end is a mailbox, a menu or an announcement, and nobody converses.
	Machine float64 `json:"machine"`
	// Copy: a party is absent, and its channel repeats the other one later.
	Copy float64 `json:"copy"`
	// Late: the recording of a leg starts later than the leg. This rate is the highest,
	// since every leg that begins late looks like this.
	Late float64 `json:"late"`
	// Exchange: the sides change places within the recording, or it contains another call.
	Exchange float64 `json:"exchange"`
	// Begun: the recording begins within the call, or continues after a pause, though nobody
	// says that it is an excerpt.
	Begun float64 `json:"begun"`
	// Outbound: the centre placed the call, and nobody says so.
	Outbound float64 `json:"outbound,omitzero"`
	// ThirdVoice: somebody else, as a notice or a colleague, speaks on one channel while
	// neither party does, and may take the first long turn.
	ThirdVoice float64 `json:"third_voice,omitzero"`
}

// A scenario is a way to produce the sound that does not identify the parties: it explains
// the sound equally well under both readings.
type scenario struct {
	// mass is its rate, times how much better it explains the sound than a call recorded
	// whole.
	mass   float64
	detail string // why less is claimed
}

// limited reduces the log10 likelihood ratio of a call recorded whole by the chance that the
// sound arose otherwise. The likelihood under each reading is the sum over all ways.
func limited(log10LR, mass float64) float64 {
	if log10LR == 0 || mass == 0 {
		return log10LR
	}
	odds := math.Pow(10, math.Abs(log10LR))
	likelier := odds/(1+odds) + mass/2
	other := 1/(1+odds) + mass/2
	return math.Copysign(math.Log10(likelier/other), log10LR)
}

// A conversation hardly ever sounds like a machine or a copy, so if it does, nothing is
// claimed. Of 69 calls of people and with their timing, one has fewer than 3 turns of one
// side, and none has a channel that repeats the other.
const (
	fewTurns         = 2
	fewTurnsOfPeople = 0.02
	copyOfPeople     = 0.0001
)

// How strongly the sound shows that the sides stay: log10 of the distance crosswise over the
// distance on the same sides, at the most likely place of a change. At evenOdds it is no
// evidence. Each tenth above it makes a change of sides, or another call that follows the
// other way round, ten times less likely, and each tenth below it ten times more likely. Of
// 69 calls it is below 0.05 in 7 %. With the sides exchanged for 30 % of the call, it is so
// in two of three.
const (
	evenOdds   = 0.05
	tenTimes   = 0.1
	leastOdds  = -3.0 // log10
	mostOdds   = 2.0
	noDistance = 0.5 // smaller distances have no meaning
)

// exchanged is how much better a change of sides explains their sound than no change; 1 if
// there is too little speech to decide.
func exchanged(s measurement.SideSwap) float64 {
	if !s.At.Happened() {
		return 1
	}
	stay := math.Log10((s.CrossSide + noDistance) / (s.SameSide + noDistance))
	return math.Pow(10, min(mostOdds, max(leastOdds, (evenOdds-stay)/tenTimes)))
}

// talk is how much the sound resembles two parties who talk with each other.
type talk struct {
	together  float64 // the fit of the channels as recorded, bounded
	elsewhere float64 // as coupling.Profile.Elsewhere gives it
	few       bool    // one side has few turns
	repeated  bool    // one channel repeats the other
	exchanged float64 // how much better the sides changing places within the call explains their sound
}

func talkOf(m *measurement.Measurements, turns []measurement.Turn, fit *coupling.Profile) talk {
	left, right := turnsOf(turns)
	return talk{coupling.Bounded(fit.At(0)), fit.Elsewhere(), min(left, right) <= fewTurns, repeated(m), exchanged(m.Pair.SideSwap)}
}

// turnsOf counts the turns of each side that are longer than a breath.
func turnsOf(turns []measurement.Turn) (left, right int) {
	for _, t := range turns {
		switch {
		case t.TalkS < wordS:
		case t.Right:
			right++
		default:
			left++
		}
	}
	return left, right
}

// scenarios returns those that concern all evidence from who speaks when.
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

// unheard returns the scenario of what was not heard, of a recording of which not all was: the sides
// may change places for a stretch that lies in a gap, unnoticed, whatever the evidence is. Longer
// ones reach what was heard, and are weighed there.
func unheard(part *measurement.Part, rates Rates) []scenario {
	if part == nil {
		return nil
	}
	return []scenario{{rates.Exchange * part.Gap(), "Sides that change places where nothing was heard would explain this as well."}}
}

// worthTelling is the smallest reduction of a claim, in log10 units, for which the reason is
// given.
const worthTelling = 0.15

// limit scales items so that together they claim no more than the scenarios allow, and adds
// the reason to the strongest item.
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

// likeliest returns the reason of the scenario with the strongest limit.
func likeliest(all []scenario) string {
	if len(all) == 0 {
		return ""
	}
	return slices.MaxFunc(all, func(a, b scenario) int { return cmp.Compare(a.mass, b.mass) }).detail
}

func massOf(all []scenario) float64 {
	var sum float64
	for _, s := range all {
		sum += s.mass
	}
	return sum
}
