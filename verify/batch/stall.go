package batch

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/otoscope/otoscope/verify/batch/db"
)

// A batch without progress reports this, and the reason: after stallTerms leases without a
// finished row, and then after twice as long each time, up to stallMax.
const (
	stallTerms = 3
	stallMax   = 10 * time.Minute
)

// A stall measures how long no row has finished.
type stall struct {
	done        int64
	since, told time.Time
	pause       time.Duration
}

// note receives the number of finished rows, and logs why it has not grown.
func (s *stall) note(ctx context.Context, e *engine, done int64) error {
	now := time.Now()
	if s.since.IsZero() || done != s.done {
		*s = stall{done: done, since: now, told: now, pause: stallTerms * e.o.Lease}
		return nil
	}
	if now.Sub(s.told) < s.pause {
		return nil
	}
	why, err := e.waitsFor(ctx)
	if err != nil {
		return err
	}
	s.told, s.pause = now, min(2*s.pause, max(stallMax, s.pause))
	if why != "" {
		e.o.Logger.Warn(fmt.Sprintf("no row was finished for %v: %s", now.Sub(s.since).Round(time.Second), why))
	}
	return nil
}

// waitsFor describes what the unfinished rows wait for; "" if there are none.
func (e *engine) waitsFor(ctx context.Context) (string, error) {
	var said []string
	if own := e.ownWork(); own != "" {
		said = append(said, own)
	}
	if limited, ok := e.o.Source.(interface{ Waits() (int, string) }); ok {
		if n, host := limited.Waits(); n > 0 {
			said = append(said, fmt.Sprintf("%d requests to %s wait because of --rate", n, host))
		}
	}
	err := db.Each(ctx, e.store.db, `SELECT w.description, w.lease_until - `+e.store.db.Now()+`, count(*)
		FROM otoscope_chunks c JOIN otoscope_workers w ON w.worker_id = c.worker_id JOIN otoscope_rows r ON r.chunk_id = c.chunk_id
		WHERE w.worker_id <> ? AND (c.batch_id = ? OR ? = 0) GROUP BY w.worker_id, w.description, w.lease_until ORDER BY w.worker_id`,
		[]any{e.id(), e.runs, e.runs}, func(c db.Cursor) error {
			var who string
			var left float64
			var rows int64
			if err := c.Scan(&who, &left, &rows); err != nil {
				return err
			}
			seen := max(0, e.o.Lease.Seconds()-left)
			said = append(said, fmt.Sprintf("%d rows are held by %s, last seen alive %.0f s ago", rows, who, seen))
			return nil
		})
	if err != nil {
		return "", err
	}
	unable, err := e.unable(ctx)
	if err != nil {
		return "", err
	}
	if unable != "" {
		said = append(said, unable)
	}
	err = db.Each(ctx, e.store.db, `SELECT j.state, min(`+e.store.db.RiverEpoch("j.scheduled_at")+`) - `+e.store.db.Now()+`, count(*)
		FROM otoscope_chunks c JOIN river_job j ON j.id = c.chunk_id JOIN otoscope_rows r ON r.chunk_id = c.chunk_id
		WHERE c.worker_id IS NULL AND (c.batch_id = ? OR ? = 0) GROUP BY j.state ORDER BY j.state`, []any{e.runs, e.runs}, func(c db.Cursor) error {
		var state string
		var in float64
		var rows int64
		if err := c.Scan(&state, &in, &rows); err != nil {
			return err
		}
		switch {
		case in > 1:
			at := time.Now().Add(time.Duration(in * float64(time.Second)))
			said = append(said, fmt.Sprintf("%s until %s, because their servers said so", rowsWait(rows), at.Format(time.TimeOnly)))
		case len(said) == 0:
			said = append(said, fmt.Sprintf("%s to be taken (their jobs are %s)", rowsWait(rows), state))
		}
		return nil
	})
	return strings.Join(said, "; "), err
}

// ownWork describes what this process works on; "" if it has no work.
func (e *engine) ownWork() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var oldest *task
	for t, since := range e.underWay {
		if oldest == nil || since.Before(e.underWay[oldest]) {
			oldest = t
		}
	}
	if oldest == nil {
		return ""
	}
	return fmt.Sprintf("this process works on %d recordings, on %s for %v", len(e.underWay), oldest.c.Reference, time.Since(e.underWay[oldest]).Round(time.Second))
}
