package fetch

import (
	"errors"
	"net/http"
	"strings"
	"time"
)

// errUnchanged says that the server still has the known recording.
var errUnchanged = errors.New("the recording is the one that was fetched before")

// strongValidator is a value that no two recordings at one address share: a strong ETag, or else a
// Last-Modified that is at least a second older than the answer (RFC 9110, 8.8.2.2). It is "" if
// the answer has neither. A weak ETag may stay the same while bytes change, so it does not count.
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

// maxTag limits, in bytes, the ETag that is kept for the next request.
const maxTag = 256

// validator is the part of an answer that may be stored. It leaves out an ETag in which a server
// repeats a secret that it was sent. A date is too short for that.
func (d *download) validator(h http.Header) string {
	if tag := h.Get("ETag"); len(tag) > maxTag || d.trip.secrets.mask(tag) != tag {
		h = h.Clone()
		h.Del("ETag")
	}
	return strongValidator(h)
}

// setCondition requests the recording only if it no longer matches a validator.
func setCondition(h http.Header, validator string) {
	switch {
	case validator == "":
	case isStrongTag(validator):
		h.Set("If-None-Match", validator)
	default:
		h.Set("If-Modified-Since", validator)
	}
}

// confirms reports whether an answer of status 304 means the recording of the validator. The
// answer must repeat a date, because servers also send 304 for a file that is older than theirs
// was.
func confirms(h http.Header, validator string) bool {
	if !isStrongTag(validator) {
		return h.Get("Last-Modified") == validator
	}
	return !contradicts(h, validator)
}
