package fetch

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"
)

// errIdle is the cause with which a request is given up that has gone silent.
var errIdle = errors.New("no byte arrived for too long")

// idleBody gives up a body from which no byte arrives for a while. Time that
// the reader spends between reads does not count: a slow consumer is no fault
// of the server's. A body that is no recording, but an error's or a
// redirect's, gets that time as a whole: nobody waits for it to trickle in.
type idleBody struct {
	body   io.ReadCloser
	limit  time.Duration
	whole  bool // the limit is on the body as a whole
	cancel context.CancelCauseFunc

	mu    sync.Mutex
	timer *time.Timer
	fired bool
}

func (b *idleBody) Read(p []byte) (int, error) {
	b.mu.Lock()
	if b.timer == nil {
		b.timer = time.AfterFunc(b.limit, b.expire)
	} else if !b.whole {
		b.timer.Reset(b.limit)
	}
	b.mu.Unlock()

	n, err := b.body.Read(p)

	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.whole {
		b.timer.Stop()
	}
	if err != nil && err != io.EOF && b.fired {
		err = errIdle
	}
	return n, err
}

func (b *idleBody) expire() {
	b.mu.Lock()
	b.fired = true
	b.mu.Unlock()
	b.cancel(errIdle)
}

// Close ends the request. It may be called while a Read is under way.
func (b *idleBody) Close() error {
	b.mu.Lock()
	if b.timer != nil {
		b.timer.Stop()
	}
	b.mu.Unlock()
	err := b.body.Close()
	b.cancel(nil)
	return err
}
