package fetch

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"
)

// sniffed is how many of the first bytes are looked at before the sink is called.
const sniffed = 512

// notARecording says what was sent in a recording's place, going by the first
// bytes and the Content-Type, or "" where it may be a recording. Audio that is
// recognised passes under any type: what a server calls its files is often wrong.
func notARecording(contentType string, head []byte) string {
	if looksLikeAudio(head) || len(head) == 0 {
		return ""
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	lower := bytes.ToLower(text)
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		kind = ""
	}
	switch {
	case hasAnyPrefix(lower, "<!doctype html", "<html", "<head", "<body", "<!--"), kind == "text/html", kind == "application/xhtml+xml":
		return "a web page" + pageTitle(text)
	case looksLikeJSON(text), kind == "application/json", strings.HasSuffix(kind, "+json"):
		return "JSON" + quoteMessage(text)
	case hasAnyPrefix(lower, "<?xml", "<error", "<twilioresponse"), kind == "application/xml", kind == "text/xml", strings.HasSuffix(kind, "+xml"):
		return "XML" + quoteMessage(text)
	case strings.HasPrefix(kind, "text/") && isText(text):
		return "text (" + printable(fmt.Sprintf("%q", firstLine(text)), 120) + ")"
	}
	return ""
}

// looksLikeAudio knows the first bytes of what recordings are stored in.
func looksLikeAudio(head []byte) bool {
	for _, magic := range []string{"RIFF", "RIFX", "RF64", "BW64", "riff", "FORM", "ID3", "fLaC", "OggS", ".snd", "#!AMR", "caff", "\x1aE\xdf\xa3", "\xff\xfb", "\xff\xf3", "\xff\xf2"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return true
		}
	}
	return len(head) >= 8 && string(head[4:8]) == "ftyp"
}

func hasAnyPrefix(text []byte, prefixes ...string) bool {
	for _, prefix := range prefixes {
		if bytes.HasPrefix(text, []byte(prefix)) {
			return true
		}
	}
	return false
}

// looksLikeJSON knows an object with a member, an empty one, and a list of such.
func looksLikeJSON(text []byte) bool {
	text = bytes.TrimLeft(text, "[ \t\r\n")
	if !bytes.HasPrefix(text, []byte("{")) {
		return false
	}
	inner := bytes.TrimLeft(text[1:], " \t\r\n")
	return bytes.HasPrefix(inner, []byte(`"`)) || bytes.HasPrefix(inner, []byte("}"))
}

// isText reports whether text is UTF-8 without control characters, but for a
// rune that the end of what was looked at cuts in two.
func isText(text []byte) bool {
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError && size == 1 {
			return len(text) < utf8.UTFMax && !utf8.FullRune(text)
		}
		if r < ' ' && !strings.ContainsRune("\t\r\n\f", r) {
			return false
		}
		text = text[size:]
	}
	return true
}

func firstLine(text []byte) string {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	return strings.TrimSpace(string(line))
}

func pageTitle(text []byte) string {
	title := element(text, titleElement)
	if title == "" {
		return ""
	}
	return " titled " + printable(fmt.Sprintf("%q", title), 120)
}

// apiError is what Twilio and many others say of an error in JSON.
type apiError struct {
	Code    any    `json:"code"` // a number at Twilio, a word elsewhere
	Message string `json:"message"`
}

// quoteMessage gives what the text of an error says of itself, ready to print:
// the code and the message of a JSON object, or of an XML document like those
// of Twilio and the object stores.
func quoteMessage(text []byte) string {
	var e apiError
	if json.Unmarshal(text, &e) != nil || (e.Message == "" && e.Code == nil) {
		e = apiError{Code: element(text, codeElement), Message: element(text, messageElement)}
	}
	code, message := "", scrub(e.Message)
	if e.Code != nil {
		code = printable(fmt.Sprint(e.Code), 40)
	}
	switch {
	case code != "" && message != "":
		return fmt.Sprintf(" (%s: %s)", code, message)
	case code != "" || message != "":
		return " (" + code + message + ")"
	}
	return ""
}

var (
	titleElement   = regexp.MustCompile(`(?is)<title[^>]*>\s*(.*?)\s*</title`)
	codeElement    = regexp.MustCompile(`(?is)<Code>\s*([^<]*?)\s*</Code>`)
	messageElement = regexp.MustCompile(`(?is)<Message>\s*([^<]*?)\s*</Message>`)
)

func element(text []byte, pattern *regexp.Regexp) string {
	m := pattern.FindSubmatch(text)
	if m == nil {
		return ""
	}
	return html.UnescapeString(string(m[1]))
}
