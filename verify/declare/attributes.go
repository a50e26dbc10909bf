package declare

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/internal/object"
)

// MaxAttributes bounds the attributes that are read, in bytes. TaskRouter
// itself refuses more than a few kilobytes.
const MaxAttributes = 1 << 20

// maxWrapping bounds how many objects and encoded strings may lie around the media.
const maxWrapping = 8

// ReadAttributes reads a task's attributes from r, MaxAttributes at most.
func ReadAttributes(r io.Reader) (Declaration, error) {
	b, err := io.ReadAll(io.LimitReader(r, MaxAttributes+1))
	if err != nil {
		return Declaration{}, fmt.Errorf("reading the attributes: %w", err)
	}
	return ParseAttributes(b)
}

// ParseAttributes reads a declaration from the attributes of a TaskRouter
// task. It takes the attributes as a whole, with
//
//	conversations.media[]                    media of the task
//	reservation_attributes.WR….media[]       media of one reservation, which Flex Insights prefers
//
// or only the list of media or one media object; also a task or an event that
// has the attributes in it, be it as an object or as JSON in a string.
//
// The first media entry of type VoiceRecording is the one that counts, as in
// Flex Insights; findings name whatever else there is, and whatever in the
// entry Flex Insights would not take. Attributes that declare nothing usable
// give a Declaration without Sides and findings that say why. Only what is no
// JSON, or JSON that cannot hold attributes, is an error.
func ParseAttributes(b []byte) (Declaration, error) {
	if len(b) > MaxAttributes {
		return Declaration{}, &hint.Error{
			Message: fmt.Sprintf("the attributes are larger than %d bytes", MaxAttributes),
			Advice:  "give only the attributes of one task, as TaskRouter exports them",
		}
	}
	b = DecodeText(b)
	if len(strings.TrimSpace(string(b))) == 0 {
		return Declaration{}, &hint.Error{
			Message: "the attributes are empty",
			Advice:  "give the attributes of one task as JSON, as TaskRouter exports them",
		}
	}
	if err := validate(b, "the attributes"); err != nil {
		return Declaration{}, err
	}
	r, err := inspect(b)
	if err != nil {
		return Declaration{}, err
	}
	return r.d, nil
}

// Inspect reads attributes as [ParseAttributes] does, and tells where each finding is.
func Inspect(b []byte) (Declaration, []Located, error) {
	d, err := ParseAttributes(b)
	if err != nil {
		return d, nil, err
	}
	r, err := inspect(DecodeText(b))
	if err != nil {
		return Declaration{}, nil, err
	}
	return d, r.located, nil
}

// inspect reads valid JSON.
func inspect(b []byte) (*reader, error) {
	r := reader{d: Declaration{Source: SourceAttributes}}
	if err := r.attributes(b, place{text: "the attributes"}, 0); err != nil {
		return nil, err
	}
	if !r.found {
		r.add(place{}, finding.MediaMissing, "The attributes have no media: neither conversations.media nor reservation_attributes with media. Flex Insights then goes by its own recording, if there is one, and nothing is declared here.")
	}
	return &r, nil
}

// reader gathers a declaration from attributes.
type reader struct {
	d         Declaration
	found     bool // media, whether usable or not
	startForm form
	located   []Located // the findings, with their places
}

// wrappers are the keys under which tasks, events and exports carry a task's attributes.
func wrappers() []string {
	return []string{
		"attributes",      // Task resource
		"task_attributes", // events, Flex exports
		"TaskAttributes",  // TaskRouter event callbacks
		"event_data", "EventData",
		"payload", "data", "task",
	}
}

// attributes looks for media in whatever b is. It returns an error only for
// what cannot hold any.
func (r *reader) attributes(b json.RawMessage, place place, depth int) *hint.Error {
	if depth > maxWrapping {
		return &hint.Error{
			Message: fmt.Sprintf("the attributes are wrapped in more than %d objects or strings", maxWrapping),
			Advice:  "give the attributes themselves",
		}
	}
	switch kindOf(b) {
	case anObject:
		return r.object(b, place, depth)
	case aList:
		r.list(b, place.as("media"))
		return nil
	case aString:
		return r.encoded(b, place, depth)
	}
	return &hint.Error{
		Message: fmt.Sprintf("%s are %s, where an object is expected", place, kindOf(b)),
		Advice:  `give the attributes of one task: {"conversations": {"media": [ … ]}}`,
	}
}

// encoded reads JSON that stands in a string.
func (r *reader) encoded(b json.RawMessage, place place, depth int) *hint.Error {
	inner := []byte(text(b))
	if err := validate(inner, place.text+", JSON in a string,"); err != nil {
		return err
	}
	return r.attributes(inner, place.inString(), depth+1)
}

// wrapped looks for attributes within an object that is none itself.
func (r *reader) wrapped(fields []object.Member, place place, depth int) *hint.Error {
	for _, name := range wrappers() {
		inner := exactly(fields, name)
		place := place.named(place.text+" in "+name, name)
		switch kindOf(inner) {
		case anObject:
		case aString:
			s := strings.TrimSpace(text(inner))
			if r.liquid(onlyLiquid(s), place) {
				r.found = true
				return nil
			}
			if !strings.HasPrefix(s, "{") && !strings.HasPrefix(s, `"`) {
				continue // a text that happens to stand under such a key
			}
		default:
			continue
		}
		if err := r.attributes(inner, place, depth+1); err != nil || r.found {
			return err
		}
	}
	return nil
}

// onlyLiquid gives s where it is a template variable and nothing else.
func onlyLiquid(s string) string {
	if strings.HasPrefix(s, "{{") || strings.HasPrefix(s, "{%") {
		return s
	}
	return ""
}

func (r *reader) object(b json.RawMessage, place place, depth int) *hint.Error {
	fields := object.Members(b)
	conversations := r.lookup(fields, "conversations", place)
	reservations := r.lookup(fields, "reservation_attributes", place)
	if direction := exactly(fields, "direction"); kindOf(direction) == aString {
		// Other words are another field's; nothing is made of them.
		if d, err := ParseDirection(text(direction)); err == nil && d != UnknownDirection {
			r.d.Direction = d
		}
	}
	r.calls(fields)
	switch {
	case reservations != nil && r.reservations(reservations, place.named("reservation_attributes", "reservation_attributes")):
		if conversations != nil {
			r.ignoreTaskMedia(conversations, place.named("conversations", "conversations"))
		}
		return nil
	case conversations != nil:
		r.conversations(conversations, place.named("conversations", "conversations"))
		return nil
	}
	if media := r.lookup(fields, "media", place); media != nil {
		r.media(media, place.named("media", "media"))
		return nil
	}
	if looksLikeMedia(fields) {
		r.found = true
		r.entry(fields, place.as("media"))
		return nil
	}
	if looksLikeReservations(fields) && r.reservations(b, place.as("reservation_attributes")) {
		return nil
	}
	return r.wrapped(fields, place, depth)
}

// lookup finds a key, the last of several; where it is not there, one that is
// nearly spelt so. Both get a finding.
func (r *reader) lookup(fields []object.Member, key string, place place) json.RawMessage {
	var value json.RawMessage
	times := 0
	for _, f := range fields {
		if f.Key == key {
			value, times = f.Value, times+1
		}
	}
	if times > 1 {
		r.add(place.named(place.text, key), finding.KeyRepeated, fmt.Sprintf("The key %q is there %d times in %s; the last one counts.", key, times, place))
	}
	if times > 0 {
		return value
	}
	for _, f := range fields {
		if misspelt(f.Key, key) {
			r.add(place.named(place.text, f.Key), finding.KeyMisspelt, fmt.Sprintf("The key %s in %s was read as %q, which is how Flex Insights spells it; Flex itself will not see it.", quote(f.Key), place, key))
			return f.Value
		}
	}
	return nil
}

// exactly finds a key without a word about its spelling.
func exactly(fields []object.Member, key string) json.RawMessage {
	var value json.RawMessage
	for _, f := range fields {
		if f.Key == key {
			value = f.Value
		}
	}
	return value
}

// misspelt reports whether a key was most likely meant to be the other: alike
// but for case and separators, or one letter off (url: only that, since three
// letters are near to many words).
func misspelt(key, meant string) bool {
	if len(key) > 2*len(meant) || key == meant {
		return false
	}
	a, b := Fold(key), Fold(meant)
	return a == b || distance(a, b, 1) <= 1 && len(meant) > 3 || a == "uri" && meant == "url"
}

// HoldsMedia reports whether ParseAttributes would find media in a JSON text,
// usable or not.
func HoldsMedia(b []byte) bool {
	r := reader{}
	return len(b) <= MaxAttributes && r.attributes(b, place{text: "the attributes"}, 0) == nil && r.found
}
