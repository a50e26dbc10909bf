// Package finding names everything that otoscope reports about a recording, apart from who
// is on which channel.
//
// A [Code] names a kind of finding, and its name never changes. [All] lists the codes with
// their default severity, meaning, causes and what to do.
package finding

import "github.com/otoscope/otoscope/audio/note"

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
}

// New gives a finding with the severity that its code has by default.
func New(code Code, detail string) Finding {
	return Finding{Code: code, Severity: code.Severity(), Detail: detail}
}

// FromNote gives the finding that a note of packages fetch and decode is.
func FromNote(n note.Note) Finding { return New(Code(n.Code), n.Detail) }
