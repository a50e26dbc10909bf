package fetch

import (
	"context"
	"errors"
	"time"

	"github.com/otoscope/otoscope/audio/hint"
)

// Error says, in a sentence, why a recording could not be fetched. Nothing
// secret and no control character is in it, nor in any error it unwraps to. It
// unwraps to the cause where it is one that programs ask for: a context's error,
// fs.ErrNotExist, a system error number, a *net.DNSError, an x509 error.
type Error struct {
	words
	// Status is the HTTP status of the answer that ended the fetch, 0 where
	// it was no answer that did.
	Status int

	temporary bool
	later     time.Duration
}

// words are a message with its way out, embedded under a name that leaves room for the method Error.
type words = hint.Error

// problem is the error with a message and a way out alone.
func problem(message, advice string) *Error {
	return &Error{words: words{Message: message, Advice: advice}}
}

// RetryAfter is how long to wait at least until the same fetch may succeed
// because the recording will be there by then; 0 where waiting is of no use. It
// is more than what Temporary tells of: Get does not wait so long by itself.
func (e *Error) RetryAfter() time.Duration { return e.later }

// Temporary reports whether the same fetch may succeed later without anything
// being changed: the server was busy or broken, or the network was.
func (e *Error) Temporary() bool { return e.temporary }

// SinkError carries the error that the sink returned, so that a caller can tell
// it from an error of the fetch. It reads like the error it carries.
type SinkError struct{ Err error }

func (e *SinkError) Error() string { return e.Err.Error() }
func (e *SinkError) Unwrap() error { return e.Err }

// ErrRestart is the error of the reader given to a sink when a download broke off
// and can only start over. The sink may return it, any other error, or nil:
// it is called again with a fresh reader.
var ErrRestart = errors.New("the download broke off and starts over")

// ErrNoAccount is the cause where a recording SID cannot be looked up because it is
// not known whose account it is in.
var ErrNoAccount = errors.New("TWILIO_ACCOUNT_SID names no account")

func cancelled(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &Error{words: words{Message: "the fetch ran out of the time it was given", Advice: "give it more time", Cause: ctx.Err()}, temporary: true}
	}
	return &Error{words: words{Message: "the fetch was cancelled", Cause: ctx.Err()}}
}

func seconds(d time.Duration) string { return d.Round(time.Millisecond).String() }
