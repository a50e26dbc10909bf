package batch

import (
	"context"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/audio/fetch/twilio"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/acquire"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/transcript"
)

// A Task is a recording to fetch and measure.
type Task struct {
	Reference string // the whole of it, or of its two files as batches store them: a secret
	verify.MeasureOptions
	// Before is the Measured.State of the recording at its earlier measurement. If it is "",
	// the recording is measured in any case.
	Before string
	// Allowed is the permissions of the recording's batch; nil: those of the source.
	Allowed *Allowed
	// TwilioFacts says whether Twilio is asked what it knows of the recording; nil: if it is named
	// by its SID. TaskCalls are the calls of its task.
	TwilioFacts *bool
	TaskCalls   declare.TaskCalls
	// Quick says whether a part of the recording suffices; nil: all of it is measured.
	Quick func(verify.Recording) verify.Hearing
}

// Allowed says where a manifest's references may lead.
type Allowed struct {
	Paths   bool // to files on this computer
	Private bool // to private networks
}

// Measured is the result of a task.
type Measured struct {
	verify.Recording
	// State identifies the server's version of the recording: an ETag or a Last-Modified; ""
	// if it sent neither, and for files.
	State string
	// Unchanged says that the recording is the same as in Task.Before. It was not measured.
	Unchanged bool
}

// A Source fetches and measures recordings, several at once. Its error is a *TaskError
// unless ctx has ended.
type Source interface {
	Measure(context.Context, Task) (Measured, error)
	// Transcript reads the transcript of a recording, under the same permissions.
	Transcript(context.Context, transcript.Source, *Allowed) (*transcript.Transcript, error)
}

// A TaskError explains why there is no measurement.
type TaskError = acquire.Error

// A Fetcher fetches over HTTP and from files.
type Fetcher struct {
	clients map[Allowed]*fetch.Client
	own     Allowed
	limits  *fetch.Limits // nil: none
	decoder decode.Decoder
	twilio  *twilio.API
}

// NewFetcher creates a Fetcher. It sets the Progress and Aside options itself. d reads formats that have no
// reader of their own; nil: they are errors.
func NewFetcher(o fetch.Options, d decode.Decoder) (*Fetcher, error) {
	o.Aside = stepAside
	f := &Fetcher{clients: map[Allowed]*fetch.Client{}, own: Allowed{o.AllowPaths, o.AllowPrivate}, limits: o.Limits, decoder: d, twilio: twilio.New()}
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

// Close closes idle connections.
func (f *Fetcher) Close() {
	for _, c := range f.clients {
		c.Close()
	}
}

// Waits describes how many requests the limits delay, and for which host.
func (f *Fetcher) Waits() (n int, host string) {
	if f.limits == nil {
		return 0, ""
	}
	return f.limits.Waits()
}

// Measure fetches and measures one recording.
func (f *Fetcher) Measure(ctx context.Context, t Task) (Measured, error) {
	where, err := locate(t.Reference)
	if err != nil {
		return Measured{}, acquire.Unread(err)
	}
	t.Decoder = f.decoder
	rec, result, err := acquire.Measure(ctx, acquire.Job{
		Client: f.client(t.Allowed), Reference: where.one, Files: where.files, Validator: t.Before, Options: t.MeasureOptions,
		Platform: acquire.Platform{Twilio: f.twilio, Ask: t.TwilioFacts, Task: t.TaskCalls}, Quick: t.Quick,
	})
	if err != nil {
		return Measured{}, err
	}
	return Measured{Recording: rec, State: result.Validator, Unchanged: result.Unchanged}, nil
}

func (f *Fetcher) client(a *Allowed) *fetch.Client {
	if a == nil {
		a = &f.own
	}
	return f.clients[*a]
}

// Transcript reads a transcript from files, or fetches it from Twilio.
func (f *Fetcher) Transcript(ctx context.Context, source transcript.Source, a *Allowed) (*transcript.Transcript, error) {
	return acquire.Transcript(ctx, source, f.client(a), f.twilio, readTranscript)
}
