package batch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch/db"
	"github.com/otoscope/otoscope/verify/batch/db/dbtest"
	"github.com/otoscope/otoscope/verify/batch/manifest"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/transcript"
)

// The tests that kill processes start this binary again.
func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		os.Exit(child())
	}
	status := m.Run()
	// Where a database went away for good, River tries for some seconds to complete
	// its jobs before it stops.
	for deadline := time.Now().Add(time.Minute); status == 0; {
		err := goleak.Find()
		if err == nil {
			break
		}
		if time.Now().After(deadline) {
			fmt.Fprintln(os.Stderr, "goroutines are left:", err)
			status = 1
		}
	}
	os.Exit(status)
}

// onEach runs a test on SQLite, and on PostgreSQL where there is one.
func onEach(t *testing.T, f func(t *testing.T, target string)) {
	t.Run("sqlite", func(t *testing.T) { f(t, freshSQLite(t)) })
	if os.Getenv(dbtest.Variable) == "" {
		t.Log("not on PostgreSQL: " + dbtest.Variable + " names none")
		return
	}
	t.Run("postgres", func(t *testing.T) { f(t, dbtest.Schema(t)) })
}

// freshSQLite is a file with empty tables. They are made once: under the race
// detector that takes more than a second.
func freshSQLite(t testing.TB) string {
	t.Helper()
	content, err := emptySQLite()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "otoscope.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

var emptySQLite = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "otoscope.db")
	s, err := Open(context.Background(), path, OpenOptions{Create: true, Work: true})
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// open opens a store that work may be done on.
func open(t testing.TB, target string) *Store {
	t.Helper()
	s, err := Open(t.Context(), target, OpenOptions{Create: true, Work: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// manifestOf makes a manifest of a text.
func manifestOf(t testing.TB, name, text string) *manifest.Manifest {
	t.Helper()
	m, err := manifest.Read(name, t.TempDir(), strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// rowsCSV is a CSV manifest of n rows.
func rowsCSV(n int) string {
	var b strings.Builder
	b.WriteString("id,recording,group.queue\n")
	for i := range n {
		fmt.Fprintf(&b, "call-%05d,https://example.com/%05d.wav?token=secret-%05d,q%d\n", i, i, i, i%3)
	}
	return b.String()
}

// fake is a source that hears, in each recording, what its function says.
type fake struct {
	calls atomic.Int64
	do    func(ctx context.Context, t Task) (Measured, error)
}

func (f *fake) Transcript(context.Context, transcript.Source, *Allowed) (*transcript.Transcript, error) {
	return nil, errors.New("there are no transcripts in this test")
}

func (f *fake) Measure(ctx context.Context, t Task) (Measured, error) {
	f.calls.Add(1)
	if f.do != nil {
		return f.do(ctx, t)
	}
	return heard(t), nil
}

// straight is the measurement of a fixture, a call with the customer on the left.
var straight = sync.OnceValue(func() verify.Recording {
	f, err := os.Open("../../testdata/call-straight.wav")
	if err != nil {
		panic(err)
	}
	defer f.Close()
	r, err := verify.Measure(context.Background(), f, verify.MeasureOptions{})
	if err != nil {
		panic(err)
	}
	return r
})

// heard is what the fake source hears in every recording.
func heard(t Task) Measured {
	r := straight()
	r.SHA256 = digest([]byte(t.Reference))
	return Measured{Recording: r}
}

// fast are options under which tests do not wait.
func fast(s Source) WorkOptions {
	return WorkOptions{Source: s, Workers: 4, ProgressEvery: 10 * time.Millisecond, Lease: 2 * time.Second, DrainTimeout: 500 * time.Millisecond, Patience: 10 * time.Second, RetryLate: -1}
}

// untilRead are options under which no row is done, and the batch is cancelled
// once its manifest has been read.
func untilRead(cancel context.CancelFunc) WorkOptions {
	o := fast(&fake{do: func(ctx context.Context, _ Task) (Measured, error) {
		<-ctx.Done()
		return Measured{}, ctx.Err()
	}})
	o.Progress = func(st Status) {
		if st.Read {
			cancel()
		}
	}
	return o
}

// run runs a batch and expects it to come to its end.
func run(t testing.TB, s *Store, m *manifest.Manifest, r ReadOptions, o WorkOptions) Report {
	t.Helper()
	report, err := s.Run(t.Context(), m, r, o)
	if err != nil {
		t.Fatalf("running the batch: %v", err)
	}
	return report
}

// count asks for one number.
func count(t testing.TB, s *Store, query string, args ...any) int64 {
	t.Helper()
	var n int64
	if _, err := db.One(t.Context(), s.db, query, args, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// exactlyOne checks that n rows have one result each, that nothing waits, and
// that no reference is kept.
func exactlyOne(t testing.TB, s *Store, n int64) {
	t.Helper()
	for _, c := range []struct {
		what, query string
		want        int64
	}{
		{"rows", `SELECT count(*) FROM otoscope_rows`, n},
		{"results", `SELECT count(*) FROM otoscope_results`, n},
		{"rows with results", `SELECT count(*) FROM otoscope_rows r JOIN otoscope_results s ON s.row_key = r.row_key JOIN otoscope_details d ON d.row_key = r.row_key`, n},
		{"rows that wait", `SELECT count(*) FROM otoscope_rows WHERE chunk_id IS NOT NULL`, 0},
		{"references", `SELECT count(*) FROM otoscope_waiting`, 0},
		{"chunks", `SELECT count(*) FROM otoscope_chunks`, 0},
	} {
		if got := count(t, s, c.query); got != c.want {
			t.Errorf("%d %s, want %d", got, c.what, c.want)
		}
	}
}

var errGone = errors.New("gone")

// wordPairs are pairs of a fact and what is said of it.
func wordPairs(pairs ...string) []declare.Word {
	var all []declare.Word
	for ; len(pairs) > 1; pairs = pairs[2:] {
		all = append(all, declare.Word{Fact: pairs[0], Value: pairs[1]})
	}
	return all
}

// said reads pairs of a fact and what is said of it, as flags do.
func said(t testing.TB, pairs ...string) declare.Call {
	t.Helper()
	var call declare.Call
	for _, w := range wordPairs(pairs...) {
		for _, f := range declare.Table() {
			if f.Name == w.Fact {
				if err := f.Set(&call, w.Value); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	return call
}
