package manifest

import (
	"strings"

	"github.com/otoscope/otoscope/verify/declare"
)

// Fields are the contents of one row.
type Fields struct {
	Recording, ID string
	Shown         string // what a result calls the recording, where not as it is named
	// Words are the row's words about the facts of declare.Table, in the order of its
	// columns. None is empty.
	Words []declare.Word
}

// The columns that are not facts.
const (
	columnRecording = "recording"
	columnID        = "id"
	columnGroup     = "group"
	columnDeclared  = "declared" // of the results' own JSON
)

// GroupPrefix begins the name of a column that holds a group.
const GroupPrefix = "group."

// set stores the contents of a column.
func (f *Fields) set(column, value string) {
	if value == "" {
		return
	}
	group, isGroup := strings.CutPrefix(column, GroupPrefix)
	switch {
	case column == columnRecording:
		f.Recording = value
	case column == columnID:
		f.ID = value
	case isGroup:
		f.say(columnGroup, group+"="+value)
	case column == columnGroup && strings.Index(value, "=") < 1:
		f.say(columnGroup, columnGroup+"="+value) // a group without a name
	default:
		f.say(column, value)
	}
}

func (f *Fields) say(fact, value string) {
	f.Words = append(f.Words, declare.Word{Fact: fact, Value: value})
}

// Word returns the row's word about a fact, "" if there is none; of several words the last.
func (f Fields) Word(fact string) string {
	value := ""
	for _, w := range f.Words {
		if w.Fact == fact {
			value = w.Value
		}
	}
	return value
}
