package batch

import (
	"errors"
	"fmt"
	"time"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/acquire"
)

// The number of consecutive refusals, from the first on, that end the work, and how long the
// first ones wait for the next.
const (
	refusals = 3
	doubt    = 2 * time.Second
)

// failed turns an error into the row's result, and stops the work at errors that would
// affect every further row.
func (e *engine) failed(t *task, err error, f *finished) {
	failure := acquire.Of(err)
	err, f.kind, f.refused = failure.Err, failure.Kind, failure.Refused
	f.verdict = verify.ErrorVerdict(t.c, failure.Stage, err)
	n := e.errors.Add(1)
	e.noteFailure(f.verdict)
	if f.refused && e.refused.Add(1) >= refusals && e.good.Load() == 0 {
		e.haltWith(&RefusedError{sentence{
			Message: fmt.Sprintf("the first recordings were all refused, so the batch was stopped: %v", err),
			Advice:  hint.Of(err),
			Cause:   err,
		}}, true)
		return
	}
	if e.o.StopAfter > 0 && n >= int64(e.o.StopAfter) {
		e.haltWith(&StoppedError{errors: n, last: err}, false)
	}
}

// noteFailure reports at once if the first recordings all fail for one reason.
func (e *engine) noteFailure(v verify.Verdict) {
	if reason := reasonOf(v); e.first.failed(reason) && e.o.Notice != nil {
		e.o.Notice(fmt.Sprintf("the first %d recordings all failed for one reason: %s", noticedAfter, reason), v.Error.Hint)
	}
}

// doubtful reports whether wrong credentials may still explain all results so far.
func (e *engine) doubtful() bool { return e.good.Load() == 0 && e.refused.Load() > 0 }

// settleDoubt waits until it is known whether the credentials are wrong. The wait is short,
// since no further row may show it.
func (e *engine) settleDoubt() {
	for limit := time.Now().Add(doubt); e.doubtful() && e.begin.Err() == nil && time.Now().Before(limit); {
		time.Sleep(5 * time.Millisecond)
	}
}

func (e *engine) refusedThroughout() bool {
	var refused *RefusedError
	return errors.As(e.haltedBy(), &refused)
}

// A RefusedError ends a batch whose first recordings were all refused. Its cause is the last
// refusal.
type RefusedError struct{ sentence }

type sentence = hint.Error

// A StoppedError ends a batch that has reached its limit of errors.
type StoppedError struct {
	errors int64
	last   error
	said   string
}

func (e *StoppedError) Error() string {
	if e.said != "" {
		return "the batch was stopped: " + e.said
	}
	return fmt.Sprintf("the batch was stopped after %d errors, the last of them: %v", e.errors, e.last)
}

// Hint says how to continue.
func (e *StoppedError) Hint() string {
	return "once the cause is gone, run the same command with --again errors: it continues where it stopped, and tries the errors again"
}

// Unwrap returns the last error.
func (e *StoppedError) Unwrap() error { return e.last }
