package manifest

import (
	"fmt"

	"github.com/otoscope/otoscope/audio/hint"
)

// An Error is a manifest of which nothing can be used.
type Error struct {
	Message string
	Advice  string // what to do about it
	Cause   error  // the error underneath, nil where there is none
}

func (e *Error) Error() string { return e.Message }

// Hint says what to do about it.
func (e *Error) Hint() string { return e.Advice }

// Unwrap gives the error underneath, nil where there is none.
func (e *Error) Unwrap() error { return e.Cause }

// unreadable is the error of a manifest that could not be read to its end.
func unreadable(err error, line int64) error {
	return &Error{
		Message: fmt.Sprintf("the manifest could not be read beyond line %d: %v", line, err),
		Advice:  "once it can be read, run the same command again: it goes on where it was",
		Cause:   err,
	}
}

// A RowError says what is wrong with one row.
type RowError = hint.Error
