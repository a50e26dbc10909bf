package fetch

import (
	"net/http"
	"strconv"
	"strings"
)

// contentRange is a parsed Content-Range header (RFC 9110, 14.4): the bytes from first to last,
// both included, of total. Unsatisfied ("bytes */total") has first = last = -1; an unknown total
// is -1.
type contentRange struct{ first, last, total int64 }

func parseContentRange(header string) (contentRange, bool) {
	unit, rest, ok := strings.Cut(strings.TrimSpace(header), " ")
	if !ok || !strings.EqualFold(unit, "bytes") {
		return contentRange{}, false
	}
	span, size, ok := strings.Cut(strings.TrimSpace(rest), "/")
	if !ok {
		return contentRange{}, false
	}
	r := contentRange{-1, -1, -1}
	if size != "*" {
		if r.total, ok = digits(size); !ok {
			return contentRange{}, false
		}
	}
	if span == "*" {
		return r, r.total >= 0
	}
	first, last, ok := strings.Cut(span, "-")
	if !ok {
		return contentRange{}, false
	}
	if r.first, ok = digits(first); !ok {
		return contentRange{}, false
	}
	if r.last, ok = digits(last); !ok {
		return contentRange{}, false
	}
	if r.last < r.first || (r.total >= 0 && r.last >= r.total) {
		return contentRange{}, false
	}
	return r, true
}

// digits reads an unsigned decimal number, as in HTTP.
func digits(s string) (int64, bool) {
	if s == "" || strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' }) {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

// rangeValidator is the value for If-Range that ensures that a resumed body continues the same
// bytes. It is "" if the answer has no strong validator or its server does not serve ranges.
func rangeValidator(h http.Header) string {
	if strings.EqualFold(strings.TrimSpace(h.Get("Accept-Ranges")), "none") {
		return ""
	}
	return strongValidator(h)
}

// contradicts reports whether the answer's validator differs from the one sent with If-Range, so
// that its bytes belong to something else.
func contradicts(h http.Header, validator string) bool {
	if strings.HasPrefix(validator, `"`) {
		tag := h.Get("ETag")
		return tag != "" && tag != validator
	}
	modified := h.Get("Last-Modified")
	return modified != "" && modified != validator
}
