//go:build unix

package fetch

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func fifo(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPipe(t *testing.T) {
	want := recording(300_000)
	path := fifo(t)
	go func() {
		if w, err := os.OpenFile(path, os.O_WRONLY, 0); err == nil {
			w.Write(want)
			w.Close()
		}
	}()
	g, result, err := get(t, Options{}, path)
	fetched(t, g, result, err, want)
}

func TestPipeWithoutAWriterCancelled(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	_, err := newClient(t, Options{}).Get(ctx, mustParse(t, fifo(t)), (&got{}).sink)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

func TestPipeWithASilentWriterCancelled(t *testing.T) {
	path := fifo(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	opened := make(chan *os.File, 1)
	go func() {
		w, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			t.Error(err)
		}
		w.Write([]byte("RIFF"))
		opened <- w
	}()
	_, err := newClient(t, Options{}).Get(ctx, mustParse(t, path), func(r io.Reader) error {
		io.ReadFull(r, make([]byte, 4))
		time.AfterFunc(20*time.Millisecond, cancel)
		_, err := io.ReadAll(r)
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	(<-opened).Close()
}

func TestUntrustedPipe(t *testing.T) {
	ref, err := ParseUntrusted(fifo(t))
	if err != nil {
		t.Fatal(err)
	}
	_, err = newClient(t, Options{AllowPaths: true}).Get(context.Background(), ref, (&got{}).sink)
	failed(t, err, "not a regular file")
}
