package batch

import (
	"context"
	"time"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch/db"
)

// Work works on all batches that others read, until no work is left or, if stay is set,
// until ctx ends.
func (s *Store) Work(ctx context.Context, o WorkOptions, stay bool) (Status, error) {
	e, err := newEngine(s, o)
	if err != nil {
		return Status{}, err
	}
	var last Status
	began := time.Now()
	err = e.during(ctx, func(ctx context.Context) error {
		var halted stall
		for {
			idle, err := e.workSome(ctx, &halted)
			if err != nil && e.store.db.Why(err) != db.Transient {
				return s.storageError("looking for work", err)
			}
			last = e.own(began)
			if e.o.Progress != nil {
				e.o.Progress(last)
			}
			if err == nil && idle && !stay {
				if last.Left, err = e.unable(ctx); err != nil {
					return s.storageError("looking for work", err)
				}
				return nil
			}
			select {
			case <-ctx.Done():
				return context.Cause(ctx)
			case <-time.After(e.o.ProgressEvery):
			}
		}
	})
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return last, err
}

// workSome takes part in every batch with work. It reports whether there is no work for this
// process and no other process that may still add some.
func (e *engine) workSome(ctx context.Context, halted *stall) (idle bool, err error) {
	work, err := e.serveAll(ctx)
	if err != nil {
		return false, err
	}
	var done, readers int64
	if _, err := db.One(ctx, e.store.db, `SELECT coalesce(sum(n), 0) FROM otoscope_tallies WHERE name = ? OR name = ? OR name = ? OR name = ? OR name = ?`,
		[]any{string(verify.Match), string(verify.Swapped), string(verify.Unusable), string(verify.Undecided), string(verify.Errored)}, &done); err != nil {
		return false, err
	}
	if err := halted.note(ctx, e, done); err != nil {
		return false, err
	}
	_, err = db.One(ctx, e.store.db, `SELECT count(*) FROM otoscope_batches WHERE read_whole = 0 AND stopped IS NULL
		AND EXISTS (SELECT 1 FROM otoscope_workers WHERE worker_id <> ? AND lease_until >= `+e.store.db.Now()+`)`, []any{e.id()}, &readers)
	return !work && readers == 0, err
}

func (e *engine) id() int64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.worker
}

// own is the work of this process.
func (e *engine) own(began time.Time) Status {
	return Status{
		Read: true, Done: e.good.Load() + e.errors.Load(), Bytes: e.bytes.Load(), Elapsed: time.Since(began),
		Outcomes: map[verify.Outcome]int64{verify.Errored: e.errors.Load()}, Errors: map[string]int64{},
	}
}
