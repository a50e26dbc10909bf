package fetch

import (
	"fmt"
	"mime"
	"strings"

	"github.com/otoscope/otoscope/audio/sniff"
)

// sniffed is how many of the first bytes are looked at before the sink is called.
const sniffed = 512

// notARecording says what was sent in a recording's place, going by the first
// bytes and the Content-Type, or "" where it may be a recording. Audio that is
// recognised passes under any type: what a server calls its files is often wrong.
func notARecording(contentType string, head []byte) string {
	found := sniff.Head(head)
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		kind = ""
	}
	switch found.Kind {
	case sniff.Empty, sniff.WAV, sniff.Audio:
		return ""
	case sniff.Page:
		return "a web page" + titled(found.Says)
	case sniff.JSON:
		return "JSON" + inBrackets(found.Says)
	case sniff.XML:
		return "XML" + inBrackets(found.Says)
	}
	switch {
	case kind == "text/html", kind == "application/xhtml+xml":
		return "a web page"
	case kind == "application/json", strings.HasSuffix(kind, "+json"):
		return "JSON"
	case kind == "application/xml", kind == "text/xml", strings.HasSuffix(kind, "+xml"):
		return "XML"
	case strings.HasPrefix(kind, "text/") && found.IsAnswer():
		return "text" + inBrackets(fmt.Sprintf("%q", found.Says))
	}
	return ""
}

func titled(title string) string {
	if title == "" {
		return ""
	}
	return " titled " + printable(fmt.Sprintf("%q", title), 120)
}

// quoteMessage gives what the text of an error says of itself, ready to print.
func quoteMessage(text []byte) string { return inBrackets(sniff.Message(text)) }

func inBrackets(says string) string {
	if says == "" {
		return ""
	}
	return " (" + scrub(says) + ")"
}
