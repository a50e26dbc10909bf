package manifest

import (
	"cmp"
	"errors"
	"fmt"
	"iter"

	"github.com/otoscope/otoscope/audio/hint"
)

// headRows is the number of rows that are checked before a manifest is accepted. If all of
// them are bad, so is the manifest.
const headRows = 1000

// Check reads up to the first usable row. It refuses with an *Error a manifest without a
// usable row, or one that cannot be read. Entries still returns all rows. A manifest is
// checked only once.
func (m *Manifest) Check(usable func(Entry) error) error {
	if m.checked {
		return nil
	}
	next, stop := iter.Pull(m.entries)
	held, err := firstRows(next, usable)
	if err != nil {
		stop()
		return err
	}
	m.checked, m.stop = true, stop
	m.entries = func(yield func(Entry) bool) {
		for _, e := range held {
			if !yield(e) {
				return
			}
		}
		held = nil
		for {
			e, ok := next()
			if !ok || !yield(e) {
				return
			}
		}
	}
	return nil
}

// firstRows reads rows until one can be used.
func firstRows(next func() (Entry, bool), usable func(Entry) error) ([]Entry, error) {
	var held []Entry
	var first error
	for len(held) < headRows {
		e, ok := next()
		if !ok {
			break
		}
		held = append(held, e)
		err := usable(e)
		switch broken := (*Error)(nil); {
		case err == nil:
			return held, nil
		case errors.As(err, &broken):
			return nil, broken
		case first == nil:
			first = err
		}
	}
	if len(held) == 0 {
		return nil, &Error{words{Message: "the manifest has a header and no rows", Advice: Usage}}
	}
	message := fmt.Sprintf("no row of the manifest can be used; the first: %v", first)
	if len(held) == headRows {
		message = fmt.Sprintf("none of the first %d rows of the manifest can be used; the first: %v", headRows, first)
	}
	return nil, &Error{words{Message: message, Advice: cmp.Or(hint.Of(first), Usage), Cause: first}}
}
