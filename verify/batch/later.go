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

// How often a row is tried again whose server says "later", and within which
// bounds the pause lies, which doubles: providers publish a recording some seconds
// to minutes after its call.
const (
	laterTries = 4
	laterMin   = time.Minute
	laterMax   = 15 * time.Minute
)

// laterPause is how long a row waits that failed with err and had waited tries
// times before; 0: err stands.
func laterPause(err error, tries int64) time.Duration {
	var later laterError
	if !errors.As(err, &later) || tries >= laterTries {
		return 0
	}
	pause := later.RetryAfter()
	if pause <= 0 {
		return 0
	}
	return min(max(pause, laterMin)<<tries, laterMax)
}
