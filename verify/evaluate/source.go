package evaluate

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify"
)

// Sources say where labelled recordings are, and how they are decoded.
type Sources struct {
	Dir string // files are named relative to it
	// Fetcher opens recordings with an address; for cuts and faults, each several times.
	Fetcher Fetcher
	// Decoder reads formats that have no reader of their own; nil: they are errors.
	Decoder decode.Decoder
}

// A Fetcher opens recordings that labels name by their address, as package acquire's library does.
type Fetcher interface {
	// Open gives a recording from its beginning. The caller closes it.
	Open(ctx context.Context, address string) (io.ReadCloser, error)
}

// A source reads a recording from its beginning, as often as that is asked of it.
type source struct {
	of      *Label
	name    string // for people
	open    func(context.Context) (io.ReadCloser, error)
	options decode.Options
}

// openFile opens a recording on disk.
func openFile(path string) func(context.Context) (io.ReadCloser, error) {
	return func(context.Context) (io.ReadCloser, error) {
		f, err := os.Open(path)
		if err != nil {
			return nil, missing(err)
		}
		return f, nil
	}
}

// of is the source of a labelled recording.
func (s Sources) of(l *Label) *source {
	found := &source{of: l, name: l.File, options: decode.Options{Decoder: s.Decoder}}
	if l.Address == "" {
		found.name = s.path(l.File)
		found.open = openFile(found.name)
		return found
	}
	found.open = func(ctx context.Context) (io.ReadCloser, error) {
		if s.Fetcher == nil {
			return nil, errors.New("nothing is fetched here")
		}
		return s.Fetcher.Open(ctx, l.Address)
	}
	return found
}

// path is that of a file.
func (s Sources) path(file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(s.Dir, file)
}

// missing is the error of a labelled recording that cannot be opened.
func missing(err error) error {
	e := &hint.Error{Message: err.Error(), Cause: err}
	if errors.Is(err, os.ErrNotExist) {
		e.Advice = "files are looked for in the folder of the labels, or in --dir DIR"
	}
	return e
}

// measure measures a recording as verify does.
func (s *source) measure(ctx context.Context, o verify.MeasureOptions) (verify.Recording, error) {
	r, err := s.open(ctx)
	if err != nil {
		return verify.Recording{}, err
	}
	defer r.Close()
	o.Options = s.options
	return verify.Measure(ctx, r, o)
}

// decoded opens a recording, which the caller closes.
func (s *source) decoded(ctx context.Context) (decode.ReadCloser, error) {
	f, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	r, err := decode.Open(ctx, f, s.options)
	if err != nil {
		f.Close()
		return nil, err
	}
	return closing{r, f}, nil
}

// closing is a reader that closes what it reads from, too.
type closing struct {
	decode.ReadCloser
	file io.Closer
}

func (c closing) Close() error { return errors.Join(c.ReadCloser.Close(), c.file.Close()) }
