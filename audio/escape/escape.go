// Package escape makes text from elsewhere safe for the place where it is written: a
// terminal, a sentence, JSON, a table or XML. All of otoscope uses it, so that one rule
// decides which characters are shown.
//
// A character is shown if it is visible and has no other effect. Control characters (C0,
// DEL and C1), bidirectional and zero-width formatting characters, line and paragraph
// separators, and bytes that are not UTF-8 are written as visible escapes such as \x1b
// and \u202e.
package escape

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// shown reports whether a character is written as it is.
func shown(r rune) bool {
	if ' ' <= r && r <= '~' {
		return true // nearly all there is, without a search in tables
	}
	return unicode.IsPrint(r) && !unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r)
}

// Text makes s safe to print on a terminal, on one line. No-break and other
// unusual spaces become plain ones. Escaping twice changes nothing.
func Text(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return !shown(r) || r == utf8.RuneError }) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		b.WriteString(piece(s[i:i+n], r))
		i += n
	}
	return b.String()
}

// piece gives one character of a text, or its escape.
func piece(raw string, r rune) string {
	switch {
	case r == utf8.RuneError && len(raw) == 1:
		return fmt.Sprintf(`\x%02x`, raw[0])
	case shown(r):
		return raw
	case unicode.Is(unicode.Zs, r):
		return " "
	default:
		return Rune(r)
	}
}

// Rune writes a character as an escape in ASCII, whether it is shown or not.
func Rune(r rune) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\t':
		return `\t`
	case r == '\r':
		return `\r`
	case r < utf8.RuneSelf:
		return fmt.Sprintf(`\x%02x`, r)
	case r > 0xFFFF:
		return fmt.Sprintf(`\U%08x`, r)
	default:
		return fmt.Sprintf(`\u%04x`, r)
	}
}

const ellipsis = "..."

// Cut is Text within a number of bytes: where s is longer, it ends in "..." and
// no escape is cut in two. Cutting twice changes nothing.
func Cut(s string, bytes int) string {
	var b strings.Builder
	room := 0 // the length at which the text still has room for an ellipsis
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		p := piece(s[i:i+n], r)
		if b.Len()+len(p) > bytes {
			return b.String()[:room] + ellipsis
		}
		b.WriteString(p)
		if b.Len() <= bytes-len(ellipsis) {
			room = b.Len()
		}
		i += n
	}
	return b.String()
}

// Quote puts at most so many characters of s between quotation marks, with Go's
// escapes, for a sentence in which it must be seen where s begins and ends.
func Quote(s string, characters int) string {
	at := 0
	for n := 0; at < len(s); n++ {
		if n == characters {
			s = s[:at] + "…"
			break
		}
		_, size := utf8.DecodeRuneInString(s[at:])
		at += size
	}
	return Text(strconv.Quote(s))
}

// Bytes shows the first bytes of a file: between quotation marks, and in hexadecimal.
func Bytes(b []byte) string { return fmt.Sprintf("%s (% X)", Text(strconv.Quote(string(b))), b) }

// JSON escapes what encoding/json leaves as it is, so that JSON is safe on a
// terminal and means the same to every reader. It takes valid JSON, in which
// such characters stand in strings only; line breaks stay.
func JSON(text []byte) []byte {
	hidden := func(r rune) bool { return r != '\n' && !shown(r) && !unicode.Is(unicode.Zs, r) }
	if !bytes.ContainsFunc(text, hidden) {
		return text
	}
	escaped := make([]byte, 0, len(text)+64)
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		if hidden(r) {
			for _, unit := range utf16.AppendRune(nil, r) {
				escaped = fmt.Appendf(escaped, `\u%04x`, unit)
			}
		} else {
			escaped = append(escaped, text[:n]...)
		}
		text = text[n:]
	}
	return escaped
}

// Encode writes v as JSON on one line, with what JSON escapes. The characters of
// HTML stay as they are, so that an address can be read.
func Encode(w io.Writer, v any) error {
	var line bytes.Buffer
	e := json.NewEncoder(&line)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(JSON(line.Bytes()))
	return err
}

// formulas holds what a spreadsheet takes for the start of a formula: the list
// of OWASP's "CSV Injection", with the full-width forms.
const formulas = "=+-@|＝＋－＠｜"

// Cell makes s safe in a table that a spreadsheet opens. What it would take for
// a formula gets an apostrophe before it.
func Cell(s string) string {
	// Tabs and carriage returns at the start are themselves on OWASP's list, and
	// some programs drop what cannot be seen before they look.
	trimmed := strings.TrimLeftFunc(s, func(r rune) bool { return unicode.IsSpace(r) || !shown(r) })
	first, _ := utf8.DecodeRuneInString(trimmed)
	text := Text(s)
	if trimmed != "" && strings.ContainsRune(formulas, first) || strings.HasPrefix(s, "\t") || strings.HasPrefix(s, "\r") {
		return "'" + text
	}
	return text
}

// Lines is Text for a text whose line breaks stay, as the ones of XML do.
func Lines(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = Text(l)
	}
	return strings.Join(lines, "\n")
}
