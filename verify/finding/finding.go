// Package finding names everything that otoscope reports about a recording, apart from who
// is on which channel.
//
// A [Code] names a kind of finding, and its name never changes. [All] lists the codes with
// their default severity, meaning, causes and what to do.
package finding

import (
	"slices"

	"github.com/otoscope/otoscope/audio/note"
)

// Severity says what a finding means for the outcome.
type Severity string

// Fatal findings make a recording unusable; the others are listed and change nothing by themselves.
const (
	Fatal   Severity = "fatal"
	Warning Severity = "warning"
	Info    Severity = "info"
)

// Code names a kind of finding. Codes are a contract: programs match on them.
type Code string

// Finding is one remark about a recording or its declaration.
type Finding struct {
	Code     Code     `json:"code"`
	Severity Severity `json:"severity"`
	Detail   string   `json:"detail"` // a sentence for a person
	// Places says where in the recording it is; empty if that is everywhere, or unknown.
	Places []Place `json:"places,omitempty"`
}

// MaxPlaces limits the places of a finding.
const MaxPlaces = 32

// A Place is a part of a recording, in seconds from its start.
type Place struct {
	Side  Side    `json:"side,omitempty"` // empty: both
	FromS float64 `json:"from_s"`
	ToS   float64 `json:"to_s"`
}

// Side is a channel of a recording.
type Side string

// The two sides.
const (
	Left  Side = "left"
	Right Side = "right"
)

// At returns the finding with one more place, if it has less than MaxPlaces.
func (f Finding) At(side Side, fromS, toS float64) Finding {
	if len(f.Places) < MaxPlaces {
		f.Places = append(slices.Clone(f.Places), Place{side, fromS, toS})
	}
	return f
}

// New gives a finding with the severity that its code has by default.
func New(code Code, detail string) Finding {
	return Finding{Code: code, Severity: code.Severity(), Detail: detail}
}

// FromNote gives the finding that a note of packages fetch and decode is.
func FromNote(n note.Note) Finding {
	f := New(Code(n.Code), n.Detail)
	for _, p := range n.Places {
		f = f.At("", p.FromS, p.ToS)
	}
	return f
}
