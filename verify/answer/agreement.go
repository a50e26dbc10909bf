package answer

import (
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/stat"
)

// An Agreement counts how often people and otoscope say the same.
type Agreement struct {
	Answered   int64 `json:"answered"`    // recordings that people listened to
	CannotTell int64 `json:"cannot_tell"` // of them, those of which nobody could tell
	Settled    int64 `json:"settled"`     // those that otoscope left undecided, and a person did not
	// Of the recordings that both decided:
	All       Share `json:"all"`
	Confirmed Share `json:"confirmed"` // those that otoscope finds as declared
	Refuted   Share `json:"refuted"`   // those that it finds swapped or unusable
	Blind     Share `json:"blind"`     // those whose person did not know what otoscope said
}

// A Share is how many of some recordings agree, with the exact 95 % interval (Clopper-Pearson)
// of the rate.
type Share struct {
	Agree int64   `json:"agree"`
	Of    int64   `json:"of"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// Add counts an answer about a result.
func (a *Agreement) Add(given Answer, v *verify.Verdict) {
	a.Answered++
	if !given.Answer.Settles() {
		a.CannotTell++
		return
	}
	agrees, known := given.Answer.Agrees(v)
	if !known {
		a.Settled++
		return
	}
	shares := []*Share{&a.All, &a.Confirmed}
	if v.Outcome != verify.Match {
		shares[1] = &a.Refuted
	}
	if given.Blind {
		shares = append(shares, &a.Blind)
	}
	for _, s := range shares {
		if s.Of++; agrees {
			s.Agree++
		}
	}
}

// Close computes the intervals, once everything is counted.
func (a *Agreement) Close() {
	for _, s := range []*Share{&a.All, &a.Confirmed, &a.Refuted, &a.Blind} {
		interval := stat.ClopperPearson(int(s.Agree), int(s.Of), stat.IntervalConfidence)
		s.Low, s.High = interval[0], interval[1]
	}
}
