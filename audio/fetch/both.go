package fetch

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"
)

// A BothError says which of two recordings could not be fetched.
type BothError struct {
	Second bool
	Err    error
}

func (e *BothError) Error() string { return e.Err.Error() }

// Unwrap gives the error of the recording.
func (e *BothError) Unwrap() error { return e.Err }

// errBegin says that both recordings have to begin again.
var errBegin = errors.New("the recordings begin again")

// GetBoth is GetIfChanged for two recordings at once, whose bytes go to one sink. Both downloads run side
// by side. One may be some megabytes ahead of the sink; then it waits. Each is resumed by itself if it
// breaks off. If one has to begin again, both do, and the sink is called again: only the bytes of its
// last call count. The sink must not close or keep its readers.
//
// Where both have a validator and both are unchanged, the sink is not called and both results say so.
// Where one has changed, both are fetched.
//
// An error of one recording is a *[BothError] that holds what GetIfChanged gives.
func (c *Client) GetBoth(ctx context.Context, refs [2]Reference, validators [2]string, sink func([2]io.Reader) error) ([2]Result, error) {
	if validators[0] == "" || validators[1] == "" {
		validators = [2]string{}
	}
	pace, pair := pacing{c.options.BackoffMin, c.options.BackoffMax, c.options.RetryAfterMax}, newBoth(c)
	for attempt := 1; ; attempt++ {
		results, err := pair.round(ctx, refs, validators, sink)
		switch {
		case err == nil && results[0].Unchanged != results[1].Unchanged:
			validators, attempt = [2]string{}, 0
		case !errors.Is(err, errBegin):
			return results, err
		case refs[0].kind == kindStdin || refs[1].kind == kindStdin:
			return results, &BothError{Second: refs[0].kind == kindStdin, Err: problem(
				"the download broke off, its server cannot go on where it did, and the other recording comes from standard input, which cannot be read again",
				"download this one first, and give its path")}
		case attempt >= c.options.MaxAttempts:
			return results, problem("a recording breaks off again and again, and its server cannot go on where it did",
				"download both files, and give their paths")
		default:
			timer := time.NewTimer(pace.wait(attempt, nil))
			select {
			case <-timer.C:
			case <-ctx.Done():
				timer.Stop()
				return results, cancelled(ctx)
			}
		}
	}
}

// both fetches two recordings with what they share.
type both struct {
	clients [2]*Client

	mu    sync.Mutex
	done  [2]int64 // bytes of each
	total [2]int64 // likewise; -1 if unknown

	asideMu sync.Mutex
	waiting int    // for their servers
	back    func() // of Options.Aside, while both or one is waiting
}

func newBoth(c *Client) *both {
	b := &both{total: [2]int64{-1, -1}}
	for i := range b.clients {
		own := *c
		if c.options.Progress != nil {
			own.options.Progress = func(done, total int64) { b.report(i, done, total, c.options.Progress) }
		}
		if c.options.Aside != nil {
			own.options.Aside = func(ctx context.Context) func() { return b.aside(ctx, c.options.Aside) }
		}
		b.clients[i] = &own
	}
	return b
}

// report adds up the progress of both.
func (b *both) report(i int, done, total int64, progress func(done, total int64)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done[i], b.total[i] = done, total
	sum := int64(-1)
	if b.total[0] >= 0 && b.total[1] >= 0 {
		sum = b.total[0] + b.total[1]
	}
	progress(b.done[0]+b.done[1], sum)
}

// aside steps aside once, while either server is slow: the sink needs both.
func (b *both) aside(ctx context.Context, aside func(context.Context) func()) func() {
	b.asideMu.Lock()
	defer b.asideMu.Unlock()
	if b.waiting++; b.waiting == 1 {
		b.back = aside(ctx)
	}
	return func() {
		b.asideMu.Lock()
		defer b.asideMu.Unlock()
		if b.waiting--; b.waiting == 0 {
			b.back()
		}
	}
}

// A leg is one of the two downloads in a round.
type leg struct {
	ahead  *ahead
	begun  chan struct{} // closed when the first bytes have come
	ended  chan struct{} // closed when result and err are there
	result Result
	err    error
	again  bool // it broke off, and has to begin again
}

// round fetches both once. Its error is errBegin if both are to begin again.
func (b *both) round(ctx context.Context, refs [2]Reference, validators [2]string, sink func([2]io.Reader) error) ([2]Result, error) {
	within, cancel := context.WithCancel(ctx)
	var legs [2]*leg
	defer func() { // a sink may panic
		cancel()
		for _, l := range legs {
			l.ahead.drop()
		}
	}()
	for i := range legs {
		l := &leg{ahead: newAhead(), begun: make(chan struct{}), ended: make(chan struct{})}
		legs[i] = l
		go func() {
			defer close(l.ended)
			l.result, l.err = b.clients[i].GetIfChanged(within, refs[i], validators[i], func(r io.Reader) error {
				close(l.begun)
				err := l.ahead.fill(r)
				if l.again = errors.Is(err, ErrRestart); l.again {
					cancel() // Get would begin again alone
				}
				return err
			})
		}()
	}
	sinkErr := b.pass(legs, sink)
	if sinkErr != nil {
		cancel()
	}
	for _, l := range legs {
		l.ahead.drop()
		<-l.ended
	}
	results := [2]Result{legs[0].result, legs[1].result}
	return results, settleBoth(ctx, legs, sinkErr)
}

// errUnready is why the sink was not called: a recording ended before its first byte, with an error or
// because it is unchanged.
var errUnready = errors.New("a recording has no bytes")

// pass waits for both recordings and passes them to the sink.
func (b *both) pass(legs [2]*leg, sink func([2]io.Reader) error) error {
	unchanged := 0
	for waiting := legs[:]; len(waiting) > 0; {
		l := waiting[0]
		var other <-chan struct{} // one that fails ends the wait for the other
		if len(waiting) == 2 {
			other = waiting[1].ended
		}
		select {
		case <-l.begun:
			waiting = waiting[1:]
		case <-l.ended:
			select {
			case <-l.begun: // it was short
				waiting = waiting[1:]
				continue
			default:
			}
			if l.err != nil {
				return errUnready
			}
			unchanged++
			waiting = waiting[1:]
		case <-other:
			if waiting[1].err != nil {
				return errUnready
			}
			waiting = []*leg{waiting[1], waiting[0]}
		}
	}
	switch unchanged {
	case 0:
		return sink([2]io.Reader{legs[0].ahead, legs[1].ahead})
	case 1:
		return errUnready
	}
	return nil
}

// settleBoth turns the results of both downloads and of the sink into one error: the context's first,
// then that of a download, then the sink's.
func settleBoth(ctx context.Context, legs [2]*leg, sinkErr error) error {
	if ctx.Err() != nil {
		return cancelled(ctx)
	}
	for _, l := range legs {
		if l.again {
			return errBegin
		}
	}
	for i, l := range legs {
		// A download that was given up for the other one has no error of its own.
		if l.err != nil && !errors.Is(l.err, context.Canceled) {
			return &BothError{Second: i == 1, Err: l.err}
		}
	}
	if sinkErr != nil && !errors.Is(sinkErr, errUnready) {
		return &SinkError{sinkErr}
	}
	return nil
}
