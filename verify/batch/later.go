package batch

import (
	"errors"
	"time"
)

// A laterError says that what failed may succeed by itself after some time.
type laterError interface {
	error
	RetryAfter() time.Duration // how long to wait at least; 0: trying again is of no use
}

// DefaultRetryLate is for how long a recording is tried again that is not there
// yet: providers publish one some seconds to minutes after its call.
const DefaultRetryLate = 5 * time.Minute

// lateTries is how often: after a fifth of the time, and at its end.
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
