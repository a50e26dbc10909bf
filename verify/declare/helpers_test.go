package declare_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"unicode"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
)

var (
	customerLeft = &declare.Sides{Left: declare.Customer, Right: declare.Agent}
	agentLeft    = &declare.Sides{Left: declare.Agent, Right: declare.Customer}
)

// codes lists the codes of findings in order.
func codes(d declare.Declaration) []finding.Code {
	var all []finding.Code
	for _, f := range d.Findings {
		all = append(all, f.Code)
	}
	return all
}

// wantError demands an error that a user can work with.
func wantError(t *testing.T, err error) *hint.Error {
	t.Helper()
	var e *hint.Error
	if !errors.As(err, &e) {
		t.Fatalf("error is %v (%T), want a *hint.Error", err, err)
	}
	if e.Hint() == "" {
		t.Errorf("%q has no hint", e)
	}
	if !safe(e.Error()) || !safe(e.Hint()) {
		t.Errorf("the error may act on a terminal: %q, %q", e.Error(), e.Hint())
	}
	return e
}

// safe reports whether a text is short and acts on no terminal.
func safe(s string) bool {
	for _, r := range s {
		if !unicode.IsPrint(r) {
			return false
		}
	}
	return len(s) < 2000
}

// fixture reads a file of the project's testdata.
func fixture(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
