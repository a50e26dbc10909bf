package batch

import (
	"context"
	"slices"
	"time"

	"github.com/riverqueue/river"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch/db"
)

// ending is what happens to a chunk when its results are stored.
type ending int

const (
	underWay  ending = iota // it goes on
	allDone                 // it is done, and so is its job
	givenBack               // the rest of it waits for the next claim; its job is then snoozed
)

// write stores results, in the transaction that completes the job where it is
// the last of them. It is repeated where the database was away: what was stored
// already is not stored again.
func (e *engine) write(ctx context.Context, c *claim, all []finished, end ending, job *river.Job[jobArgs]) error {
	patience := e.o.Patience
	if e.begin.Err() != nil {
		patience = leaveTimeout
	}
	return e.store.retry(ctx, patience, func() error {
		attempt, cancel := context.WithTimeout(ctx, e.o.Patience)
		defer cancel()
		return e.store.db.Tx(attempt, func(t db.Statements) error {
			if err := e.writeIn(attempt, t, c, all, end); err != nil || job == nil {
				return err
			}
			return e.queue.complete(attempt, t, job)
		})
	})
}

func (e *engine) writeIn(ctx context.Context, t db.Statements, c *claim, all []finished, end ending) error {
	// The chunk's row stays locked until the end, so that nobody takes it over
	// between this and the commit.
	n, err := t.Exec(ctx, `UPDATE otoscope_chunks SET token = token WHERE chunk_id = ? AND worker_id = ? AND token = ?`, c.chunk, c.worker, c.token)
	if err != nil {
		return err
	}
	if n == 0 {
		return errLost
	}
	if all, err = e.postpone(ctx, t, c, all); err != nil {
		return err
	}
	accepted, err := e.accept(ctx, t, c, all)
	if err != nil {
		return err
	}
	if err := e.store.writeResults(ctx, t, c.batch, accepted); err != nil {
		return err
	}
	counts := map[string]int64{}
	for _, f := range accepted {
		counts[string(f.verdict.Outcome)]++
		counts[tallyBytes] += f.bytes
		if f.reused {
			counts[tallyReused]++
		}
		if f.verdict.Outcome == verify.Errored {
			counts[tallyError+f.kind]++
		}
	}
	if err := e.store.tally(ctx, t, c.batch, c.revision, counts); err != nil {
		return err
	}
	if counts[string(verify.Errored)] > 0 {
		if err := stopAtErrors(ctx, t, c); err != nil {
			return err
		}
	}
	switch end {
	case allDone:
		_, err = t.Exec(ctx, `DELETE FROM otoscope_chunks WHERE chunk_id = ?`, c.chunk)
	case givenBack:
		return e.free(ctx, t, c.worker, []int64{c.chunk}, finalized)
	}
	return err
}

// stopAtErrors stops a batch, for every process that works on it, once it has reached its
// limit of errors.
func stopAtErrors(ctx context.Context, t db.Statements, c *claim) error {
	_, err := t.Exec(ctx, `UPDATE otoscope_batches SET stopped = 'it came to ' || stop_after || ' errors'
		WHERE batch_id = ? AND revision = ? AND stop_after > 0 AND stopped IS NULL
		AND stop_after <= (SELECT n FROM otoscope_tallies y WHERE y.batch_id = otoscope_batches.batch_id AND y.revision = otoscope_batches.revision AND y.name = ?)`,
		c.batch, c.revision, string(verify.Errored))
	return err
}

// accept marks rows as done and gives those that were not yet, nor taken out of
// the chunk, and whose references go.
func (e *engine) accept(ctx context.Context, t db.Statements, c *claim, all []finished) ([]finished, error) {
	if len(all) == 0 {
		return nil, nil
	}
	cond, list := e.store.db.InKeys("row_key", keysOf(all))
	open, err := db.Keys(ctx, t, `UPDATE otoscope_rows SET chunk_id = NULL WHERE chunk_id = ? AND `+cond+` RETURNING row_key`, c.chunk, list)
	if err != nil {
		return nil, err
	}
	isOpen := make(map[int64]bool, len(open))
	for _, key := range open {
		isOpen[key] = true
	}
	accepted := slices.DeleteFunc(slices.Clone(all), func(f finished) bool { return !isOpen[f.key] })
	cond, list = e.store.db.InKeys("row_key", open)
	_, err = t.Exec(ctx, `DELETE FROM otoscope_waiting WHERE `+cond, list)
	return accepted, err
}

func keysOf(all []finished) []int64 {
	rowKeys := make([]int64, len(all))
	for i, f := range all {
		rowKeys[i] = f.key
	}
	return rowKeys
}

// postpone moves rows whose server said "later" into a chunk whose job waits until then, and
// returns the others.
func (e *engine) postpone(ctx context.Context, t db.Statements, c *claim, all []finished) ([]finished, error) {
	var now, later []finished
	var pause time.Duration
	for _, f := range all {
		if f.later > 0 {
			later, pause = append(later, f), max(pause, f.later)
		} else {
			now = append(now, f)
		}
	}
	if len(later) == 0 {
		return all, nil
	}
	// A row that another reading moved elsewhere meanwhile stays there.
	cond, list := e.store.db.InKeys("row_key", keysOf(later))
	rows, err := db.Keys(ctx, t, `SELECT row_key FROM otoscope_rows WHERE chunk_id = ? AND `+cond, c.chunk, list)
	if err != nil || len(rows) == 0 {
		return now, err
	}
	if _, err := e.moveToChunk(ctx, t, newJob{batch: c.batch, needs: c.needs, at: time.Now().Add(pause)}, rows); err != nil {
		return nil, err
	}
	cond, list = e.store.db.InKeys("row_key", rows)
	_, err = t.Exec(ctx, `UPDATE otoscope_waiting SET tries = tries + 1 WHERE `+cond, list)
	return now, err
}
