package declare

import (
	"fmt"
	"math"
	"net/mail"
	"strconv"
	"strings"
	"time"
)

// form is a way to write a point in time.
type form int

const (
	noForm       form = iota
	iso8601           // with a zone
	iso8601Local      // without one
	epochMillis       // a count of milliseconds since 1970
	epochSeconds      // a count of seconds since 1970
	rfc2822           // as e-mail and Twilio's Recordings API write it
)

// String names the form for a person.
func (f form) String() string {
	return [...]string{"no form", "ISO 8601", "ISO 8601 without a time zone", "milliseconds since 1970", "seconds since 1970", "RFC 2822"}[f]
}

// The counts since 1970 are told apart by their size: seconds from 2001 to
// the year 5138, milliseconds from 1973 to the year 5138.
const (
	leastSeconds = 1e9
	leastMillis  = 1e11
	mostMillis   = 1e14
)

// earliest and latest bound the years of which a start time can be true:
// Twilio began in 2008.
const (
	earliestYear = 2008
	latestYear   = 2100
)

// longestTime bounds the text that is tried as a time.
const longestTime = 64

// isoLayouts are the ways of ISO 8601 (RFC 3339 is one) to write a time of
// day, without the zone. time.Parse takes a fraction after the seconds by
// itself, with a point or a comma.
func isoLayouts() []string {
	return []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "20060102T150405", "20060102T1504"}
}

// parseTime reads a time in any form that is known. Form is noForm where it is in none.
func parseTime(s string) (time.Time, form) {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > longestTime {
		return time.Time{}, noForm
	}
	if n, ok := parseNumber(s); ok {
		return fromEpoch(n)
	}
	if t, f := parseISO(s); f != noForm {
		return t, f
	}
	if t, err := mail.ParseDate(s); err == nil && numericZone(s) {
		return t.UTC(), rfc2822
	}
	return time.Time{}, noForm
}

// fromEpoch reads a count since 1970.
func fromEpoch(n float64) (time.Time, form) {
	switch {
	case n >= leastMillis && n < mostMillis:
		return time.UnixMilli(int64(math.Round(n))).UTC(), epochMillis
	case n >= leastSeconds && n < leastMillis:
		return time.UnixMilli(int64(math.Round(n * 1000))).UTC(), epochSeconds
	}
	return time.Time{}, noForm
}

func parseISO(s string) (time.Time, form) {
	s = strings.ToUpper(s)
	// SQL and many logs put a space where ISO 8601 puts a T.
	if len(s) > 10 && s[10] == ' ' && s[4] == '-' {
		s = s[:10] + "T" + s[11:]
	}
	for _, layout := range isoLayouts() {
		for _, zone := range []string{"Z07:00", "Z0700", "Z07"} {
			if t, err := time.Parse(layout+zone, s); err == nil {
				return t.UTC(), iso8601
			}
		}
		if t, err := time.Parse(layout, s); err == nil {
			return t, iso8601Local
		}
	}
	return time.Time{}, noForm
}

// numericZone reports whether an RFC 2822 date ends in an offset or in
// Greenwich's name. Of other names package time knows only the local ones and
// takes the rest, silently, for Greenwich.
func numericZone(s string) bool {
	if i := strings.IndexByte(s, '('); i >= 0 { // a comment
		s = s[:i]
	}
	words := strings.Fields(s)
	if len(words) == 0 {
		return false
	}
	zone := words[len(words)-1]
	return zone == "GMT" || zone == "UT" || zone == "UTC" || zone[0] == '+' || zone[0] == '-'
}

// parseNumber reads a plain decimal number: no exponent, no infinity, no hex.
func parseNumber(s string) (float64, bool) {
	for i, r := range s {
		if (r < '0' || r > '9') && r != '.' && (i > 0 || (r != '-' && r != '+')) {
			return 0, false
		}
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil
}

// stamp writes a time for a message.
func stamp(t time.Time) string {
	if t.Nanosecond() == 0 {
		return t.Format("2006-01-02 15:04:05 UTC")
	}
	return t.Format("2006-01-02 15:04:05.000 UTC")
}

// plausible reports whether a recording can have begun in that year.
func plausible(t time.Time) bool {
	return t.Year() >= earliestYear && t.Year() <= latestYear
}

// implausible says why a time cannot be one.
func implausible(t time.Time) string {
	return fmt.Sprintf("in the year %d; recordings began in %d at the earliest", t.Year(), earliestYear)
}
