package acquire

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/audio/recognize"
)

// A Library fetches recordings that files of labels name by their address: a URL, or the SID of a
// recording at Twilio. Others may have written these files, so that the rules for untrusted
// references hold. Several goroutines may use it at once.
type Library struct {
	client *fetch.Client
	keep   bool
	mu     sync.Mutex
	books  map[string]*book
}

// A book is a recording that was fetched; nil if it was not yet.
type book struct {
	mu   sync.Mutex
	copy *fetch.Copy
}

// NewLibrary makes a library, which the caller closes. With keep, each recording is fetched once, and kept on
// disk until the library is closed. In any case it removes what libraries of killed processes left.
func NewLibrary(o fetch.Options, keep bool) (*Library, error) {
	client, err := fetch.New(o)
	if err != nil {
		return nil, err
	}
	recognize.Sweep("")
	return &Library{client: client, keep: keep, books: map[string]*book{}}, nil
}

// AddressInLabel tells an address from the path of a file, and gives the form of it that may be printed.
func AddressInLabel(name string) (shown string, is bool) {
	ref, err := fetch.ParseUntrusted(name)
	switch {
	case err != nil:
		return "(address)", true // nobody can tell where its secrets are
	case ref.IsPath():
		return "", false
	}
	return ref.String(), true
}

// Open gives a recording from its beginning. The caller closes it.
func (l *Library) Open(ctx context.Context, address string) (io.ReadCloser, error) {
	ref, err := fetch.ParseUntrusted(address)
	if err != nil {
		return nil, err
	}
	if ref.IsMasked() {
		return nil, &hint.Error{
			Message: "the recording's address has *** or ... in place of a part that is secret or too long to show",
			Advice:  "put the whole address into the label, or download the recording and put its path there",
		}
	}
	if !l.keep {
		c, err := l.fetch(ctx, ref)
		if err != nil {
			return nil, err
		}
		return reading{c.Reader(), c.Close}, nil
	}
	l.mu.Lock()
	b := l.books[ref.Whole()]
	if b == nil {
		b = &book{}
		l.books[ref.Whole()] = b
	}
	l.mu.Unlock()
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.copy == nil {
		if b.copy, err = l.fetch(ctx, ref); err != nil {
			return nil, err
		}
	}
	return reading{b.copy.Reader(), func() error { return nil }}, nil
}

func (l *Library) fetch(ctx context.Context, ref fetch.Reference) (*fetch.Copy, error) {
	c, err := l.client.Copy(ctx, ref, "")
	var sink *fetch.SinkError
	if errors.As(err, &sink) {
		err = &hint.Error{Message: sink.Err.Error(), Advice: "make room, or name another folder for temporary files with TMPDIR", Cause: sink.Err}
	}
	return c, err
}

// Close forgets the recordings that are kept. Nobody may be reading them any more.
func (l *Library) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all error
	for _, b := range l.books {
		if b.copy != nil {
			all = errors.Join(all, b.copy.Close())
		}
	}
	clear(l.books)
	l.client.Close()
	return all
}

// reading is a copy that is read once.
type reading struct {
	io.Reader
	close func() error
}

func (r reading) Close() error { return r.close() }
