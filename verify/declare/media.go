package declare

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/internal/object"
)

// voiceRecording is the type of the media that Flex Insights takes for a call's recording.
const voiceRecording = "VoiceRecording"

// media reads what stands under the key media.
func (r *reader) media(b json.RawMessage, place place) {
	r.found = true
	switch kindOf(b) {
	case aList:
		r.list(b, place)
	case anObject:
		r.add(place, finding.MediaNotAList, fmt.Sprintf("%s is one object; Flex Insights wants a list of objects, [ … ].", place))
		r.entry(object.Members(b), place)
	case aString:
		inner := []byte(text(b))
		if validate(inner, "") == nil && kindOf(inner) != aString {
			r.add(place, finding.MediaNotAList, fmt.Sprintf("%s is JSON in a string; Flex Insights wants the list itself.", place))
			if kindOf(inner) == anObject {
				r.entry(object.Members(inner), place.inString())
			} else {
				r.list(inner, place.inString())
			}
			return
		}
		if !r.liquid(text(b), place) {
			r.add(place, finding.MediaNotAList, fmt.Sprintf("%s is a string; Flex Insights wants a list of objects, [ … ].", place))
		}
	default:
		r.add(place, finding.MediaNotAList, fmt.Sprintf("%s is %s; Flex Insights wants a list of objects, [ … ].", place, kindOf(b)))
	}
}

// list picks the entry that counts: the first of type VoiceRecording; where
// there is none, the first whose type is nearly that or missing.
func (r *reader) list(b json.RawMessage, place place) {
	r.found = true
	entries := items(b)
	var recordings, doubtful []int
	for i, e := range entries {
		switch typeOf(e) {
		case voiceRecording:
			recordings = append(recordings, i)
		case "":
			if looksLikeMedia(object.Members(e)) {
				doubtful = append(doubtful, i)
			}
		default:
			if nearest(typeOf(e), []string{voiceRecording}) != "" {
				doubtful = append(doubtful, i)
			}
		}
	}
	usable := recordings
	if len(usable) == 0 {
		usable = doubtful
	}
	if len(usable) == 0 {
		detail := fmt.Sprintf("%s is an empty list.", place)
		switch {
		case len(entries) == 1:
			detail = fmt.Sprintf("The only entry in %s is not of type %q.", place, voiceRecording)
		case len(entries) > 1:
			detail = fmt.Sprintf("None of the %d entries in %s is of type %q.", len(entries), place, voiceRecording)
		}
		r.add(place, finding.MediaMissing, detail)
		return
	}
	first := usable[0]
	r.entry(object.Members(entries[first]), place.index(first))
	if len(usable) > 1 {
		r.add(place, finding.MediaIgnored, fmt.Sprintf("%s names %s; Flex Insights uses the first, and so does otoscope.", place, count(len(usable), "voice recording")))
	}
}

func typeOf(entry json.RawMessage) string { return text(exactly(object.Members(entry), "type")) }

// entry reads the media object that counts.
func (r *reader) entry(fields []object.Member, place place) {
	r.mediaType(fields, place)
	r.url(fields, place)
	r.startTime(r.lookup(fields, "start_time", place), place)
	r.channels(r.lookup(fields, "channels", place), place)
}

func (r *reader) mediaType(fields []object.Member, place place) {
	value := r.lookup(fields, "type", place)
	switch t := text(value); {
	case value == nil:
		r.add(place, finding.MediaType, fmt.Sprintf("%s has no type; Flex Insights takes only %q.", place, voiceRecording))
	case r.liquid(t, place.key("type")):
	case t != voiceRecording:
		shown := string(kindOf(value))
		if kindOf(value) == aString {
			shown = quote(t)
		}
		r.add(place.key("type"), finding.MediaType, fmt.Sprintf("The type in %s is %s; Flex Insights takes only %q.", place, shown, voiceRecording))
	}
}

// url reads where the recording lies. No finding repeats the URL, which may hold secrets.
func (r *reader) url(fields []object.Member, place place) {
	value := r.lookup(fields, "url", place)
	s := strings.TrimSpace(text(value))
	switch {
	case value == nil && exactly(fields, "url_provider") != nil:
		r.add(place, finding.URLProvider, fmt.Sprintf("%s names a url_provider instead of a URL: the recording lies outside Twilio and must be fetched from there by hand.", place))
	case value == nil:
		r.add(place, finding.URLMissing, fmt.Sprintf("%s has no url.", place))
	case kindOf(value) != aString:
		r.add(place.key("url"), finding.URLMissing, fmt.Sprintf("The url in %s is %s; Flex Insights wants a string.", place, kindOf(value)))
	case r.liquid(s, place.key("url")):
	case s == "":
		r.add(place.key("url"), finding.URLMissing, fmt.Sprintf("The url in %s is empty.", place))
	case incomplete(s):
		r.add(place.key("url"), finding.URLIncomplete, fmt.Sprintf("The url in %s lacks the recording's or the account's SID. A template variable whose name is wrong, also in its case, leaves nothing in its place.", place))
	default:
		r.d.Recording = s
	}
}

// incomplete reports a Twilio recording URL with nothing where a SID belongs.
func incomplete(url string) bool {
	path, _, _ := strings.Cut(url, "?")
	path = strings.TrimSuffix(strings.TrimSuffix(path, ".wav"), ".mp3")
	return strings.Contains(path, "/Accounts//") || strings.HasSuffix(path, "/Recordings/") || strings.HasSuffix(path, "/Recordings")
}

// startTime reads when the recording began. Flex Insights documents ISO 8601
// ("Turn on dual-channel recording") and milliseconds as a number ("Custom
// Media attached to Conversations").
func (r *reader) startTime(value json.RawMessage, place place) {
	field := place.key("start_time")
	s := text(value)
	switch kindOf(value) {
	case isMissing, null:
		r.add(place, finding.StartTimeMissing, fmt.Sprintf("%s has no start_time, from which Flex Insights computes where in the call a segment lies.", place))
		return
	case aNumber:
		s = string(value)
		if strings.ContainsAny(s, "eE") { // 1.7e12 is a number to JSON
			var n float64
			if json.Unmarshal(value, &n) == nil {
				s = fmt.Sprintf("%.0f", n)
			}
		}
	case aString:
		if r.liquid(s, field) {
			return
		}
		if strings.TrimSpace(s) == "" {
			r.add(field, finding.StartTimeMissing, fmt.Sprintf("%s is empty. A template variable whose name is wrong, also in its case, leaves nothing in its place.", field))
			return
		}
	default:
		r.add(field, finding.StartTimeUnreadable, fmt.Sprintf("%s is %s; Flex Insights wants a time.", field, kindOf(value)))
		return
	}
	t, f := parseTime(s)
	if f == noForm {
		r.add(field, finding.StartTimeUnreadable, fmt.Sprintf("%s is %s, which is not a time in ISO 8601, in milliseconds since 1970 or in RFC 2822.", field, quote(s)))
		return
	}
	if !plausible(t) {
		r.add(field, finding.StartTimeImplausible, fmt.Sprintf("%s is %s, %s.", field, quote(s), implausible(t)))
		return
	}
	r.d.StartTime, r.startForm = t, f
	r.add(field, finding.StartTimeForm, fmt.Sprintf("The start time is given as %s: %s.", f, stamp(t)))
	switch {
	case f == epochSeconds:
		r.add(field, finding.StartTimeSeconds, fmt.Sprintf("%s counts seconds; Flex Insights takes such a number for milliseconds and arrives in January 1970.", field))
	case f == epochMillis && kindOf(value) == aString:
		r.add(field, finding.StartTimeUndocumented, fmt.Sprintf("%s is a number in a string; Flex Insights documents milliseconds as a number, or ISO 8601.", field))
	case f == iso8601Local:
		r.add(place, finding.StartTimeUndocumented, fmt.Sprintf("%s has no time zone and was taken as UTC; add Z or an offset.", field))
	case f == rfc2822:
		r.add(field, finding.StartTimeUndocumented, fmt.Sprintf("%s is in RFC 2822, as the Recordings API writes it; Flex Insights documents ISO 8601 and milliseconds.", field))
	}
}

// channels reads who is on which channel.
func (r *reader) channels(value json.RawMessage, place place) {
	field := place.key("channels")
	var names []string
	switch kindOf(value) {
	case isMissing, null:
		r.add(place, finding.ChannelsMissing, fmt.Sprintf(`%s has no channels; Flex Insights wants "channels": ["customer","others"] and does not document what it assumes without.`, place))
		return
	case aList:
		entries := items(value)
		if len(entries) != 2 {
			r.add(field, finding.ChannelCount, fmt.Sprintf("%s names %s; a dual-channel recording has two.", field, count(len(entries), "channel")))
			return
		}
		for i, e := range entries {
			if kindOf(e) != aString {
				r.add(field.index(i), finding.ChannelsNotAList, fmt.Sprintf("%s[%d] is %s; Flex Insights wants a list of strings.", field, i, kindOf(e)))
				return
			}
			names = append(names, text(e))
		}
	case aString:
		s := text(value)
		if r.liquid(s, field) {
			return
		}
		r.add(field, finding.ChannelsNotAList, fmt.Sprintf(`%s is a string; Flex Insights wants a list of strings, ["customer","others"].`, field))
		if names = namesIn(s); len(names) != 2 {
			r.add(field, finding.ChannelCount, fmt.Sprintf("%s names %s; a dual-channel recording has two.", field, count(len(names), "channel")))
			return
		}
	default:
		r.add(field, finding.ChannelsNotAList, fmt.Sprintf("%s is %s; Flex Insights wants a list of strings.", field, kindOf(value)))
		return
	}
	left, right := r.role(names[0], field.index(0)), r.role(names[1], field.index(1))
	switch r.d.pair(left, right) {
	case same:
		r.add(field, finding.RoleRepeated, fmt.Sprintf("%s says that both channels carry the same party.", field))
	case byCaller:
		r.add(field, finding.RoleAmbiguous, callerDetail)
	case unresolved:
		if left != unknown && right != unknown {
			r.add(field, finding.RoleAmbiguous, fmt.Sprintf("The names in %s do not say who the customer is.", field))
		}
	}
}

// namesIn reads the names of channels from a string: JSON, or separated by commas.
func namesIn(s string) []string {
	var names []string
	if json.Unmarshal([]byte(s), &names) == nil {
		return names
	}
	return strings.Split(s, ",")
}

// role reads the name of one channel.
func (r *reader) role(name string, field place) meaning {
	if r.liquid(name, field) {
		return unknown
	}
	plain := strings.ToLower(strings.TrimSpace(name))
	if plain == "" {
		r.add(field, finding.RoleEmpty, fmt.Sprintf("%s is empty.", field))
		return unknown
	}
	m := meaningOf(plain)
	if m == unknown {
		detail := fmt.Sprintf("%s is %s, which does not say who is on the channel; Flex Insights knows %q and %q.", field, quote(name), "customer", "others")
		if near := nearest(plain, words(theCustomer, theAgent)); near != "" {
			detail += fmt.Sprintf(" Was %q meant?", near)
		}
		r.add(field, finding.RoleUnknown, detail)
		return unknown
	}
	if plain != name {
		r.add(field, finding.RoleSpelling, fmt.Sprintf("%s is %s; spell it %q, since Flex Insights does not promise to ignore case and spaces.", field, quote(name), plain))
	}
	if plain != "customer" && plain != "others" {
		r.add(field, finding.RoleUndocumented, fmt.Sprintf("%s is %s, which is understood here; Flex Insights documents only %q and %q.", field, quote(name), "customer", "others"))
	}
	return m
}

// liquid reports whether a template variable stands unresolved in a field.
func (r *reader) liquid(s string, field place) bool {
	left := regexp.MustCompile(`\{\{[^}]*(\}\})?|\{%[^%]*(%\})?`).FindString(s)
	if left == "" {
		return false
	}
	r.add(field, finding.UnresolvedLiquid, fmt.Sprintf("%s still holds the template variable %s. Its name must match a widget of the flow, also in its case.", field, quote(left)))
	return true
}
