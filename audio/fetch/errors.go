package fetch

import (
	"context"
	"errors"
	"time"
)

// Error says, in a sentence, why a recording could not be fetched. Nothing
// secret and no control character is in it, nor in any error it unwraps to.
type Error struct {
	// Status is the HTTP status of the answer that ended the fetch, 0 where
	// it was no answer that did.
	Status int

	message   string
	hint      string
	temporary bool
	cause     error
}

func (e *Error) Error() string { return e.message }

// Hint says what to type or to do next.
func (e *Error) Hint() string { return e.hint }

// Unwrap gives the cause where it is one that programs ask for: a context's
// error, fs.ErrNotExist, a system error number, an x509 error.
func (e *Error) Unwrap() error { return e.cause }

// Temporary reports whether the same fetch may succeed later without anything
// being changed: the server was busy or broken, or the network was.
func (e *Error) Temporary() bool { return e.temporary }

// SinkError carries the error that the sink returned, so that a caller can tell
// it from an error of the fetch. It reads like the error it carries.
type SinkError struct{ Err error }

func (e *SinkError) Error() string { return e.Err.Error() }
func (e *SinkError) Unwrap() error { return e.Err }

// ErrAnew is what the reader given to a sink fails with when the download broke
// and can only begin anew. The sink may return it or any other error, or nil:
// it is called again with a fresh reader.
var ErrAnew = errors.New("the download broke off and begins anew")

// ErrNoAccount is the cause where a recording SID cannot be looked up because it is
// not known whose account it is in.
var ErrNoAccount = errors.New("TWILIO_ACCOUNT_SID names no account")

func cancelled(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &Error{message: "the fetch ran out of the time it was given", hint: "give it more time", temporary: true, cause: ctx.Err()}
	}
	return &Error{message: "the fetch was cancelled", cause: ctx.Err()}
}

func seconds(d time.Duration) string { return d.Round(time.Millisecond).String() }
