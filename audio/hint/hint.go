// Package hint holds the error type for messages to people: one clause that says what is
// wrong, and one that says what to do about it. Make an [Error], or embed it in a type
// that carries more; print the advice of any error with [Of].
package hint

import "errors"

// An Error is a message for a person, with a way out. Errors that carry more,
// such as a status or a row, embed it.
type Error struct {
	Message string // what is wrong, as one clause without a full stop
	Advice  string // what to do about it; "" where there is nothing to be done
	Cause   error  // what the message was made of; nil where it stands by itself
}

// Error gives the message alone. Who prints it adds Of(err).
func (e *Error) Error() string { return e.Message }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Hint gives the advice.
func (e *Error) Hint() string { return e.Advice }

// Of gives the advice of the first error in err's tree that has some, or "".
func Of(err error) string {
	var hinted interface {
		error
		Hint() string
	}
	for err != nil && errors.As(err, &hinted) {
		if advice := hinted.Hint(); advice != "" {
			return advice
		}
		err = errors.Unwrap(hinted)
	}
	return ""
}
