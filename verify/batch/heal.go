package batch

import (
	"context"
	"time"

	"github.com/otoscope/otoscope/verify/batch/db"
)

// healSlice is how many chunks or rows are healed in one transaction.
const healSlice = 500

// heal puts back into the queue every chunk that no process would ever take. Nobody holds
// such a chunk, and its job does not wait either, or runs for a client that is not
// registered, or has run for longer than a lease. A process that dies between two
// transactions leaves such chunks, and so does any other failure of a job. A chunk that a
// process is about to claim comes to no harm: only one claim succeeds.
func (e *engine) heal(ctx context.Context) error {
	d := e.store.db
	n, err := d.Exec(ctx, e.jobsWait()+` WHERE (state IN (`+finalized+`) OR state = 'running' AND (attempted_at < `+d.RiverTimeBefore()+`
			OR `+d.LastClient()+` NOT IN (SELECT client FROM otoscope_workers)))
		AND id IN (SELECT chunk_id FROM otoscope_chunks WHERE worker_id IS NULL)`, e.o.Lease.Seconds())
	if err != nil {
		return err
	}
	if n > 0 {
		e.o.Logger.Info("chunks without a holder or a job that waits are back in the queue", "chunks", n)
	}
	// A job whose chunk another job's process has done, and that ran for a process
	// which is gone, is done too.
	if _, err := d.Exec(ctx, `UPDATE river_job SET state = 'completed', finalized_at = `+d.RiverTime()+` WHERE state = 'running' AND kind = ?
		AND `+d.LastClient()+` NOT IN (SELECT client FROM otoscope_workers) AND id NOT IN (SELECT chunk_id FROM otoscope_chunks)`, jobArgs{}.Kind()); err != nil {
		return err
	}
	for {
		healed, err := e.healJobless(ctx)
		if err != nil || healed < healSlice {
			return err
		}
	}
}

// healJobless creates jobs for chunks without one; the chunks continue under the jobs' keys.
func (e *engine) healJobless(ctx context.Context) (healed int, err error) {
	err = e.store.db.Tx(ctx, func(t db.Statements) error {
		var old []int64
		var jobs []newJob
		err := db.Each(ctx, t, `SELECT chunk_id, batch_id, needs FROM otoscope_chunks WHERE worker_id IS NULL
			AND NOT EXISTS (SELECT 1 FROM river_job j WHERE j.id = otoscope_chunks.chunk_id)
			ORDER BY chunk_id LIMIT ?`+e.store.db.ForUpdate(), []any{healSlice}, func(c db.Cursor) error {
			var chunk int64
			var j newJob
			err := c.Scan(&chunk, &j.batch, &j.needs)
			old, jobs = append(old, chunk), append(jobs, j)
			return err
		})
		if err != nil || len(old) == 0 {
			return err
		}
		healed = len(old)
		fresh, err := e.queue.insert(ctx, t, jobs)
		if err != nil {
			return err
		}
		pairs := make([][]any, len(old))
		for i := range old {
			pairs[i] = []any{fresh[i], old[i]}
		}
		if err := t.ExecMany(ctx, `UPDATE otoscope_chunks SET chunk_id = ? WHERE chunk_id = ?`, pairs); err != nil {
			return err
		}
		return t.ExecMany(ctx, `UPDATE otoscope_rows SET chunk_id = ? WHERE chunk_id = ?`, pairs)
	})
	if err == nil && healed > 0 {
		e.o.Logger.Info("chunks without a job got one", "chunks", healed)
	}
	return healed, err
}

// healRows puts rows that wait, and are in no chunk, into one. It looks at all rows
// that wait, and is therefore called when work begins and before a batch is said to
// be done, which then has next to none.
func (e *engine) healRows(ctx context.Context, batch int64) (healed int, err error) {
	err = e.store.retry(ctx, e.o.Patience, func() error {
		return e.store.db.Tx(ctx, func(t db.Statements) error {
			stray, err := db.Keys(ctx, t, `SELECT w.row_key FROM otoscope_waiting w JOIN otoscope_rows r ON r.row_key = w.row_key WHERE r.batch_id = ?
				AND (r.chunk_id IS NULL OR NOT EXISTS (SELECT 1 FROM otoscope_chunks c WHERE c.chunk_id = r.chunk_id))
				ORDER BY w.row_key LIMIT ?`, batch, healSlice)
			if err != nil || len(stray) == 0 {
				return err
			}
			e.o.Logger.Warn("rows that were in no chunk wait in one again", "rows", len(stray))
			healed = len(stray)
			// The process that runs the batch knows its permissions.
			_, err = e.moveToChunk(ctx, t, newJob{batch: batch, needs: needsUnknown}, stray)
			return err
		})
	})
	return healed, err
}

func (e *engine) healAllRows(ctx context.Context, batch int64) error {
	for {
		healed, err := e.healRows(ctx, batch)
		if err != nil || healed < healSlice {
			return err
		}
	}
}

// moveToChunk puts rows into a new chunk and returns its key.
func (e *engine) moveToChunk(ctx context.Context, t db.Statements, j newJob, rows []int64) (int64, error) {
	ids, err := e.queue.insert(ctx, t, []newJob{j})
	if err != nil {
		return 0, err
	}
	if _, err := t.Exec(ctx, `INSERT INTO otoscope_chunks (chunk_id, batch_id, needs, token) VALUES (?, ?, ?, 0)`, ids[0], j.batch, string(j.needs)); err != nil {
		return 0, err
	}
	cond, list := e.store.db.InKeys("row_key", rows)
	_, err = t.Exec(ctx, `UPDATE otoscope_rows SET chunk_id = ? WHERE `+cond, ids[0], list)
	return ids[0], err
}

// A snooze is how long a job waits that cannot run now.
const (
	stoppedSnooze = time.Second // the batch was stopped, and its queues will be left soon
	filesSnooze   = 2 * time.Second
)
