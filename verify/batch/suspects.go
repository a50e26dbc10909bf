package batch

import (
	"context"
	"fmt"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch/manifest"
)

// A recording can end the process that works on it: by taking all memory, or by
// a defect that cannot be recovered from. It must not end one process after the
// other. But a process may die for reasons that are no recording's, such as a
// loss of power, and most of what it had in hand is innocent in any case.
//
// The first death is therefore nobody's. A chunk that a second process died with
// is suspect: its rows are worked on alone, so that a death has one cause among
// the recordings at most. A row that two processes died with alone gets an error
// for its result. Until then it waits behind all others, so that the batch gets
// on. An innocent row would have to be in hand at four deaths, and alone in hand
// at the last two.
const (
	deathsOfSuspect = 2
	deathsAlone     = 2
)

// oneByOne works on the rows of a suspect chunk, while the process has room for
// nothing else.
func (e *engine) oneByOne(ctx context.Context, h *hand, worker int64, tasks []*task, done chan<- finished) {
	for _, t := range tasks {
		if e.begin.Err() != nil {
			return
		}
		if err := e.alone(ctx, h, worker, t.key); err != nil {
			e.o.Logger.Warn("a suspect row could not be begun", "error", err.Error())
			h.lose()
			return
		}
		f, ok := e.one(ctx, t)
		if !ok {
			return
		}
		done <- f
	}
}

// alone notes that a row of a suspect chunk is begun while nothing else is.
func (e *engine) alone(ctx context.Context, h *hand, worker, row int64) error {
	return e.store.retry(ctx, e.o.Patience, func() error {
		n, err := e.store.db.exec(ctx, `UPDATE otoscope_chunks SET row_key = ? WHERE chunk_id = ? AND worker_id = ? AND turn = ?`, row, h.chunk, worker, h.turn)
		if err == nil && n == 0 {
			err = errLost
		}
		return err
	})
}

// died notes that a process died with chunks in hand. A row that it worked on
// alone gets a chunk of its own, and the others are acquitted.
func (e *engine) died(ctx context.Context, t statements, worker int64) error {
	type suspicion struct{ chunk, batch, row int64 }
	var suspicions []suspicion
	err := each(ctx, t, `UPDATE otoscope_chunks SET deaths = deaths + 1 WHERE worker_id = ?
		RETURNING chunk_id, batch_id, coalesce(row_key, 0)`, []any{worker}, func(c cursor) error {
		var s suspicion
		if err := c.Scan(&s.chunk, &s.batch, &s.row); err != nil {
			return err
		}
		suspicions = append(suspicions, s)
		return nil
	})
	if err != nil {
		return err
	}
	for _, s := range suspicions {
		if s.row == 0 {
			continue
		}
		// A row whose result was stored is out of it.
		n, err := t.exec(ctx, `UPDATE otoscope_waiting SET deaths = deaths + 1 WHERE row_key = ?
			AND EXISTS (SELECT 1 FROM otoscope_rows r WHERE r.row_key = otoscope_waiting.row_key AND r.chunk_id = ?)`, s.row, s.chunk)
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		e.o.Logger.Warn("a process died while it worked on one recording alone", "row_key", s.row)
		if err := e.isolate(ctx, t, s.batch, s.chunk, s.row); err != nil {
			return err
		}
	}
	return nil
}

// isolate moves a row out of its chunk, unless it is the only one.
func (e *engine) isolate(ctx context.Context, t statements, batch, chunk, row int64) error {
	var others int64
	if _, err := queryOne(ctx, t, `SELECT count(*) FROM otoscope_rows WHERE chunk_id = ? AND row_key <> ?`, []any{chunk, row}, &others); err != nil || others == 0 {
		return err
	}
	own, err := keys(ctx, t, "chunk", 1)
	if err != nil {
		return err
	}
	for _, s := range []struct {
		query string
		args  []any
	}{
		{`INSERT INTO otoscope_chunks (chunk_id, batch_id, turn, deaths) VALUES (?, ?, 1, ?)`, []any{own, batch, deathsOfSuspect}},
		{`UPDATE otoscope_rows SET chunk_id = ? WHERE row_key = ?`, []any{own, row}},
		{`UPDATE otoscope_chunks SET deaths = 0 WHERE chunk_id = ?`, []any{chunk}},
	} {
		if _, err := t.exec(ctx, s.query, s.args...); err != nil {
			return err
		}
	}
	return e.enqueue(ctx, t, []turn{{turnArgs{Chunk: own, Turn: 1}, batch}})
}

// deadly is the error of a row that processes died with.
func deadly(t *task) error {
	return &TaskError{Stage: verify.StageDecode, Kind: "process died", Err: &manifest.RowError{
		Message: fmt.Sprintf("%d processes died while they worked on this recording and on nothing else, so it is not tried again", t.deaths),
		Advice:  "see what ended them (the system's log tells of a lack of memory), and report it if otoscope did it by itself; --again errors tries it anew",
	}}
}
