package fetch

import (
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"sync"
	"time"
)

// Why a download was given up that went on too slowly.
var (
	errIdle = errors.New("no byte arrived for too long")
	errSlow = errors.New("the bytes arrive too slowly")
	errLong = errors.New("the download takes too long")
)

// windows is over how many idle times the speed of a download is averaged: a
// server that was silent once has half of one left to make up for it.
const windows = 1.5

// patience is how long one download waits for its servers, over all its
// attempts. Only waiting counts: what the consumer does with the bytes, and what
// limits of our own cost, is no fault of a server's.
type patience struct {
	idle time.Duration // until the next byte
	// For each byte that arrives the server may let us wait a while longer, and
	// never longer than the window that the speed is averaged over.
	speed   int64 // bytes a second; 0: however slow it is
	credit  time.Duration
	bounded time.Duration // the download as a whole; 0: however long it takes
	spent   time.Duration

	aside func() (back func()) // nil: waiting does not matter to anybody
	lag   time.Duration        // waited for more than the bytes that came are worth
}

// A fetch steps aside when its server lags behind a speed at which no recording
// is worth waiting for.
const (
	asideAfter = 2 * time.Second
	asideSpeed = 1000 // bytes a second
)

// newPatience makes the patience for a least speed in bytes a second and for a
// bound on the whole, of which 0 is none.
func newPatience(idle time.Duration, speed int64, whole time.Duration) *patience {
	p := &patience{idle: idle}
	p.bound(speed, whole)
	return p
}

// bound sets the least speed and the bound on the whole, to which what was
// spent already counts.
func (p *patience) bound(speed int64, whole time.Duration) {
	p.speed, p.bounded, p.credit = max(speed, 0), max(whole, 0), p.window()
}

// window is what the speed is averaged over.
func (p *patience) window() time.Duration { return time.Duration(windows * float64(p.idle)) }

// left is what remains of the whole.
func (p *patience) left() time.Duration {
	if p.bounded == 0 {
		return math.MaxInt64
	}
	return max(p.bounded-p.spent, 0)
}

// allowance is how long the next byte may take, and why it is given up then.
func (p *patience) allowance() (time.Duration, error) {
	wait, why := p.idle, errIdle
	if p.speed > 0 && p.credit < wait {
		wait, why = p.credit, errSlow
	}
	if left := p.left(); left < wait {
		wait, why = left, errLong
	}
	return max(wait, 0), why
}

// paid notes that a wait took so long and brought n bytes of the body.
func (p *patience) paid(wait time.Duration, n int) {
	p.spent += wait
	p.lag = max(p.lag+wait-worth(n, asideSpeed), 0)
	if p.speed > 0 {
		p.credit = min(p.credit-wait+worth(n, p.speed), p.window())
	}
}

// worth is how long n bytes take at a speed in bytes a second.
func worth(n int, speed int64) time.Duration {
	return time.Duration(float64(n) / float64(speed) * float64(time.Second))
}

// pause notes a wait that is no measure of the speed.
func (p *patience) pause(wait time.Duration) {
	p.spent += wait
	p.lag += wait
}

// during waits for a server, aside where that takes long, and tells how long it took.
func (p *patience) during(wait func()) time.Duration {
	if p.aside == nil {
		began := time.Now()
		wait()
		return time.Since(began)
	}
	left := make(chan func(), 1)
	timer := time.AfterFunc(max(asideAfter-p.lag, 0), func() { left <- p.aside() })
	began := time.Now()
	wait()
	waited := time.Since(began)
	if !timer.Stop() {
		(<-left)()
	}
	return waited
}

// watch waits for an answer's header no longer than the whole lasts.
func (p *patience) watch(cancel context.CancelCauseFunc, do func() (*http.Response, error)) (*http.Response, error) {
	left := p.left()
	if left == 0 {
		return nil, errLong
	}
	timer := time.AfterFunc(left, func() { cancel(errLong) })
	var resp *http.Response
	var err error
	p.pause(p.during(func() {
		resp, err = do()
		timer.Stop()
	}))
	return resp, err
}

// watchedBody gives up a body that tries the patience. A body that is no
// recording, but an error's or a redirect's, gets the idle time as a whole:
// nobody waits for it to trickle in.
type watchedBody struct {
	body     io.ReadCloser
	patience *patience
	whole    time.Duration // left for a body that is not a recording; negative: it is one
	cancel   context.CancelCauseFunc

	mu    sync.Mutex
	timer *time.Timer
	fired error
}

func (b *watchedBody) Read(p []byte) (int, error) {
	wait, why := b.patience.allowance()
	if b.whole >= 0 && b.whole < wait {
		wait, why = b.whole, errIdle
	}
	if wait <= 0 {
		return 0, why
	}
	b.mu.Lock()
	b.timer = time.AfterFunc(wait, func() { b.expire(why) })
	b.mu.Unlock()

	var n int
	var err error
	waited := b.patience.during(func() {
		n, err = b.body.Read(p)
		b.timer.Stop() // the time that Aside takes is not the server's
	})

	b.mu.Lock()
	defer b.mu.Unlock()
	if b.whole >= 0 {
		b.patience.pause(waited)
		b.whole = max(b.whole-waited, 0)
	} else {
		b.patience.paid(waited, n)
	}
	if err != nil && err != io.EOF && b.fired != nil {
		err = b.fired
	}
	return n, err
}

func (b *watchedBody) expire(why error) {
	b.mu.Lock()
	b.fired = why
	b.mu.Unlock()
	b.cancel(why)
}

// Close ends the request. It may be called while a Read is under way.
func (b *watchedBody) Close() error {
	b.mu.Lock()
	if b.timer != nil {
		b.timer.Stop()
	}
	b.mu.Unlock()
	err := b.body.Close()
	b.cancel(nil)
	return err
}
