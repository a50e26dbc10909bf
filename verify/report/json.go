package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/evidence"
	"github.com/otoscope/otoscope/verify/finding"
)

// JSON writes the verdict as one object on one line. Evidence and findings are
// lists even where there are none, every number is finite, and measurements
// are there only where details are asked for. Characters that could move the
// cursor or reorder a line are written as escapes, so the line is safe on a
// terminal and means the same to every JSON reader.
func JSON(w io.Writer, v verify.Verdict, o Options) error {
	v.Log10LR, v.Prior, v.DurationS = finite(v.Log10LR), finite(v.Prior), finite(v.DurationS)
	if v.Confidence != nil {
		p := finite(*v.Confidence)
		v.Confidence = &p
	}
	v.Evidence = append([]evidence.Item{}, v.Evidence...)
	for i := range v.Evidence {
		v.Evidence[i].Log10LR = finite(v.Evidence[i].Log10LR)
	}
	v.Findings = append([]finding.Finding{}, v.Findings...)
	if !o.Detail {
		v.Measurements = nil
	}
	var line bytes.Buffer
	e := json.NewEncoder(&line)
	e.SetEscapeHTML(false) // a URL's & stays readable; HTML has its own report
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("writing the verdict on %s as JSON: %w", Escape(v.Recording), err)
	}
	if _, err := w.Write(escapeJSON(line.Bytes())); err != nil {
		return fmt.Errorf("writing the verdict: %w", err)
	}
	return nil
}

// escapeJSON writes characters that are not for printing as \u escapes. In
// valid JSON they stand in strings only; what encoding/json leaves unescaped
// are DEL, C1 controls and the invisible formatting characters.
func escapeJSON(line []byte) []byte {
	invisible := func(r rune) bool {
		if ' ' <= r && r <= '~' {
			return false // nearly all there is, without a search in tables
		}
		return r != '\n' && (unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r))
	}
	if !bytes.ContainsFunc(line, invisible) {
		return line
	}
	escaped := make([]byte, 0, len(line)+64)
	for len(line) > 0 {
		r, n := utf8.DecodeRune(line)
		if invisible(r) {
			escaped = appendEscape(escaped, r)
		} else {
			escaped = append(escaped, line[:n]...)
		}
		line = line[n:]
	}
	return escaped
}

func appendEscape(b []byte, r rune) []byte {
	if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
		return fmt.Appendf(b, `\u%04x\u%04x`, high, low)
	}
	return fmt.Appendf(b, `\u%04x`, r)
}
