package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Parts gives those parts of one version of a recording that are asked for. It keeps what it
// fetched, so that no byte is fetched twice: who asks bounds what is kept. It is not safe for
// concurrent use, and ends with the function that it was given to.
type Parts struct {
	size    int64 // -1: unknown
	open    func(from, to int64) io.ReadCloser
	stream  io.Reader // the recording from its beginning, where open is nil
	have    []part    // in order, apart from each other
	fetched int64
	read    bool  // Reader was called
	err     error // of the source; io.EOF is none
}

// A part is bytes of a recording.
type part struct {
	from int64
	data []byte
}

func (p part) to() int64 { return p.from + int64(len(p.data)) }

// Size is how many bytes the recording has; -1 if that is not known yet.
func (p *Parts) Size() int64 { return p.size }

// Ranged reports whether ReadAt can be asked for any part. Otherwise the recording comes from its
// beginning, as far as it is read.
func (p *Parts) Ranged() bool { return p.open != nil }

// Fetched is how many bytes were fetched so far.
func (p *Parts) Fetched() int64 { return p.fetched }

// Head returns the first n bytes of the recording, or all if it has fewer. It must not be called
// after Reader.
func (p *Parts) Head(n int) ([]byte, error) {
	if p.open != nil {
		b := make([]byte, min(int64(n), p.size))
		_, err := p.ReadAt(b, 0)
		return b, err
	}
	if len(p.have) == 0 {
		p.have = []part{{}}
	}
	head := &p.have[0]
	if missing := n - len(head.data); missing > 0 && p.err == nil {
		more := make([]byte, missing)
		got, err := io.ReadFull(p.stream, more)
		head.data = append(head.data, more[:got]...)
		p.fetched += int64(got)
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			p.size = head.to()
		case err != nil:
			p.err = err
		}
	}
	return head.data[:min(n, len(head.data))], p.err
}

// ReadAt fills b with the bytes of the recording from an offset on, as io.ReaderAt does.
func (p *Parts) ReadAt(b []byte, offset int64) (int, error) {
	if offset < 0 || p.open == nil {
		return 0, fmt.Errorf("bytes from %d on cannot be asked for", offset)
	}
	end := min(offset+int64(len(b)), p.size)
	if offset >= end {
		if len(b) == 0 {
			return 0, nil
		}
		return 0, io.EOF
	}
	if err := p.fill(offset, end); err != nil {
		return 0, err
	}
	n := 0
	for _, h := range p.have {
		if h.from < end && h.to() > offset {
			from := max(h.from, offset)
			n += copy(b[from-offset:end-offset], h.data[from-h.from:])
		}
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// fill fetches what is missing of the bytes from one offset to another.
func (p *Parts) fill(from, to int64) error {
	for from < to && p.err == nil {
		next, has := p.next(from)
		if has && next.from <= from {
			from = next.to()
			continue
		}
		end := to
		if has {
			end = min(end, next.from)
		}
		data := make([]byte, end-from)
		body := p.open(from, end)
		n, err := io.ReadFull(body, data)
		body.Close()
		p.fetched += int64(n)
		if err != nil {
			p.err = err
			break
		}
		p.keep(part{from, data})
		from = end
	}
	return p.err
}

// next is the first part that ends beyond an offset.
func (p *Parts) next(offset int64) (part, bool) {
	i := slices.IndexFunc(p.have, func(h part) bool { return h.to() > offset })
	if i < 0 {
		return part{}, false
	}
	return p.have[i], true
}

// keep adds a part that overlaps none.
func (p *Parts) keep(one part) {
	i := slices.IndexFunc(p.have, func(h part) bool { return h.from > one.from })
	if i < 0 {
		i = len(p.have)
	}
	p.have = slices.Insert(p.have, i, one)
}

// Reader reads the whole recording, from its first byte to its last. What was fetched already is
// not fetched again. It can be called once, and nothing else after it.
func (p *Parts) Reader() io.Reader {
	p.read = true
	if p.open == nil {
		var head []byte
		if len(p.have) > 0 {
			head = p.have[0].data
		}
		p.have = nil
		return io.MultiReader(bytes.NewReader(head), &counted{p})
	}
	return &wholeReader{p: p}
}

// counted is the rest of a stream.
type counted struct{ p *Parts }

func (c *counted) Read(b []byte) (int, error) {
	if c.p.err != nil {
		return 0, c.p.err
	}
	n, err := c.p.stream.Read(b)
	c.p.fetched += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		c.p.err = err
	}
	return n, err
}

// wholeReader reads the parts that are there and fetches those that are not.
type wholeReader struct {
	p    *Parts
	at   int64
	body io.ReadCloser // of the missing bytes up to until; nil: none is open
	end  int64
}

func (w *wholeReader) Read(b []byte) (int, error) {
	p := w.p
	switch {
	case p.err != nil:
		return 0, p.err
	case len(b) == 0:
		return 0, nil
	case w.at >= p.size:
		return 0, io.EOF
	}
	if w.body == nil {
		next, has := p.next(w.at)
		if has && next.from <= w.at {
			n := copy(b, next.data[w.at-next.from:])
			w.at += int64(n)
			if w.at == next.to() {
				p.have = p.have[1:] // all before it was read, too
			}
			return n, nil
		}
		w.end = p.size
		if has {
			w.end = next.from
		}
		w.body = p.open(w.at, w.end)
	}
	n, err := w.body.Read(b[:min(int64(len(b)), w.end-w.at)])
	w.at += int64(n)
	p.fetched += int64(n)
	switch {
	case w.at == w.end:
		w.body.Close()
		w.body, err = nil, nil
	case errors.Is(err, io.EOF):
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		w.body.Close()
		p.err = err
	}
	return n, err
}

// GetParts gives use those parts of a recording that it asks for, under the rules of
// [Client.GetIfChanged]: the same addresses, credentials, redirects, retries and limits. A server
// is asked for a range first. If its answer shows the size and a validator by which all ranges are
// of one version, and a range is what it sends, Parts.Ranged is true, and each further range
// carries the validator. Otherwise the recording comes from its beginning. What use does not read
// is not fetched: the connection is closed.
//
// If the recording changes meanwhile, or the server stops serving ranges, reading fails with
// [ErrRestart] and use is called again, with a recording that comes from its beginning.
//
// Result.Bytes is the size of the recording, 0 if it is not known, and Result.Fetched how much of
// it was fetched.
func (c *Client) GetParts(ctx context.Context, ref Reference, validator string, use func(*Parts) error) (Result, error) {
	if ctx.Err() != nil {
		return Result{}, cancelled(ctx)
	}
	switch ref.kind {
	case kindStdin:
		return c.stdinParts(ctx, use)
	case kindPath:
		return c.pathParts(ctx, ref, use)
	}
	d, err := c.newDownload(ctx, ref)
	if err != nil {
		return Result{}, err
	}
	d.known = validator
	return d.parts(use)
}

// used runs use and settles its errors with those of the parts.
func (p *Parts) used(ctx context.Context, use func(*Parts) error) error {
	err := use(p)
	return settle(ctx, p.err, err)
}

// result adds what was fetched.
func (p *Parts) result(r Result) Result {
	r.Bytes, r.Fetched = max(p.size, 0), p.fetched
	if p.read && p.size < 0 {
		r.Bytes = p.fetched
	}
	return r
}
