// Package declare reads what was declared of a recording: who is on which channel, how it
// was recorded, and who joined when. Text goes in; a [Declaration] or a fact comes out,
// with findings about what is odd in it. Nothing is repaired silently: if something odd
// can be understood safely, it is, and a finding always says so.
//
// In the order in which a recording is verified:
//
//  1. One of these says who is on which channel, and gives a Declaration:
//     [Default] (Flex Insights' own rule), [ParseChannels] (a person's words),
//     [Convention] (another system's rule), and [ParseAttributes] or [ReadAttributes]
//     (a task's attributes).
//  2. [Declaration.Resolve] turns channels that were named by what depends on the call (caller and
//     callee, the recorded leg, who joined first) into customer and agent.
//  3. [ParseDirection], [ParseMethod] and [ParseJoined] give facts about the call.
//
// [Table] lists every declared fact once, for flags, manifest columns, labels and the
// manual.
//
// What cannot be understood at all is an *[hint.Error], whose hint says what to write instead.
package declare

import (
	"time"

	"github.com/otoscope/otoscope/verify/finding"
)

// Role is a party of the call.
type Role string

// The roles. Everybody who is not the customer is on the agent's side.
const (
	Customer Role = "customer"
	Agent    Role = "agent"
)

// other gives the party that the role is not.
func (r Role) Other() Role {
	if r == Customer {
		return Agent
	}
	return Customer
}

// Sides says who is on which channel.
type Sides struct {
	Left  Role `json:"left"`
	Right Role `json:"right"`
}

// Flip exchanges the sides.
func (s Sides) Flip() Sides { return Sides{Left: s.Right, Right: s.Left} }

// Channel is one of the two channels of a recording, or none.
type Channel string

// The channels.
const (
	NoChannel Channel = ""
	Left      Channel = "left"  // channel 1
	Right     Channel = "right" // channel 2
)

// The sources that a Declaration may name, in addition to "convention NAME".
const (
	SourceDefault    = "default"
	SourceChannels   = "--channels"
	SourceAttributes = "task attributes"
)

// Declaration is what was said of a recording before it was listened to. Batches
// store it as JSON under these keys and find it again by its bytes.
type Declaration struct {
	// Sides is nil where nothing usable is declared; otherwise it names two different roles.
	Sides *Sides `json:"Sides"`
	// CallerOn is the channel of the party that placed the call, where the
	// channels were named caller and callee. Resolve makes Sides of it.
	CallerOn Channel `json:"CallerOn"`
	// RecordedOn is the channel of the party whose leg was recorded, FirstOn that of the first to
	// join, where a convention goes by these. Resolve makes Sides of them, too.
	RecordedOn Channel `json:"RecordedOn,omitempty"`
	FirstOn    Channel `json:"FirstOn,omitempty"`
	// Source says for a person where the declaration comes from.
	Source string `json:"Source"`
	// Recording is the URL of the recording as the attributes give it: it is
	// untrusted and may hold secrets. "" where there is none.
	Recording string `json:"Recording"`
	// StartTime is when the recording began, in UTC; zero where that is not said.
	StartTime time.Time `json:"StartTime"`
	// Direction is the one that the attributes name; UnknownDirection where they name none.
	Direction Direction `json:"Direction"`
	// Task names the calls of the task that the attributes are of.
	Task TaskCalls `json:"Task,omitzero"`
	// Findings are what is odd about the declaration, in the order of the
	// fields. None is fatal.
	Findings []finding.Finding `json:"Findings"`
}

// Default is what Flex Insights takes a recording to be: the customer on the
// left, the agent and everybody else on the right.
//
// Source: Twilio, "Turn on dual-channel recording" (Flex Insights).
func Default() Declaration {
	return Declaration{Sides: &Sides{Left: Customer, Right: Agent}, Source: SourceDefault}
}

// add appends a finding of the code's usual severity.
func (d *Declaration) add(code finding.Code, detail string) {
	d.Findings = append(d.Findings, finding.New(code, detail))
}
