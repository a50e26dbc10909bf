package batch

import (
	"context"
	"time"

	"github.com/otoscope/otoscope/verify/batch/db"
)

// Hold lets a session have a row, so that nobody else gets it for the time of the hold. ok is false
// if another session has it.
func (s *Store) Hold(ctx context.Context, row int64, session, reviewer string, hold time.Duration) (ok bool, err error) {
	err = s.retry(ctx, answerPatience, func() error {
		return s.db.Tx(ctx, func(t db.Statements) error {
			var err error
			ok, err = s.hold(ctx, t, row, session, reviewer, hold)
			return err
		})
	})
	return ok, s.storageError("taking a recording", err)
}

// Stay lengthens the hold of a session. If the session has lost it, it gets it back, unless another has it or
// the row was answered since. held says whether the session holds the row.
func (s *Store) Stay(ctx context.Context, row int64, session, reviewer string, hold time.Duration) (held bool, err error) {
	err = s.retry(ctx, answerPatience, func() error {
		n, err := s.db.Exec(ctx, `UPDATE otoscope_reviewing SET until = `+s.db.Now()+` + ? WHERE row_key = ? AND session = ?`, hold.Seconds(), row, session)
		held = n > 0
		return err
	})
	if held || err != nil {
		return held, s.storageError("keeping a recording", err)
	}
	_, held, err = s.HoldFirst(ctx, []int64{row}, session, reviewer, hold)
	return held, err
}

// Inherit lets a session have the hold of another one, which is not there any more. It does nothing if that does not hold the
// row.
func (s *Store) Inherit(ctx context.Context, row int64, from, to string) error {
	err := s.retry(ctx, answerPatience, func() error {
		_, err := s.db.Exec(ctx, `UPDATE otoscope_reviewing SET session = ? WHERE row_key = ? AND session = ?`, to, row, from)
		return err
	})
	return s.storageError("keeping a recording", err)
}

// hold takes a row whose hold, if there is one, is the session's or has run out.
func (s *Store) hold(ctx context.Context, t db.Statements, row int64, session, reviewer string, hold time.Duration) (bool, error) {
	n, err := t.Exec(ctx, `INSERT INTO otoscope_reviewing (row_key, reviewer, session, until) VALUES (?, ?, ?, `+s.db.Now()+` + ?)
		ON CONFLICT (row_key) DO UPDATE SET reviewer = excluded.reviewer, session = excluded.session, until = excluded.until
		WHERE otoscope_reviewing.session = excluded.session OR otoscope_reviewing.until < `+s.db.Now(), row, reviewer, session, hold.Seconds())
	return n > 0, err
}

// heldAtOnce is how many rows are looked at in one query.
const heldAtOnce = 500

// HoldFirst lets a session have the first of the rows that nobody has answered and no other
// session holds. ok is false if there is none.
func (s *Store) HoldFirst(ctx context.Context, rows []int64, session, reviewer string, hold time.Duration) (row int64, ok bool, err error) {
	for len(rows) > 0 && !ok && err == nil {
		some := rows[:min(heldAtOnce, len(rows))]
		rows = rows[len(some):]
		err = s.retry(ctx, answerPatience, func() error {
			return s.db.Tx(ctx, func(t db.Statements) error {
				var err error
				row, ok, err = s.holdFirst(ctx, t, some, session, reviewer, hold)
				return err
			})
		})
	}
	return row, ok, s.storageError("taking the next recording", err)
}

func (s *Store) holdFirst(ctx context.Context, t db.Statements, rows []int64, session, reviewer string, hold time.Duration) (int64, bool, error) {
	busy, err := s.busy(ctx, t, rows, session)
	if err != nil {
		return 0, false, err
	}
	for _, row := range rows {
		if busy[row] {
			continue
		}
		held, err := s.hold(ctx, t, row, session, reviewer, hold)
		if err != nil {
			return 0, false, err
		}
		if !held {
			continue
		}
		// Its answer may have been stored since, and its hold with it.
		now, err := s.busy(ctx, t, []int64{row}, session)
		if err != nil || !now[row] {
			return row, err == nil, err
		}
		if _, err := t.Exec(ctx, `DELETE FROM otoscope_reviewing WHERE row_key = ? AND session = ?`, row, session); err != nil {
			return 0, false, err
		}
	}
	return 0, false, nil
}

// busy returns those of the rows that are answered or gone, or that another session holds.
func (s *Store) busy(ctx context.Context, t db.Statements, rows []int64, session string) (map[int64]bool, error) {
	busy := map[int64]bool{}
	for _, row := range rows {
		busy[row] = true // until it is found
	}
	cond, list := s.db.InKeys("r.row_key", rows)
	free, err := db.Keys(ctx, t, `SELECT r.row_key FROM otoscope_rows r JOIN otoscope_results s ON s.row_key = r.row_key
		WHERE `+cond+` AND `+HumanNone.condition()+`
		AND NOT EXISTS (SELECT 1 FROM otoscope_reviewing h WHERE h.row_key = r.row_key AND h.session <> ? AND h.until >= `+s.db.Now()+`)`, list, session)
	for _, row := range free {
		delete(busy, row)
	}
	return busy, err
}

// Release ends the holds of a session, or only that of one row; 0 means all.
func (s *Store) Release(ctx context.Context, session string, row int64) error {
	err := s.retry(ctx, answerPatience, func() error {
		_, err := s.db.Exec(ctx, `DELETE FROM otoscope_reviewing WHERE session = ? AND (row_key = ? OR ? = 0)`, session, row, row)
		return err
	})
	return s.storageError("giving a recording back", err)
}

// Holders returns who has which row before them, apart from a session.
func (s *Store) Holders(ctx context.Context, session string) (map[int64]string, error) {
	all := map[int64]string{}
	err := db.Each(ctx, s.db, `SELECT row_key, reviewer FROM otoscope_reviewing WHERE session <> ? AND until >= `+s.db.Now(), []any{session}, func(c db.Cursor) error {
		var row int64
		var reviewer string
		err := c.Scan(&row, &reviewer)
		all[row] = reviewer
		return err
	})
	return all, s.storageError("reading who reviews what", err)
}
