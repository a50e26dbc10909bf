package fetch

import (
	"errors"
	"net/http"
	"strings"
	"time"
)

// errUnchanged says that the server still has the recording that is known.
var errUnchanged = errors.New("the recording is the one that was fetched before")

// strongValidator is what no two recordings at one address have in common: a strong
// ETag, or else a Last-Modified that is at least a second older than the answer (RFC
// 9110, 8.8.2.2). "" where the answer has neither. A weak ETag may stay the same
// while bytes change, and is none.
func strongValidator(h http.Header) string {
	if tag := h.Get("ETag"); isStrongTag(tag) {
		return tag
	}
	modified, err := http.ParseTime(h.Get("Last-Modified"))
	if err != nil {
		return ""
	}
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil || date.Sub(modified) < time.Second {
		return ""
	}
	return h.Get("Last-Modified")
}

func isStrongTag(tag string) bool {
	return len(tag) >= 2 && strings.HasPrefix(tag, `"`) && strings.HasSuffix(tag, `"`)
}

// maxTag bounds, in bytes, the ETag that is kept of an answer to ask with again.
const maxTag = 256

// validator is what may be kept of an answer: no ETag in which a server repeats what
// it was sent in secret. A date has no room for that.
func (d *download) validator(h http.Header) string {
	if tag := h.Get("ETag"); len(tag) > maxTag || d.trip.secrets.mask(tag) != tag {
		h = h.Clone()
		h.Del("ETag")
	}
	return strongValidator(h)
}

// setCondition asks for the recording only where it is no longer the one of a
// validator.
func setCondition(h http.Header, validator string) {
	switch {
	case validator == "":
	case isStrongTag(validator):
		h.Set("If-None-Match", validator)
	default:
		h.Set("If-Modified-Since", validator)
	}
}

// confirms reports whether an answer of status 304 speaks of the recording of the
// validator. A date has to be repeated: servers send 304 also for a file that is
// older than the one they had.
func confirms(h http.Header, validator string) bool {
	if !isStrongTag(validator) {
		return h.Get("Last-Modified") == validator
	}
	return !contradicts(h, validator)
}
