package batch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/finding"
)

// A Task is a recording to be fetched and measured.
type Task struct {
	Reference string // the whole of it: a secret
	verify.MeasureOptions
	// Allowed is what the batch of the recording allows; nil: what the source does
	// by itself.
	Allowed *Allowed
}

// Allowed says where a reference may lead that a manifest names.
type Allowed struct {
	Paths   bool // to files on this computer
	Private bool // to private networks
}

// Measured is what came of a task.
type Measured struct {
	verify.Recording
	Fetched []finding.Finding // what fetching found odd
	// State is by what a server would say that the recording has changed: an ETag or
	// a Last-Modified; "" where it gave neither, and for files.
	State string
}

// A Source fetches and measures recordings, several at once. Its error is a
// *TaskError unless ctx has ended.
type Source interface {
	Measure(context.Context, Task) (Measured, error)
}

// A TaskError says why there is no measurement.
type TaskError struct {
	Stage verify.Stage
	Kind  string // what errors are counted by: "fetch 404"
	// Refused says that credentials were missing or not accepted.
	Refused bool
	Err     error
}

func (e *TaskError) Error() string { return e.Err.Error() }

// Unwrap gives the error itself, which may have a hint.
func (e *TaskError) Unwrap() error { return e.Err }

// A Fetcher fetches over HTTP and from files.
type Fetcher struct {
	clients map[Allowed]*fetch.Client
	own     Allowed
	limits  *fetch.Limits // nil: none
}

// NewFetcher makes a Fetcher. Its Progress and Aside options are its own.
func NewFetcher(o fetch.Options) (*Fetcher, error) {
	o.Aside = stepAside
	f := &Fetcher{clients: map[Allowed]*fetch.Client{}, own: Allowed{o.AllowPaths, o.AllowPrivate}, limits: o.Limits}
	for _, a := range []Allowed{{}, {Paths: true}, {Private: true}, {Paths: true, Private: true}} {
		o.AllowPaths, o.AllowPrivate = a.Paths, a.Private
		client, err := fetch.New(o)
		if err != nil {
			return nil, err
		}
		f.clients[a] = client
	}
	return f, nil
}

// Close drops connections that are kept open.
func (f *Fetcher) Close() {
	for _, c := range f.clients {
		c.Close()
	}
}

// Waits says how many requests wait because of the limits, and for which host.
func (f *Fetcher) Waits() (n int, host string) {
	if f.limits == nil {
		return 0, ""
	}
	return f.limits.Waits()
}

// Measure fetches and measures one recording.
func (f *Fetcher) Measure(ctx context.Context, t Task) (Measured, error) {
	ref, err := fetch.ParseUntrusted(t.Reference)
	if err != nil {
		return Measured{}, &TaskError{Stage: verify.StageFetch, Kind: "fetch", Err: err}
	}
	o := t.MeasureOptions
	o.NoQuote = ref.NoQuote()
	var m Measured
	result, err := f.client(t.Allowed).Get(ctx, ref, func(r io.Reader) error {
		var err error
		m.Recording, err = verify.Measure(ctx, r, o)
		return err
	})
	if err != nil {
		return Measured{}, taskError(ctx, err)
	}
	for _, n := range result.Notes {
		m.Fetched = append(m.Fetched, finding.FromNote(n))
	}
	return m, nil
}

func (f *Fetcher) client(a *Allowed) *fetch.Client {
	if a == nil {
		a = &f.own
	}
	return f.clients[*a]
}

func taskError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var decoding *fetch.SinkError
	if errors.As(err, &decoding) {
		return &TaskError{Stage: verify.StageDecode, Kind: "decode", Err: decoding.Err}
	}
	e := &TaskError{Stage: verify.StageFetch, Kind: "fetch", Err: err, Refused: errors.Is(err, fetch.ErrNoAccount)}
	var fetching *fetch.Error
	if errors.As(err, &fetching) && fetching.Status != 0 {
		e.Kind = fmt.Sprintf("fetch %d", fetching.Status)
		e.Refused = fetching.Status == http.StatusUnauthorized || fetching.Status == http.StatusForbidden
	}
	return e
}
