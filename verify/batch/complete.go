package batch

import (
	"context"
	"slices"

	"github.com/riverqueue/river"

	"github.com/otoscope/otoscope/verify"
)

// written says what writing is to come to besides the results.
type written struct {
	all      bool // the chunk is done
	giveBack bool // the rest of it waits for the next turn
}

// write stores results, in the transaction that completes the job where it is
// the last of them. It is repeated where the database was away: what was stored
// already is not stored again.
func (e *engine) write(ctx context.Context, h *hand, worker int64, all []finished, w written, job *river.Job[turnArgs]) error {
	patience := e.o.Patience
	if e.begin.Err() != nil {
		patience = farewell
	}
	return e.store.retry(ctx, patience, func() error {
		attempt, cancel := context.WithTimeout(ctx, e.o.Patience)
		defer cancel()
		return e.store.db.tx(attempt, func(t statements) error { return e.writeIn(attempt, t, h, worker, all, w, job) })
	})
}

func (e *engine) writeIn(ctx context.Context, t statements, h *hand, worker int64, all []finished, w written, job *river.Job[turnArgs]) error {
	// The chunk's row stays locked until the end, so that nobody takes it over
	// between this and the commit.
	n, err := t.exec(ctx, `UPDATE otoscope_chunks SET turn = turn WHERE chunk_id = ? AND worker_id = ? AND turn = ?`, h.chunk, worker, h.turn)
	if err != nil {
		return err
	}
	if n == 0 {
		return errLost
	}
	accepted, err := e.accept(ctx, t, h, all)
	if err != nil {
		return err
	}
	if err := e.store.writeResults(ctx, t, h.batch, accepted); err != nil {
		return err
	}
	counts := map[string]int64{}
	for _, f := range accepted {
		counts[string(f.verdict.Outcome)]++
		counts[tallyBytes] += f.bytes
		if f.verdict.Outcome == verify.Errored {
			counts[tallyError+f.kind]++
		}
	}
	if err := e.store.tally(ctx, t, h.batch, h.reading, counts); err != nil {
		return err
	}
	if counts[string(verify.Errored)] > 0 {
		if err := stopAtErrors(ctx, t, h); err != nil {
			return err
		}
	}
	switch {
	case w.all:
		_, err = t.exec(ctx, `DELETE FROM otoscope_chunks WHERE chunk_id = ?`, h.chunk)
	case w.giveBack:
		if _, err = t.exec(ctx, `UPDATE otoscope_chunks SET turn = turn + 1, worker_id = NULL, row_key = NULL WHERE chunk_id = ?`, h.chunk); err == nil {
			err = e.enqueue(ctx, t, []turn{{turnArgs{Chunk: h.chunk, Turn: h.turn + 1}, h.batch}})
		}
	}
	if err != nil || job == nil {
		return err
	}
	return e.queue.complete(ctx, t, job)
}

// stopAtErrors stops a batch, for every process that works on it, that has come
// to as many errors as it may.
func stopAtErrors(ctx context.Context, t statements, h *hand) error {
	_, err := t.exec(ctx, `UPDATE otoscope_batches SET stopped = 'it came to ' || stop_after || ' errors'
		WHERE batch_id = ? AND reading = ? AND stop_after > 0 AND stopped IS NULL
		AND stop_after <= (SELECT n FROM otoscope_tallies y WHERE y.batch_id = otoscope_batches.batch_id AND y.reading = otoscope_batches.reading AND y.name = ?)`,
		h.batch, h.reading, string(verify.Errored))
	return err
}

// accept marks rows as done and gives those that were not yet, nor taken out of
// the chunk, and whose references go.
func (e *engine) accept(ctx context.Context, t statements, h *hand, all []finished) ([]finished, error) {
	if len(all) == 0 {
		return nil, nil
	}
	rowKeys := make([]int64, len(all))
	for i, f := range all {
		rowKeys[i] = f.key
	}
	cond, list := e.store.db.inKeys("row_key", rowKeys)
	open, err := queryKeys(ctx, t, `UPDATE otoscope_rows SET chunk_id = NULL WHERE chunk_id = ? AND `+cond+` RETURNING row_key`, h.chunk, list)
	if err != nil {
		return nil, err
	}
	isOpen := make(map[int64]bool, len(open))
	for _, key := range open {
		isOpen[key] = true
	}
	accepted := slices.DeleteFunc(slices.Clone(all), func(f finished) bool { return !isOpen[f.key] })
	cond, list = e.store.db.inKeys("row_key", open)
	_, err = t.exec(ctx, `DELETE FROM otoscope_waiting WHERE `+cond, list)
	return accepted, err
}
