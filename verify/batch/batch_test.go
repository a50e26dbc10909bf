package batch

import (
	"context"
	"strings"
	"testing"

	"github.com/otoscope/otoscope/verify"
)

func TestRun(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		source := &fake{}
		report := run(t, s, manifestOf(t, "calls.csv", rowsCSV(250)), ReadOptions{}, fast(source))
		exactlyOne(t, s, 250)
		if got := source.calls.Load(); got != 250 {
			t.Errorf("%d recordings were fetched, want 250", got)
		}
		if report.Status.Done != 250 || report.Status.Waiting != 250 || report.Manifest.New != 250 || report.Left != 0 {
			t.Errorf("the report is %+v", report)
		}

		// The same manifest again does nothing.
		report = run(t, s, manifestOf(t, "calls.csv", rowsCSV(250)), ReadOptions{}, fast(source))
		if got := source.calls.Load(); got != 250 || report.Manifest.New != 0 || report.Status.Waiting != 0 {
			t.Errorf("%d recordings were fetched in all, want 250; the report is %+v", got, report)
		}
		// A longer one does the rest.
		run(t, s, manifestOf(t, "calls.csv", rowsCSV(260)), ReadOptions{}, fast(source))
		exactlyOne(t, s, 260)
		if got := source.calls.Load(); got != 260 {
			t.Errorf("%d recordings were fetched in all, want 260", got)
		}
	})
}

func TestErrorsAndAgain(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		broken := true
		source := &fake{}
		source.do = func(_ context.Context, task Task) (Measured, error) {
			if broken && strings.Contains(task.Reference, "7.wav") {
				return Measured{}, &TaskError{Stage: verify.StageFetch, Kind: "fetch 404", Err: errGone}
			}
			return heard(task), nil
		}
		report := run(t, s, manifestOf(t, "calls.csv", rowsCSV(100)), ReadOptions{}, fast(source))
		exactlyOne(t, s, 100)
		if report.Outcomes[verify.Errored] != 10 || report.Status.Errors["fetch 404"] != 10 {
			t.Errorf("the report is %+v", report)
		}
		broken = false
		source.calls.Store(0)
		run(t, s, manifestOf(t, "calls.csv", rowsCSV(100)), ReadOptions{}, fast(source))
		if got := source.calls.Load(); got != 0 {
			t.Errorf("%d errors were tried again unasked", got)
		}
		report = run(t, s, manifestOf(t, "calls.csv", rowsCSV(100)), ReadOptions{Recheck: RecheckErrors}, fast(source))
		if got := source.calls.Load(); got != 10 || report.Outcomes[verify.Errored] != 0 {
			t.Errorf("%d errors were tried again, want 10; the report is %+v", got, report)
		}
		exactlyOne(t, s, 100)
		source.calls.Store(0)
		run(t, s, manifestOf(t, "calls.csv", rowsCSV(100)), ReadOptions{Recheck: RecheckAll}, fast(source))
		if got := source.calls.Load(); got != 100 {
			t.Errorf("%d recordings were fetched again, want 100", got)
		}
		exactlyOne(t, s, 100)
	})
}
