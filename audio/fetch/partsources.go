package fetch

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
)

// firstRange is how many bytes are asked for first. They hold any header, and show whether the
// server sends ranges.
const firstRange = 64 << 10

// parts fetches until use got what it needs of one version.
func (d *download) parts(use func(*Parts) error) (Result, error) {
	defer d.drop()
	for {
		p, known, done, err := d.beginParts()
		if errors.Is(err, errUnchanged) {
			return Result{URL: d.displaySource(), Notes: d.notes, Validator: d.known, Unchanged: true}, nil
		}
		if err == nil {
			err = p.used(d.ctx, use)
			done()
		}
		if errors.Is(err, ErrRestart) {
			d.noRanges = true
			d.c.options.Logger.DebugContext(d.ctx, "a download starts over", slog.String("host", displayHost(d.target)))
			continue
		}
		if err != nil {
			return Result{}, err
		}
		return d.exposed(p.result(Result{URL: d.displaySource(), Notes: d.notes, Validator: known}))
	}
}

// beginParts gets the first bytes. The parts are ranged if the answer is a range that others can
// follow. known is for Result.Validator.
func (d *download) beginParts() (p *Parts, known string, done func(), err error) {
	if !d.noRanges && !d.noResume && d.pending == nil {
		p, known, err := d.beginRanges()
		if p != nil || err != nil {
			return p, known, func() {}, err
		}
	}
	s, err := d.begin()
	if err != nil {
		return nil, "", nil, err
	}
	return &Parts{size: s.total, stream: s.fromStart()}, s.known, s.close, nil
}

// beginRanges asks for the first range. nil means that ranges cannot be used; an answer with the
// whole recording then waits in d.pending.
func (d *download) beginRanges() (*Parts, string, error) {
	resp, err := d.ask(span{0, firstRange}, "")
	if err != nil {
		return nil, "", err
	}
	switch resp.StatusCode {
	case http.StatusOK, http.StatusNotModified:
		d.pending = resp
		return nil, "", nil
	case http.StatusPartialContent:
	default: // the request for the whole says what is wrong, or that only ranges are
		resp.Body.Close()
		return nil, "", nil
	}
	r, ok := parseContentRange(resp.Header.Get("Content-Range"))
	validator := rangeValidator(resp.Header)
	s := &stream{d: d, until: min(r.total, firstRange), total: r.total, validator: validator}
	if !ok || r.first != 0 || r.total <= 0 || validator == "" || !s.join(resp) {
		resp.Body.Close()
		return nil, "", nil
	}
	if r.total > d.c.options.MaxBytes {
		s.close()
		return nil, "", tooLarge(d.c.options.MaxBytes)
	}
	known := d.validator(resp.Header)
	d.cameFrom(resp)
	head := make([]byte, s.until)
	if _, err := io.ReadFull(s, head); err != nil {
		s.close()
		if errors.Is(s.err, ErrRestart) {
			return nil, "", nil
		}
		return nil, "", s.err
	}
	s.close()
	if err := d.recording(resp, head[:min(len(head), sniffed)]); err != nil {
		return nil, "", err
	}
	p := &Parts{size: r.total, fetched: int64(len(head)), have: []part{{0, head}}}
	shown := progress{call: d.c.options.Progress}
	p.open = func(from, to int64) io.ReadCloser {
		shown.report(p.fetched, p.size, false)
		return &rangeBody{&stream{d: d, offset: from, until: to, end: -1, total: p.size, validator: validator, before: p.fetched - from}}
	}
	return p, known, nil
}

// rangeBody is the bytes of a range, over as many answers as it takes.
type rangeBody struct{ s *stream }

func (b *rangeBody) Read(p []byte) (int, error) { return b.s.Read(p) }

func (b *rangeBody) Close() error {
	b.s.close()
	return nil
}

// stdinParts gives standard input from its beginning.
func (c *Client) stdinParts(ctx context.Context, use func(*Parts) error) (Result, error) {
	p, err := c.stdin(ctx)
	if err != nil {
		return Result{}, err
	}
	defer p.stop()
	parts := &Parts{size: -1, stream: c.local(ctx, p, -1, "reading standard input")}
	if err := parts.used(ctx, use); err != nil {
		return Result{}, err
	}
	r, err := c.localResult("-", 0, "standard input", nil)
	return parts.result(r), err
}

// pathParts gives a file by ranges; what is no regular file, and a file that changes meanwhile,
// from its beginning.
func (c *Client) pathParts(ctx context.Context, ref Reference, use func(*Parts) error) (Result, error) {
	for changed := false; ; changed = true {
		f, info, err := c.openPath(ctx, ref)
		if err != nil {
			return Result{}, err
		}
		doing := "reading " + ref.String()
		var parts *Parts
		release := func() bool { return true }
		switch {
		case !info.Mode().IsRegular():
			p := newPump(ctx, f)
			defer p.stop()
			release = context.AfterFunc(ctx, func() { f.Close() })
			parts = &Parts{size: -1, stream: c.local(ctx, p, -1, doing)}
		case changed:
			parts = &Parts{size: -1, stream: c.local(ctx, f, info.Size(), doing)}
		default:
			parts = &Parts{size: info.Size(), open: func(from, to int64) io.ReadCloser {
				return io.NopCloser(c.local(ctx, io.NewSectionReader(f, from, to-from), -1, doing))
			}}
		}
		err = parts.used(ctx, use)
		now, statErr := f.Stat()
		release()
		f.Close()
		if parts.Ranged() && statErr == nil && differs(info, now) && ctx.Err() == nil {
			continue
		}
		if err != nil {
			return Result{}, err
		}
		r, err := c.localResult(ref.String(), 0, "a file", nil)
		return parts.result(r), err
	}
}

// differs reports whether a file was written to.
func differs(before, after os.FileInfo) bool {
	return before.Size() != after.Size() || !before.ModTime().Equal(after.ModTime())
}
