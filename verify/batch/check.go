package batch

import (
	"errors"
	"fmt"
	"iter"

	"github.com/otoscope/otoscope/verify/batch/manifest"
)

// headRows is how many rows are looked at before a manifest is believed in: if
// all of them are bad, the manifest is, and nothing has been stored yet.
const headRows = 1000

// check holds a manifest's first rows back until one of them is good, and
// refuses a manifest of which none is. It returns what was held back with the
// rest.
func check(entries iter.Seq[manifest.Entry], usable func(manifest.Entry) error) (iter.Seq[manifest.Entry], func(), error) {
	next, stop := iter.Pull(entries)
	var held []manifest.Entry
	var first error
	for len(held) < headRows {
		e, ok := next()
		if !ok {
			break
		}
		held = append(held, e)
		err := usable(e)
		if err == nil {
			first = nil
			break
		}
		if first == nil {
			first = err
		}
	}
	switch {
	case len(held) == 0:
		stop()
		return nil, nil, &manifest.Error{Message: "the manifest has a header and no rows", Advice: manifest.Usage}
	case first != nil:
		stop()
		message := fmt.Sprintf("no row of the manifest can be used; the first: %v", first)
		if len(held) == headRows {
			message = fmt.Sprintf("none of the first %d rows of the manifest can be used; the first: %v", headRows, first)
		}
		hint := hintOf(first)
		if hint == "" {
			hint = manifest.Usage
		}
		return nil, nil, &manifest.Error{Message: message, Advice: hint, Cause: first}
	}
	return func(yield func(manifest.Entry) bool) {
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
	}, stop, nil
}

func hintOf(err error) string {
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) {
		return hinted.Hint()
	}
	return ""
}
