package cohort

import (
	"context"
	"math"
	"time"

	"github.com/otoscope/otoscope/audio/fingerprint"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/stat"
)

// A Recording is what the second stage knows of one result.
type Recording struct {
	ID      string
	Outcome verify.Outcome
	// Log10LR is the recording's own evidence that the customer is on the left.
	Log10LR float64
	// Left is who is declared to be on the left, "" if nobody is.
	Left          declare.Role
	MinConfidence float64 // 0: the default
	Direction     declare.Direction
	Groups        map[string]string // the user's own, and the agent
	At            time.Time         // when it was recorded; zero if unknown
	// Measures are the talk measures of this recording.
	Measures *verify.Measures
	// TestCall says that it is of a test call, which tells nothing of customers' calls.
	TestCall bool
	// Codes are its findings.
	Codes []finding.Code
}

// Result reads a stored result. Facts are what is known of its call.
func Result(id string, v *verify.Verdict, facts declare.Facts) Recording {
	r := Recording{
		ID: id, Outcome: v.Outcome, Log10LR: v.Log10LR, Direction: facts.Direction,
		Groups: map[string]string{}, Measures: v.Measures,
		TestCall: facts.TestCall,
	}
	if v.Declared != nil {
		r.Left = v.Declared.Left
	}
	for name, value := range v.Groups {
		r.Groups[name] = value
	}
	if v.Agent != "" {
		r.Groups[AgentGroup] = v.Agent
	}
	for _, f := range v.Findings {
		r.Codes = append(r.Codes, f.Code)
	}
	return r
}

// AgentGroup is the name under which a recording's agent is a group.
const AgentGroup = "agent"

// usable reports whether a verdict on the sides of the recording means anything for others.
func (r *Recording) usable() bool {
	return !r.TestCall && (r.Outcome == verify.Match || r.Outcome == verify.Swapped || r.Outcome == verify.Undecided)
}

// An Opinion is what the cohort says of one recording.
type Opinion struct {
	// Log10LR is the recording's own evidence and the cohort's together: positive means that
	// the customer is on the left.
	Log10LR float64        `json:"log10_lr"`
	Outcome verify.Outcome `json:"outcome"`
	Detail  string         `json:"detail"`
}

// Stored are results with the traces of their channels. Their numbers stay the same.
type Stored interface {
	fingerprint.Recordings
	// Recordings returns all results, in the order of their numbers.
	Recordings(ctx context.Context) ([]Recording, error)
	// Voices returns the summaries of both channels of each recording, in the same order.
	Voices(ctx context.Context) ([]Voices, error)
}

// Options says how Judge works.
type Options struct {
	// Seed draws the recordings that are compared with each other.
	Seed uint64
	// Caller names the group whose values are callers: their numbers or ids. Sound that only
	// one of them has is theirs. "": the first of CallerGroups that recordings have.
	Caller string
}

// CallerGroups are the names of groups that say who calls.
func CallerGroups() []string { return []string{"caller", "customer", "from", "number", "phone"} }

// A Report is what the cohort says as a whole.
type Report struct {
	Schema     int `json:"schema"`
	Recordings int `json:"recordings"`
	Traced     int `json:"traced"` // with a trace of some channel
	// Own and Cohort count the outcomes of the recordings by themselves and by the cohort.
	Own    map[verify.Outcome]int `json:"own"`
	Cohort map[verify.Outcome]int `json:"cohort"`
	Sounds []Sound                `json:"sounds"`
	// Voices says what the voices that recur told, or why they told nothing; "" if no
	// voices were asked for.
	Voices string  `json:"voices,omitempty"`
	Copies []Copy  `json:"copies"`
	Groups []Group `json:"groups"`
	All    Group   `json:"all"`

	all []Recording
}

// ReportSchema is the number of the form in which a Report is written.
const ReportSchema = 1

// mean of numbers with its 95 % interval.
func mean(values []float64) Mean {
	if len(values) == 0 {
		return Mean{Mean: stat.Nothing()}
	}
	sum, square := 0.0, 0.0
	for _, v := range values {
		sum += v
	}
	m := sum / float64(len(values))
	for _, v := range values {
		square += (v - m) * (v - m)
	}
	out := Mean{N: len(values), Mean: stat.Number(m)}
	if n := float64(len(values)); n > 1 {
		half := 1.96 * math.Sqrt(square/(n-1)/n)
		out.Interval = &stat.Interval{m - half, m + half}
	}
	return out
}

// Mean is an average over recordings with its 95 % interval (normal), which is missing for one.
type Mean struct {
	N        int            `json:"n"`
	Mean     stat.Number    `json:"mean"`
	Interval *stat.Interval `json:"interval"`
}
