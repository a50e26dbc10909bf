package batch

import (
	"context"
)

// enqueue makes jobs of turns and notes which.
func (e *engine) enqueue(ctx context.Context, t statements, turns []turn) error {
	jobs, err := e.queue.enqueue(ctx, t, turns)
	if err != nil {
		return err
	}
	args := make([][]any, len(turns))
	for i, u := range turns {
		args[i] = []any{jobs[i], u.Chunk}
	}
	return t.execMany(ctx, `UPDATE otoscope_chunks SET job_id = ? WHERE chunk_id = ?`, args)
}

// repairSlice is how many chunks are repaired in one transaction.
const repairSlice = 500

func (e *engine) repairAll(ctx context.Context) error {
	batches, err := queryKeys(ctx, e.store.db, `SELECT batch_id FROM otoscope_batches WHERE stopped IS NULL ORDER BY batch_id`)
	if err != nil {
		return err
	}
	for _, b := range batches {
		if err := e.repair(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

// repair makes jobs for chunks that wait without one: those of a batch that was
// stopped, and those whose job was fetched by a process that died before it
// took the chunk. A job too many does no harm: only one finds its turn.
func (e *engine) repair(ctx context.Context, batch int64) error {
	for after := int64(0); ; {
		var turns []turn
		err := e.store.db.tx(ctx, func(t statements) error {
			turns = nil
			err := each(ctx, t, `SELECT c.chunk_id, c.turn FROM otoscope_chunks c
				WHERE c.batch_id = ? AND c.chunk_id > ? AND c.worker_id IS NULL AND NOT EXISTS (
					SELECT 1 FROM river_job j WHERE j.id = c.job_id AND j.state IN ('available', 'pending', 'retryable', 'scheduled'))
				ORDER BY c.chunk_id LIMIT ?`, []any{batch, after, repairSlice}, func(c cursor) error {
				u := turn{batch: batch}
				if err := c.Scan(&u.Chunk, &u.turnArgs.Turn); err != nil {
					return err
				}
				turns = append(turns, u)
				return nil
			})
			if err != nil {
				return err
			}
			return e.enqueue(ctx, t, turns)
		})
		if err != nil {
			return err
		}
		if len(turns) < repairSlice {
			return nil
		}
		after = turns[len(turns)-1].Chunk
	}
}
