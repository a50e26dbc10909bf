package wave

import "fmt"

// Error says why a recording cannot be decoded, in words for the person whose recording it is.
type Error struct {
	Problem string // what is wrong
	Offset  int64  // byte of the recording at which it is wrong; negative where no single byte is to blame
	Advice  string // what to type or do next
	Err     error  // what caused it, or nil
}

// Error tells what is wrong and where.
func (e *Error) Error() string {
	text := e.Problem
	if e.Offset >= 0 {
		text += fmt.Sprintf(" (at byte %d)", e.Offset)
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Hint tells what to type or do next.
func (e *Error) Hint() string { return e.Advice }

// Unwrap returns the cause, or nil.
func (e *Error) Unwrap() error { return e.Err }
