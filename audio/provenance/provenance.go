// Package provenance holds what the system that made a recording says of it: plain structs that
// cross from audio to verify, and that a batch stores as JSON beside the measurements. They hold no
// telephone number, no name and no address of a person.
package provenance

import "time"

// A Record is what a platform says of a recording and of the calls that it may carry.
type Record struct {
	Platform  string    `json:"platform"` // "Twilio"
	Recording Recording `json:"recording"`
	// Legs are the calls that belong to the recording, each once: its own first, then the parent,
	// the children, the participants of its conference, and those that were asked for.
	Legs []Leg `json:"legs,omitempty"`
	// Missing says what the platform did not tell, and why, a sentence each.
	Missing []string `json:"missing,omitempty"`
}

// A Recording is the platform's own description of a recording.
type Recording struct {
	ID     string `json:"id"`
	Source string `json:"source,omitempty"` // how it was started, in the platform's own word
	Status string `json:"status,omitempty"` // in the platform's own word
	// Channels is the number of channels; 0 if that is not known.
	Channels int `json:"channels,omitempty"`
	// Started is when the recording began, in whole seconds; zero if that is not known.
	Started time.Time `json:"started,omitzero"`
	Created time.Time `json:"-"`
	// DurationS is the length in whole seconds; 0 if that is not known, as while it is being made.
	DurationS  float64 `json:"duration_s,omitempty"`
	Call       string  `json:"call,omitempty"`       // the id of the call that was recorded
	Conference string  `json:"conference,omitempty"` // the id of the conference, if that was recorded
	Encrypted  bool    `json:"encrypted,omitempty"`  // its bytes can be read with the owner's key only
}

// An Endpoint is the kind of device at one end of a leg.
type Endpoint string

// The kinds of endpoints.
const (
	OtherEndpoint Endpoint = ""
	Phone         Endpoint = "phone"  // a number of the telephone network
	App           Endpoint = "client" // a browser or an app
	SIP           Endpoint = "sip"
)

// A Leg is a call between the platform and one party.
type Leg struct {
	Call      string   `json:"call"` // its id
	Parent    string   `json:"parent,omitempty"`
	Direction string   `json:"direction,omitempty"` // in the platform's own word
	From      Endpoint `json:"from,omitempty"`
	To        Endpoint `json:"to,omitempty"`
	// Label is the name of a participant's role, if the user of the platform gave one.
	Label string `json:"label,omitempty"`
	Coach bool   `json:"coach,omitempty"` // heard by one party only
	// Answered is when the leg was answered, Joined when it came into the conference, both in
	// whole seconds; zero if that is not known.
	Answered time.Time `json:"answered,omitzero"`
	Joined   time.Time `json:"joined,omitzero"`
}

// Find gives the leg with an id; nil if there is none.
func (r *Record) Find(call string) *Leg {
	for i := range r.Legs {
		if r.Legs[i].Call == call && call != "" {
			return &r.Legs[i]
		}
	}
	return nil
}
