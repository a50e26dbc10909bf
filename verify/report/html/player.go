package html

import (
	"encoding/base64"
	"html/template"
)

// A Sound is the recording itself, to be played on the page.
type Sound struct {
	WAV  []byte // empty: it is left out
	Mono bool   // it has one channel, so there is nothing to choose
	Note string // how much it is, or why it is left out
	// Parties are who is heard on the left and on the right, for the names of the buttons.
	Left, Right Party
}

func (s *Sound) plays() bool { return s != nil && len(s.WAV) > 0 }

// Plays reports whether there is sound to play.
func (s *Sound) Plays() bool { return s.plays() }

// Bytes is how much of the page the sound takes.
func (s *Sound) Bytes() int64 { return int64(base64.StdEncoding.EncodedLen(len(s.WAV))) }

// Source is the attribute with the sound inside the page (RFC 2397).
func (s *Sound) Source() template.HTMLAttr {
	return template.HTMLAttr(`src="data:audio/wav;base64,` + base64.StdEncoding.EncodeToString(s.WAV) + `"`) // base64 has only letters, digits, + / and =
}
