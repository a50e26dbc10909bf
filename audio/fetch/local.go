package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/otoscope/otoscope/audio/note"
)

// getStdin passes standard input to the sink.
func (c *Client) getStdin(ctx context.Context, sink func(io.Reader) error) (Result, error) {
	p, err := c.stdin(ctx)
	if err != nil {
		return Result{}, err
	}
	defer p.stop()
	n, err := c.deliver(ctx, p, -1, "reading standard input", sink)
	return c.localResult("-", n, "standard input", err)
}

// stdin is standard input, which can be had once.
func (c *Client) stdin(ctx context.Context) (*pump, error) {
	if c.options.Stdin == nil {
		return nil, problem("there is no standard input to read", "give a path or a URL")
	}
	if c.stdinUsed.Swap(true) {
		return nil, problem("standard input was read already, and it can be read only once", "name - once")
	}
	return newPump(ctx, c.options.Stdin), nil
}

// openPath opens a file, if the reference may name it and it is not too large.
func (c *Client) openPath(ctx context.Context, ref Reference) (*os.File, fs.FileInfo, error) {
	if ref.text == "" {
		return nil, nil, problem("the reference names no recording", "make it with Parse or ParseUntrusted")
	}
	if !ref.trusted && !c.options.AllowPaths {
		return nil, nil, problem(
			"the task attributes or the manifest name a path on this computer ("+ref.String()+"), and paths are not allowed here",
			"if you trust where it comes from, add --allow-paths",
		)
	}
	f, info, err := c.open(ctx, ref)
	if err == nil && info.Mode().IsRegular() && info.Size() > c.options.MaxBytes {
		f.Close()
		return nil, nil, tooLarge(c.options.MaxBytes)
	}
	return f, info, err
}

// getPath passes a file to the sink.
func (c *Client) getPath(ctx context.Context, ref Reference, sink func(io.Reader) error) (Result, error) {
	f, info, err := c.openPath(ctx, ref)
	if err != nil {
		return Result{}, err
	}
	defer f.Close()
	doing := "reading " + ref.String()
	var n int64
	if info.Mode().IsRegular() {
		n, err = c.deliver(ctx, f, info.Size(), doing, sink)
	} else {
		// Pipes and devices can block for ever. Closing the file ends a blocked read of a pipe;
		// the pump releases the caller in every case.
		p := newPump(ctx, f)
		defer p.stop()
		release := context.AfterFunc(ctx, func() { f.Close() })
		defer release()
		n, err = c.deliver(ctx, p, -1, doing, sink)
	}
	return c.localResult(ref.String(), n, "a file", err)
}

func (c *Client) localResult(name string, n int64, what string, err error) (Result, error) {
	if err != nil {
		return Result{}, err
	}
	r := Result{URL: name, Bytes: n, Fetched: n}
	if c.options.CheckExposure {
		r.Notes = []Note{{Code: note.ExposureNotChecked, Detail: "the recording was read from " + what + ", not from a server, so there is no access without credentials to check"}}
	}
	return r, nil
}

// deliver passes r to the sink, reads what the sink left, and counts.
func (c *Client) deliver(ctx context.Context, r io.Reader, total int64, doing string, sink func(io.Reader) error) (int64, error) {
	l := c.local(ctx, r, total, doing)
	sinkErr := sink(l)
	if sinkErr == nil && l.err == nil {
		_, _ = io.Copy(io.Discard, l) // l keeps the error
	}
	err := l.err
	if err == io.EOF {
		err = nil
	}
	if err := settle(ctx, err, sinkErr); err != nil {
		return 0, err
	}
	return l.n, nil
}

func (c *Client) local(ctx context.Context, r io.Reader, total int64, doing string) *localReader {
	return &localReader{ctx: ctx, r: r, total: total, limit: c.options.MaxBytes, doing: doing, progress: progress{call: c.options.Progress}}
}

// localReader counts and limits the bytes that are read, and remembers how the read ended.
type localReader struct {
	ctx             context.Context
	r               io.Reader
	n, total, limit int64
	doing           string
	progress        progress
	err             error
}

func (l *localReader) Read(p []byte) (int, error) {
	if l.err == nil && l.ctx.Err() != nil {
		l.err = cancelled(l.ctx)
	}
	if l.err != nil {
		return 0, l.err
	}
	n, err := l.r.Read(p)
	l.n += int64(n)
	switch {
	case l.n > l.limit:
		n, l.err = 0, tooLarge(l.limit)
	case err == io.EOF:
		l.err = io.EOF
	case err != nil && l.ctx.Err() != nil:
		l.err = cancelled(l.ctx)
	case err != nil:
		l.err = &Error{words: words{Message: l.doing + " failed: " + reason(err), Advice: "check the disk or the program that writes it, and try again", Cause: pathCause(err)}}
	}
	l.progress.report(l.n, l.total, l.err == io.EOF)
	if n > 0 {
		return n, nil
	}
	return 0, l.err
}

// open opens a file. It checks the opened file, not the name, because a name can lead elsewhere a
// moment later.
func (c *Client) open(ctx context.Context, ref Reference) (*os.File, fs.FileInfo, error) {
	var f *os.File
	var err error
	if ref.trusted {
		f, err = openPatiently(ctx, ref.text)
	} else {
		// Somebody may have put a pipe or a device in the file's place. A pipe must not block the
		// open, and a device must not act on it: neither is waited for.
		f, err = os.OpenFile(ref.text, os.O_RDONLY|syscall.O_NONBLOCK|noControllingTerminal, 0)
	}
	switch {
	case ctx.Err() != nil:
		if err == nil {
			f.Close()
		}
		return nil, nil, cancelled(ctx)
	case err != nil:
		return nil, nil, pathError(ref, err)
	}
	info, err := f.Stat()
	if err == nil {
		err = readable(ref, info)
	} else {
		err = pathError(ref, err)
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, info, nil
}

// readable finds what cannot be a recording.
func readable(ref Reference, info fs.FileInfo) error {
	if info.IsDir() {
		return problem(
			ref.String()+" is a directory",
			"name the recordings in it, for example with "+printable(filepath.Join(ref.text, "*.wav"), maxShown),
		)
	}
	if !ref.trusted && !info.Mode().IsRegular() {
		return notRegular(ref)
	}
	return nil
}

func notRegular(ref Reference) error {
	return problem(
		ref.String()+" is not a regular file; special files are read only when named on the command line",
		"give it on the command line",
	)
}

// openPatiently opens a file that a person named. Opening a pipe waits for its writer, which may
// never come. The wait ends with ctx.
func openPatiently(ctx context.Context, path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil || info.Mode().Type()&fs.ModeNamedPipe == 0 {
		return os.Open(path)
	}
	type opened struct {
		f   *os.File
		err error
	}
	done := make(chan opened, 1)
	go func() {
		f, err := os.Open(path)
		done <- opened{f, err}
	}()
	select {
	case o := <-done:
		return o.f, o.err
	case <-ctx.Done():
	}
	// A writer that comes and goes lets the opening return. It may not have
	// begun yet, hence the repetition; where writing is not permitted the
	// goroutine stays until somebody else writes.
	for range 50 {
		if w, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK, 0); err == nil {
			w.Close()
		} else if errors.Is(err, fs.ErrPermission) {
			break
		}
		select {
		case o := <-done:
			if o.f != nil {
				o.f.Close()
			}
			return nil, ctx.Err()
		case <-time.After(2 * time.Millisecond):
		}
	}
	return nil, ctx.Err()
}

func pathError(ref Reference, err error) error {
	shown := ref.String()
	e := &Error{words: words{Message: shown + " cannot be opened: " + reason(err), Advice: "check the path and its permissions", Cause: pathCause(err)}}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Message = "there is no file " + shown
		e.Advice = "check the path"
		if ref.trusted { // only a person who typed the path may learn what is there
			e.Advice = missingHint(ref.text)
		}
	case !ref.trusted && errors.Is(err, syscall.ENXIO): // a socket, or a device that does not exist
		return notRegular(ref)
	case errors.Is(err, fs.ErrPermission):
		e.Message = shown + " is not readable by you"
		e.Advice = "make it readable for the user who runs this, or copy it"
	}
	return e
}

// missingHint suggests what a path that does not exist may have meant.
func missingHint(path string) string {
	base := filepath.Base(path)
	switch {
	case len(base) == 34 && strings.Trim(strings.ToLower(base[2:]), "0123456789abcdef") == "" && strings.Contains(" AC CA CF re ", " "+base[:2]+" "):
		return "a recording's SID begins with RE; " + printable(base[:2], 8) + "... names something else"
	case strings.HasPrefix(path, "www.") || strings.HasPrefix(path, "api.") || strings.HasPrefix(path, "//"):
		return "for a URL, begin with https://"
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return "check the path: its directory cannot be read either"
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(10_000) // a partial list serves as well
	for _, name := range names {
		if strings.EqualFold(name, base) || strings.EqualFold(strings.TrimSuffix(name, filepath.Ext(name)), base) {
			return "did you mean " + printable(filepath.Join(filepath.Dir(path), name), maxShown) + "?"
		}
	}
	return "check the path"
}

func byteCount(n int64) string {
	for _, unit := range []struct {
		size int64
		name string
	}{{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}} {
		if n >= unit.size && n%unit.size == 0 {
			return fmt.Sprintf("%d %s", n/unit.size, unit.name)
		}
	}
	return fmt.Sprintf("%d bytes", n)
}
