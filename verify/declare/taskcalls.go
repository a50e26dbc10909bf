package declare

import (
	"encoding/json"
	"regexp"

	"github.com/otoscope/otoscope/verify/internal/object"
)

// TaskCalls are the SIDs of the calls that a task's attributes name; "" where they name none.
type TaskCalls struct {
	Conference string `json:"Conference,omitempty"`
	Customer   string `json:"Customer,omitempty"` // the call of the customer
	Worker     string `json:"Worker,omitempty"`   // the call of the worker, who is the agent
	// Call is the call that began the task, of either party.
	Call string `json:"Call,omitempty"`
}

// SIDs gives the calls that are named.
func (t TaskCalls) SIDs() []string {
	var all []string
	for _, sid := range []string{t.Customer, t.Worker, t.Call} {
		if sid != "" {
			all = append(all, sid)
		}
	}
	return all
}

// calls reads the SIDs of the task's calls:
//
//	{"call_sid": "CA…", "conference": {"sid": "CF…", "participants": {"customer": "CA…", "worker": "CA…"}}}
//
// TaskRouter's conference instruction writes the conference into the attributes. What is no SID
// is passed over, since other systems may use the same keys.
func (r *reader) calls(fields []object.Member) {
	conference := object.Members(exactly(fields, "conference"))
	participants := object.Members(exactly(conference, "participants"))
	for _, x := range []struct {
		value json.RawMessage
		kind  string
		to    *string
	}{
		{exactly(fields, "call_sid"), "CA", &r.d.Task.Call},
		{exactly(conference, "sid"), "CF", &r.d.Task.Conference},
		{exactly(participants, "customer"), "CA", &r.d.Task.Customer},
		{exactly(participants, "worker"), "CA", &r.d.Task.Worker},
	} {
		if s := text(x.value); twilioSID.MatchString(s) && s[:2] == x.kind && *x.to == "" {
			*x.to = s
		}
	}
}

var twilioSID = regexp.MustCompile(`^[A-Z]{2}[0-9a-fA-F]{32}$`)
