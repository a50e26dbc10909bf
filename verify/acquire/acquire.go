// Package acquire fetches a recording and measures it as it arrives. The verify
// command and batches both use it, so that an error has one stage and one kind.
package acquire

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

// Error says why there is no measurement.
type Error struct {
	Stage verify.Stage
	Kind  string // what errors are counted by: "fetch 404"
	// Refused says that credentials were missing or not accepted.
	Refused bool
	Err     error
}

func (e *Error) Error() string { return e.Err.Error() }

// Unwrap gives the error itself, which may have a hint.
func (e *Error) Unwrap() error { return e.Err }

// Unread is the error of a reference that cannot be read as one.
func Unread(err error) *Error {
	return &Error{Stage: verify.StageFetch, Kind: "fetch", Err: err}
}

// A Job is a recording to fetch and measure.
type Job struct {
	Client    *fetch.Client
	Reference fetch.Reference
	// Files are the recording in place of Reference, if it has a file a party.
	Files *Files
	// Validator is that of the recording as it was measured before; "" measures it in any case.
	// See fetch.Client.GetIfChanged.
	Validator string
	Options   verify.MeasureOptions
	Platform  Platform
	// Quick says whether a part of the recording suffices, as verify.Suffices does; nil: all of it
	// is measured.
	Quick func(verify.Recording) verify.Hearing
}

// Measure fetches a recording and measures it as it arrives. Where it is unchanged,
// nothing is measured, and the result of the fetch says so. With Quick, no more of it is fetched
// than suffices, and all where nothing less does. Before, the platform that
// keeps the recording is asked what it knows. If that is that the recording is mono,
// it is not fetched. The error is an *Error unless ctx has ended.
func Measure(ctx context.Context, j Job) (verify.Recording, fetch.Result, error) {
	if j.Files != nil {
		return j.measureFiles(ctx)
	}
	o := j.Options
	o.NoQuote = j.Reference.NoQuote()
	rec, known := verify.Recording{}, j.known(ctx)
	if ctx.Err() != nil {
		return rec, fetch.Result{}, ctx.Err()
	}
	if known.isMono() {
		known.onto(&rec)
		return rec, fetch.Result{}, nil
	}
	var result fetch.Result
	var err error
	if j.Quick != nil {
		result, err = j.Client.GetParts(ctx, j.Reference, j.Validator, func(p *fetch.Parts) error {
			q := quick{ctx: ctx, parts: p, options: o, suffices: func(part verify.Recording) verify.Hearing {
				known.onto(&part)
				return j.Quick(part)
			}}
			var err error
			rec, err = q.measure()
			return err
		})
	} else {
		result, err = j.Client.GetIfChanged(ctx, j.Reference, j.Validator, func(r io.Reader) error {
			var err error
			rec, err = verify.Measure(ctx, r, o)
			return err
		})
	}
	if err != nil {
		return verify.Recording{}, result, failure(ctx, known.explain(err))
	}
	known.onto(&rec)
	for _, n := range result.Notes {
		rec.Fetched = append(rec.Fetched, finding.FromNote(n))
	}
	return rec, result, nil
}

// failure says at which stage a recording failed, and how it is counted.
func failure(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var decoding *fetch.SinkError
	if errors.As(err, &decoding) {
		return &Error{Stage: verify.StageDecode, Kind: "decode", Err: decoding.Err}
	}
	e := Unread(err)
	e.Refused = errors.Is(err, fetch.ErrNoAccount)
	var fetching *fetch.Error
	if errors.As(err, &fetching) && fetching.Status != 0 {
		e.Kind = fmt.Sprintf("fetch %d", fetching.Status)
		e.Refused = fetching.Status == http.StatusUnauthorized || fetching.Status == http.StatusForbidden
	}
	return e
}

// Of gives the stage and the kind of an error: its own, or those of a fetch.
func Of(err error) *Error {
	var e *Error
	if !errors.As(err, &e) {
		e = &Error{Stage: verify.StageFetch, Kind: "error", Err: err}
	}
	return e
}

// Verdict judges what Measure returned: the recording, or the error in its place.
func Verdict(rec verify.Recording, err error, c verify.Case) verify.Verdict {
	if err != nil {
		e := Of(err)
		return verify.ErrorVerdict(c, e.Stage, e.Err)
	}
	return verify.Judge(rec, c)
}
