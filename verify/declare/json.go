package declare

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/audio/hint"
)

// validate reports where text is not JSON. Place names the text in the
// message, as "the attributes".
func validate(b []byte, place string) *hint.Error {
	var raw json.RawMessage
	err := json.Unmarshal(b, &raw)
	if err == nil {
		return nil
	}
	e := &hint.Error{
		Message: fmt.Sprintf("%s are not valid JSON: %s", place, escape.Text(err.Error())),
		Advice:  `check the quotation marks, commas and brackets there; text and template variables such as "{{flow.sid}}" must be in quotation marks`,
		Cause:   err,
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		at := min(max(int(syntax.Offset)-1, 0), len(b))
		if strings.HasPrefix(syntax.Error(), "unexpected end") {
			at = len(b)
			e.Advice = "the text seems cut off: copy the whole of the attributes"
		}
		line, column := position(b, at)
		e.Message = fmt.Sprintf("%s are not valid JSON at line %d, column %d: %s", place, line, column, escape.Text(syntax.Error()))
	}
	return e
}

// position gives line and column of a byte, both counted from 1, the column in characters.
func position(b []byte, at int) (line, column int) {
	before := b[:at]
	line = 1 + bytes.Count(before, []byte{'\n'})
	return line, 1 + utf8.RuneCount(before[1+bytes.LastIndexByte(before, '\n'):])
}

// items reads one level of an array as it stands.
func items(b json.RawMessage) []json.RawMessage {
	var all []json.RawMessage
	if kindOf(b) != aList || json.Unmarshal(b, &all) != nil {
		return nil
	}
	return all
}

// kind is the type of a JSON value, in words.
type kind string

const (
	anObject  kind = "an object"
	aList     kind = "a list"
	aString   kind = "a string"
	aNumber   kind = "a number"
	aBoolean  kind = "true or false"
	null      kind = "null"
	isMissing kind = "missing"
)

func kindOf(b json.RawMessage) kind {
	b = bytes.TrimLeft(b, " \t\r\n")
	if len(b) == 0 {
		return isMissing
	}
	switch b[0] {
	case '{':
		return anObject
	case '[':
		return aList
	case '"':
		return aString
	case 't', 'f':
		return aBoolean
	case 'n':
		return null
	}
	return aNumber
}

// text reads a string; what is none gives "".
func text(b json.RawMessage) string {
	var s string
	if kindOf(b) != aString || json.Unmarshal(b, &s) != nil {
		return ""
	}
	return s
}

// DecodeText makes UTF-8 of what a Windows editor may have stored: it knows byte order marks.
func DecodeText(b []byte) []byte {
	switch {
	case bytes.HasPrefix(b, []byte{0xEF, 0xBB, 0xBF}):
		return b[3:]
	case bytes.HasPrefix(b, []byte{0xFF, 0xFE}):
		return fromUTF16(b[2:], 0, 1)
	case bytes.HasPrefix(b, []byte{0xFE, 0xFF}):
		return fromUTF16(b[2:], 1, 0)
	}
	return b
}

func fromUTF16(b []byte, low, high int) []byte {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = uint16(b[2*i+low]) | uint16(b[2*i+high])<<8
	}
	return []byte(string(utf16.Decode(units)))
}

// ValidJSON says where a text is not JSON, with what to do about it; nil if it is.
func ValidJSON(b []byte) error {
	if err := validate(b, "the contents"); err != nil {
		return err
	}
	return nil
}
