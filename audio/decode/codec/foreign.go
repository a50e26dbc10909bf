package codec

import (
	"fmt"
	"regexp"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/audio/sniff"
)

// What to do about a recording that cannot be decoded.
const (
	AdviceExport   = "Export the recording again, as a 16-bit PCM WAV file."
	AdviceDownload = "Download or export the recording again, as a 16-bit PCM WAV file."
	AdviceRetry    = "The download may have been cut off, or the recording may not be ready: fetch it again."
	AdviceNotYet   = "A recorder writes the header first: fetch the recording again when the call is over. If it stays so, nothing was recorded."
	AdviceRaw      = "If it is samples without a header, say how they are stored: --raw mulaw:8000:2 (encoding:rate:channels)."
)

// Foreign is the error for bytes that are not the beginning of a supported recording.
func Foreign(head []byte, o Options) *Error {
	f := sniff.Head(head)
	switch f.Kind {
	case sniff.Empty:
		return NewError("the recording is empty (0 bytes)", AdviceRetry)
	case sniff.Zeros:
		return NewError("this is "+f.Name+", not a recording", AdviceRetry)
	case sniff.Audio, sniff.Archive, sniff.Database, sniff.Picture:
		// Among what they hold may be a WAV file, which is no reason to read on from there.
	default:
		if p, ok := sniff.BeforeWAV(head); ok {
			return NewError(fmt.Sprintf("a WAV file begins at byte %d, behind %s", p.Bytes, p.Name),
				fmt.Sprintf("Cut off what stands before it: tail -c +%d recording.wav > converted.wav", p.Bytes+1))
		}
	}
	if f.Name == "" {
		message := "this is no recording of a known format"
		if !o.NoQuote {
			message += "; it begins with " + escape.Bytes(head[:min(len(head), 8)])
		}
		return NewError(message, "An encrypted recording has to be decrypted first. "+AdviceRaw)
	}
	what := f.Name
	if f.Says != "" && !o.NoQuote {
		what += " (" + Quote(f.Says) + ")"
	}
	advice := f.Advice
	if advice == "" {
		advice = AdviceExport
	}
	switch {
	case f.Kind == sniff.Audio && f.Format != "":
		return NewError("this is "+what+", which is not read", advice).OfOther(f.Format)
	case f.Kind == sniff.Audio:
		return NewError("this is "+what+", which is not read", advice)
	}
	return NewError("this is "+what+", not a recording", advice)
}

// maxQuoted is how many characters of a text are quoted.
const maxQuoted = 120

// address finds what may be a URL in running text: its query may hold a signature or a token.
var address = regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^\s"'<>]*`)

// Quote shows a text so that nothing of it can act on a terminal, without the addresses in it.
func Quote(s string) string {
	return escape.Quote(address.ReplaceAllString(s, "(address)"), maxQuoted)
}
