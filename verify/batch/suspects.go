package batch

import (
	"context"
	"fmt"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch/manifest"

	"github.com/otoscope/otoscope/verify/batch/db"
)

// A recording can end the process that works on it: by taking all memory, or by
// a defect that cannot be recovered from. It must not end one process after the
// other. But a process may die for reasons that are no recording's, such as a
// loss of power, and most of what it held is innocent in any case.
//
// The first death is therefore nobody's. A chunk that a second process died with
// is suspect: its rows are worked on alone, so that a death has one cause among
// the recordings at most. A row that two processes died with alone gets an error
// for its result. Until then it waits behind all others, so that the batch gets
// on. An innocent row would have to be worked on at four deaths, and alone at the
// last two.
const (
	deathsOfSuspect = 2
	deathsAlone     = 2
)

// oneByOne works on the rows of a suspect chunk, while the process has room for
// nothing else.
func (e *engine) oneByOne(ctx context.Context, c *claim, tasks []*task, done chan<- finished) {
	for _, t := range tasks {
		if e.begin.Err() != nil {
			return
		}
		if err := e.quarantine(ctx, c, t.key); err != nil {
			e.o.Logger.Warn("a suspect row could not be begun", "error", err.Error())
			c.lose()
			return
		}
		f, ok := e.one(ctx, t)
		if !ok {
			return
		}
		done <- f
	}
}

// quarantine notes that a row of a suspect chunk is begun while nothing else is.
func (e *engine) quarantine(ctx context.Context, c *claim, row int64) error {
	return e.store.retry(ctx, e.o.Patience, func() error {
		n, err := e.store.db.Exec(ctx, `UPDATE otoscope_chunks SET quarantined_row = ? WHERE chunk_id = ? AND worker_id = ? AND token = ?`, row, c.chunk, c.worker, c.token)
		if err == nil && n == 0 {
			err = errLost
		}
		return err
	})
}

// died notes that a process died while it held chunks. A row that it worked on
// alone gets a chunk of its own, and the others are acquitted.
func (e *engine) died(ctx context.Context, t db.Statements, worker int64) error {
	type suspicion struct {
		newJob
		chunk, row int64
	}
	var suspicions []suspicion
	err := db.Each(ctx, t, `UPDATE otoscope_chunks SET deaths = deaths + 1 WHERE worker_id = ?
		RETURNING chunk_id, batch_id, needs, coalesce(quarantined_row, 0)`, []any{worker}, func(c db.Cursor) error {
		var s suspicion
		err := c.Scan(&s.chunk, &s.batch, &s.needs, &s.row)
		suspicions = append(suspicions, s)
		return err
	})
	if err != nil {
		return err
	}
	for _, s := range suspicions {
		if s.row == 0 {
			continue
		}
		// A row whose result was stored is out of it.
		n, err := t.Exec(ctx, `UPDATE otoscope_waiting SET deaths = deaths + 1 WHERE row_key = ?
			AND EXISTS (SELECT 1 FROM otoscope_rows r WHERE r.row_key = otoscope_waiting.row_key AND r.chunk_id = ?)`, s.row, s.chunk)
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		e.o.Logger.Warn("a process died while it worked on one recording alone", "row_key", s.row)
		if err := e.isolate(ctx, t, s.newJob, s.chunk, s.row); err != nil {
			return err
		}
	}
	return nil
}

// isolate moves a row out of its chunk, unless it is the only one.
func (e *engine) isolate(ctx context.Context, t db.Statements, j newJob, chunk, row int64) error {
	var others int64
	if _, err := db.One(ctx, t, `SELECT count(*) FROM otoscope_rows WHERE chunk_id = ? AND row_key <> ?`, []any{chunk, row}, &others); err != nil || others == 0 {
		return err
	}
	alone, err := e.moveToChunk(ctx, t, j, []int64{row})
	if err != nil {
		return err
	}
	if _, err := t.Exec(ctx, `UPDATE otoscope_chunks SET deaths = ? WHERE chunk_id = ?`, deathsOfSuspect, alone); err != nil {
		return err
	}
	_, err = t.Exec(ctx, `UPDATE otoscope_chunks SET deaths = 0 WHERE chunk_id = ?`, chunk)
	return err
}

// deadly is the error of a row that processes died with.
func deadly(t *task) error {
	return &TaskError{Stage: verify.StageDecode, Kind: "process died", Err: &manifest.RowError{
		Message: fmt.Sprintf("%d processes died while they worked on this recording and on nothing else, so it is not tried again", t.deaths),
		Advice:  "see what ended them (the system's log tells of a lack of memory), and report it if otoscope did it by itself; --again errors tries it again",
	}}
}
