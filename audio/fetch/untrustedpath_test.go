//go:build unix

package fetch

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// If a file that a table names is replaced by a pipe, a directory or a device at any moment,
// nothing blocks: it is read or refused.
func TestAPathThatIsExchangedHoldsNobodyUp(t *testing.T) {
	dir := t.TempDir()
	file, pipe, path := filepath.Join(dir, "file"), filepath.Join(dir, "pipe"), filepath.Join(dir, "x.wav")
	if err := os.WriteFile(file, recording(2_000), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(file, path); err != nil {
		t.Fatal(err)
	}
	var stop atomic.Bool
	exchanged := make(chan struct{})
	go func() {
		defer close(exchanged)
		for i := 0; !stop.Load(); i++ {
			next := filepath.Join(dir, "next")
			if os.Link([]string{pipe, file}[i%2], next) == nil {
				os.Rename(next, path)
			}
		}
	}()
	defer func() { stop.Store(true); <-exchanged }()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	c := newClient(t, Options{AllowPaths: true})
	read, refused := 0, 0
	for n := 0; n < 2_000 || read == 0 || refused == 0; n++ { // until the exchange was seen, or ctx ends
		g := &got{}
		_, err := c.Get(ctx, untrusted(t, path), g.sink)
		switch {
		case err == nil && len(g.last()) == 2_000:
			read++
		case err != nil && (strings.Contains(err.Error(), "not a regular file") || strings.Contains(err.Error(), "there is no file")):
			refused++
		default:
			t.Fatalf("%d bytes, %v", len(g.last()), err)
		}
	}
}

// Naming paths in a table does not show what is there.
func TestErrorsOfUntrustedPathsTellNoNames(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "Payroll.wav"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c := newClient(t, Options{AllowPaths: true})
	_, err := c.Get(t.Context(), untrusted(t, filepath.Join(dir, "payroll")), (&got{}).sink)
	if e := failed(t, err, "there is no file"); strings.Contains(e.Error()+e.Hint(), "Payroll") {
		t.Errorf("%v (%s)", e, e.Hint())
	}
	socket := filepath.Join(dir, "s")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Skipf("no socket can be made here: %v", err)
	}
	defer l.Close()
	for _, path := range []string{socket, "/dev/null", "/dev/tty", dir} {
		_, err := c.Get(t.Context(), untrusted(t, path), (&got{}).sink)
		if e := failed(t, err); errors.Is(e, io.EOF) || !(strings.Contains(e.Error(), "not a regular file") || strings.Contains(e.Error(), "directory") || strings.Contains(e.Error(), "opened")) {
			t.Errorf("%s: %v", path, e)
		}
	}
	if !untrusted(t, "a.wav").NoQuote() || mustParse(t, "a.wav").NoQuote() || untrusted(t, "https://h/").NoQuote() {
		t.Error("what may be quoted is told wrongly")
	}
}
