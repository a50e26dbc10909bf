package batch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"runtime/metrics"
	"testing"

	"github.com/otoscope/otoscope/verify/batch/manifest"
)

// What a process holds while it stores a manifest does not grow with its length.
// (BenchmarkMemory has the figures for a process, up to a million rows.)
func TestIntakeMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a minute under the race detector")
	}
	// A process that kept its rows would hold some 150 bytes of each: 6 MB.
	const first, rows, bound = 5_000, 45_000, 4 << 20
	s := open(t, t.TempDir()+"/db")
	var at [2]uint64
	r, w := io.Pipe()
	go func() {
		fmt.Fprint(w, "id,recording\n")
		for row := 1; row <= rows; row++ {
			fmt.Fprintf(w, "call-%08d,https://example.com/recordings/%08d.wav\n", row, row)
			if row == first || row == rows {
				at[row/rows] = liveBytes()
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
	if grown > bound || at[0] == 0 {
		t.Errorf("%d bytes more are held after %d rows than after %d", grown, rows, first)
	}
	if n := count(t, s, `SELECT count(*) FROM otoscope_rows`); n != rows {
		t.Errorf("%d rows are stored, want %d", n, rows)
	}
}

// liveBytes returns what collections of garbage found in use, the least of five: other goroutines
// go on allocating meanwhile, and what they allocate during a collection counts as in use.
func liveBytes() uint64 {
	least := uint64(math.MaxUint64)
	for range 5 {
		runtime.GC()
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		least = min(least, live[0].Value.Uint64())
	}
	return least
}
