package fetch

import (
	"mime"
	"strings"

	"github.com/otoscope/otoscope/audio/sniff"
)

// sniffed is how many of the first bytes are looked at before the sink is called.
const sniffed = 512

// shortestText is how many bytes it takes to call something a text that nobody
// calls that: a recording's first few may all be letters.
const shortestText = 16

// notARecording says what was sent in a recording's place, going by the first
// bytes and the Content-Type, or "" where it may be a recording. Audio that is
// recognised passes under any type: what a server calls its files is often wrong.
// Words of the answer are quoted as show makes them fit to print.
func notARecording(contentType string, head []byte, show func(string) string) string {
	found := sniff.Head(head)
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		kind = ""
	}
	switch found.Kind {
	case sniff.Empty, sniff.WAV, sniff.Audio:
		return ""
	}
	if _, ok := sniff.BeforeWAV(head); ok {
		return ""
	}
	says := show(found.Says)
	switch found.Kind {
	case sniff.Page:
		if says != "" {
			return "a web page titled " + inQuotes(says)
		}
		return "a web page"
	case sniff.JSON:
		return "JSON" + inBrackets(says)
	case sniff.XML:
		return "XML" + inBrackets(says)
	}
	switch {
	case kind == "text/html", kind == "application/xhtml+xml":
		return "a web page"
	case kind == "application/json", strings.HasSuffix(kind, "+json"):
		return "JSON"
	case kind == "application/xml", kind == "text/xml", strings.HasSuffix(kind, "+xml"):
		return "XML"
	case found.IsAnswer() && (len(head) >= shortestText || strings.HasPrefix(kind, "text/")):
		return "text" + inBrackets(inQuotes(says))
	}
	return ""
}

// quoteMessage gives what the text of an error says of itself, ready to print;
// "" where it says nothing.
func quoteMessage(text []byte, show func(string) string) string { return show(sniff.Message(text)) }

// inQuotes quotes words that are fit to print, as far as they are short.
func inQuotes(words string) string { return `"` + printable(words, 120) + `"` }

func inBrackets(says string) string {
	if says == "" {
		return ""
	}
	return " (" + says + ")"
}
