package batch

import (
	"context"
	"strings"
	"time"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch/db"
)

// A Status is the progress of a batch.
type Status struct {
	Read     bool  // the manifest has been read to its end
	Waiting  int64 // rows that this run is for, as far as it has read
	Done     int64 // of them
	Bytes    int64 // fetched
	Outcomes map[verify.Outcome]int64
	Errors   map[string]int64 // by kind
	Elapsed  time.Duration
	Left     string // of a worker that ends: which rows it leaves to others, and to whom
}

// status counts the results of a reading.
func (s *Store) status(ctx context.Context, batch, revision int64, chunks *int64) (Status, *string, error) {
	st := Status{Outcomes: map[verify.Outcome]int64{}, Errors: map[string]int64{}}
	var stopped *string
	var whole int64
	if _, err := db.One(ctx, s.db, `SELECT stopped, read_whole, CASE WHEN EXISTS (SELECT 1 FROM otoscope_chunks c WHERE c.batch_id = b.batch_id) THEN 1 ELSE 0 END
		FROM otoscope_batches b WHERE batch_id = ?`, []any{batch}, &stopped, &whole, chunks); err != nil {
		return st, nil, err
	}
	st.Read = whole == 1
	err := db.Each(ctx, s.db, `SELECT name, n FROM otoscope_tallies WHERE batch_id = ? AND revision = ?`, []any{batch, revision}, func(c db.Cursor) error {
		var name string
		var n int64
		if err := c.Scan(&name, &n); err != nil {
			return err
		}
		kind, isError := strings.CutPrefix(name, tallyError)
		switch {
		case name == tallyWaiting:
			st.Waiting = n
		case name == tallyBytes:
			st.Bytes = n
		case name == tallyBad, name == tallyReused:
		case isError:
			st.Errors[kind] = n
		default:
			st.Outcomes[verify.Outcome(name)] = n
			st.Done += n
		}
		return nil
	})
	return st, stopped, err
}

// countResults counts the remaining rows, and the results of the batch as a whole. The
// former takes no time; the latter does if there are millions.
func (s *Store) countResults(ctx context.Context, in *intake, report *Report) error {
	var chunks int64
	st, _, err := s.status(ctx, in.batch, in.revision, &chunks)
	if err != nil {
		return err
	}
	report.Left = st.Waiting - st.Done
	outcomes := map[verify.Outcome]int64{}
	err = db.Each(ctx, s.db, `SELECT outcome, count(*) FROM otoscope_results WHERE batch_id = ? GROUP BY outcome`, []any{in.batch}, func(c db.Cursor) error {
		var outcome string
		var n int64
		if err := c.Scan(&outcome, &n); err != nil {
			return err
		}
		outcomes[verify.Outcome(outcome)] = n
		return nil
	})
	if err == nil {
		report.Outcomes = outcomes
	}
	return err
}
