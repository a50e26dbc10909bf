package batch

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/riverqueue/river"
)

// chunkWorker is what River calls.
type chunkWorker struct {
	river.WorkerDefaults[turnArgs]
	engine *engine
}

// Work works on one chunk in one turn.
func (w *chunkWorker) Work(ctx context.Context, job *river.Job[turnArgs]) error {
	return w.engine.work(ctx, job)
}

// A hand is a chunk that this process holds.
type hand struct {
	chunk, batch, reading, turn int64
	suspect                     bool               // its rows are worked on alone
	lose                        context.CancelFunc // what it does is no longer wanted
}

// errLost says that a chunk is no longer this process's.
var errLost = errors.New("the chunk has changed hands")

func (e *engine) work(ctx context.Context, job *river.Job[turnArgs]) error {
	if e.begin.Err() != nil {
		return river.JobSnooze(0) // it is for others, or for the next start
	}
	// Storing what is done goes on when River's patience has ended.
	kept := context.WithoutCancel(ctx)
	ctx, lose := context.WithCancel(ctx)
	defer lose()
	defer context.AfterFunc(e.finish, lose)()

	h := &hand{chunk: job.Args.Chunk, lose: lose}
	e.mu.Lock()
	if e.hands[job.Args] != nil {
		e.mu.Unlock()
		return nil // two jobs for one turn
	}
	e.hands[job.Args] = h
	worker := e.worker
	e.mu.Unlock()
	defer func() {
		e.mu.Lock()
		delete(e.hands, job.Args)
		e.mu.Unlock()
	}()

	err := e.store.retry(ctx, e.o.Patience, func() error { return e.take(ctx, h, worker, job.Args.Turn) })
	var tasks []*task
	if err == nil {
		err = e.store.retry(ctx, e.o.Patience, func() error {
			var err error
			tasks, err = e.load(ctx, h.chunk)
			return err
		})
	}
	if err == nil {
		err = e.carryOut(ctx, kept, h, worker, job, tasks)
	}
	switch {
	case err == nil, errors.Is(err, errLost):
		return nil
	case e.finish.Err() != nil:
		return nil // end gives back what is still in this process's name
	}
	e.o.Logger.Warn("a chunk could not be worked on", "chunk", h.chunk, "error", connectReason(err))
	if e.store.db.why(err) == full || e.store.db.why(err) == transient {
		e.haltWith(e.store.storageError("storing results", err), false)
	}
	return err
}

// take makes a chunk this process's own, if it is still its turn.
func (e *engine) take(ctx context.Context, h *hand, worker, turn int64) error {
	var taken, deaths int64
	err := e.store.db.tx(ctx, func(t statements) error {
		taken = 0
		found, err := queryOne(ctx, t, `UPDATE otoscope_chunks SET worker_id = ?, turn = turn + 1
			WHERE chunk_id = ? AND turn = ? AND worker_id IS NULL
			AND EXISTS (SELECT 1 FROM otoscope_batches b WHERE b.batch_id = otoscope_chunks.batch_id AND b.stopped IS NULL)
			RETURNING turn, batch_id, deaths`, []any{worker, h.chunk, turn}, &taken, &h.batch, &deaths)
		if err != nil || !found {
			return err
		}
		_, err = queryOne(ctx, t, `SELECT reading FROM otoscope_batches WHERE batch_id = ?`, []any{h.batch}, &h.reading)
		return err
	})
	if err != nil {
		return err
	}
	if taken == 0 {
		// Where the answer to the commit was lost, the turn is ours after all.
		found, err := queryOne(ctx, e.store.db, `SELECT c.turn, c.batch_id, b.reading, c.deaths FROM otoscope_chunks c JOIN otoscope_batches b ON b.batch_id = c.batch_id
			WHERE c.chunk_id = ? AND c.worker_id = ? AND c.turn = ?`, []any{h.chunk, worker, turn + 1}, &taken, &h.batch, &h.reading, &deaths)
		if err != nil {
			return err
		}
		if !found {
			return errLost
		}
	}
	h.suspect = deaths >= deathsOfSuspect
	e.mu.Lock()
	h.turn = taken
	e.mu.Unlock()
	return nil
}

// carryOut works on the rows of a chunk and stores what came of them: now and
// then while it takes long, and at last with the job's completion. Rows that
// were not got to wait for the next turn.
func (e *engine) carryOut(ctx, kept context.Context, h *hand, worker int64, job *river.Job[turnArgs], tasks []*task) error {
	all := int64(e.o.Workers)
	alone := h.suspect && e.room(ctx, all)
	if alone {
		// Until the results are stored: as long as they are not, the chunk says that
		// its last row is in hand, which would be blamed for what another does.
		defer e.slots.Release(all)
	}
	done := make(chan finished)
	var running sync.WaitGroup
	running.Go(func() {
		if h.suspect {
			if alone {
				e.oneByOne(ctx, h, worker, tasks, done)
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

	tick := time.NewTicker(checkpoint)
	defer tick.Stop()
	var pending []finished
	stored := 0
	for open := true; open; {
		select {
		case f, more := <-done:
			if open = more; more {
				pending = append(pending, f)
			}
		case <-tick.C:
			if len(pending) == 0 || e.doubtful() {
				continue
			}
			if err := e.write(kept, h, worker, pending, written{}, nil); err != nil {
				h.lose()
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
		// The rows are to be tried again once the credentials are right.
		pending = slices.DeleteFunc(pending, func(f finished) bool { return f.refused })
	}
	if stored+len(pending) == len(tasks) {
		return e.write(kept, h, worker, pending, written{all: true}, job)
	}
	return e.write(kept, h, worker, pending, written{giveBack: true}, job)
}

// room waits for room for n recordings, and reports whether there is any: whoever
// is to end does not begin.
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
