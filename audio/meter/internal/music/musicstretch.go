package music

import (
	"slices"

	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

// The kinds of slot, as evidence for music or other sounds.
const (
	isQuiet = iota
	isDropped
	holdsNone
	holdsOne
	holdsTwo
	holdsMore
	slotKinds
)

func slotKind(slot uint8) int {
	switch slot {
	case slotQuiet:
		return isQuiet
	case slotDropped:
		return isDropped
	default:
		return min(holdsNone+int(slot), holdsMore)
	}
}

// forMusic is the natural logarithm of how much more likely it is in music than
// in other sounds that a kind of slot (column) follows upon another (row). It
// was counted over 18 minutes of hold music against two and a half hours of calls
// and prompts, and rounded; what follows upon quiet, of which there was little in
// the music, is weighed with care.
var forMusic = [slotKinds][slotKinds]float64{
	isQuiet:   {-0.25, 0, 0.5, 3, 4, 4},
	isDropped: {0, -0.1, 0, 3, 3.5, 4},
	holdsNone: {-0.6, -1.85, -0.15, 2, 2.7, 4.3},
	holdsOne:  {-0.8, -2.9, -0.5, 0.45, 1.4, 1.85},
	holdsTwo:  {-2, -2.8, -0.8, 0.1, 0.8, 1.6},
	holdsMore: {-3, -4, -1.1, -0.6, 0.5, 1.25},
}

// changePrice is the logarithm of the odds against a change between music and
// other sounds from one slot to the next.
const changePrice = 4.0

// A stretch of music needs this many slots in which one sinusoid kept its frequency and in which
// several did, and these shares of the slots that are not too quiet. In hold music one does in 77
// % and several in 59 %, in calls in 4 % and 1 %. A voice at a constant pitch reaches 30 % and 10
// %. The dragged vowels of one real caller, played at thirty speeds, reached 14 slots and 7, 0.67
// and 0.26.
const (
	minHeldSlots    = 12
	minSeveralSlots = 10
	minHeldShare    = 0.35
	minSeveralShare = 0.2
)

// How far, in frames, a stretch extends before and after the slots that show it while the level
// holds: to the first drum, and to the end of the last chord.
const (
	musicLead = 50
	musicTail = 18
)

// maxPause is the longest pause inside a stretch, whatever sounds in it.
const maxPause = 25 // frames: 0.5 s

// SlotRange is a stretch of slots without its end.
type SlotRange struct{ Start, End int }

// musicIn finds where music plays: the likeliest path through the slots, each music or not
// (Viterbi).
func musicIn(slots []uint8) []SlotRange {
	const other, music = 0, 1
	from := make([]uint8, len(slots)) // bit s: the state before s was the other one
	score := [2]float64{0, -changePrice}
	before := isQuiet
	for i, v := range slots {
		next := score
		if score[music]-changePrice > score[other] {
			next[other] = score[music] - changePrice
			from[i] |= 1 << other
		}
		if score[other]-changePrice > score[music] {
			next[music] = score[other] - changePrice
			from[i] |= 1 << music
		}
		next[music] += forMusic[before][slotKind(v)]
		before = slotKind(v)
		score = next
	}
	state := other
	if score[music] > score[other] {
		state = music
	}
	var out []SlotRange
	end := len(slots)
	for i := len(slots) - 1; i >= 0; i-- {
		earlier := state
		if from[i]>>state&1 != 0 {
			earlier = 1 - state
		}
		if i == 0 {
			earlier = other
		}
		switch {
		case state == music && earlier == other:
			if r, ok := trim(slots, SlotRange{Start: i, End: end}); ok {
				out = append(out, r)
			}
		case state == other && earlier == music:
			end = i
		}
		state = earlier
	}
	slices.Reverse(out)
	return out
}

// trim cuts a stretch down to the slots in which sinusoids held, and those in
// which they began to.
func trim(slots []uint8, r SlotRange) (SlotRange, bool) {
	tells := func(i int) bool { return slots[i] > 0 && slots[i] <= slotMost }
	for r.Start < r.End && !tells(r.Start) {
		r.Start++
	}
	for r.End > r.Start && !tells(r.End-1) {
		r.End--
	}
	held, several, heard := 0, 0, 0
	for i := r.Start; i < r.End; i++ {
		if tells(i) {
			held++
			if slots[i] > 1 {
				several++
			}
		}
		if slots[i] != slotQuiet {
			heard++
		}
	}
	r.Start = max(0, r.Start-heldSlots+1)
	return r, held >= minHeldSlots && several >= minSeveralSlots &&
		float64(held) >= minHeldShare*float64(heard) && float64(several) >= minSeveralShare*float64(heard)
}

// Slots are those that a watch has taken.
type Slots []uint8

// Slots gives those taken so far, which do not change any more.
func (m *Watch) Slots() Slots { return m.slots }

// After gives those that were there after so many steps.
func (s Slots) After(steps int) Slots { return s[:min(len(s), steps/SlotSteps)] }

// PlaysIn reports whether music plays in any of the slots, by them and by those
// up to reach slots before and after that are there already.
func (s Slots) PlaysIn(slots SlotRange, reach int) bool {
	first := max(0, slots.Start-reach)
	last := min(len(s), slots.End+reach)
	if first >= last {
		return false
	}
	for _, s := range musicIn(s[first:last]) {
		if s.Start+first < slots.End && s.End+first > slots.Start {
			return true
		}
	}
	return false
}

// Find returns the stretches of music in frames.
func (m *Watch) Find(log *frames.Log) []frames.Range {
	var out []frames.Range
	for _, s := range musicIn(m.slots) {
		r := followLevel(log, frames.Range{Start: s.Start * SlotSteps, End: min(log.N, s.End*SlotSteps)})
		if n := len(out); n > 0 && r.Start <= out[n-1].End+maxPause {
			out[n-1].End = max(out[n-1].End, r.End)
			continue
		}
		out = append(out, r)
	}
	return out
}

// followLevel extends a stretch frame by frame as long as the level holds.
func followLevel(log *frames.Log, r frames.Range) frames.Range {
	var levels frames.Histogram
	for i := r.Start; i < r.End; i++ {
		levels.Add(log.At(i))
	}
	least := levels.Quantile(0.5) - dropDB*frames.Scale
	first, last := max(0, r.Start-musicLead), min(log.N, r.End+musicTail)
	for r.Start > first && log.At(r.Start-1) >= least {
		r.Start--
	}
	for r.End < last && log.At(r.End) >= least {
		r.End++
	}
	return r
}
