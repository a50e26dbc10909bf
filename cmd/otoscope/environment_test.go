package main

import (
	"bytes"
	"testing"
)

func with(variables map[string]string) environment {
	return environment{
		stdin: &bytes.Buffer{}, stdout: &bytes.Buffer{}, stderr: &bytes.Buffer{},
		getenv: func(name string) string { return variables[name] },
	}
}

func TestASCII(t *testing.T) {
	tests := []struct {
		variables map[string]string
		want      bool
	}{
		{nil, true},
		{map[string]string{"LANG": "en_US.UTF-8"}, false},
		{map[string]string{"LANG": "C.utf8"}, false},
		{map[string]string{"LANG": "C"}, true},
		{map[string]string{"LANG": "de_DE@euro"}, true},
		{map[string]string{"LANG": "en_US.UTF-8", "LC_ALL": "C"}, true},
		{map[string]string{"LANG": "en_US.UTF-8", "LC_CTYPE": "POSIX"}, true},
		{map[string]string{"LANG": "C", "LC_CTYPE": "en_US.UTF-8"}, false},
		{map[string]string{"LC_CTYPE": "C", "LC_ALL": "en_US.UTF-8"}, false},
	}
	for _, tt := range tests {
		if got := with(tt.variables).ascii(); got != tt.want {
			t.Errorf("%v: ASCII %v, want %v", tt.variables, got, tt.want)
		}
	}
}

func TestWidth(t *testing.T) {
	for columns, want := range map[string]int{"": 0, "100": 100, "-3": 0, "wide": 0, "99999999999999999999": 0} {
		if got := with(map[string]string{"COLUMNS": columns}).width(); got != want {
			t.Errorf("COLUMNS=%s: %d columns, want %d", columns, got, want)
		}
	}
}

// Output that is not a terminal gets no colour, whatever the variables are.
func TestNoColorWithoutTerminal(t *testing.T) {
	if with(map[string]string{"TERM": "xterm-256color"}).color() {
		t.Error("a buffer is written to in colour")
	}
}
