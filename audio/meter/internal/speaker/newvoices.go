package speaker

import "github.com/otoscope/otoscope/audio/measurement"

// If another call is joined on, both voices and both lines change at one instant, and neither
// becomes like the other. A new agent changes one side only. So a place counts as much as the side
// that changes less.
const (
	// leastSide is the weight of the speech of each side before and after a place: about two pieces.
	leastSide = 4.0
	// leastBreak is the gain from which a place is stored, and mostBreaks how many are.
	leastBreak = 8.0
	mostBreaks = 8
)

// Breaks finds the places at which both channels begin to sound different: the strongest of the
// call, then the strongest of each part before and after it, and so on.
func (s *Sides) Breaks() []measurement.Break {
	b := breaks{Sides: s}
	b.find(0, s.pieces)
	return b.found
}

type breaks struct {
	*Sides
	found []measurement.Break
}

// find looks in a part of the call, and adds what it finds in the order of time.
func (b *breaks) find(from, to int) {
	best, at := measurement.Break{}, 0
	for i := from + 1; i < to; i++ {
		var changes [2]measurement.Change
		told := true
		for ch := range changes {
			var ok bool
			changes[ch], ok = b.change(ch, from, i, to)
			told = told && ok
		}
		one := measurement.Break{At: measurement.Time(float64(i) * b.pieceS), Left: changes[0], Right: changes[1]}
		if told && one.Gain() > best.Gain() {
			best, at = one, i
		}
	}
	if best.Gain() < leastBreak || len(b.found) >= mostBreaks {
		return
	}
	b.find(from, at)
	b.found = append(b.found, best)
	b.find(at, to)
}

// change compares a channel before and after a place, within a part of the call.
func (b *breaks) change(ch, from, at, to int) (measurement.Change, bool) {
	before, after := b.speech.part(ch, from, at), b.speech.part(ch, at, to)
	if min(before.weight, after.weight) < leastSide {
		return measurement.Change{}, false
	}
	out := measurement.Change{Apart: before.apart(&after)}
	out.Gain = out.Apart * before.weight * after.weight / (before.weight + after.weight)
	before, after = b.idle.part(ch, from, at), b.idle.part(ch, at, to)
	if w := before.weight + after.weight; min(before.weight, after.weight) >= leastIdle*idleCounts {
		out.Gain += before.apart(&after) * before.weight * after.weight / w
	}
	return out, true
}
