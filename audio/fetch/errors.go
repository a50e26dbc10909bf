package fetch

import (
	"context"
	"errors"
	"time"

	"github.com/otoscope/otoscope/audio/hint"
)

// Error says in a sentence why a recording could not be fetched. Neither it nor any error it
// unwraps to contains a secret or a control character. It unwraps to the cause if programs may
// check for it: a context's error, fs.ErrNotExist, a system error number, a *net.DNSError, an x509
// error.
type Error struct {
	words
	// Status is the HTTP status of the answer that ended the fetch, or 0 if something else ended
	// it.
	Status int

	temporary bool
	later     time.Duration
}

// words are a message with advice, embedded under a name that leaves room for the method Error.
type words = hint.Error

// problem is an error with only a message and advice.
func problem(message, advice string) *Error {
	return &Error{words: words{Message: message, Advice: advice}}
}

// RetryAfter is the least wait after which the same fetch may succeed because the recording will
// exist by then; 0 if waiting does not help. Temporary covers shorter waits: Get does not wait
// this long.
func (e *Error) RetryAfter() time.Duration { return e.later }

// Temporary reports whether the same fetch may succeed later without any change: the server was
// busy or broken, or the network was.
func (e *Error) Temporary() bool { return e.temporary }

// SinkError carries an error from the sink, so that a caller can distinguish it from an error of
// the fetch. Its text is that of the error it carries.
type SinkError struct{ Err error }

func (e *SinkError) Error() string { return e.Err.Error() }
func (e *SinkError) Unwrap() error { return e.Err }

// ErrRestart is the error of a sink's reader if a download broke off and must start over. The sink
// may return it, any other error, or nil. Get then calls the sink again with a fresh reader.
var ErrRestart = errors.New("the download broke off and starts over")

// ErrNoAccount is the cause if a recording SID cannot be looked up because its account is unknown.
var ErrNoAccount = errors.New("TWILIO_ACCOUNT_SID names no account")

func cancelled(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &Error{words: words{Message: "the fetch ran out of the time it was given", Advice: "give it more time", Cause: ctx.Err()}, temporary: true}
	}
	return &Error{words: words{Message: "the fetch was cancelled", Cause: ctx.Err()}}
}

func seconds(d time.Duration) string { return d.Round(time.Millisecond).String() }
