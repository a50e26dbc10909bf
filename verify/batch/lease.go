package batch

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/otoscope/otoscope/verify/batch/db"
)

// The times after which a worker counts as dead, and how often it signals that it is alive.
// Others take over a dead worker's chunks after DefaultLease and one more beat at the
// latest, or at the next beat if they see that its process is gone.
const (
	DefaultLease = 20 * time.Second
	beatsPerTerm = 4 // so that three in a row can be lost
)

// register adds this process to the workers. If others have removed its previous
// registration, it has lost the chunks held under that.
func (e *engine) register(ctx context.Context, before int64) error {
	e.registering.Lock()
	defer e.registering.Unlock()
	if e.id() != before {
		return nil // another goroutine was faster
	}
	pid := os.Getpid()
	began, err := started(pid)
	where := machine()
	if err != nil {
		where = "" // this process could not be distinguished from a later one with its number
	}
	var id int64
	err = e.store.db.Tx(ctx, func(t db.Statements) error {
		var err error
		if id, err = keys(ctx, t, "worker", 1); err != nil {
			return err
		}
		_, err = t.Exec(ctx, `INSERT INTO otoscope_workers (worker_id, description, lease_until, client, hostname, machine, pid, started) VALUES (?, ?, `+e.store.db.Now()+` + ?, ?, ?, ?, ?, ?)`,
			id, fmt.Sprintf("%s, process %d", e.host, pid), e.o.Lease.Seconds(), e.client, e.host, where, pid, began)
		return err
	})
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.worker = id
	for c := range e.claims {
		if c.worker != id {
			c.lose()
		}
	}
	return nil
}

// run renews the lease, watches over others and heals until ctx ends.
func (e *engine) run(ctx context.Context) {
	beat := time.NewTicker(e.o.Lease / beatsPerTerm)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
		}
		// An attempt that hangs must not keep the next from being made.
		attempt, cancel := context.WithTimeout(ctx, e.o.Lease/2)
		err := e.beat(attempt)
		if err == nil {
			err = e.reapDead(attempt)
		}
		if err == nil {
			err = e.heal(attempt)
		}
		cancel()
		if err == nil || ctx.Err() != nil {
			continue
		}
		e.o.Logger.Warn("the database did not answer", "error", db.Reason(err))
		if e.store.db.Why(err) == db.Full {
			e.haltWith(e.store.storageError("renewing the lease", err), false)
		}
	}
}

// beat renews the lease, gives up chunks that this process has lost, and releases those that
// it holds without knowing.
func (e *engine) beat(ctx context.Context) error {
	me := e.id()
	n, err := e.store.db.Exec(ctx, `UPDATE otoscope_workers SET lease_until = `+e.store.db.Now()+` + ? WHERE worker_id = ?`, e.o.Lease.Seconds(), me)
	if err != nil {
		return err
	}
	if n == 0 {
		e.o.Logger.Warn("another process took this one for dead; it registers again")
		return e.register(ctx, me)
	}
	e.mu.Lock()
	before := map[*claim]int64{} // those that had been made by now, with the token
	for c := range e.claims {
		if c.token != 0 && c.worker == me {
			before[c] = c.token
		}
	}
	e.mu.Unlock()
	held := map[int64]int64{} // token by chunk
	err = db.Each(ctx, e.store.db, `SELECT chunk_id, token FROM otoscope_chunks WHERE worker_id = ?`, []any{me}, func(c db.Cursor) error {
		var chunk, token int64
		if err := c.Scan(&chunk, &token); err != nil {
			return err
		}
		held[chunk] = token
		return nil
	})
	if err != nil {
		return err
	}
	for c, token := range before {
		if held[c.chunk] != token {
			c.lose()
		}
	}
	e.mu.Lock()
	for c := range e.claims {
		if c.token == 0 || c.token == held[c.chunk] {
			delete(held, c.chunk)
		}
	}
	e.mu.Unlock()
	if len(held) == 0 {
		return nil
	}
	// The claims of these succeeded, and then this side failed.
	return e.store.db.Tx(ctx, func(t db.Statements) error { return e.free(ctx, t, me, slices.Sorted(maps.Keys(held)), running) })
}

// A worker is one that another process registered.
type worker struct {
	id, pid, started int64
}

// reapDead reaps workers whose lease has run out, and workers of this machine whose process
// is gone.
func (e *engine) reapDead(ctx context.Context) error {
	expired, err := db.Keys(ctx, e.store.db, `SELECT worker_id FROM otoscope_workers WHERE lease_until < `+e.store.db.Now()+` ORDER BY worker_id`)
	if err != nil {
		return err
	}
	for _, w := range expired {
		if err := e.reap(ctx, w, `lease_until < `+e.store.db.Now(), e.died); err != nil {
			return err
		}
	}
	here := machine()
	if here == "" {
		return nil
	}
	var neighbours []worker
	err = db.Each(ctx, e.store.db, `SELECT worker_id, pid, started FROM otoscope_workers WHERE machine = ? ORDER BY worker_id`, []any{here}, func(c db.Cursor) error {
		var w worker
		err := c.Scan(&w.id, &w.pid, &w.started)
		neighbours = append(neighbours, w)
		return err
	})
	if err != nil {
		return err
	}
	for _, w := range neighbours {
		if gone(int(w.pid), w.started) {
			if err := e.reap(ctx, w.id, anyWorker, e.died); err != nil {
				return err
			}
		}
	}
	return nil
}

// reapOthers reaps all workers except this one, if only one can work on a database.
func (e *engine) reapOthers(ctx context.Context) error {
	others, err := db.Keys(ctx, e.store.db, `SELECT worker_id FROM otoscope_workers WHERE worker_id <> ? ORDER BY worker_id`, e.id())
	if err != nil {
		return err
	}
	for _, w := range others {
		if err := e.reap(ctx, w, anyWorker, e.died); err != nil {
			return err
		}
	}
	return nil
}

// anyWorker is the condition for reap that a worker is registered.
const anyWorker = `1 = 1`

// onLeave is for reap: there is nothing to note about a process that ends normally.
func onLeave(context.Context, db.Statements, int64) error { return nil }

// reap removes a worker on a condition and frees its chunks, after note has recorded how it
// ended. Its row stays locked until all of this is done, so the worker claims nothing
// meanwhile; afterwards it cannot.
func (e *engine) reap(ctx context.Context, worker int64, condition string, note func(context.Context, db.Statements, int64) error) error {
	return e.store.retry(ctx, e.o.Patience, func() error {
		return e.store.db.Tx(ctx, func(t db.Statements) error {
			var id int64
			found, err := db.One(ctx, t, `SELECT worker_id FROM otoscope_workers WHERE worker_id = ? AND `+condition+e.store.db.ForUpdate(), []any{worker}, &id)
			if err != nil || !found {
				return err // renewed, or reaped by another
			}
			if err := note(ctx, t, worker); err != nil {
				return err
			}
			chunks, err := db.Keys(ctx, t, `SELECT chunk_id FROM otoscope_chunks WHERE worker_id = ? ORDER BY chunk_id`, worker)
			if err != nil {
				return err
			}
			if len(chunks) > 0 {
				e.o.Logger.Info("taking over what a process left", "worker", worker, "chunks", len(chunks))
				if err := e.free(ctx, t, worker, chunks, running); err != nil {
					return err
				}
			}
			_, err = t.Exec(ctx, `DELETE FROM otoscope_workers WHERE worker_id = ?`, worker)
			return err
		})
	})
}

// The states of jobs that no client can get from River.
const (
	finalized = `'completed', 'cancelled', 'discarded'`
	running   = `'running', ` + finalized
)

// free lets a worker's chunks wait for the next worker, with jobs in one of the states. The
// former holder can no longer write.
func (e *engine) free(ctx context.Context, t db.Statements, worker int64, chunks []int64, states string) error {
	cond, list := e.store.db.InKeys("chunk_id", chunks)
	freed, err := db.Keys(ctx, t, `UPDATE otoscope_chunks SET worker_id = NULL, quarantined_row = NULL WHERE worker_id = ? AND `+cond+` RETURNING chunk_id`, worker, list)
	if err != nil || len(freed) == 0 {
		return err
	}
	cond, list = e.store.db.InKeys("id", freed)
	_, err = t.Exec(ctx, e.jobsWait()+` WHERE state IN (`+states+`) AND `+cond, list)
	return err
}

// jobsWait begins a statement that lets jobs wait again.
func (e *engine) jobsWait() string {
	return `UPDATE river_job SET state = 'available', scheduled_at = ` + e.store.db.RiverTime() + `, finalized_at = NULL, attempt = 0`
}
