// Package answer holds what people say who listened to a recording: the answers of the review
// desk (package review), as the database keeps them and as every output shows them.
package answer

import (
	"slices"
	"time"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
)

// A Word is what a person says.
type Word string

// The answers.
const (
	CustomerLeft Word = "customer_left" // the customer is on the left, the agent on the right
	AgentLeft    Word = "agent_left"    // the other way round
	CannotTell   Word = "cannot_tell"   // the person listened, and cannot say
	Unusable     Word = "unusable"      // the channels do not carry one party each
)

// Words lists the answers.
func Words() []Word { return []Word{CustomerLeft, AgentLeft, CannotTell, Unusable} }

// Known reports whether the word is an answer.
func (w Word) Known() bool { return slices.Contains(Words(), w) }

// Settles reports whether the answer says what is on the channels.
func (w Word) Settles() bool { return w.Known() && w != CannotTell }

// Left is who is on the left; "" if the answer does not name one party.
func (w Word) Left() declare.Role {
	switch w {
	case CustomerLeft:
		return declare.Customer
	case AgentLeft:
		return declare.Agent
	}
	return ""
}

// Of is the answer that a party is on the left.
func Of(left declare.Role) Word {
	if left == declare.Agent {
		return AgentLeft
	}
	return CustomerLeft
}

// Sentence is the answer in words.
func (w Word) Sentence() string {
	switch w {
	case CustomerLeft:
		return "left is the customer"
	case AgentLeft:
		return "left is the agent"
	case CannotTell:
		return "cannot tell"
	case Unusable:
		return "not usable"
	}
	return string(w)
}

// An Answer is what one person said of one recording.
type Answer struct {
	Answer   Word      `json:"answer"`
	Reviewer string    `json:"reviewer"`
	At       time.Time `json:"at"` // UTC, in whole seconds
	Note     string    `json:"note,omitempty"`
	// Blind says that the person answered without knowing what otoscope said.
	Blind bool `json:"blind"`
	Drawing
}

// A Drawing says how a recording came to the person who answered.
type Drawing struct {
	// Drawn says that it was drawn at random among the recordings of its outcome. Among are the
	// groups, such as "queue=billing", to which all of these belong; none: all recordings.
	Drawn bool     `json:"drawn"`
	Among []string `json:"drawn_among,omitempty"`
}

// Agrees compares an answer with a verdict. Known is false if one of them does not say what is on
// the channels.
func (w Word) Agrees(v *verify.Verdict) (agrees, known bool) {
	switch {
	case !w.Settles():
		return false, false
	case v.Outcome == verify.Unusable:
		return w == Unusable, true
	case v.Outcome != verify.Match && v.Outcome != verify.Swapped || v.Heard == nil:
		return false, false
	}
	return w.Left() == v.Heard.Left, true
}
