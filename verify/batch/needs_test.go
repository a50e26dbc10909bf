package batch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/otoscope/otoscope/verify"
)

// bytesUnderLock is a log that several goroutines write.
type bytesUnderLock struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *bytesUnderLock) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *bytesUnderLock) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// left of a batch: rows that wait, with what each of them needs.
func waitingWith(t *testing.T, s *Store, csv string, r ReadOptions) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if _, err := s.Run(ctx, manifestOf(t, "calls.csv", csv), r, untilRead(cancel)); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

// A worker does what the batch allows, and leaves to others what it may not do.
func TestPermissionsTravel(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		waitingWith(t, s, "id,recording\n1,/tmp/one.wav\n2,https://example.com/2.wav\n", ReadOptions{AllowPaths: true, AllowPrivate: true})
		var mu sync.Mutex
		got := map[string]Allowed{}
		o := fast(&fake{do: func(_ context.Context, task Task) (Measured, error) {
			mu.Lock()
			defer mu.Unlock()
			got[task.Reference] = *task.Allowed
			return heard(task), nil
		}})
		o.NoPaths, o.NoPrivate = true, true
		st, err := s.Work(t.Context(), o, false)
		if err != nil || st.Done != 0 || !strings.Contains(st.Left, "--no-allow-paths") || !strings.Contains(st.Left, "--no-allow-private") {
			t.Fatalf("a worker that may do nothing: %+v, %v", st, err)
		}
		o.NoPaths, o.NoPrivate = false, false
		if st, err = s.Work(t.Context(), o, false); err != nil || st.Left != "" {
			t.Fatalf("a worker: %+v, %v", st, err)
		}
		exactlyOne(t, s, 2)
		if got["/tmp/one.wav"] != (Allowed{Paths: true}) || got["https://example.com/2.wav"] != (Allowed{Private: true}) {
			t.Errorf("the tasks were allowed %v", got)
		}
	})
}

// A row whose file is on another host is no error of the row: it waits, and the
// worker says for whom; where the file is there too, it is done.
func TestFilesOnAnotherHost(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		path := filepath.Join(t.TempDir(), "one.wav")
		waitingWith(t, s, fmt.Sprintf("id,recording\n1,%s\n", path), ReadOptions{AllowPaths: true})
		const elsewhere = "files on elsewhere.example.com"
		for _, query := range []string{`UPDATE otoscope_chunks SET needs = '` + elsewhere + `'`, `UPDATE river_job SET queue = '` + queueName(1, elsewhere) + `'`} {
			if _, err := s.db.Exec(t.Context(), query); err != nil {
				t.Fatal(err)
			}
		}
		o := fast(&fake{do: func(_ context.Context, task Task) (Measured, error) {
			if _, err := os.Stat(task.Reference); err != nil {
				return Measured{}, &TaskError{Stage: verify.StageFetch, Kind: "fetch", Err: err}
			}
			return heard(task), nil
		}})
		st, err := s.Work(t.Context(), o, false)
		if err != nil || st.Done != 0 || st.Left != "1 row waits for files on elsewhere.example.com: run otoscope worker there" {
			t.Fatalf("a worker without the file: %+v, %v", st, err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Work(t.Context(), o, false); err != nil {
			t.Fatal(err)
		}
		exactlyOne(t, s, 1)
	})
}

// notYet is what a server says of a recording that is not there yet.
type notYet struct{}

func (notYet) Error() string             { return "not yet" }
func (notYet) RetryAfter() time.Duration { return time.Millisecond }

// A recording that is not there yet is tried again, and becomes an error when it
// never comes.
func TestLateRecordings(t *testing.T) {
	t.Parallel() // it waits more than it works
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		source := &fake{}
		var mu sync.Mutex
		tries := map[string]int{}
		source.do = func(_ context.Context, task Task) (Measured, error) {
			mu.Lock()
			defer mu.Unlock()
			tries[task.Reference]++
			if strings.Contains(task.Reference, "00001.wav") || strings.Contains(task.Reference, "00002.wav") && tries[task.Reference] == 1 {
				return Measured{}, &TaskError{Stage: verify.StageFetch, Kind: "fetch 404", Err: notYet{}}
			}
			return heard(task), nil
		}
		o := fast(source)
		o.RetryLate = 500 * time.Millisecond
		report := run(t, s, manifestOf(t, "calls.csv", rowsCSV(20)), ReadOptions{}, o)
		exactlyOne(t, s, 20)
		if report.Outcomes[verify.Errored] != 1 || source.calls.Load() != 18+1+lateTries+2 {
			t.Errorf("%d calls, %v", source.calls.Load(), report.Outcomes)
		}
	})
}

// A batch that makes no progress says why.
func TestStallSaysWhy(t *testing.T) {
	t.Parallel() // it waits more than it works
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		var log bytesUnderLock
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		o := fast(&fake{do: func(ctx context.Context, _ Task) (Measured, error) {
			<-ctx.Done()
			return Measured{}, ctx.Err()
		}})
		o.Lease = time.Second // a busy machine must not miss its beats
		o.Logger = slog.New(slog.NewTextHandler(&log, nil))
		o.Progress = func(Status) {
			if strings.Contains(log.String(), "this process works on") {
				cancel()
			}
		}
		if _, err := s.Run(ctx, manifestOf(t, "calls.csv", rowsCSV(3)), ReadOptions{}, o); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if said := log.String(); !strings.Contains(said, "no row was finished for") || strings.Contains(said, "secret") {
			t.Errorf("it said %s", said)
		}
	})
}
