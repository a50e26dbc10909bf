package sniff

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

const byteOrderMark = "\uFEFF" // of UTF-8, as some editors put it before everything

// text names the pages and messages that servers send where a recording was expected.
func text(head []byte) (Found, bool) {
	plain := bytes.TrimLeft(bytes.TrimPrefix(head, []byte(byteOrderMark)), " \t\r\n")
	if len(plain) == 0 {
		return Found{}, false
	}
	if n := httpHeaders(plain); n > 0 {
		return answer(plain[:n], plain[n:]), true
	}
	lower := bytes.ToLower(plain)
	isText := IsText(head)
	f := Found{Kind: Text, Name: "a text", Advice: adviceAnswer}
	switch {
	case hasAnyPrefix(lower, "<!doctype html", "<html", "<head", "<body", "<!--"), isText && bytes.Contains(lower, []byte("<html")):
		f.Kind, f.Name, f.Says = Page, "an HTML page", element(plain, titleElement)
	case hasAnyPrefix(lower, "<?xml", "<error", "<twilioresponse"), isText && plain[0] == '<':
		f.Kind, f.Name, f.Says = XML, "an XML document", Message(plain)
	case !isText: // whatever its encoding, the marks above are what they are
		return Found{}, false
	case isJSON(plain):
		f.Kind, f.Name, f.Says = JSON, "a JSON document", Message(plain)
	default:
		f.Says = firstLine(plain)
	}
	return f, true
}

// answer is an HTTP answer that was saved with its headers and that no recording follows.
func answer(headers, body []byte) Found {
	f := Found{Kind: HTTP, Name: "an HTTP answer with its headers", Says: firstLine(headers), Advice: adviceAnswer}
	if b, ok := text(body); ok && b.Says != "" {
		f.Says += ": " + b.Says
	}
	return f
}

func hasAnyPrefix(text []byte, prefixes ...string) bool {
	for _, prefix := range prefixes {
		if bytes.HasPrefix(text, []byte(prefix)) {
			return true
		}
	}
	return false
}

// isJSON knows an object with a member, an empty one, and a list of such.
func isJSON(text []byte) bool {
	text = bytes.TrimLeft(text, "[ \t\r\n")
	if !bytes.HasPrefix(text, []byte("{")) {
		return false
	}
	inner := bytes.TrimLeft(text[1:], " \t\r\n")
	return bytes.HasPrefix(inner, []byte(`"`)) || bytes.HasPrefix(inner, []byte("}"))
}

// IsText reports whether b is UTF-8 without control characters but white space,
// but for a character that the end of what was looked at cuts in two.
func IsText(b []byte) bool {
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		if r == utf8.RuneError && size == 1 {
			return len(b) < utf8.UTFMax && !utf8.FullRune(b)
		}
		if r < ' ' && !strings.ContainsRune("\t\r\n\f", r) || r == 0x7F {
			return false
		}
		b = b[size:]
	}
	return true
}

func firstLine(text []byte) string {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	return strings.TrimSpace(string(line))
}

// httpHeaders is the length of the HTTP headers that text begins with, those of redirects
// included (RFC 9112, section 2.1), or 0 where there are none or they do not end.
func httpHeaders(text []byte) int {
	total := 0
	for bytes.HasPrefix(text[total:], []byte("HTTP/")) {
		n, ok := headerBlock(text[total:])
		if !ok {
			break
		}
		total += n
	}
	return total
}

// headerBlock is the length of a status line, header lines and the empty line after them.
func headerBlock(b []byte) (int, bool) {
	at := 0
	for {
		end := bytes.IndexByte(b[at:], '\n')
		if end < 0 {
			return 0, false
		}
		line := bytes.TrimSuffix(b[at:at+end], []byte("\r"))
		first := at == 0
		at += end + 1
		switch {
		case len(line) == 0:
			return at, true
		case !IsText(line) || !first && bytes.IndexByte(line, ':') < 0:
			return 0, false
		}
	}
}
