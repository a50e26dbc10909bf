package manifest

import (
	"fmt"

	"github.com/otoscope/otoscope/audio/hint"
)

// An Error is a manifest without usable content.
type Error struct{ words }

type words = hint.Error

// unreadable is the error of a manifest that could not be read to its end.
func unreadable(err error, line int64) error {
	return &Error{words{
		Message: fmt.Sprintf("the manifest could not be read beyond line %d: %v", line, err),
		Advice:  "once it can be read, run the same command again: it goes on where it was",
		Cause:   err,
	}}
}

// A RowError describes the fault of one row.
type RowError = hint.Error
