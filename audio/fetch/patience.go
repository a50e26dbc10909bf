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

// windows is how many idle times the speed of a download is averaged over. A server that was
// silent once has half an idle time left to catch up.
const windows = 1.5

// patience is how long one download waits for its servers, over all attempts. Only waiting for a
// server counts. The consumer's time and our own limits do not.
type patience struct {
	idle time.Duration // until the next byte
	// Each byte that arrives gives the server some more time, but never more than the window of
	// the average.
	speed   int64 // bytes a second; 0 means no limit
	credit  time.Duration
	bounded time.Duration // of the download as a whole; 0 means no limit
	spent   time.Duration

	aside func() (back func()) // nil: waiting affects nobody
	lag   time.Duration        // time waited beyond what the received bytes are worth
}

// A fetch steps aside when its server is slower than any speed that is worth waiting for.
const (
	asideAfter = 2 * time.Second
	asideSpeed = 1000 // bytes a second
)

// newPatience makes the patience for a least speed in bytes a second and for a limit on the whole;
// 0 means none.
func newPatience(idle time.Duration, speed int64, whole time.Duration) *patience {
	p := &patience{idle: idle}
	p.bound(speed, whole)
	return p
}

// bound sets the least speed and the limit on the whole. The time already spent counts.
func (p *patience) bound(speed int64, whole time.Duration) {
	p.speed, p.bounded, p.credit = max(speed, 0), max(whole, 0), p.window()
}

// window is the time over which the speed is averaged.
func (p *patience) window() time.Duration { return time.Duration(windows * float64(p.idle)) }

// left is the time that remains of the whole.
func (p *patience) left() time.Duration {
	if p.bounded == 0 {
		return math.MaxInt64
	}
	return max(p.bounded-p.spent, 0)
}

// allowance is how long the next byte may take, and the reason for giving up then.
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

// paid records a wait and the n bytes of the body that it brought.
func (p *patience) paid(wait time.Duration, n int) {
	p.spent += wait
	p.lag = max(p.lag+wait-worth(n, asideSpeed), 0)
	if p.speed > 0 {
		p.credit = min(p.credit-wait+worth(n, p.speed), p.window())
	}
}

// worth is the time that n bytes take at a speed in bytes a second.
func worth(n int, speed int64) time.Duration {
	return time.Duration(float64(n) / float64(speed) * float64(time.Second))
}

// pause records a wait that does not count towards the speed.
func (p *patience) pause(wait time.Duration) {
	p.spent += wait
	p.lag += wait
}

// during waits for a server, steps aside if that takes long, and returns the length of the wait.
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

// watch limits the wait for an answer's header to the time left.
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

// watchedBody gives up a body that is too slow. The body of an error or a redirect gets the idle
// time as a whole: a slow one is not worth waiting for.
type watchedBody struct {
	body     io.ReadCloser
	patience *patience
	whole    time.Duration // left for a body that is not a recording; negative for a recording
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
