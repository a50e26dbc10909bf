package batch

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch/manifest"
	"github.com/otoscope/otoscope/verify/report"
)

// failing is a source of which every recording of some fails with its name in the error.
func failing(fails func(reference string) bool) *fake {
	return &fake{do: func(_ context.Context, task Task) (Measured, error) {
		if !fails(task.Reference) {
			return heard(task), nil
		}
		return Measured{}, &TaskError{Stage: verify.StageFetch, Kind: "fetch 404", Err: &manifest.RowError{
			Message: fmt.Sprintf("%s answered 404 (no such key %q after 12 tries)", strings.Split(task.Reference, "?")[0], task.Reference),
			Advice:  "check the address",
		}}
	}}
}

// The summary names the reasons of errors, each once, with its count and the way out,
// and with nothing in it that a masked reference hides.
func TestSummaryNamesTheReasons(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		run(t, s, manifestOf(t, "m", rowsCSV(90)), ReadOptions{}, fast(failing(func(r string) bool { return strings.Contains(r, "7.wav") })))
		sum, err := s.Summarise(t.Context(), Filter{})
		if err != nil {
			t.Fatal(err)
		}
		want := []report.ErrorCount{{Kind: "fetch 404", N: 9, Reasons: []report.ErrorReason{
			{Reason: `... answered 404 (no such key "..." after N tries)`, Hint: "check the address", N: 9},
		}}}
		if diff := cmp.Diff(want, sum.Errors); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// Where the first recordings all fail for one reason that is told at once, and once;
// where one of them is heard, it is not.
func TestFirstRowsThatFailAreToldAtOnce(t *testing.T) {
	for _, c := range []struct {
		name  string
		fails func(string) bool
		told  int64
	}{
		{"all", func(string) bool { return true }, 1},
		{"all but the tenth", func(r string) bool { return !strings.Contains(r, "00009") }, 0},
	} {
		s := open(t, freshSQLite(t))
		var told atomic.Int64
		source := failing(c.fails)
		o := fast(source)
		o.Workers = 1
		o.Notice = func(text, advice string) {
			told.Add(1)
			if n := source.calls.Load(); n > 30 || !strings.Contains(text, "first 20 recordings all failed") || advice != "check the address" || strings.Contains(text, "secret") {
				t.Errorf("after %d it says %s, %s", n, text, advice)
			}
		}
		run(t, s, manifestOf(t, "m", rowsCSV(100)), ReadOptions{}, o)
		if told.Load() != c.told {
			t.Errorf("%s: told %d times, want %d", c.name, told.Load(), c.told)
		}
	}
}

// Rows that the manifest has wrong are recordings that fail: where they come first,
// and all for one reason, that is told before anything is heard.
func TestFirstRowsThatAreWrongAreToldAtOnce(t *testing.T) {
	outside := strings.Repeat("/elsewhere/%d.wav\n", 72)
	var numbers []any
	for i := range 72 {
		numbers = append(numbers, i)
	}
	wrong := fmt.Sprintf(outside, numbers...)
	for _, c := range []struct {
		name, text string
		told       int64
	}{
		{"all but the last", "recording\n" + wrong + "https://example.com/a.wav\n", 1},
		{"all but the first", "recording\nhttps://example.com/a.wav\n" + wrong, 0},
		{"19", "recording\n" + strings.Join(strings.SplitAfter(wrong, "\n")[:19], "") + "https://example.com/a.wav\n" + wrong, 0},
	} {
		s := open(t, freshSQLite(t))
		var told atomic.Int64
		o := fast(&fake{})
		o.Notice = func(text, advice string) {
			told.Add(1)
			if !strings.Contains(text, "first 20 recordings all failed") || !strings.Contains(advice, "--allow-paths") || strings.Contains(text, "elsewhere") {
				t.Errorf("it says %s, %s", text, advice)
			}
		}
		run(t, s, manifestOf(t, "m", c.text), ReadOptions{}, o)
		if told.Load() != c.told {
			t.Errorf("%s: told %d times, want %d", c.name, told.Load(), c.told)
		}
	}
}
