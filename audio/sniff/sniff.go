// Package sniff recognises by the first bytes what a file or an answer is: a recording,
// sound in another format, an archive, or what a server sends instead of a recording, with
// its message.
//
// It names things and does not judge them: audio/fetch refuses answers that are not
// recordings, audio/decode what it cannot read, and verify/batch/manifest what is not a
// table.
package sniff

// Bytes is how many first bytes are worth looking at. Fewer serve, and less is known by them.
const Bytes = 16 << 10

// Kind sorts what there is.
type Kind int

// The kinds of files.
const (
	Unknown  Kind = iota // no mark that is known here
	Empty                // not one byte
	WAV                  // RIFF, RIFX, RF64 or BW64 of the form WAVE
	Audio                // sound, alone or with pictures, in another format
	Archive              // compressed or packed
	Database             // SQLite
	Picture              // no sound at all
	Zeros                // nothing but zeros where a mark should be
	Page                 // HTML
	XML
	JSON
	HTTP // an answer with its headers before it, as curl -i writes it
	Text // any other text
)

// Found is what first bytes are.
type Found struct {
	Kind Kind
	// Name goes after "this is": "FLAC audio", "an HTML page".
	Name string
	// Format is the short name of a format of sound, "FLAC"; "" otherwise.
	Format string
	// Says is what an answer says of itself: the title of a page, the code and the message
	// of an error, the first line of a text. It is as it was found: not masked, not escaped.
	Says string
	// Advice is what to do where a WAV file was wanted, as a sentence, or "".
	Advice string
}

// IsAnswer reports what servers send where a recording was expected.
func (f Found) IsAnswer() bool {
	switch f.Kind {
	case Page, XML, JSON, HTTP, Text:
		return true
	}
	return false
}

// adviceAnswer is what to do about an answer in place of a recording.
const adviceAnswer = "It looks like a server's answer instead of the recording: see what it says, and check the address and the credentials."

// Head says what begins with head.
func Head(head []byte) Found {
	if len(head) == 0 {
		return Found{Kind: Empty, Name: "empty"}
	}
	for _, look := range []func([]byte) (Found, bool){audio, otherRIFF, archive, text, headerless} {
		if f, ok := look(head); ok {
			return f
		}
	}
	return Found{Kind: Unknown}
}
