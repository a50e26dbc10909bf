package batch

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/riverqueue/river"

	"github.com/otoscope/otoscope/verify/batch/db"
)

// chunkWorker is the worker that River calls.
type chunkWorker struct {
	river.WorkerDefaults[jobArgs]
	engine *engine
}

// Work works on the chunk of a job.
func (w *chunkWorker) Work(ctx context.Context, job *river.Job[jobArgs]) error {
	return w.engine.work(ctx, job)
}

// NextRetry is when River retries a job that ended with a panic.
func (w *chunkWorker) NextRetry(*river.Job[jobArgs]) time.Time { return time.Now().Add(time.Second) }

// A claim is a chunk that this process holds, or is about to hold.
type claim struct {
	chunk, batch, revision int64
	worker, token          int64 // under which it is held; token is 0 until it is
	needs                  needs
	tried                  bool               // to claim it, without an answer
	quarantined            bool               // its rows are worked on alone
	lose                   context.CancelFunc // what it does is no longer wanted
}

var (
	// errLost says that this process no longer holds a chunk.
	errLost = errors.New("another process holds the chunk")
	// errDone says that the chunk no longer exists: its rows are done.
	errDone = errors.New("the chunk is done")
	// errStoppedBatch says that no process may work on a batch.
	errStoppedBatch = errors.New("the batch was stopped")
)

func (e *engine) work(ctx context.Context, job *river.Job[jobArgs]) error {
	if e.begin.Err() != nil {
		return river.JobSnooze(0) // it is for others, or for the next start
	}
	// Storing finished results continues after River's patience has ended.
	kept := context.WithoutCancel(ctx)
	ctx, lose := context.WithCancel(ctx)
	defer lose()
	defer context.AfterFunc(e.finish, lose)()

	c := &claim{chunk: job.ID, lose: lose}
	e.mu.Lock()
	c.worker = e.worker
	e.claims[c] = true
	e.mu.Unlock()
	defer func() {
		e.mu.Lock()
		delete(e.claims, c)
		e.mu.Unlock()
	}()

	err := e.store.retry(ctx, e.o.Patience, func() error { return e.claim(ctx, c) })
	var tasks []*task
	if err == nil {
		err = e.store.retry(ctx, e.o.Patience, func() error {
			var err error
			tasks, err = e.load(ctx, c)
			return err
		})
	}
	if err == nil {
		err = e.carryOut(ctx, kept, c, job, tasks)
	}
	var rest *snoozed
	switch {
	case err == nil, errors.Is(err, errDone):
		return nil
	case errors.As(err, &rest):
		return river.JobSnooze(rest.pause)
	case errors.Is(err, errStoppedBatch):
		return river.JobSnooze(stoppedSnooze)
	case errors.Is(err, errLost), e.finish.Err() != nil:
		// A worker holds the chunk, if only until this process has ended. To free it
		// lets the job wait again.
		return nil
	case e.store.db.Why(err) == db.Unregistered:
		e.o.Logger.Warn("another process took this one for dead; it registers again")
		if err := e.register(ctx, c.worker); err != nil {
			e.o.Logger.Warn("could not register this process again", "error", db.Reason(err)) // the next beat tries it too
		}
		return river.JobSnooze(0)
	}
	e.o.Logger.Warn("could not work on a chunk", "chunk", c.chunk, "error", db.Reason(err))
	if e.store.db.Why(err) == db.Full || e.store.db.Why(err) == db.Transient {
		e.haltWith(e.store.storageError("storing results", err), false)
	}
	return river.JobSnooze(e.o.Lease / beatsPerTerm) // by then a beat has given it back
}

// snoozed says that the rest of a chunk waits, for at least some time.
type snoozed struct{ pause time.Duration }

func (*snoozed) Error() string { return "the rest of the chunk waits" }

// claim gives a chunk to this process if nobody holds it. It fails with db.Unregistered if
// this process was reaped: the foreign key ensures that.
func (e *engine) claim(ctx context.Context, c *claim) error {
	var token, deaths int64
	err := e.store.db.Tx(ctx, func(t db.Statements) error {
		found, err := db.One(ctx, t, `UPDATE otoscope_chunks SET worker_id = ?, token = token + 1
			WHERE chunk_id = ? AND worker_id IS NULL
			AND EXISTS (SELECT 1 FROM otoscope_batches b WHERE b.batch_id = otoscope_chunks.batch_id AND b.stopped IS NULL)
			RETURNING token, batch_id, needs, deaths`, []any{c.worker, c.chunk}, &token, &c.batch, &c.needs, &deaths)
		if err != nil {
			return err
		}
		if !found {
			if token, deaths, err = e.holder(ctx, t, c); err != nil {
				return err
			}
		}
		_, err = db.One(ctx, t, `SELECT revision FROM otoscope_batches WHERE batch_id = ?`, []any{c.batch}, &c.revision)
		return err
	})
	if err != nil {
		c.tried = true
		return err
	}
	c.quarantined = deaths >= quarantineDeaths
	e.mu.Lock()
	defer e.mu.Unlock()
	c.token = token
	for other := range e.claims {
		if other != c && other.chunk == c.chunk {
			other.lose() // others have declared this process dead meanwhile
		}
	}
	return nil
}

// holder explains why a chunk could not be claimed. This claim may already hold it, if the
// answer to the commit was lost.
func (e *engine) holder(ctx context.Context, t db.Statements, c *claim) (token, deaths int64, err error) {
	var worker *int64
	found, err := db.One(ctx, t, `SELECT worker_id, token, batch_id, needs, deaths FROM otoscope_chunks WHERE chunk_id = ?`, []any{c.chunk},
		&worker, &token, &c.batch, &c.needs, &deaths)
	switch {
	case err != nil:
		return 0, 0, err
	case !found:
		return 0, 0, errDone
	case worker == nil:
		return 0, 0, errStoppedBatch
	case *worker != c.worker || !c.tried:
		return 0, 0, errLost
	}
	return token, deaths, nil
}

// carryOut works on the rows of a chunk and stores the results: now and
// then while it takes long, and at last with the job's completion. Rows that
// were not got to wait for the next claim.
func (e *engine) carryOut(ctx, kept context.Context, c *claim, job *river.Job[jobArgs], tasks []*task) error {
	all := int64(e.o.Workers)
	alone := c.quarantined && e.room(ctx, all)
	if alone {
		// Until the results are stored: as long as they are not, the chunk says that
		// its last row is worked on, which would be blamed for what another does.
		defer e.slots.Release(all)
	}
	done := e.begun(ctx, c, tasks, alone)

	tick := time.NewTicker(checkpoint)
	defer tick.Stop()
	var pending []finished
	stored, missing := 0, 0
	for open := true; open; {
		select {
		case f, more := <-done:
			switch open = more; {
			case more && f.missing:
				missing++
			case more:
				pending = append(pending, f)
			}
		case <-tick.C:
			if len(pending) == 0 || e.doubtful() {
				continue
			}
			if err := e.write(kept, c, pending, underWay, nil); err != nil {
				c.lose()
				for range done { // until all have noticed
				}
				return err
			}
			stored, pending = stored+len(pending), nil
		}
	}
	if slices.ContainsFunc(pending, func(f finished) bool { return f.refused }) {
		e.settleDoubt()
	}
	if e.refusedThroughout() {
		// The rows are retried once the credentials are right.
		pending = slices.DeleteFunc(pending, func(f finished) bool { return f.refused })
	}
	if stored+len(pending) == len(tasks) {
		return e.write(kept, c, pending, allDone, job)
	}
	if err := e.write(kept, c, pending, givenBack, nil); err != nil {
		return err
	}
	if missing > 0 {
		e.filesMissing(queueName(c.batch, c.needs), missing == len(tasks))
		return &snoozed{filesSnooze}
	}
	return &snoozed{}
}

// begun starts the rows of a chunk as slots become free, and returns the channel on which
// they end. The channel is closed when none is running any more.
func (e *engine) begun(ctx context.Context, c *claim, tasks []*task, alone bool) <-chan finished {
	done := make(chan finished)
	var running sync.WaitGroup
	running.Go(func() {
		if c.quarantined {
			if alone {
				e.oneByOne(ctx, c, tasks, done)
			}
			return
		}
		for _, t := range tasks {
			if !e.room(ctx, 1) {
				return
			}
			running.Go(func() {
				var f finished
				var ok bool
				e.inSlot(ctx, func(ctx context.Context) { f, ok = e.one(ctx, t) })
				if ok {
					done <- f
				}
			})
		}
	})
	go func() {
		running.Wait()
		close(done)
	}()
	return done
}

// room waits for room for n recordings, and reports whether there is any: who
// ends does not begin.
func (e *engine) room(ctx context.Context, n int64) bool {
	begin, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(e.begin, cancel)()
	if e.slots.Acquire(begin, n) != nil {
		return false
	}
	if e.begin.Err() != nil || ctx.Err() != nil {
		e.slots.Release(n)
		return false
	}
	return true
}
