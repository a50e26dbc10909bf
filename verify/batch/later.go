package batch

import (
	"errors"
	"time"
)

// A laterError says that the failed operation may succeed by itself after some time.
type laterError interface {
	error
	RetryAfter() time.Duration // how long to wait at least; 0: trying again is of no use
}

// DefaultRetryLate is how long to retry a recording that is not there yet: providers publish
// a recording some seconds to minutes after its call.
const DefaultRetryLate = 5 * time.Minute

// lateTries is the number of retries: after a fifth of the time, and at its end.
const lateTries = 2

// laterPause is how long a row waits that failed with err and had waited tries
// times before, within about whole; 0: err stands.
func laterPause(err error, tries int64, whole time.Duration) time.Duration {
	var later laterError
	if whole <= 0 || tries >= lateTries || !errors.As(err, &later) || later.RetryAfter() <= 0 {
		return 0
	}
	return min(max(whole/5<<(2*tries), later.RetryAfter()), whole)
}
