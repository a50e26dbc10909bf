package fetch

import (
	"mime"
	"strings"

	"github.com/otoscope/otoscope/audio/sniff"
)

// sniffed is how many of the first bytes are examined before the sink is called.
const sniffed = 512

// shortestText is the least number of bytes that count as text if the Content-Type does not say
// so: the first few bytes of a recording may all be letters.
const shortestText = 16

// notARecording says what a server sent instead of a recording, judged by the first bytes and the
// Content-Type, or "" if it may be a recording. Recognised audio passes under any type, because
// servers often give the wrong one. Words of the answer are quoted in the form that show gives
// them.
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

// quoteMessage returns an error text's message, ready to print, or "" if it has none.
func quoteMessage(text []byte, show func(string) string) string { return show(sniff.Message(text)) }

// inQuotes quotes words that are fit to print, if they are short.
func inQuotes(words string) string { return `"` + printable(words, 120) + `"` }

func inBrackets(says string) string {
	if says == "" {
		return ""
	}
	return " (" + says + ")"
}
