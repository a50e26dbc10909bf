package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/otoscope/otoscope/verify/evidence"
)

// excerpts writes stretches of the project's recordings as separate recordings, each
// labelled, and returns the labels' path.
func excerpts(t *testing.T, dir string, n int) string {
	t.Helper()
	var labels strings.Builder
	for i := range n {
		name, left := "call-straight.wav", "customer"
		if i%2 == 1 {
			name, left = "call-swapped.wav", "agent"
		}
		whole, err := os.ReadFile(filepath.Join(repository, "testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		at := bytes.Index(whole, []byte("data")) + 8
		const second = 8000 * 4 // bytes
		from := at + i*second/8
		length := min(second*24, (len(whole)-from)/4*4)
		file := append([]byte{}, whole[:at]...)
		binary.LittleEndian.PutUint32(file[4:], uint32(at-8+length))
		binary.LittleEndian.PutUint32(file[at-4:], uint32(length))
		file = append(file, whole[from:from+length]...)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%02d.wav", i)), file, 0o600); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&labels, `{"file": "%02d.wav", "left": %q, "agent": "agent-%d"}`+"\n", i, left, i%4)
	}
	path := filepath.Join(dir, "labels.jsonl")
	if err := os.WriteFile(path, []byte(labels.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A profile is fitted, and verify and evaluate accept it.
func TestCalibrate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	labels, out := excerpts(t, dir, 24), filepath.Join(dir, "acme.json")
	command := func(want int, args ...string) string {
		t.Helper()
		env := with(map[string]string{"LANG": "C.UTF-8", "COLUMNS": "80"})
		if got := run(t.Context(), args, env); got != want {
			t.Errorf("%s: exit status %d, want %d: %s", strings.Join(args, " "), got, want, env.stderr.(*bytes.Buffer))
		}
		return env.stdout.(*bytes.Buffer).String()
	}
	text := command(statusOK, "calibrate", labels, "--out", out, "--name", "acme")
	for _, want := range []string{"Profile acme: fitted on 24 calls of 4 agents", "tested on", "at most", "opening.complete", "Written to"} {
		if !strings.Contains(text, want) {
			t.Errorf("calibrate does not say %q:\n%s", want, text)
		}
	}
	p, from, err := evidence.OpenProfile(out)
	if err != nil {
		t.Fatal(err)
	}
	if p.Name != "acme" || from.Calls != 24 || from.Agents != 4 || from.Fitted == "" || from.Otoscope == "" {
		t.Errorf("%s: %+v", p.Name, from)
	}
	// 24 calls cannot support 99 %.
	straight := filepath.Join(repository, "testdata", "call-straight.wav")
	verdict := command(statusUndecided, "verify", "--format", "json", "--profile", out, straight)
	if !strings.Contains(verdict, `"profile":"acme"`) {
		t.Errorf("the verdict does not name its profile: %s", verdict)
	}
	if text := command(statusOK, "evaluate", "--profile", out, filepath.Join(repository, "testdata", "labels.jsonl")); !strings.Contains(text, "profile acme") {
		t.Errorf("the evaluation does not name its profile:\n%s", text)
	}
	left, err := filepath.Glob(filepath.Join(dir, ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
