package batch

import (
	"context"
	"errors"
	"runtime"
	"testing"
)

// What a process holds while it stores a manifest does not grow with its length.
// (BenchmarkMemory has the figures for a process, up to a million rows.)
func TestIntakeMemory(t *testing.T) {
	const first, rows = 5_000, 25_000
	s := open(t, t.TempDir()+"/db")
	m := mustGenerate(t, rows)
	rest := m.entries
	var at [2]uint64
	m.entries = func(yield func(Entry) bool) {
		for e := range rest {
			if !yield(e) {
				return
			}
			if e.Row == first || e.Row == rows {
				runtime.GC()
				var now runtime.MemStats
				runtime.ReadMemStats(&now)
				at[e.Row/rows] = now.HeapAlloc
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	o := untilRead(cancel)
	if _, err := s.Run(ctx, m, ReadOptions{}, o); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	grown := int64(at[1]) - int64(at[0])
	t.Logf("%d bytes after %d rows, %d more after %d", at[0], first, grown, rows)
	if grown > 2<<20 || at[0] == 0 {
		t.Errorf("%d bytes more are held after %d rows than after %d", grown, rows, first)
	}
	if n := count(t, s, `SELECT count(*) FROM otoscope_rows`); n != rows {
		t.Errorf("%d rows are stored, want %d", n, rows)
	}
}
