package fetch

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

func TestPathsThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "Call.WAV"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ path, want, hint string }{
		{dir, "is a directory", "*.wav"},
		{filepath.Join(dir, "call.wav"), "there is no file", "did you mean " + filepath.Join(dir, "Call.WAV") + "?"},
		{filepath.Join(dir, "Call"), "there is no file", "did you mean " + filepath.Join(dir, "Call.WAV") + "?"},
		{filepath.Join(dir, "other\x1b.wav"), "there is no file", "check the path"},
		{filepath.Join(dir, "none", "call.wav"), "there is no file", "directory"},
		{"CA0123456789abcdef0123456789abcdef", "there is no file", "begins with RE"},
		{"api.twilio.com/2010-04-01/Accounts", "there is no file", "https://"},
		{filepath.Join(dir, "Call.WAV", "x"), "cannot be opened", "check the path"},
		{filepath.Join(dir, strings.Repeat("x", 5_000)), "cannot be opened", "check the path"},
	} {
		g, _, err := get(t, Options{}, test.path)
		if e := failed(t, err, test.want); !strings.Contains(e.Hint(), test.hint) {
			t.Errorf("%q: hint %q, want %q", test.path, e.Hint(), test.hint)
		}
		if len(g.calls) != 0 {
			t.Error("the sink was called")
		}
	}
	_, _, err := get(t, Options{}, filepath.Join(dir, "none"))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", errors.Unwrap(err))
	}
	e := failed(t, pathError(Reference{text: "x.wav"}, &fs.PathError{Op: "open", Path: "x.wav", Err: fs.ErrPermission}), "is not readable by you")
	if !errors.Is(e, fs.ErrPermission) {
		t.Error("the cause is lost")
	}
}

func TestUntrustedPaths(t *testing.T) {
	want := recording(1_000)
	ref, err := ParseUntrusted(writeFile(t, string(want)))
	if err != nil {
		t.Fatal(err)
	}
	g := &got{}
	_, err = newClient(t, Options{AllowPrivate: true}).Get(context.Background(), ref, g.sink)
	if e := failed(t, err, "paths are not allowed here"); !strings.Contains(e.Hint(), "--allow-paths") {
		t.Errorf("hint %q", e.Hint())
	}
	result, err := newClient(t, Options{AllowPaths: true}).Get(context.Background(), ref, g.sink)
	fetched(t, g, result, err, want)
}

func TestStdin(t *testing.T) {
	want := recording(200_000)
	c := newClient(t, Options{Stdin: iotest.OneByteReader(strings.NewReader(string(want)))})
	g := &got{}
	result, err := c.Get(context.Background(), mustParse(t, "-"), g.sink)
	fetched(t, g, result, err, want)
	_, err = c.Get(context.Background(), mustParse(t, "-"), g.sink)
	failed(t, err, "only once")

	_, _, err = get(t, Options{}, "-")
	failed(t, err, "no standard input")
	_, _, err = get(t, Options{Stdin: iotest.ErrReader(errors.New("disk\x1b on fire"))}, "-")
	failed(t, err, `disk\x1b on fire`)
}

// A wait for standard input can be cancelled.
func TestStdinCancelled(t *testing.T) {
	r, w := io.Pipe()
	defer w.Close()
	ctx, cancel := context.WithCancel(context.Background())
	c := newClient(t, Options{Stdin: r})
	go func() {
		w.Write([]byte("RIFF"))
		cancel()
	}()
	_, err := c.Get(ctx, mustParse(t, "-"), (&got{}).sink)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
