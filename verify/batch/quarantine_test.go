package batch

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch/db/dbtest"
)

// A recording that ends every process that works on it becomes an error; no other
// row does, and all others are done before the last process dies.
func TestDeadlyRecording(t *testing.T) {
	const rows = 400
	onEach(t, func(t *testing.T, target string) {
		deaths := 0
		for {
			p := begin(t, "poisoned-batch", rows, 0, 20*time.Second, target)
			err := <-p.ended
			p.ended <- err
			if err == nil {
				break
			}
			if deaths++; deaths > 10 {
				t.Fatalf("%d processes died: %v: %s", deaths, err, p.said.String())
			}
		}
		if want := quarantineDeaths + deathsAlone; deaths != want {
			t.Errorf("%d processes died, want %d", deaths, want)
		}
		onlyPoisonIsAnError(t, open(t, target), rows)
	})
}

// The same with two processes at once on PostgreSQL, started again as they die.
func TestDeadlyRecordingAmongTwo(t *testing.T) {
	dbtest.Need(t)
	const rows, lease = 400, time.Second
	target := dbtest.Schema(t)
	batch := begin(t, "poisoned-batch", rows, 0, lease, target)
	worker := begin(t, "poisoned-worker", 0, 0, lease, target)
	deaths := 0
	for done := false; !done; {
		select {
		case err := <-batch.ended:
			batch.ended <- err
			if done = err == nil; !done {
				deaths++
				batch = begin(t, "poisoned-batch", rows, 0, lease, target)
			}
		case err := <-worker.ended:
			worker.ended <- err
			deaths++
			worker = begin(t, "poisoned-worker", 0, 0, lease, target)
		case <-time.After(30 * time.Second):
			t.Fatal("the batch did not come to its end")
		}
		if deaths > 12 {
			t.Fatalf("%d processes died", deaths)
		}
	}
	worker.kill()
	t.Logf("%d processes died", deaths)
	onlyPoisonIsAnError(t, open(t, target), rows)
}

func onlyPoisonIsAnError(t *testing.T, s *Store, rows int64) {
	t.Helper()
	exactlyOne(t, s, rows)
	for id, v := range verdicts(t, s) {
		if failed := v.Outcome == verify.Errored; failed != strings.HasSuffix(id, poison) {
			t.Errorf("%s is %s: %+v", id, v.Outcome, v.Error)
		} else if failed && (!strings.Contains(v.Error.Message, "2 processes died") || v.Error.Hint == "") {
			t.Errorf("the error says %+v", v.Error)
		}
	}
	if n := count(t, s, `SELECT count(*) FROM otoscope_results WHERE error_kind = 'process died'`); n != 1 {
		t.Errorf("%d errors are of their kind, want 1", n)
	}
}

// Processes that are killed from outside cost no row anything, as long as none of
// them held the same row alone twice.
func TestKillsFromOutsideCostNoRow(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		for range quarantineDeaths {
			p := begin(t, "batch", 40, time.Hour, time.Hour, target)
			p.says(t, "claimed")
			p.kill()
		}
		s := open(t, target)
		report := run(t, s, manifestOf(t, "calls.csv", rowsCSV(40)), ReadOptions{}, fast(&fake{}))
		exactlyOne(t, s, 40)
		if n := report.Outcomes[verify.Errored]; n > 0 {
			t.Errorf("%d rows are errors", n)
		}
	})
}

// At most one row at a time is noted as in quarantine, and it is the row that the
// process works on.
func TestQuarantineIsOneRowAtATime(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		const rows = 60
		s := open(t, target)
		ctx, cancel := context.WithCancel(t.Context())
		o := untilRead(cancel)
		if _, err := s.Run(ctx, manifestOf(t, "m", rowsCSV(rows)), ReadOptions{}, o); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if _, err := s.db.Exec(t.Context(), `UPDATE otoscope_chunks SET deaths = ?`, quarantineDeaths); err != nil {
			t.Fatal(err)
		}
		source := &fake{do: func(_ context.Context, task Task) (Measured, error) {
			named := count(t, s, `SELECT count(*) FROM otoscope_chunks WHERE quarantined_row IS NOT NULL`)
			mine := count(t, s, `SELECT count(*) FROM otoscope_chunks c JOIN otoscope_waiting w ON w.row_key = c.quarantined_row WHERE w.reference = ?`, task.Reference)
			if named != 1 || mine != 1 {
				t.Errorf("%d rows are noted as in quarantine, %d of them this one", named, mine)
			}
			return heard(task), nil
		}}
		run(t, s, manifestOf(t, "m", rowsCSV(rows)), ReadOptions{}, fast(source))
		exactlyOne(t, s, rows)
	})
}
