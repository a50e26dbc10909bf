package codec

import "fmt"

// The codes of notes. They are a contract: programs match on them.
const (
	NoteTruncated   = "truncated"    // the recording ends before the size its header gives
	NoteSizeUnknown = "size_unknown" // the header gives no size; what came was read to its end
	NoteNotANumber  = "not_a_number" // samples that are no finite number were read as 0
	NoteMalformed   = "malformed"    // the file breaks the format in a way that leaves its samples certain
)

// Note is something odd about a recording that was decoded nevertheless.
type Note struct {
	Code   string
	Detail string // a sentence for a person
}

// MaxMalformed bounds the memory that a file made of oddities can take.
const MaxMalformed = 16

// Notes collects what is odd about one recording.
type Notes struct {
	list      []Note
	malformed int
}

func (n *Notes) Add(code, format string, args ...any) {
	if code == NoteMalformed {
		n.malformed++
		if n.malformed > MaxMalformed {
			return
		}
	}
	n.list = append(n.list, Note{Code: code, Detail: fmt.Sprintf(format, args...)})
}

// all returns a copy, with one more note where some were left out.
func (n *Notes) All() []Note {
	list := append([]Note(nil), n.list...)
	if unsaid := n.malformed - MaxMalformed; unsaid > 0 {
		list = append(list, Note{NoteMalformed, fmt.Sprintf("There are %d more things of this kind.", unsaid)})
	}
	return list
}
