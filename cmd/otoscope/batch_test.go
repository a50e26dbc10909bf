package main

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch"
)

// Rows whose recording was never heard are never a success, and the reason is printed.
func TestRowsThatNobodyHeardAreNoSuccess(t *testing.T) {
	for _, c := range []struct {
		outcome verify.Outcome
		unheard int64
		want    int
	}{
		{verify.Match, 0, statusOK},
		{verify.Match, 1, statusFailed},
		{verify.Undecided, 0, statusUndecided},
		{verify.Undecided, 1, statusFailed},
		{verify.Swapped, 1, statusRefuted},
		{verify.Errored, 1, statusFailed},
	} {
		var said bytes.Buffer
		env := environment{stderr: &said, stdout: io.Discard, getenv: func(string) string { return "" }}
		got, status := statusOK, statusError(0)
		err := newConsole(env, &workOptions{}).batchStatus(batch.Report{Outcomes: map[verify.Outcome]int64{c.outcome: 1}, Unheard: c.unheard})
		if errors.As(err, &status) {
			got = int(status)
		}
		if got != c.want || (c.unheard > 0) != strings.Contains(said.String(), "of 1 of the manifest's rows there is no result") {
			t.Errorf("%s, %d unheard: status %d, want %d; it says %q", c.outcome, c.unheard, got, c.want, said.String())
		}
	}
}
