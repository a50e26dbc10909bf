package fetch

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/otoscope/otoscope/audio/escape"
)

// maxShown limits, in bytes, how much of any text from outside is printed.
const maxShown = 400

const ellipsis = "..."

// printable returns s in a form that may be printed, cut to max bytes.
func printable(s string, max int) string { return escape.Cut(s, max) }

// masked replaces what must not be shown.
const masked = "***"

// shownParameter holds, in lower case, the query parameters whose values are known to be harmless.
// Every other value is masked, because a list of secret parameters would never be complete.
func shownParameter(key string) bool {
	switch strings.ToLower(key) {
	case "requestedchannels", "download":
		return true
	}
	return false
}

// displayURL writes u without user information, fragment and query values.
func displayURL(u *url.URL) string {
	if u == nil {
		return ""
	}
	var b strings.Builder
	b.WriteString(u.Scheme + "://" + printable(u.Host, maxHost))
	b.WriteString(shortenEscaped(printable(u.EscapedPath(), 4*maxShown)))
	if u.RawQuery != "" {
		b.WriteString("?" + displayQuery(u.RawQuery))
	}
	return b.String()
}

// shortenEscaped cuts a percent-encoded path without cutting an escape in two.
func shortenEscaped(path string) string {
	if len(path) <= maxShown {
		return path
	}
	cut := path[:maxShown-len(ellipsis)]
	if i := strings.LastIndexByte(cut, '%'); i >= 0 && i > len(cut)-3 {
		cut = cut[:i]
	}
	return strings.ToValidUTF8(cut, "") + ellipsis
}

func displayQuery(raw string) string {
	const maxKey, maxParameters = 40, 12
	var shown []string
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		if len(shown) == maxParameters {
			shown = append(shown, masked)
			break
		}
		key, value, isPair := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(key)
		switch {
		case !isPair || err != nil || len(name) > maxKey:
			// A lone word or an endless key may itself be the token.
			shown = append(shown, masked)
		case shownParameter(name) && isWord(value):
			shown = append(shown, url.QueryEscape(name)+"="+value)
		default:
			shown = append(shown, url.QueryEscape(name)+"="+masked)
		}
	}
	return strings.Join(shown, "&")
}

func isWord(s string) bool {
	return len(s) <= 16 && !strings.ContainsFunc(s, func(r rune) bool {
		return r > unicode.MaxASCII || (!unicode.IsLetter(r) && !unicode.IsDigit(r))
	})
}

// addresses finds possible URLs in running text.
var addresses = regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*:/*[^\s"']*[/@?][^\s"']*`)

// scrub makes the text of an external error fit to print: it removes the secrets from addresses
// and escapes control characters.
func scrub(text string) string {
	return printable(addresses.ReplaceAllStringFunc(text, func(s string) string {
		u, err := url.Parse(s)
		if err != nil || u.Host == "" {
			return "(address)"
		}
		return displayURL(u)
	}), maxShown)
}

// IsMasked reports whether the reference is the printed form of another one, in which secrets were
// replaced: nothing can be fetched by it.
func (r Reference) IsMasked() bool {
	if r.kind != kindURL {
		return false
	}
	for pair := range strings.SplitSeq(r.url.RawQuery, "&") {
		if _, value, ok := strings.Cut(pair, "="); pair == masked || ok && value == masked {
			return true
		}
	}
	path := r.url.EscapedPath()
	return len(path) > maxShown-len("%XX")-len(ellipsis)-utf8.UTFMax && strings.HasSuffix(path, ellipsis)
}
