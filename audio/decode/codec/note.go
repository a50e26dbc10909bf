package codec

import (
	"fmt"

	"github.com/otoscope/otoscope/audio/note"
)

// Note is something odd about a recording that was decoded nevertheless.
type Note = note.Note

// MaxMalformed bounds the memory that a file made of oddities can take.
const MaxMalformed = 16

// Notes collects what is odd about one recording.
type Notes struct {
	list      []Note
	malformed int
}

// Add notes something, but no more than MaxMalformed of the kind that a file can be full of.
func (n *Notes) Add(code note.Code, format string, args ...any) {
	if code == note.Malformed {
		n.malformed++
		if n.malformed > MaxMalformed {
			return
		}
	}
	n.list = append(n.list, Note{Code: code, Detail: fmt.Sprintf(format, args...)})
}

// Length notes where the header and the samples heard differ by more than what a frame may hold of
// silence: both are in sample frames of the recording. A recording that broke off is truncated.
func (n *Notes) Length(stated, heard int64, rate int) {
	seconds := func(frames int64) string { return duration(float64(frames) / float64(rate)) }
	switch missing := stated - heard; {
	case missing > int64(rate)/lengthPart:
		n.Add(note.Truncated, "The header announces %s of sound, but only %s are there; the last %s are missing.",
			seconds(stated), seconds(heard), seconds(missing))
	case -missing > int64(rate)/lengthPart:
		n.Add(note.LengthDiffers, "The header announces %s of sound, but %s are there.", seconds(stated), seconds(heard))
	}
}

// lengthPart of a second is more than encoders add to the first and the last frame.
const lengthPart = 5

// All returns a copy, with one more note where some were left out.
func (n *Notes) All() []Note {
	list := append([]Note(nil), n.list...)
	if unsaid := n.malformed - MaxMalformed; unsaid > 0 {
		list = append(list, Note{Code: note.Malformed, Detail: fmt.Sprintf("There are %d more things of this kind.", unsaid)})
	}
	return list
}
