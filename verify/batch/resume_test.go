package batch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch/db/dbtest"
	"github.com/otoscope/otoscope/verify/batch/manifest"
	"github.com/otoscope/otoscope/verify/evidence"
	"github.com/otoscope/otoscope/verify/report"
)

// verdicts gives all results by id.
func verdicts(t testing.TB, s *Store) map[string]verify.Verdict {
	t.Helper()
	all := map[string]verify.Verdict{}
	for r, err := range s.Results(t.Context(), Filter{}, false) {
		if err != nil {
			t.Fatal(err)
		}
		// A second row of one id has its number with it.
		id := r.ID
		if _, shared := all[id]; shared {
			id = fmt.Sprintf("%s (row %d)", id, r.Row)
		}
		if _, twice := all[id]; twice {
			t.Errorf("%s has two results", id)
		}
		all[id] = r.Verdict
	}
	return all
}

// Another declaration, or another profile, is judged from what was measured.
func TestJudgedAnew(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		source := &fake{}
		run(t, s, manifestOf(t, "m", rowsCSV(120)), ReadOptions{Defaults: said(t, "channels", "customer,agent")}, fast(source))
		before := verdicts(t, s)
		other := ReadOptions{Defaults: said(t, "channels", "agent,customer", "agent", "kim")}
		run(t, s, manifestOf(t, "m", rowsCSV(120)), other, fast(source))
		exactlyOne(t, s, 120)
		for id, v := range verdicts(t, s) {
			if v.Declared.Left != "agent" || v.Agent != "kim" || v.Log10LR != before[id].Log10LR || v.SHA256 != before[id].SHA256 {
				t.Fatalf("%s: before %+v, after %+v", id, before[id], v)
			}
		}
		profile := evidence.Builtin()
		profile.Name = "ours"
		other.Profile = &profile
		run(t, s, manifestOf(t, "m", rowsCSV(120)), other, fast(source))
		for id, v := range verdicts(t, s) {
			if v.Profile != "ours" {
				t.Fatalf("%s was judged by %s", id, v.Profile)
			}
		}
		if n := source.calls.Load(); n != 120 {
			t.Errorf("%d recordings were fetched, want 120", n)
		}
		// The same once more: nothing is left to do.
		report := run(t, s, manifestOf(t, "m", rowsCSV(120)), other, fast(source))
		if report.Status.Waiting != 0 {
			t.Errorf("%d rows were worked on again", report.Status.Waiting)
		}
	})
}

// A result that is judged from what was stored is that which was judged at once.
func TestJudgedFromStoredIsTheSame(t *testing.T) {
	s := open(t, t.TempDir()+"/db")
	o := ReadOptions{Defaults: said(t, "channels", "customer,agent")}
	run(t, s, manifestOf(t, "m", rowsCSV(5)), o, fast(&fake{}))
	before := texts(t, s)
	if _, err := s.db.Exec(t.Context(), `UPDATE otoscope_results SET profile = 'of yore'`); err != nil {
		t.Fatal(err)
	}
	report := run(t, s, manifestOf(t, "m", rowsCSV(5)), o, fast(&fake{}))
	if report.Status.Done != 5 {
		t.Fatalf("%d were judged again, want 5", report.Status.Done)
	}
	if after := texts(t, s); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

func texts(t *testing.T, s *Store) string {
	t.Helper()
	var b strings.Builder
	if err := writeAs("json", &b, report.About{}, s.Results(t.Context(), Filter{}, true)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// What another version measured says so, and is judged again where its schema can be
// read; what a schema that cannot be read holds keeps its verdict. Asked for, both are measured again.
func TestStale(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		run(t, s, manifestOf(t, "m", rowsCSV(3)), ReadOptions{}, fast(&fake{}))
		for _, query := range []string{
			`UPDATE otoscope_results SET version = 'v0', measured_by = 'v0'`,
			`UPDATE otoscope_results SET measurements_schema = 0 WHERE row_key = (SELECT row_key FROM otoscope_rows WHERE row = 2)`,
			`UPDATE otoscope_results SET measurements_schema = 2 WHERE row_key = (SELECT row_key FROM otoscope_rows WHERE row = 3)`,
		} {
			if _, err := s.db.Exec(t.Context(), query); err != nil {
				t.Fatal(err)
			}
		}
		source := &fake{}
		for range 2 { // the second time there is nothing left to mark
			run(t, s, manifestOf(t, "m", rowsCSV(3)), ReadOptions{}, fast(source))
			for id, v := range verdicts(t, s) {
				var said string
				for _, f := range v.Findings {
					if f.Code == "stale" {
						said += f.Detail
					}
				}
				if strings.Count(said, "v0") != 1 || strings.Contains(said, "does not judge from") != (id == "call-00001") {
					t.Errorf("%s says %q", id, said)
				}
			}
		}
		sum, err := s.Summarise(t.Context(), Filter{})
		if err != nil || sum.Stale != 3 {
			t.Errorf("%d are stale, want 3 (%v)", sum.Stale, err)
		}
		if n := source.calls.Load(); n != 0 {
			t.Errorf("%d recordings were fetched unasked", n)
		}
		run(t, s, manifestOf(t, "m", rowsCSV(3)), ReadOptions{Recheck: RecheckStale}, fast(source))
		if sum, err = s.Summarise(t.Context(), Filter{}); err != nil || sum.Stale != 0 || source.calls.Load() != 3 {
			t.Errorf("%d are stale, %d were fetched (%v)", sum.Stale, source.calls.Load(), err)
		}
	})
}

// A row that names another recording than before is fetched; one whose address
// only has a new signature is not.
func TestChangedRecording(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		var last atomic.Value
		source := &fake{do: func(_ context.Context, task Task) (Measured, error) {
			last.Store(task.Reference)
			return heard(task), nil
		}}
		o := fast(source)
		for i, m := range []struct{ url, fetched string }{
			{"https://example.com/a.wav?id=1&X-Amz-Signature=1", "https://example.com/a.wav?id=1&X-Amz-Signature=1"},
			{"https://example.com/a.wav?id=1&X-Amz-Signature=2", "https://example.com/a.wav?id=1&X-Amz-Signature=1"},
			{"https://example.com/a.wav?id=2&X-Amz-Signature=2", "https://example.com/a.wav?id=2&X-Amz-Signature=2"},
			{"https://example.com/b.wav?sig=3", "https://example.com/b.wav?sig=3"},
		} {
			run(t, s, manifestOf(t, "m", "id,recording\n1,"+m.url+"\n"), ReadOptions{}, o)
			exactlyOne(t, s, 1)
			if got := last.Load().(string); got != m.fetched {
				t.Errorf("manifest %d: %s was fetched last, want %s", i, got, m.fetched)
			}
		}
	})
}

// An interrupted run returns within its time, with all that was done stored, and
// goes on.
func TestInterrupted(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var done atomic.Int64
		var interrupted sync.Once
		var since time.Time
		source := &fake{do: func(ctx context.Context, task Task) (Measured, error) {
			if done.Add(1) > 150 {
				interrupted.Do(func() { since = time.Now() })
				cancel()
				<-ctx.Done() // a server that has gone silent
				return Measured{}, ctx.Err()
			}
			return heard(task), nil
		}}
		report, err := s.Run(ctx, manifestOf(t, "m", rowsCSV(400)), ReadOptions{}, fast(source))
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("it ended with %v", err)
		}
		if took := time.Since(since); took > 10*time.Second {
			t.Errorf("it took %v from the interruption", took)
		}
		var results int64
		for _, n := range report.Outcomes {
			results += n
		}
		if results != 150 || report.Left != 250 && report.Manifest.Rows == 400 {
			t.Errorf("%d results, %d rows left; want 150 and 250", results, report.Left)
		}
		if n := count(t, s, `SELECT count(*) FROM otoscope_chunks WHERE worker_id IS NOT NULL`); n != 0 {
			t.Errorf("%d chunks were not given back", n)
		}
		source.do = nil
		source.calls.Store(0)
		run(t, s, manifestOf(t, "m", rowsCSV(400)), ReadOptions{}, fast(source))
		exactlyOne(t, s, 400)
		if n := source.calls.Load(); n != 250 {
			t.Errorf("%d recordings were fetched after, want 250", n)
		}
	})
}

// Credentials that nobody accepts stop the batch with one sentence, and leave
// the rows to be tried again.
func TestRefusedCredentials(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		source := &fake{do: func(context.Context, Task) (Measured, error) {
			return Measured{}, &TaskError{Stage: verify.StageFetch, Kind: "fetch 401", Refused: true, Err: &manifest.RowError{Message: "who are you?", Advice: "set the password"}}
		}}
		_, err := s.Run(t.Context(), manifestOf(t, "m", rowsCSV(1000)), ReadOptions{}, fast(source))
		var refused *RefusedError
		if !errors.As(err, &refused) || hint.Of(err) != "set the password" {
			t.Fatalf("it ended with %v", err)
		}
		if n := source.calls.Load(); n > 20 {
			t.Errorf("%d recordings were tried", n)
		}
		if n := count(t, s, `SELECT count(*) FROM otoscope_results`); n != 0 {
			t.Errorf("%d rows have an error for a result", n)
		}
		source.do = nil
		run(t, s, manifestOf(t, "m", rowsCSV(1000)), ReadOptions{}, fast(source))
		exactlyOne(t, s, 1000)
	})
}

// Two rows of which both are refused are two errors: nothing more is known.
func TestFewRefused(t *testing.T) {
	s := open(t, t.TempDir()+"/db")
	source := &fake{do: func(context.Context, Task) (Measured, error) {
		return Measured{}, &TaskError{Stage: verify.StageFetch, Kind: "fetch 403", Refused: true, Err: errGone}
	}}
	report := run(t, s, manifestOf(t, "m", rowsCSV(2)), ReadOptions{}, fast(source))
	if report.Outcomes[verify.Errored] != 2 {
		t.Errorf("the outcomes are %v", report.Outcomes)
	}
}

func TestStopAfter(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		source := &fake{do: func(context.Context, Task) (Measured, error) {
			return Measured{}, &TaskError{Stage: verify.StageDecode, Kind: "decode", Err: errGone}
		}}
		o := fast(source)
		o.StopAfter = 7
		_, err := s.Run(t.Context(), manifestOf(t, "m", rowsCSV(1000)), ReadOptions{}, o)
		var stopped *StoppedError
		if !errors.As(err, &stopped) || hint.Of(err) == "" {
			t.Fatalf("it ended with %v", err)
		}
		if n := count(t, s, `SELECT count(*) FROM otoscope_results`); n < 7 || n > 30 {
			t.Errorf("%d rows have a result, want some more than 7", n)
		}
		if n := count(t, s, `SELECT count(*) FROM otoscope_batches WHERE stopped IS NOT NULL`); n != 1 {
			t.Error("others who work on the batch would not learn that it was stopped")
		}
		source.do = nil
		run(t, s, manifestOf(t, "m", rowsCSV(1000)), ReadOptions{Recheck: RecheckErrors}, fast(source))
		exactlyOne(t, s, 1000)
	})
}

// A recording that trips the program is an error of its row.
func TestPanic(t *testing.T) {
	s := open(t, t.TempDir()+"/db")
	source := &fake{do: func(_ context.Context, task Task) (Measured, error) {
		if strings.Contains(task.Reference, "00003") {
			panic("index out of range")
		}
		return heard(task), nil
	}}
	report := run(t, s, manifestOf(t, "m", rowsCSV(10)), ReadOptions{}, fast(source))
	if report.Outcomes[verify.Errored] != 1 || report.Status.Errors["defect"] != 1 {
		t.Errorf("the report is %+v", report)
	}
	exactlyOne(t, s, 10)
}

// The whole reference is stored until its row is done, and then nowhere.
func TestReferencesGo(t *testing.T) {
	path := t.TempDir() + "/otoscope.db"
	s, err := Open(t.Context(), path, OpenOptions{Create: true, Work: true})
	if err != nil {
		t.Fatal(err)
	}
	held := false
	source := &fake{do: func(_ context.Context, task Task) (Measured, error) {
		if !strings.Contains(task.Reference, "token=secret-") {
			t.Errorf("the task is %s", task.Reference)
		}
		if strings.HasSuffix(task.Reference, "299") {
			held = strings.Contains(files(t, path), "secret-00299")
		}
		return heard(task), nil
	}}
	run(t, s, manifestOf(t, "m", rowsCSV(300)), ReadOptions{}, fast(source))
	for _, v := range verdicts(t, s) {
		if text, _ := json.Marshal(v); strings.Contains(string(text), "secret") {
			t.Fatalf("a result holds the whole reference: %s", text)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if !held {
		t.Error("the reference was in no file while it was needed: this test does not see it")
	}
	if strings.Contains(files(t, path), "secret-") {
		t.Error("a reference is in the database's files after its row was done")
	}
}

// files gives the content of all files of a database.
func files(t testing.TB, path string) string {
	t.Helper()
	var all strings.Builder
	for _, end := range []string{"", "-wal", "-shm", "-journal"} {
		b, err := os.ReadFile(path + end)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		all.Write(b)
	}
	return all.String()
}

// Nobody else works on a file that is being worked on; reading it is allowed.
func TestOneProcessAFile(t *testing.T) {
	path := t.TempDir() + "/otoscope.db"
	s := open(t, path)
	run(t, s, manifestOf(t, "m", rowsCSV(3)), ReadOptions{}, fast(&fake{}))
	if other, err := Open(t.Context(), path, OpenOptions{Create: true, Work: true}); err == nil {
		other.Close()
		t.Error("a second process may work on the file")
	} else if !strings.Contains(err.Error(), "another otoscope works on") || hint.Of(err) == "" {
		t.Errorf("the error is %v", err)
	}
	reader, err := Open(t.Context(), path, OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if n := len(verdicts(t, reader)); n != 3 {
		t.Errorf("%d results are read beside", n)
	}
}

// When all is done, no file of PostgreSQL's holds a reference either: rows that
// are deleted stay in theirs.
func TestReferencesGoFromPostgres(t *testing.T) {
	dbtest.Need(t)
	s := open(t, dbtest.Schema(t))
	size := func() int64 { return count(t, s, `SELECT pg_relation_size('otoscope_waiting')`) }
	most := int64(0)
	source := &fake{do: func(_ context.Context, task Task) (Measured, error) {
		most = max(most, size())
		return heard(task), nil
	}}
	o := fast(source)
	o.Workers = 1
	run(t, s, manifestOf(t, "m", rowsCSV(300)), ReadOptions{}, o)
	if left := size(); left != 0 || most == 0 {
		t.Errorf("the table of references has %d bytes, and had %d", left, most)
	}
	exactlyOne(t, s, 300)
}

// A row may name a profile. It weighs that row alone, travels with it,
// and a changed one judges again without a fetch.
func TestProfileOfARow(t *testing.T) {
	s := open(t, t.TempDir()+"/db")
	dir := t.TempDir()
	write := func(name string) {
		t.Helper()
		profile := evidence.Builtin()
		profile.Name = name
		var b bytes.Buffer
		if err := evidence.WriteProfile(&b, profile, evidence.Provenance{Fitted: "2026-11-24", Otoscope: "devel", BasedOn: "builtin", Calls: 1000, Agents: 12}); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(dir+"/ours.json", b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	source := &fake{}
	for i, step := range []struct {
		name   string
		judged int64
	}{{"first", 2}, {"first", 0}, {"second", 1}} {
		write(step.name)
		m := manifestIn(t, dir, "id,recording,profile\n1,https://example.com/1.wav,ours.json\n2,https://example.com/2.wav,\n")
		report := run(t, s, m, ReadOptions{AllowPaths: true}, fast(source))
		all := verdicts(t, s)
		if all["1"].Profile != step.name || all["2"].Profile != evidence.Builtin().Name {
			t.Errorf("reading %d: judged by %s and %s", i, all["1"].Profile, all["2"].Profile)
		}
		if got := report.Status.Done; got != step.judged {
			t.Errorf("reading %d: %d rows were worked on, want %d", i, got, step.judged)
		}
	}
	if n := source.calls.Load(); n != 2 {
		t.Errorf("%d recordings were fetched, want 2", n)
	}
	r := newReader(t.Context(), manifestOf(t, "m", "recording\nx"), ReadOptions{})
	if err := r.row(t.Context(), manifest.Entry{Fields: manifest.Fields{Recording: "https://example.com/1.wav", Words: wordPairs("profile", "../ours.json")}}).err; err == nil || !strings.Contains(err.Error(), "needs --allow-paths") {
		t.Errorf("a profile of a manifest that is not trusted: %v", err)
	}
}
