package batch

import (
	"context"
	"fmt"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch/db"
	"github.com/otoscope/otoscope/verify/batch/manifest"
)

// A recording can kill the process that works on it: it uses all memory, or triggers a
// defect without recovery. It must not end one process after the other. But a process may
// also die for another reason, such as a loss of power, and most of its rows are innocent in
// any case.
//
// The first death therefore counts against no row. If a second process dies with a chunk,
// the chunk goes into quarantine: a process works on its rows alone, so at most one
// recording can be the cause of a death. If two processes die while working on a row alone,
// the result of the row is an error. Until then it waits behind all others, so that the
// batch continues. An innocent row gets an error only if a process works on it at four
// deaths, and on it alone at the last two.
const (
	quarantineDeaths = 2
	deathsAlone      = 2
)

// oneByOne works on the rows of a quarantined chunk while the process runs nothing else.
func (e *engine) oneByOne(ctx context.Context, c *claim, tasks []*task, done chan<- finished) {
	for _, t := range tasks {
		if e.begin.Err() != nil {
			return
		}
		if err := e.quarantine(ctx, c, t.key); err != nil {
			e.o.Logger.Warn("a quarantined row could not be started", "error", err.Error())
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

// quarantine records that a row of a quarantined chunk starts while nothing else runs.
func (e *engine) quarantine(ctx context.Context, c *claim, row int64) error {
	return e.store.retry(ctx, e.o.Patience, func() error {
		n, err := e.store.db.Exec(ctx, `UPDATE otoscope_chunks SET quarantined_row = ? WHERE chunk_id = ? AND worker_id = ? AND token = ?`, row, c.chunk, c.worker, c.token)
		if err == nil && n == 0 {
			err = errLost
		}
		return err
	})
}

// died records that a process died while it held chunks. A row that it worked on alone moves
// to a separate chunk, and the others leave quarantine.
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
		if err := e.quarantineRow(ctx, t, s.newJob, s.chunk, s.row); err != nil {
			return err
		}
	}
	return nil
}

// quarantineRow moves a row out of its chunk, unless it is the only one.
func (e *engine) quarantineRow(ctx context.Context, t db.Statements, j newJob, chunk, row int64) error {
	var others int64
	if _, err := db.One(ctx, t, `SELECT count(*) FROM otoscope_rows WHERE chunk_id = ? AND row_key <> ?`, []any{chunk, row}, &others); err != nil || others == 0 {
		return err
	}
	alone, err := e.moveToChunk(ctx, t, j, []int64{row})
	if err != nil {
		return err
	}
	if _, err := t.Exec(ctx, `UPDATE otoscope_chunks SET deaths = ? WHERE chunk_id = ?`, quarantineDeaths, alone); err != nil {
		return err
	}
	_, err = t.Exec(ctx, `UPDATE otoscope_chunks SET deaths = 0 WHERE chunk_id = ?`, chunk)
	return err
}

// deadly is the error of a row whose processes died.
func deadly(t *task) error {
	return &TaskError{Stage: verify.StageDecode, Kind: "process died", Err: &manifest.RowError{
		Message: fmt.Sprintf("%d processes died while they worked on this recording and on nothing else, so it is not tried again", t.deaths),
		Advice:  "see what ended them (the system's log tells of a lack of memory), and report it if otoscope did it by itself; --again errors tries it again",
	}}
}
