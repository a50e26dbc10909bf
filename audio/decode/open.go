package decode

import (
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
	again := NewRewinder(r)
	reader, err := NewReader(again, o)
	if err == nil {
		again.Forget()
		return open{reader}, nil
	}
	var refused *Error
	if !errors.As(err, &refused) || refused.Other == "" {
		return nil, err
	}
	whole, ok := again.Again()
	if !ok {
		return nil, err
	}
	return o.Decoder.Open(ctx, whole, refused.Other, o)
}

// open is a reader that needs no closing.
type open struct{ Reader }

func (open) Close() error { return nil }
