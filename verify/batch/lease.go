package batch

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"
)

// The times after which a worker is taken for dead, and how often it says that
// it is alive. What a dead worker had in hand is taken over after DefaultLease
// and a beat more at the latest; by a process that starts, at once.
const (
	DefaultLease = 20 * time.Second
	beatsPerTerm = 4 // so that three in a row can be lost
)

// register enters this process among the workers.
func (e *engine) register(ctx context.Context) error {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	var id int64
	err = e.store.db.tx(ctx, func(t statements) error {
		var err error
		id, err = keys(ctx, t, "worker", 1)
		return err
	})
	if err != nil {
		return err
	}
	// In this order: who is entered and not held is taken for dead.
	if err := e.store.db.hold(ctx, id); err != nil {
		return err
	}
	_, err = e.store.db.exec(ctx, `INSERT INTO otoscope_workers (worker_id, description, lease_until) VALUES (?, ?, `+e.store.db.now()+` + ?)`,
		id, fmt.Sprintf("%s, process %d", host, os.Getpid()), e.o.Lease.Seconds())
	if err != nil {
		return err
	}
	e.mu.Lock()
	e.worker = id
	e.mu.Unlock()
	return nil
}

// run renews the lease and watches over others until ctx ends.
func (e *engine) run(ctx context.Context) {
	beat := time.NewTicker(e.o.Lease / beatsPerTerm)
	defer beat.Stop()
	for beats := 0; ; beats++ {
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
		}
		// An attempt that hangs must not keep the next from being made.
		attempt, cancel := context.WithTimeout(ctx, e.o.Lease/2)
		err := e.beat(attempt)
		if err == nil {
			err = e.buryExpired(attempt)
		}
		if err == nil && beats%beatsPerTerm == 0 {
			err = e.repairAll(attempt)
		}
		cancel()
		if err == nil || ctx.Err() != nil {
			continue
		}
		e.o.Logger.Warn("the database did not answer", "error", connectReason(err))
		if e.store.db.why(err) == full {
			e.haltWith(e.store.storageError("renewing the lease", err), false)
		}
	}
}

// beat renews the lease, and gives up and gives back what this process holds
// without reason.
func (e *engine) beat(ctx context.Context) error {
	e.mu.Lock()
	me := e.worker
	e.mu.Unlock()
	n, err := e.store.db.exec(ctx, `UPDATE otoscope_workers SET lease_until = `+e.store.db.now()+` + ? WHERE worker_id = ?`, e.o.Lease.Seconds(), me)
	if err != nil {
		return err
	}
	if n == 0 {
		// Others took this process for dead, and have what it had.
		e.o.Logger.Warn("this process was taken for dead by another and begins anew")
		e.mu.Lock()
		for _, h := range e.hands {
			h.lose()
		}
		e.mu.Unlock()
		return e.register(ctx)
	}
	if err := e.store.db.hold(ctx, me); err != nil {
		return err
	}
	e.mu.Lock()
	before := map[*hand]int64{} // those that had been taken by now, with the turn
	for _, h := range e.hands {
		if h.turn != 0 {
			before[h] = h.turn
		}
	}
	e.mu.Unlock()
	owned := map[int64]int64{} // turn by chunk
	err = each(ctx, e.store.db, `SELECT chunk_id, turn FROM otoscope_chunks WHERE worker_id = ?`, []any{me}, func(c cursor) error {
		var chunk, turn int64
		if err := c.Scan(&chunk, &turn); err != nil {
			return err
		}
		owned[chunk] = turn
		return nil
	})
	if err != nil {
		return err
	}
	for h, turn := range before {
		if owned[h.chunk] != turn {
			h.lose()
		}
	}
	e.mu.Lock()
	for _, h := range e.hands {
		delete(owned, h.chunk)
	}
	e.mu.Unlock()
	if len(owned) == 0 {
		return nil
	}
	// These were taken, and then something went wrong on this side.
	return e.store.db.tx(ctx, func(t statements) error { return e.free(ctx, t, me, slices.Sorted(maps.Keys(owned))) })
}

// buryUnheld frees what was in the hands of processes that no longer exist.
func (e *engine) buryUnheld(ctx context.Context) error {
	workers, err := queryKeys(ctx, e.store.db, `SELECT worker_id FROM otoscope_workers WHERE worker_id <> ? ORDER BY worker_id`, e.worker)
	if err != nil || len(workers) == 0 {
		return err
	}
	held, err := e.store.db.held(ctx, workers)
	if err != nil {
		return err
	}
	for _, w := range workers {
		if !held[w] {
			if err := e.bury(ctx, w, e.died, `DELETE FROM otoscope_workers WHERE worker_id = ?`); err != nil {
				return err
			}
		}
	}
	return nil
}

// buryExpired frees what was in the hands of those whose lease has run out.
func (e *engine) buryExpired(ctx context.Context) error {
	workers, err := queryKeys(ctx, e.store.db, `SELECT worker_id FROM otoscope_workers WHERE lease_until < `+e.store.db.now()+` ORDER BY worker_id`)
	if err != nil {
		return err
	}
	for _, w := range workers {
		if err := e.bury(ctx, w, e.died, `DELETE FROM otoscope_workers WHERE worker_id = ? AND lease_until < `+e.store.db.now()); err != nil {
			return err
		}
	}
	return nil
}

// left is for bury: a process that ends by itself leaves nothing to be noted.
func left(context.Context, statements, int64) error { return nil }

// bury removes a worker and frees what it had in hand, after note has noted how
// it came to its end.
func (e *engine) bury(ctx context.Context, worker int64, note func(context.Context, statements, int64) error, remove string) error {
	return e.store.retry(ctx, e.o.Patience, func() error {
		return e.store.db.tx(ctx, func(t statements) error {
			n, err := t.exec(ctx, remove, worker)
			if err != nil || n == 0 {
				return err // renewed, or buried by another
			}
			if err := note(ctx, t, worker); err != nil {
				return err
			}
			chunks, err := queryKeys(ctx, t, `SELECT chunk_id FROM otoscope_chunks WHERE worker_id = ? ORDER BY chunk_id`, worker)
			if err != nil || len(chunks) == 0 {
				return err
			}
			e.o.Logger.Info("taking over what a dead process had in hand", "worker", worker, "chunks", len(chunks))
			return e.free(ctx, t, worker, chunks)
		})
	})
}

// free lets chunks of a worker's wait for whoever takes them next. Who had them
// can no longer write.
func (e *engine) free(ctx context.Context, t statements, worker int64, chunks []int64) error {
	cond, list := e.store.db.inKeys("chunk_id", chunks)
	var turns []turn
	var old []int64
	err := each(ctx, t, `UPDATE otoscope_chunks SET turn = turn + 1, worker_id = NULL, row_key = NULL WHERE worker_id = ? AND `+cond+` RETURNING chunk_id, turn, batch_id, coalesce(job_id, 0)`, []any{worker, list}, func(c cursor) error {
		var u turn
		var job int64
		if err := c.Scan(&u.Chunk, &u.Turn, &u.batch, &job); err != nil {
			return err
		}
		turns, old = append(turns, u), append(old, job)
		return nil
	})
	if err != nil {
		return err
	}
	for _, job := range old {
		if job != 0 {
			if err := e.queue.cancel(ctx, t, job); err != nil {
				return err
			}
		}
	}
	return e.enqueue(ctx, t, turns)
}
