//go:build unix

package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/otoscope/otoscope/verify/batch/manifest"
)

// A pipe without a writer does not block an interrupted command either.
func TestCancelDoesNotWaitForPipes(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"verify", "--attributes", pipe, "call.wav"},
		{"evaluate", pipe},
		{"calibrate", pipe, "--out", filepath.Join(dir, "p.json")},
		{"batch", "--db", filepath.Join(dir, "db"), pipe},
		{"batch", "--db", filepath.Join(dir, "db"), "--attributes", pipe, dir},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		began := time.Now()
		if got := run(ctx, args, with(nil)); got == statusOK {
			t.Errorf("%s: nothing was done, and all is well", strings.Join(args, " "))
		}
		if took := time.Since(began); took > grace {
			t.Errorf("%s: it took %v to end", strings.Join(args, " "), took)
		}
		cancel()
	}
	// Release a reader that still waits for a writer.
	w, err := os.OpenFile(pipe, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
}

// A manifest from a pipe has a batch with the same name each time.
func TestManifestFromPipe(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	written := make(chan error, 1)
	go func() { written <- os.WriteFile(pipe, []byte("recording\nhttps://example.com/a.wav\n"), 0o600) }()
	m, err := openManifest(t.Context(), pipe, nil, manifest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if err := <-written; err != nil {
		t.Fatal(err)
	}
	if m.Name != "stdin" {
		t.Errorf("the manifest is called %s", m.Name)
	}
}
