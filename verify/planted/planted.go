// Package planted says which idents are heard in a recording, and on which channel: the signals of
// audio/ident that were played into a test call from each side. Party a is the customer, party b
// the agent.
package planted

import (
	"math"

	"github.com/otoscope/otoscope/audio/ident"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/declare"
)

// PartyOf is the party of audio/ident whose idents a role plays.
func PartyOf(r declare.Role) ident.Party {
	if r == declare.Agent {
		return ident.B
	}
	return ident.A
}

// Place is where a side's idents are.
type Place int

// The places.
const (
	Nowhere Place = iota
	Left
	Right
	Both  // at the same time on both channels, alike in level
	Moves // on one channel first and on the other later
)

// besideDB is how much louder an ident is on the channel where it was recorded than where it is
// only heard as an echo or as crosstalk.
const besideDB = 6.0

// togetherS is for how long an ident on both channels must overlap to be one sound.
const togetherS = 2.0

// A Side is what is heard of the idents of one side of the call.
type Side struct {
	Role  declare.Role
	Place Place
	// Ident is the clearest on its channel; of Both and Moves, on the left one. Other is the same
	// sound on the other channel, or where it moves to; nil if it is not there.
	Ident measurement.Ident
	Other *measurement.Ident
}

// Heard are the idents of both sides of a call.
type Heard struct{ Customer, Agent Side }

// Hear finds the idents in the measurements of a recording.
func Hear(m *measurement.Measurements) Heard {
	return Heard{sideOf(m, declare.Customer), sideOf(m, declare.Agent)}
}

// Any reports whether any ident is heard.
func (h Heard) Any() bool { return h.Customer.Place != Nowhere || h.Agent.Place != Nowhere }

// CustomerRight says on which channel the customer is, by the idents; sides is how many of them say
// so, 0 if the idents do not tell.
func (h Heard) CustomerRight() (right bool, sides int) {
	c, a := h.Customer.Place, h.Agent.Place
	for _, right := range []bool{false, true} {
		home, across := Left, Right
		if right {
			home, across = across, home
		}
		switch {
		case c == home && a == across:
			return right, 2
		case c == home && a == Nowhere, c == Nowhere && a == across:
			return right, 1
		}
	}
	return false, 0
}

// sideOf finds where a side's idents are.
func sideOf(m *measurement.Measurements, r declare.Role) Side {
	s := Side{Role: r}
	left, onLeft := clearest(m.Left.Idents, r)
	right, onRight := clearest(m.Right.Idents, r)
	switch {
	case !onLeft && !onRight:
	case !onRight:
		s.Place, s.Ident = Left, left
	case !onLeft:
		s.Place, s.Ident = Right, right
	case left.ID != right.ID || min(left.End, right.End)-max(left.Start, right.Start) < togetherS:
		s.Place, s.Ident, s.Other = Moves, left, &right
	case float64(left.Level-right.Level) >= besideDB:
		s.Place, s.Ident, s.Other = Left, left, &right
	case float64(right.Level-left.Level) >= besideDB:
		s.Place, s.Ident, s.Other = Right, right, &left
	default:
		s.Place, s.Ident, s.Other = Both, left, &right
	}
	return s
}

// clearest is the ident of a role that is heard best.
func clearest(all []measurement.Ident, r declare.Role) (best measurement.Ident, ok bool) {
	for _, i := range all {
		if i.Party == PartyOf(r).String() && (!ok || i.Score > best.Score) {
			best, ok = i, true
		}
	}
	return best, ok
}

// Delay is by how much b begins later than a, in seconds: between −4.8 and 4.8, since idents repeat
// their words.
func Delay(a, b measurement.Ident) float64 {
	return measurement.RoundSeconds(math.Remainder(b.Begins-a.Begins, ident.WordS))
}
