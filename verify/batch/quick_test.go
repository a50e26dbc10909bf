package batch

import (
	"context"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/otoscope/otoscope/audio/decode/decodetest"
	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/verify"
)

// countingSource counts the recordings that are measured.
type countingSource struct {
	Source
	n atomic.Int64
}

func (c *countingSource) Measure(ctx context.Context, t Task) (Measured, error) {
	c.n.Add(1)
	return c.Source.Measure(ctx, t)
}

// A row that was decided from a part is done for runs with --quick alone, and only as long as the
// part suffices.
func TestARowDecidedFromAPartIsNotDoneForTheWhole(t *testing.T) {
	long := decodetest.Lengthened(t, "../../testdata/call-straight.wav", 10, 9)
	onEach(t, func(t *testing.T, target string) {
		s, dir := open(t, target), t.TempDir()
		path := filepath.Join(dir, "long.wav")
		if err := os.WriteFile(path, long, 0o600); err != nil {
			t.Fatal(err)
		}
		fetcher, err := NewFetcher(fetch.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(fetcher.Close)
		source := &countingSource{Source: fetcher}
		step := func(name string, quick bool, text string, measured int64, part bool) {
			t.Helper()
			before := source.n.Load()
			report := run(t, s, manifestOf(t, "m", text), ReadOptions{AllowPaths: true, Quick: quick}, fast(source))
			exactlyOne(t, s, 1)
			v := resultsOf(t, s)["long"].Verdict
			if n := source.n.Load() - before; n != measured || (v.Part != nil) != part || (v.SHA256 == "") != part || v.Outcome != verify.Match {
				t.Errorf("%s: measured %d times, %s from %+v, hash %q", name, n, v.Outcome, v.Part, v.SHA256)
			}
			if report.Unheard != 0 {
				t.Errorf("%s: %d rows count as unheard", name, report.Unheard)
			}
			sum, err := s.Summarise(t.Context(), Filter{})
			if err != nil {
				t.Fatal(err)
			}
			if (sum.Parts == 1) != part || measured > 0 && (report.Status.Bytes < int64(len(long))) != part {
				t.Errorf("%s: %d of a part, %d of %d bytes", name, sum.Parts, report.Status.Bytes, len(long))
			}
		}
		plain := "id,recording,direction,joined\nlong," + path + ",inbound,\"agent=4s\"\n"
		other := "id,recording,direction,joined,agent\nlong," + path + ",inbound,\"agent=4s\",kim\n"
		surer := "id,recording,direction,joined,min_confidence\nlong," + path + ",inbound,\"agent=4s\",0.9995\n"
		step("first", true, plain, 1, true)
		step("again", true, plain, 0, true)
		step("another fact", true, other, 0, true)
		step("more is asked than the part gives", true, surer, 1, true)
		step("less is asked again", true, plain, 0, true)
		if err := os.WriteFile(path, append(long[:len(long):len(long)], 0), 0o600); err != nil {
			t.Fatal(err)
		}
		step("another file", true, plain, 1, true)
		step("the whole is asked for", false, plain, 1, false)
		step("and stays", false, plain, 0, false)
	})
}
