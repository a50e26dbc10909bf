package batch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch/db"
	"github.com/otoscope/otoscope/verify/batch/db/dbtest"
	"github.com/otoscope/otoscope/verify/batch/manifest"
	"github.com/otoscope/otoscope/verify/declare"
)

// listener measures a fixture as a task asks, as a Fetcher does.
func listener(t testing.TB) *fake {
	call, err := os.ReadFile("../../testdata/call-straight.wav")
	if err != nil {
		t.Fatal(err)
	}
	return &fake{do: func(ctx context.Context, task Task) (Measured, error) {
		r, err := verify.Measure(ctx, bytes.NewReader(call), task.MeasureOptions)
		return Measured{Recording: r}, err
	}}
}

// prompts copies the fixtures of known audio to a folder.
func prompts(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"prompt-greeting.wav", "prompt-notice.wav", "call-straight.wav"} {
		content, err := os.ReadFile("../../testdata/" + name)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func manifestIn(t testing.TB, dir, text string) *manifest.Manifest {
	t.Helper()
	m, err := manifest.Read("calls", dir, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// Known audio travels with the rows: no process that works on them needs the file. Each
// sound is stored once, and goes when no row is left that names it.
func TestKnownAudioTravels(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		dir := prompts(t)
		var b strings.Builder
		b.WriteString("id,recording,agent_audio,customer_audio\n")
		for i := range 12 {
			side := "prompt-greeting.wav,"
			if i%2 == 1 {
				side = `,"[""prompt-greeting.wav"",""prompt-notice.wav""]"`
			}
			fmt.Fprintf(&b, "%d,https://example.com/%d.wav,%s\n", i, i, side)
		}
		// The manifest is read, and then nothing is done before the files are gone.
		ctx, cancel := context.WithCancel(t.Context())
		hang := &fake{do: func(ctx context.Context, _ Task) (Measured, error) {
			<-ctx.Done()
			return Measured{}, ctx.Err()
		}}
		o := fast(hang)
		o.Progress = func(st Status) {
			if st.Read {
				cancel()
			}
		}
		if _, err := s.Run(ctx, manifestIn(t, dir, b.String()), ReadOptions{AllowPaths: true}, o); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Work(t.Context(), fast(listener(t)), false); err != nil {
			t.Fatal(err)
		}
		exactlyOne(t, s, 12)
		for id, v := range verdicts(t, s) {
			want := verify.Match
			if strings.ContainsRune("13579", rune(id[len(id)-1])) {
				want = verify.Swapped
			}
			if v.Outcome != want {
				t.Errorf("%s is %s: %+v", id, v.Outcome, v.Error)
			}
		}
		if n := count(t, s, `SELECT count(*) FROM otoscope_sounds`); n != 2 {
			t.Errorf("%d sounds are stored, want 2", n)
		}
		if _, err := s.Purge(t.Context(), Filter{IDs: []string{"1"}}); err != nil {
			t.Fatal(err)
		}
		if n := count(t, s, `SELECT count(*) FROM otoscope_sounds`); n != 2 {
			t.Errorf("%d sounds are left while rows need them, want 2", n)
		}
		if _, err := s.Purge(t.Context(), Filter{}); err != nil {
			t.Fatal(err)
		}
		if n := count(t, s, `SELECT count(*) FROM otoscope_sounds`); n != 0 {
			t.Errorf("%d sounds are left of no row", n)
		}
	})
}

// Audio that was not listened for needs the recording again; that it belongs to
// the other side, or is no longer known, does not.
func TestChangedKnownAudio(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		dir := prompts(t)
		source := listener(t)
		greeting, notice := filepath.Join(dir, "prompt-greeting.wav"), filepath.Join(dir, "prompt-notice.wav")
		for _, step := range []struct {
			name            string
			agent, customer []string
			voice, peaks    bool
			fetched         int64
			outcome         verify.Outcome
		}{
			{name: "nothing known", fetched: 1, outcome: verify.Match},
			{name: "the agent's", agent: []string{greeting}, fetched: 1, outcome: verify.Match},
			{name: "once more", agent: []string{greeting}, outcome: verify.Match},
			{name: "the customer's", customer: []string{greeting}, outcome: verify.Swapped},
			{name: "another as well", customer: []string{greeting}, agent: []string{notice}, fetched: 1, outcome: verify.Swapped},
			{name: "one of the two", agent: []string{notice}, outcome: verify.Match},
			{name: "nothing any more", outcome: verify.Match},
			{name: "voices", voice: true, fetched: 1, outcome: verify.Match},
			{name: "peaks", voice: true, peaks: true, fetched: 1, outcome: verify.Match},
			{name: "peaks alone", peaks: true, outcome: verify.Match},
		} {
			source.calls.Store(0)
			o := ReadOptions{OnRequest: measurement.OnRequest{Voice: step.voice, Waveform: step.peaks}, Defaults: declare.Call{AgentAudio: step.agent, CustomerAudio: step.customer}}
			run(t, s, manifestIn(t, dir, "id,recording\n1,https://example.com/1.wav\n"), o, fast(source))
			exactlyOne(t, s, 1)
			v := verdicts(t, s)["1"]
			if n := source.calls.Load(); n != step.fetched || v.Outcome != step.outcome {
				t.Errorf("%s: fetched %d times, want %d; %s, want %s", step.name, n, step.fetched, v.Outcome, step.outcome)
			}
		}
		if text := texts(t, s); !strings.Contains(text, `"voice":`) || !strings.Contains(text, `"peaks":`) {
			t.Error("what was measured on request is not in the results")
		}
	})
}

func TestKnownAudioOfBadRows(t *testing.T) {
	dir := prompts(t)
	large := filepath.Join(dir, "large.wav")
	if err := os.WriteFile(large, make([]byte, maxSoundBytes+1), 0o600); err != nil {
		t.Fatal(err)
	}
	greeting := filepath.Join(dir, "prompt-greeting.wav")
	tests := []struct{ fields, want string }{
		{`"agent_audio": "none.wav"`, "row 1 (line 1): agent_audio none.wav: no such file or directory"},
		{`"agent_audio": "."`, "that is not a regular file"},
		{`"agent_audio": "../none.wav"`, "agent_audio is a file outside the manifest's own folder"},
		{`"agent_audio": "large.wav"`, "it is larger than 8 MiB"},
		{`"customer_audio": ["prompt-greeting.wav", "call-straight.wav"]`, "customer_audio call-straight.wav: it has two channels"},
		{`"agent_audio": "prompt-greeting.wav", "customer_audio": "prompt-greeting.wav"`, "the same audio is given as the other side's"},
		{fmt.Sprintf(`"agent_audio": %q, "customer_audio": "prompt-notice.wav"`, greeting), ""},
	}
	for _, tt := range tests {
		line := `{"recording": "https://example.com/1.wav", ` + tt.fields + "}\n"
		for _, allow := range []bool{true, false} {
			m := manifestIn(t, dir, line)
			r := newReader(t.Context(), m, ReadOptions{AllowPaths: allow})
			for e := range m.Entries() {
				got, want := "", tt.want
				if allow && strings.Contains(want, "outside") {
					want = "no such file or directory"
				}
				if err := r.row(t.Context(), e).err; err != nil {
					got = err.Error()
				}
				if (want == "") != (got == "") || !strings.Contains(got, want) {
					t.Errorf("%s (allowed: %v): %q, want %q", tt.fields, allow, got, want)
				}
			}
		}
	}
}

// A database of the first version is brought up to date, and its work goes on.
func TestMigrationFromTheFirst(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		first := firstVersion(t, target)
		// What an interrupted batch leaves: one row done, one in the hands of a
		// process that died, one waiting.
		facts := `{"declaration":{"Sides":{"left":"customer","right":"agent"},"CallerOn":"","Source":"default"},"facts":{"Direction":"","RecordedBy":"","Joined":{"Customer":null,"Agent":null}}}`
		for _, query := range []string{
			`INSERT INTO otoscope_batches (batch_id, name, created_at, reading, read_whole, stop_after) VALUES (1, 'calls.csv', '2026-11-01 00:00:00Z', 1, 1, 0)`,
			`INSERT INTO otoscope_facts (facts_id, digest, facts) VALUES (1, 'd', '` + facts + `')`,
			`INSERT INTO otoscope_rows (row_key, batch_id, id, row, recording, pick, agent, facts_id, facts_digest, reading, repeated, chunk_id) VALUES
				(1, 1, 'call-00000', 1, 'https://example.com/00000.wav', '', '', 1, 'd', 1, 0, NULL),
				(2, 1, 'call-00001', 2, 'https://example.com/00001.wav', '', '', 1, 'd', 1, 0, 1),
				(3, 1, 'call-00002', 3, 'https://example.com/00002.wav', '', '', 1, 'd', 1, 0, 2)`,
			`INSERT INTO otoscope_waiting (row_key, reference, anew) VALUES (2, 'https://example.com/00001.wav', 1), (3, 'https://example.com/00002.wav', 1)`,
			`INSERT INTO otoscope_results (row_key, batch_id, outcome, log10_lr, confidence, sha256, bytes, duration_s, format, version, profile, stale, facts_digest, finished_at)
				VALUES (1, 1, 'undecided', 0, NULL, '', 0, 0, '', 'v0', 'builtin', 0, 'd', '2026-11-01 00:00:00Z')`,
			`INSERT INTO otoscope_details (row_key, verdict) VALUES (1, '{"schema":1,"outcome":"undecided","recording":"https://example.com/00000.wav"}')`,
			`INSERT INTO otoscope_workers (worker_id, description, lease_until) VALUES (1, 'of yore', 0)`,
			`INSERT INTO otoscope_chunks (chunk_id, batch_id, turn, worker_id, job_id) VALUES (1, 1, 2, 1, NULL), (2, 1, 1, NULL, NULL)`,
			`UPDATE otoscope_keys SET next = 10`,
		} {
			if _, err := first.db.Exec(t.Context(), query); err != nil {
				t.Fatalf("%s: %v", query, err)
			}
		}
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
		// Reading brings the tables up to date too.
		reader, err := Open(t.Context(), target, OpenOptions{})
		if err != nil {
			t.Fatal(err)
		}
		before := verdicts(t, reader)
		reader.Close()
		if len(before) != 1 || before["call-00000"].Outcome != verify.Undecided {
			t.Errorf("the results of the first version are %+v", before)
		}
		s := open(t, target)
		o := fast(&fake{})
		// What the batch allowed was not noted then: a worker leaves its rows alone.
		left, err := s.Work(t.Context(), o, false)
		if err != nil || left.Done != 0 || !strings.Contains(left.Left, "2 rows wait that an earlier version stored") {
			t.Fatalf("a worker: %+v, %v", left, err)
		}
		run(t, s, manifestOf(t, "calls.csv", "id,recording\ncall-00000,https://example.com/00000.wav\n"), ReadOptions{}, o)
		exactlyOne(t, s, 3)
		for id, v := range verdicts(t, s) {
			if id != "call-00000" && v.Outcome != verify.Match {
				t.Errorf("%s is %s: %+v", id, v.Outcome, v.Error)
			}
		}
		run(t, s, manifestOf(t, "calls.csv", rowsCSV(5)), ReadOptions{}, o)
		exactlyOne(t, s, 5)
		if diff := cmp.Diff(columnsOf(t, open(t, fresh(t, target))), columnsOf(t, s)); diff != "" {
			t.Errorf("the tables differ from new ones (-new +migrated):\n%s", diff)
		}
	})
}

// firstVersion makes a store whose tables are of the first version.
func firstVersion(t testing.TB, target string) *Store {
	t.Helper()
	s, err := Open(t.Context(), target, OpenOptions{Create: true, Work: true})
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("db/migrations/1.sql")
	if err != nil {
		t.Fatal(err)
	}
	types := []string{"{time}", "timestamptz", "{json}", "json", "{real}", "double precision"}
	if s.db.Exclusive() {
		types = []string{"{time}", "text", "{json}", "text", "{real}", "real", "bigint", "integer"}
	}
	var code strings.Builder
	for line := range strings.Lines(strings.NewReplacer(types...).Replace(string(text))) {
		line, _, _ = strings.Cut(line, "--")
		code.WriteString(line + "\n")
	}
	steps := []string{`DELETE FROM otoscope_schema WHERE version > 1`}
	// Chunks go before the workers that they lead to.
	for _, table := range []string{"chunks", "workers", "batches", "rows", "groups", "facts", "waiting", "results", "findings", "details", "tallies", "keys", "sounds", "secrets", "answers", "reviewing"} {
		steps = append(steps, `DROP TABLE otoscope_`+table)
	}
	for _, step := range append(steps, strings.Split(strings.TrimSpace(code.String()), ";")...) {
		if strings.TrimSpace(step) == "" {
			continue
		}
		if _, err := s.db.Exec(t.Context(), step); err != nil {
			t.Fatalf("%s: %v", step, err)
		}
	}
	return s
}

// fresh gives the address of an empty database of the same kind.
func fresh(t testing.TB, target string) string {
	if strings.Contains(target, "://") {
		return dbtest.Schema(t)
	}
	return filepath.Join(t.TempDir(), "fresh.db")
}

// columnsOf lists the columns of our tables.
func columnsOf(t testing.TB, s *Store) []string {
	t.Helper()
	query := `SELECT m.name || '.' || c.name || ' ' || c.type FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.name LIKE 'otoscope%' AND m.type = 'table' ORDER BY 1`
	if !s.db.Exclusive() {
		query = `SELECT table_name || '.' || column_name || ' ' || data_type FROM information_schema.columns WHERE table_schema = current_schema() AND table_name LIKE 'otoscope%' ORDER BY 1`
	}
	var all []string
	err := db.Each(t.Context(), s.db, query, nil, func(c db.Cursor) error {
		var column string
		err := c.Scan(&column)
		all = append(all, column)
		return err
	})
	if err != nil || len(all) == 0 {
		t.Fatalf("%d columns, %v", len(all), err)
	}
	return all
}
