package batch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"testing"

	"github.com/otoscope/otoscope/verify/batch/manifest"
)

// What a process holds while it stores a manifest does not grow with its length.
// (BenchmarkMemory has the figures for a process, up to a million rows.)
func TestIntakeMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a minute under the race detector")
	}
	const first, rows = 5_000, 25_000
	s := open(t, t.TempDir()+"/db")
	var at [2]uint64
	r, w := io.Pipe()
	go func() {
		fmt.Fprint(w, "id,recording\n")
		for row := 1; row <= rows; row++ {
			fmt.Fprintf(w, "call-%08d,https://example.com/recordings/%08d.wav\n", row, row)
			if row == first || row == rows {
				runtime.GC()
				var now runtime.MemStats
				runtime.ReadMemStats(&now)
				at[row/rows] = now.HeapAlloc
			}
		}
		w.Close()
	}()
	m, err := manifest.Read("calls.csv", ".", r)
	if err != nil {
		t.Fatal(err)
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
