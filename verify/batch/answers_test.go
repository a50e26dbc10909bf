package batch

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/verify/answer"
	"github.com/otoscope/otoscope/verify/batch/db"
	"github.com/otoscope/otoscope/verify/report"
)

// reviewed is a batch of n results. It returns the keys of their rows and their hashes.
func reviewed(t *testing.T, target string, n int) (*Store, []int64, []string) {
	t.Helper()
	s := open(t, target)
	run(t, s, manifestOf(t, "calls.csv", rowsCSV(n)), ReadOptions{}, fast(&fake{}))
	var rows []int64
	var hashes []string
	err := db.Each(t.Context(), s.db, `SELECT s.row_key, s.sha256 FROM otoscope_results s JOIN otoscope_rows r ON r.row_key = s.row_key ORDER BY r.row`, nil, func(c db.Cursor) error {
		var row int64
		var hash string
		err := c.Scan(&row, &hash)
		rows, hashes = append(rows, row), append(hashes, hash)
		return err
	})
	if err != nil || len(rows) != n {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	return s, rows, hashes
}

func says(word answer.Word, who string) answer.Answer {
	return answer.Answer{Answer: word, Reviewer: who, At: time.Date(2026, 11, 27, 9, 30, 0, 0, time.UTC), Note: "a note"}
}

// give holds a row and answers.
func give(t *testing.T, s *Store, row int64, hash string, a answer.Answer) int64 {
	t.Helper()
	if ok, err := s.Hold(t.Context(), row, a.Reviewer, a.Reviewer, time.Minute); err != nil || !ok {
		t.Fatalf("holding row %d: %v, %v", row, ok, err)
	}
	id, err := s.Answer(t.Context(), row, a.Reviewer, hash, a)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func rowsOf(t *testing.T, s *Store, f Filter) []report.Row {
	t.Helper()
	var all []report.Row
	for r, err := range s.Results(t.Context(), f, false) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

// How a recording came to the person is kept with the answer.
func TestAnAnswerKeepsHowItsRecordingWasDrawn(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s, rows, hashes := reviewed(t, target, 3)
		for i, want := range []answer.Drawing{{}, {Drawn: true}, {Drawn: true, Among: []string{`queue=a "b"`, "plugin=2.4"}}} {
			given := says(answer.CustomerLeft, "ann")
			given.Drawing = want
			give(t, s, rows[i], hashes[i], given)
			if diff := cmp.Diff(&given, rowsOf(t, s, Filter{})[i].Human); diff != "" {
				t.Error(diff)
			}
		}
	})
}

// The newest answer counts that stands and is about the recording of the result. Nothing that was
// answered is lost.
func TestTheNewestAnswerCounts(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s, rows, hashes := reviewed(t, target, 3)
		counts := func() *answer.Answer { return rowsOf(t, s, Filter{IDs: []string{"call-00000"}})[0].Human }
		if counts() != nil {
			t.Error("there is an answer that nobody gave")
		}
		first := says(answer.CustomerLeft, "ann")
		give(t, s, rows[0], hashes[0], first)
		second := says(answer.CannotTell, "bob")
		second.Blind = true
		id := give(t, s, rows[0], hashes[0], second)
		if diff := cmp.Diff(&second, counts()); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		give(t, s, rows[0], "of other bytes", says(answer.Unusable, "cid"))
		if got := counts(); got.Reviewer != "bob" {
			t.Errorf("an answer about other bytes counts: %+v", got)
		}
		if row, ok, err := s.Withdraw(t.Context(), id); row != rows[0] || !ok || err != nil {
			t.Errorf("withdrawn of row %d: %v, %v", row, ok, err)
		}
		if _, ok, err := s.Withdraw(t.Context(), id); ok || err != nil {
			t.Errorf("withdrawn again: %v, %v", ok, err)
		}
		if diff := cmp.Diff(&first, counts()); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		all, err := s.Answers(t.Context(), rows[0])
		if err != nil || len(all) != 3 || !all[0].Other || !all[1].Withdrawn || all[2].Withdrawn || all[2].Other {
			t.Errorf("the history is %+v, %v", all, err)
		}
	})
}

// Results are chosen by what people said of them, and counted likewise.
func TestResultsAreChosenByAnswers(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s, rows, hashes := reviewed(t, target, 5)
		give(t, s, rows[0], hashes[0], says(answer.AgentLeft, "ann"))
		give(t, s, rows[1], hashes[1], says(answer.Unusable, "ann"))
		give(t, s, rows[2], hashes[2], says(answer.CannotTell, "ann"))
		for human, want := range map[Human]int{HumanAny: 5, HumanVerified: 2, HumanUnclear: 1, HumanNone: 2} {
			f := Filter{Human: human}
			if got := len(rowsOf(t, s, f)); got != want {
				t.Errorf("%q: %d results, want %d", human, got, want)
			}
			if sum, err := s.Summarise(t.Context(), f); err != nil || sum.Results != int64(want) {
				t.Errorf("%q: %d are counted, want %d: %v", human, sum.Results, want, err)
			}
		}
	})
}

// Purging a row deletes what people said of it.
func TestPurgeDeletesAnswers(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s, rows, hashes := reviewed(t, target, 2)
		give(t, s, rows[0], hashes[0], says(answer.AgentLeft, "ann"))
		give(t, s, rows[1], hashes[1], says(answer.AgentLeft, "ann"))
		if _, err := s.Hold(t.Context(), rows[0], "ann", "ann", time.Minute); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Purge(t.Context(), Filter{IDs: []string{"call-00000"}}); err != nil {
			t.Fatal(err)
		}
		if answers, holds := count(t, s, `SELECT count(*) FROM otoscope_answers`), count(t, s, `SELECT count(*) FROM otoscope_reviewing`); answers != 1 || holds != 0 {
			t.Errorf("%d answers and %d holds are left", answers, holds)
		}
	})
}

// A row that a session holds is no other session's, until the hold is over, ended or taken back.
func TestAHoldExcludesOthers(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s, rows, hashes := reviewed(t, target, 3)
		first := func(session string) int64 {
			t.Helper()
			row, ok, err := s.HoldFirst(t.Context(), rows, session, session, time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				return 0
			}
			return row
		}
		if got := first("ann"); got != rows[0] {
			t.Errorf("ann has row %d", got)
		}
		if got := first("ann"); got != rows[0] {
			t.Errorf("ann has row %d then", got)
		}
		if got := first("bob"); got != rows[1] {
			t.Errorf("bob has row %d", got)
		}
		if ok, err := s.Hold(t.Context(), rows[0], "bob", "bob", time.Minute); ok || err != nil {
			t.Errorf("bob takes ann's row: %v, %v", ok, err)
		}
		if _, err := s.Answer(t.Context(), rows[0], "bob", hashes[0], says(answer.AgentLeft, "bob")); !errors.As(err, new(*TakenError)) {
			t.Errorf("bob answers ann's row: %v", err)
		}
		if holders, err := s.Holders(t.Context(), "bob"); err != nil || len(holders) != 1 || holders[rows[0]] != "ann" {
			t.Errorf("held by others: %v, %v", holders, err)
		}
		if _, err := s.Answer(t.Context(), rows[0], "ann", hashes[0], says(answer.AgentLeft, "ann")); err != nil {
			t.Error(err)
		}
		if got := first("ann"); got != rows[2] {
			t.Errorf("ann has row %d, once the first is answered", got)
		}
		if got := first("cid"); got != 0 {
			t.Errorf("cid has row %d, though others have all", got)
		}
		if err := s.Release(t.Context(), "ann", 0); err != nil {
			t.Fatal(err)
		}
		if got := first("cid"); got != rows[2] {
			t.Errorf("cid has row %d, which ann gave back", got)
		}
		// A hold that has run out holds nothing.
		if ok, err := s.Hold(t.Context(), rows[1], "bob", "bob", -time.Second); !ok || err != nil {
			t.Fatal(ok, err)
		}
		if ok, err := s.Hold(t.Context(), rows[1], "cid", "cid", time.Minute); !ok || err != nil {
			t.Errorf("cid takes what bob left: %v, %v", ok, err)
		}
		if _, err := s.Answer(t.Context(), rows[1], "bob", hashes[1], says(answer.AgentLeft, "bob")); !errors.As(err, new(*TakenError)) {
			t.Errorf("bob answers what cid has now: %v", err)
		}
	})
}

// However many people work at once, each recording is answered once.
func TestNobodyAnswersTwice(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		const people, recordings = 6, 60
		s, rows, hashes := reviewed(t, target, recordings)
		hash := map[int64]string{}
		for i, row := range rows {
			hash[row] = hashes[i]
		}
		var wait sync.WaitGroup
		for i := range people {
			wait.Go(func() {
				name := fmt.Sprint("person ", i)
				for {
					row, ok, err := s.HoldFirst(t.Context(), rows, name, name, time.Minute)
					if err != nil {
						t.Error(err)
						return
					}
					if !ok {
						return
					}
					if _, err := s.Answer(t.Context(), row, name, hash[row], says(answer.CustomerLeft, name)); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		wait.Wait()
		if n, of := count(t, s, `SELECT count(*) FROM otoscope_answers`), count(t, s, `SELECT count(DISTINCT row_key) FROM otoscope_answers`); n != recordings || of != recordings {
			t.Errorf("%d answers about %d recordings, want %d", n, of, recordings)
		}
	})
}

// An answer about a result of a part of its recording, which has no hash, counts, and still does once the whole is verified,
// if that is what the person heard. An answer that is older than such a result does not count: it may be about
// other bytes.
func TestAnAnswerAboutAPartCountsForTheWhole(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s, rows, hashes := reviewed(t, target, 1)
		row := rows[0]
		human := func() string {
			t.Helper()
			if h := rowsOf(t, s, Filter{})[0].Human; h != nil {
				return h.Reviewer
			}
			return "nobody"
		}
		is := func(hash string) {
			t.Helper()
			if _, err := s.db.Exec(t.Context(), `UPDATE otoscope_results SET sha256 = ?, finished_at = ?`, hash, s.db.Time(time.Now())); err != nil {
				t.Fatal(err)
			}
		}
		give(t, s, row, hashes[0], says(answer.AgentLeft, "ann"))
		is("")
		if got := human(); got != "nobody" {
			t.Errorf("of a part that was verified later, %s counts", got)
		}
		later := says(answer.CustomerLeft, "bob")
		later.At = time.Now().Add(time.Hour).UTC().Truncate(time.Second)
		give(t, s, row, "what bob heard", later)
		if got := human(); got != "bob" {
			t.Errorf("of a part, %s counts", got)
		}
		for hash, want := range map[string]string{"what bob heard": "bob", "other bytes": "nobody", hashes[0]: "ann"} {
			if is(hash); human() != want {
				t.Errorf("of the whole, %q, %s counts", hash, human())
			}
		}
	})
}

// A session gets what another one held by its name, and nothing else.
func TestAHoldIsInherited(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s, rows, hashes := reviewed(t, target, 2)
		for i, name := range []string{"before", "other"} {
			if ok, err := s.Hold(t.Context(), rows[i], name, "ann", time.Minute); err != nil || !ok {
				t.Fatal(ok, err)
			}
		}
		for _, row := range rows {
			if err := s.Inherit(t.Context(), row, "before", "after"); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Answer(t.Context(), rows[0], "after", hashes[0], says(answer.AgentLeft, "ann")); err != nil {
			t.Error(err)
		}
		if _, err := s.Answer(t.Context(), rows[1], "after", hashes[1], says(answer.AgentLeft, "ann")); !errors.As(err, new(*TakenError)) {
			t.Errorf("what it did not hold: %v", err)
		}
	})
}
