package evaluate

import (
	"context"
	"errors"
	"fmt"
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
	open    []opener
	options decode.Options
	pairing verify.Pairing // of two files
}

// An opener opens a file from its beginning.
type opener func(context.Context) (io.ReadCloser, error)

// openFile opens a recording on disk.
func openFile(path string) opener {
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
	found := &source{of: l, name: l.File, options: l.Reading}
	found.options.Decoder = s.Decoder
	if l.Pair != nil {
		found.open, found.pairing = []opener{s.opener(l.Pair.Left), s.opener(l.Pair.Right)}, l.Pair.Pairing
		return found
	}
	if l.Address == "" {
		found.name = s.path(l.File)
	}
	found.open = []opener{s.opener(File{l.File, l.Address})}
	return found
}

// opener opens a file, or fetches it.
func (s Sources) opener(f File) opener {
	if f.Address == "" {
		return openFile(s.path(f.Name))
	}
	return func(ctx context.Context) (io.ReadCloser, error) {
		if s.Fetcher == nil {
			return nil, errors.New("nothing is fetched here")
		}
		return s.Fetcher.Open(ctx, f.Address)
	}
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
	files, err := s.opened(ctx)
	if err != nil {
		return verify.Recording{}, err
	}
	defer files.Close()
	o.Options = s.options
	if len(files) == 2 {
		return verify.MeasureFiles(ctx, [2]io.Reader{files[0], files[1]}, o, s.pairing)
	}
	return verify.Measure(ctx, files[0], o)
}

// decoded opens a recording, which the caller closes.
func (s *source) decoded(ctx context.Context) (decode.ReadCloser, error) {
	files, err := s.opened(ctx)
	if err != nil {
		return nil, err
	}
	var r decode.ReadCloser
	if len(files) == 2 {
		r, err = verify.Join(ctx, [2]io.Reader{files[0], files[1]}, s.options, s.pairing)
	} else {
		r, err = decode.Open(ctx, files[0], s.options)
	}
	if err != nil {
		files.Close()
		return nil, err
	}
	return closing{r, files}, nil
}

// opened are the open files of a recording: one, or two.
type opened []io.ReadCloser

func (s *source) opened(ctx context.Context) (opened, error) {
	var all opened
	for i, open := range s.open {
		f, err := open(ctx)
		if err != nil {
			all.Close()
			if len(s.open) == 2 {
				err = fmt.Errorf("%s: %w", verify.FileNames(false)[i], err)
			}
			return nil, err
		}
		all = append(all, f)
	}
	return all, nil
}

// Close closes all.
func (o opened) Close() error {
	var all error
	for _, f := range o {
		all = errors.Join(all, f.Close())
	}
	return all
}

// closing is a reader that closes what it reads from, too.
type closing struct {
	decode.ReadCloser
	files opened
}

func (c closing) Close() error { return errors.Join(c.ReadCloser.Close(), c.files.Close()) }
