package declare

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/internal/object"
)

// conversations reads media of the task.
func (r *reader) conversations(b json.RawMessage, at place) {
	if kindOf(b) == aString {
		inner := []byte(text(b))
		if validate(inner, "") != nil {
			r.found = r.liquid(text(b), at)
			return
		}
		b, at = inner, at.inString()
	}
	if kindOf(b) == aList { // the media without the object around
		r.add(at, finding.MediaNotAList, `The media stand in "conversations" itself; Flex Insights looks for them in "conversations.media".`)
		r.list(b, at)
		return
	}
	if media := r.lookup(object.Members(b), "media", at); media != nil {
		r.media(media, at.key("media"))
	}
}

// reservations reads media of the first reservation that has any and reports
// whether there was one. An empty list is none: the task's media count then.
func (r *reader) reservations(b json.RawMessage, at place) bool {
	if kindOf(b) == aString {
		inner := []byte(text(b))
		if validate(inner, "") != nil {
			r.found = r.liquid(text(b), at)
			return r.found
		}
		b, at = inner, at.inString()
	}
	var others []string
	read := false
	all := object.Members(b)
	if direct := exactly(all, "media"); direct != nil {
		// No reservation is named around it.
		all = []object.Member{{Value: b}}
	}
	for _, m := range all {
		in := at
		if m.Key != "" {
			in = at.named(at.text, m.Key)
		}
		media := exactly(object.Members(m.Value), "media")
		if media == nil {
			if inner := exactly(object.Members(m.Value), "conversations"); inner != nil {
				media, in = exactly(object.Members(inner), "media"), in.named(in.text, "conversations")
			}
		}
		switch {
		case media == nil, kindOf(media) == aList && len(items(media)) == 0:
		case !read:
			read = true
			r.media(media, in.key("media"))
			r.workerLeg(in.key("media"))
		default:
			others = append(others, m.Key)
		}
	}
	if len(others) > 0 {
		r.add(at, finding.MediaIgnored, fmt.Sprintf("%s more with media after the first, as a call that was transferred has; only the first one's recording is judged.", count(len(others), "reservation")))
	}
	return read
}

// ignoreTaskMedia says that media of the task stand behind those of the reservation.
func (r *reader) ignoreTaskMedia(b json.RawMessage, at place) {
	if n := len(items(exactly(object.Members(b), "media"))); n > 0 {
		r.add(at.key("media"), finding.MediaIgnored, "The task also has media in conversations.media; Flex Insights prefers those of the reservation, and so does otoscope.")
	}
}

// workerLeg recognises what the dual-channel plugin writes in its worker mode
// (twilio-professional-services, flex-project-template): media on the
// reservation and milliseconds as start time.
func (r *reader) workerLeg(at place) {
	if r.startForm == epochMillis && r.d.Sides != nil && r.d.Sides.Left == Customer {
		r.add(at, finding.WorkerLeg, "The media stand on a reservation and the start time in milliseconds, as the dual-channel plugin writes them in its worker mode. That mode records the agent's leg, yet still declares the customer first.")
	}
}

// looksLikeMedia reports whether an object is a media object by itself.
func looksLikeMedia(fields []object.Member) bool {
	likely := 0
	for _, f := range fields {
		for _, key := range []string{"url", "channels", "start_time", "url_provider"} {
			if f.Key == key || misspelt(f.Key, key) {
				likely++
			}
		}
		if f.Key == "type" && text(f.Value) == voiceRecording {
			likely += 2
		}
	}
	return likely >= 2
}

// looksLikeReservations reports whether an object is the value of reservation_attributes by itself.
func looksLikeReservations(fields []object.Member) bool {
	for _, f := range fields {
		if strings.HasPrefix(f.Key, "WR") && exactly(object.Members(f.Value), "media") != nil {
			return true
		}
	}
	return false
}
