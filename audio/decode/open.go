package decode

import (
	"bytes"
	"context"
	"errors"
	"io"
)

// Open is NewReader that lets o.Decoder read what has no reader here. The reader is valid until it is
// closed or ctx ends.
func Open(ctx context.Context, r io.Reader, o Options) (ReadCloser, error) {
	if o.Decoder == nil {
		reader, err := NewReader(r, o)
		if err != nil {
			return nil, err
		}
		return open{reader}, nil
	}
	again := &replayed{r: r}
	reader, err := NewReader(again, o)
	if err == nil {
		again.forget()
		return open{reader}, nil
	}
	var refused *Error
	if !errors.As(err, &refused) || refused.Other == "" || again.tooLong {
		return nil, err
	}
	return o.Decoder.Open(ctx, io.MultiReader(&again.kept, r), refused.Other, o)
}

// open is a reader that needs no closing.
type open struct{ Reader }

func (open) Close() error { return nil }

// maxReplayed is how much of a beginning is kept for another decoder. A header that says that this
// one cannot read what follows is short.
const maxReplayed = 1 << 20

// replayed is a reader whose first bytes can be read again.
type replayed struct {
	r       io.Reader
	kept    bytes.Buffer
	tooLong bool
	done    bool
}

func (r *replayed) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	if !r.done && n > 0 && n <= len(p) {
		if r.tooLong = r.tooLong || r.kept.Len()+n > maxReplayed; !r.tooLong {
			r.kept.Write(p[:n])
		}
	}
	return n, err
}

// forget frees what was kept.
func (r *replayed) forget() {
	r.done, r.kept = true, bytes.Buffer{}
}
