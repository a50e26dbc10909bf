package declare

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strings"
	"time"

	"github.com/otoscope/otoscope/audio/hint"
)

// Direction is who placed the call.
type Direction string

// The directions. The zero value is unknown.
const (
	UnknownDirection Direction = ""
	Inbound          Direction = "inbound"  // the customer called
	Outbound         Direction = "outbound" // the centre called
)

// Method is how the recording was made, which decides who is on which channel
// and what is heard before the agent is there.
type Method string

// The methods. The zero value is unknown.
const (
	UnknownMethod Method = ""
	FlexNative    Method = "flex-native"  // conference recording: the first to join is on the left
	CustomerLeg   Method = "customer-leg" // dual-channel recording of the customer's call leg
	AgentLeg      Method = "agent-leg"    // of the agent's leg, as the plugin's worker mode does
	Dial          Method = "dial"         // <Dial record="record-from-answer-dual">: parent left, child right
)

// Methods lists the words that ParseMethod reads.
func Methods() []string {
	return []string{string(FlexNative), string(CustomerLeg), string(AgentLeg), string(Dial), "unknown"}
}

// ParseMethod reads how a recording was made, in any case; nothing at all and
// "unknown" are UnknownMethod.
func ParseMethod(s string) (Method, error) {
	word := strings.ToLower(strings.TrimSpace(s))
	switch m := Method(word); m {
	case FlexNative, CustomerLeg, AgentLeg, Dial, UnknownMethod:
		return m, nil
	case "unknown":
		return UnknownMethod, nil
	}
	e := &hint.Error{
		Message: fmt.Sprintf("unknown recording method %s", quote(s)),
		Advice:  "write one of " + list(Methods(), "or"),
	}
	if near := nearest(word, Methods()); near != "" {
		e.Advice = fmt.Sprintf("did you mean %q? The words are %s", near, list(Methods(), "and"))
	}
	return UnknownMethod, e
}

// Joined says when each party joined, counted from the recording's first
// sample. Nil is unknown; a negative time means that the party was there
// before the recording began.
type Joined struct {
	Customer *time.Duration `json:"Customer"`
	Agent    *time.Duration `json:"Agent"`
}

// Excerpt says whether a recording is a piece of what was recorded.
type Excerpt string

// The answers. The zero value is unknown: the recording is probably whole.
const (
	MaybeExcerpt Excerpt = ""
	IsExcerpt    Excerpt = "yes" // it may begin anywhere in the call
	IsWhole      Excerpt = "no"  // it begins when the parties first heard each other, or before
)

// ParseExcerpt reads whether a recording is a piece, in any case: yes or no, and what tables
// write for them. Nothing at all is MaybeExcerpt.
func ParseExcerpt(s string) (Excerpt, error) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "":
		return MaybeExcerpt, nil
	case "yes", "y", "true", "1":
		return IsExcerpt, nil
	case "no", "n", "false", "0":
		return IsWhole, nil
	}
	return MaybeExcerpt, &UnreadError{&hint.Error{
		Message: quote(s) + " does not say whether the recording is an excerpt",
		Advice:  "write yes where it is a piece of what was recorded, no where it is the whole, and nothing where that is not known",
	}}
}

// Facts are what is known of a call other than its channels. Batches store them as
// JSON under these keys and find them again by their bytes.
type Facts struct {
	Direction  Direction `json:"Direction"`
	RecordedBy Method    `json:"RecordedBy"`
	Joined     Joined    `json:"Joined"`
	// Started is when the recording began; zero if that is not known.
	Started time.Time `json:"Started,omitzero"`
	Excerpt Excerpt   `json:"Excerpt,omitempty"`
	// TestCall says that the call is a test: idents that were played into it tell its sides.
	TestCall bool `json:"TestCall,omitempty"`
	// AgentAudio and CustomerAudio identify known audio by whose side plays it: the
	// SHA-256 of known.Reference.
	AgentAudio    []string `json:"AgentAudio,omitempty"`
	CustomerAudio []string `json:"CustomerAudio,omitempty"`
}

// maxOffset bounds how far from the recording's start anybody joins. Beyond
// it lies a wrong unit or a wrong day.
const maxOffset = 48 * time.Hour

const joinedHint = "write customer=0s,agent=12.4s, or times with the recording's start known, for example agent=2026-11-23T10:00:12Z"

// ParseJoined reads when the parties joined: "customer=0s,agent=12.4s". A
// party that is not known is left out; nothing at all means that neither is.
//
// A time is an offset from the recording's start, as a Go duration (1m12.4s,
// 350ms, -2s) or in plain seconds (12.4), or a point in time, which needs start:
// RFC 3339, milliseconds or seconds since 1970, or RFC 2822. Offsets beyond
// 48 h either way are refused.
func ParseJoined(s string, start time.Time) (Joined, error) {
	var joined Joined
	if strings.TrimSpace(s) == "" {
		return joined, nil
	}
	seen := map[Role]string{}
	for _, part := range splitJoined(s) {
		name, value, found := strings.Cut(part, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if !found {
			return Joined{}, &hint.Error{Message: fmt.Sprintf("%s does not say who joined when", quote(part)), Advice: joinedHint}
		}
		role, ok := meaningOf(name).clear()
		if !ok {
			return Joined{}, unknownParty(name)
		}
		if before, twice := seen[role]; twice {
			return Joined{}, &hint.Error{
				Message: fmt.Sprintf("the time when the %s joined is given twice: as %s and as %s", role, quote(before), quote(name)),
				Advice:  "give one time for the customer and one for the agent; of several agents, the first counts",
			}
		}
		seen[role] = name
		offset, err := parseOffset(value, start)
		if err != nil {
			err.Message = fmt.Sprintf("when the %s joined: %s", role, err.Message)
			return Joined{}, err
		}
		if role == Customer {
			joined.Customer = &offset
		} else {
			joined.Agent = &offset
		}
	}
	return joined, nil
}

// splitJoined splits at the commas before "name=": RFC 2822 dates contain commas.
func splitJoined(s string) []string {
	next := regexp.MustCompile(`,\s*\w*\s*=`)
	var parts []string
	for {
		at := next.FindStringIndex(s)
		if at == nil {
			return append(parts, s)
		}
		parts, s = append(parts, s[:at[0]]), s[at[0]+1:]
	}
}

func unknownParty(name string) *hint.Error {
	e := &hint.Error{Message: fmt.Sprintf("%s is not a party of the call", quote(name)), Advice: joinedHint}
	switch meaningOf(name) {
	case theCaller, theCallee, eitherSystem:
		e.Message = fmt.Sprintf("%s can be either party", quote(name))
		e.Advice = "say customer or agent"
	default:
		if near := nearest(name, words(theCustomer, theAgent)); near != "" {
			e.Advice = fmt.Sprintf("did you mean %q? Otherwise, %s", near, joinedHint)
		}
	}
	return e
}

// errNoStart is why a point in time is no offset.
var errNoStart = errors.New("the start of the recording is not known")

// needsStart reports whether ParseJoined failed only because it was not told when
// the recording began.
func needsStart(err error) bool { return errors.Is(err, errNoStart) }

// ParseStarted reads when a recording began, in any form that a start time of
// task attributes may have: ISO 8601 with a time zone, milliseconds or seconds
// since 1970, or RFC 2822. Its error is an *UnreadError.
func ParseStarted(s string) (time.Time, error) {
	const advice = "write it with its time zone, for example 2026-11-23T10:00:00Z"
	t, f := parseTime(s)
	switch {
	case f == noForm:
		return time.Time{}, &UnreadError{&hint.Error{Message: quote(s) + " is not a time that can be read", Advice: advice}}
	case f == iso8601Local:
		return time.Time{}, &UnreadError{&hint.Error{Message: quote(s) + " has no time zone", Advice: "add Z for UTC, or an offset such as +01:00"}}
	case !plausible(t):
		return time.Time{}, &UnreadError{&hint.Error{Message: quote(s) + " is " + implausible(t), Advice: advice}}
	}
	return t, nil
}

// parseOffset reads one time of ParseJoined.
func parseOffset(s string, start time.Time) (time.Duration, *hint.Error) {
	if s == "" {
		return 0, &hint.Error{Message: "no time is given", Advice: "leave out a party whose time is not known; otherwise, " + joinedHint}
	}
	if seconds, ok := parseNumber(s); ok && math.Abs(seconds) < leastSeconds {
		return bounded(time.Duration(math.Round(seconds*float64(time.Second))), s)
	}
	if d, err := time.ParseDuration(s); err == nil {
		return bounded(d, s)
	}
	t, f := parseTime(s)
	switch {
	case f == noForm:
		return 0, &hint.Error{Message: fmt.Sprintf("%s is neither a duration nor a time", quote(s)), Advice: joinedHint}
	case f == iso8601Local:
		return 0, &hint.Error{Message: fmt.Sprintf("%s has no time zone", quote(s)), Advice: "add Z for UTC, or an offset such as +01:00"}
	case start.IsZero():
		return 0, &hint.Error{
			Message: fmt.Sprintf("%s is a point in time, but it is not known when the recording began", quote(s)),
			Advice:  "say when it began (--started, or a column started), or give an offset from its start, for example 12.4s",
			Cause:   errNoStart,
		}
	}
	return bounded(t.Sub(start), s)
}

// bounded refuses offsets that no call has.
func bounded(d time.Duration, s string) (time.Duration, *hint.Error) {
	if d > maxOffset || d < -maxOffset {
		return 0, &hint.Error{
			Message: fmt.Sprintf("%s is %.0f hours from the start of the recording", quote(s), d.Hours()),
			Advice:  "check the unit (plain numbers are seconds) and the day; more than 48 hours is refused",
		}
	}
	return d, nil
}
