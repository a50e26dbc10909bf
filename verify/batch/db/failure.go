package db

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A Failure says whether work can continue after a database error.
type Failure int

const (
	Lasting      Failure = iota // the statement is wrong, or the database is
	Transient                   // the connection broke, or others were in the way
	Full                        // no room to write
	Taken                       // others have just stored the same
	Damaged                     // the file is not what was written
	Forbidden                   // the role lacks a right
	Unregistered                // a foreign key leads nowhere: the worker is not registered
)

// An Error is a database that no longer accepts reads or writes, with advice. Its fields are
// those of audio/hint.
type Error struct {
	Message string // the fault, as one clause
	Advice  string // what to do about it
	Cause   error  // the database's own error; nil if there is none
}

func (e *Error) Error() string { return e.Message }

// Hint says what to do about it.
func (e *Error) Hint() string { return e.Advice }

// Unwrap returns the database's own error.
func (e *Error) Unwrap() error { return e.Cause }

// Explain turns a database's error into a sentence: what was being done, what is wrong, and
// how to continue. It leaves an [*Error] and the end of a context as they are.
func Explain(d Database, doing string, err error) error {
	if err == nil || errors.As(err, new(*Error)) || errors.Is(err, context.Canceled) {
		return err
	}
	e := &Error{Message: fmt.Sprintf("%s: %v", doing, err), Cause: err}
	switch d.Why(err) {
	case Full:
		e.Message = fmt.Sprintf("%s: there is no room left on the disk of %s", doing, d.Name())
		e.Advice = "free some space and run the same command again: it goes on where it was"
	case Taken:
		e.Message = fmt.Sprintf("%s: another otoscope is reading the same manifest into %s", doing, d.Name())
		e.Advice = "let it go on; to help it, run otoscope worker with the same --db"
	case Damaged:
		e.Message = fmt.Sprintf("%s: %s is damaged (%v)", doing, d.Name(), err)
		e.Advice = d.salvage()
	case Forbidden:
		e.Message = fmt.Sprintf("%s: %s does not allow it (%s)", doing, d.Name(), Reason(err))
		e.Advice = d.grant()
	case Transient:
		e.Message = fmt.Sprintf("%s: %s cannot be reached, or is too busy (%s)", doing, d.Name(), Reason(err))
		e.Advice = "once it can, run the same command again: it goes on where it was"
	}
	return e
}

// Retry repeats f while it fails for temporary reasons, at most for patience.
func Retry(ctx context.Context, d Database, patience time.Duration, f func() error) error {
	began, pause := time.Now(), 50*time.Millisecond
	for {
		err := f()
		if err == nil || d.Why(err) != Transient || time.Since(began) > patience || ctx.Err() != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
		pause = min(2*pause, 2*time.Second)
	}
}
