package twilio

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/mail"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/otoscope/otoscope/audio/provenance"
)

// word is a string of an answer; null and other types are "".
type word string

// UnmarshalJSON never fails, so that one odd field does not spoil the document.
func (w *word) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*w = word(s)
	}
	return nil
}

// name is a word of Twilio's own, such as DialVerb; "" if it is none.
func (w word) name() string {
	if plainName().MatchString(string(w)) {
		return string(w)
	}
	return ""
}

// sid is the word if it is a SID with the prefix; otherwise "".
func (w word) sid(prefix string) string {
	if strings.HasPrefix(string(w), prefix) && anySID().MatchString(string(w)) {
		return string(w)
	}
	return ""
}

// time reads RFC 2822, as the API of 2010 writes times, or RFC 3339, as Insights does; zero if it
// is neither.
func (w word) time() time.Time {
	if t, err := time.Parse(time.RFC3339, string(w)); err == nil {
		return t.UTC()
	}
	if t, err := mail.ParseDate(string(w)); err == nil {
		return t.UTC()
	}
	return time.Time{}
}

var (
	plainName = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,39}$`)
	})
	anySID = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[A-Z]{2}[0-9a-fA-F]{32}$`)
	})
	dialled = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^\+?[0-9*xX]{2,40}$`)
	})
)

// number is a number of an answer, which Twilio writes as a number or as a string; 0 for null, for
// other types, and for the -1 of a recording that is being made.
type number float64

// UnmarshalJSON never fails, so that one odd field does not spoil the document.
func (n *number) UnmarshalJSON(b []byte) error {
	x, err := strconv.ParseFloat(string(bytes.Trim(b, `"`)), 64)
	if err == nil && x > 0 && x < 1e9 {
		*n = number(x)
	}
	return nil
}

// recordingResource is the Recording resource.
type recordingResource struct {
	SID        word            `json:"sid"`
	Call       word            `json:"call_sid"`
	Conference word            `json:"conference_sid"`
	Source     word            `json:"source"`
	Status     word            `json:"status"`
	Channels   number          `json:"channels"`
	Duration   number          `json:"duration"`
	Start      word            `json:"start_time"`
	Created    word            `json:"date_created"`
	Encryption json.RawMessage `json:"encryption_details"`
}

func (r recordingResource) recording() provenance.Recording {
	return provenance.Recording{
		ID: r.SID.sid("RE"), Call: r.Call.sid("CA"), Conference: r.Conference.sid("CF"),
		Source: r.Source.name(), Status: r.Status.name(), Channels: int(r.Channels), DurationS: float64(r.Duration),
		Started: r.Start.time(), Created: r.Created.time(), Encrypted: bytes.HasPrefix(bytes.TrimSpace(r.Encryption), []byte("{")),
	}
}

// callResource is the Call resource.
type callResource struct {
	SID       word   `json:"sid"`
	Parent    word   `json:"parent_call_sid"`
	Direction word   `json:"direction"`
	From      word   `json:"from"`
	To        word   `json:"to"`
	End       word   `json:"end_time"`
	Duration  number `json:"duration"`
}

// leg is the call as a leg. The documentation does not say whether start_time is when a call was
// dialled or when it was answered. The duration is empty for calls that nobody answered, so it
// counts from the answer.
func (c callResource) leg() provenance.Leg {
	l := provenance.Leg{Call: c.SID.sid("CA"), Parent: c.Parent.sid("CA"), Direction: c.Direction.name(), From: endpoint(c.From), To: endpoint(c.To)}
	if end := c.End.time(); !end.IsZero() && c.Duration > 0 {
		l.Answered = end.Add(-time.Duration(c.Duration) * time.Second)
	}
	return l
}

// participantResource is the Conference Participant Summary resource of Voice Insights.
type participantResource struct {
	Call      word `json:"call_sid"`
	Label     word `json:"label"`
	Direction word `json:"call_direction"`
	From      word `json:"from"`
	To        word `json:"to"`
	Join      word `json:"join_time"`
	Coach     bool `json:"is_coach"`
}

func (p participantResource) leg() provenance.Leg {
	return provenance.Leg{
		Call: p.Call.sid("CA"), Label: p.Label.name(), Direction: p.Direction.name(),
		From: endpoint(p.From), To: endpoint(p.To), Joined: p.Join.time(), Coach: p.Coach,
	}
}

// endpoint tells the kind of an address, and forgets the address.
func endpoint(address word) provenance.Endpoint {
	s := strings.ToLower(strings.TrimSpace(string(address)))
	switch {
	case strings.HasPrefix(s, "client:"):
		return provenance.App
	case strings.HasPrefix(s, "sip:"), strings.HasPrefix(s, "sips:"):
		return provenance.SIP
	case dialled().MatchString(s):
		return provenance.Phone
	}
	switch s {
	case "anonymous", "restricted", "unavailable", "blocked", "private": // a caller who hides the number
		return provenance.Phone
	}
	return provenance.OtherEndpoint
}

// read decodes a document of a resource.
func read[T any](text []byte, what string) (T, error) {
	var v T
	if err := json.Unmarshal(text, &v); err != nil {
		return v, fmt.Errorf("reading what Twilio says of %s: the answer is not of the documented form", what)
	}
	return v, nil
}
