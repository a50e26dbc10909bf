// Package finding names what otoscope has to say of a recording besides the
// orientation of its channels.
package finding

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
