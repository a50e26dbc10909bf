package evaluate

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/otoscope/otoscope/audio/hint"
)

// A Fetcher opens recordings that labels name by their address, as package acquire's library does.
type Fetcher interface {
	// Open gives a recording from its beginning. The caller closes it.
	Open(ctx context.Context, address string) (io.ReadCloser, error)
}

// A source opens a recording from its beginning, as often as that is asked of it.
type source struct {
	of   *Label
	name string // for people
	open func(context.Context) (io.ReadCloser, error)
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

// source is the source of a labelled recording. Files are named relative to dir.
func (l *Label) source(dir string, fetcher Fetcher) *source {
	if l.Address == "" {
		path := l.File
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		return &source{l, path, openFile(path)}
	}
	return &source{l, l.File, func(ctx context.Context) (io.ReadCloser, error) {
		if fetcher == nil {
			return nil, errors.New("nothing is fetched here")
		}
		return fetcher.Open(ctx, l.Address)
	}}
}

// missing is the error of a labelled recording that cannot be opened.
func missing(err error) error {
	e := &hint.Error{Message: err.Error(), Cause: err}
	if errors.Is(err, os.ErrNotExist) {
		e.Advice = "files are looked for in the folder of the labels, or in --dir DIR"
	}
	return e
}
