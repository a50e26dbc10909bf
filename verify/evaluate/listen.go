package evaluate

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/audio/recognize"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/transcript"
)

// ListenOptions selects what is measured.
type ListenOptions struct {
	Sources
	Cuts    bool // also hard cases, cut from the clean recordings
	Workers int  // recordings at once; 0: as many as there are processors
	// Recognizer hears the words of whole recordings whose labels name no transcript; nil: none
	// does.
	Recognizer Recognizer
}

// A Recognizer hears the words of recordings, as package acquire's does.
type Recognizer interface {
	// Keep lets the sound of a recording be kept while it is measured.
	Keep(*verify.MeasureOptions) *recognize.Sound
	// Transcribe gives the words of a recording; nil if it is not to be recognised.
	Transcribe(context.Context, *verify.Recording, *recognize.Sound, verify.Case) (*transcript.Transcript, error)
}

// Recording is a measured recording with its label, or a piece cut from one.
type Recording struct {
	Label *Label
	// Cut names the hard case; it is empty for the recording as it is. At distinguishes
	// several cuts of one kind.
	Cut, At string
	Left    string        // who is on the left
	Facts   declare.Facts // what the label knows by role, in the time of the piece
	// Transcript is what the label's transcript says of the piece; nil if it names none, or one
	// without times of which only a piece is left.
	Transcript *transcript.Transcript
	Result     verify.Recording
	Err        error // why it could not be measured; Result is empty
}

// Listen measures the labelled recordings, in the order of the labels. Each is followed by
// its cuts. If a recording cannot be measured, its Err is set. The error is that of ctx.
func Listen(ctx context.Context, labels []Label, o ListenOptions) ([]Recording, error) {
	whole := make([]Recording, len(labels))
	err := each(ctx, len(labels), o.Workers, func(ctx context.Context, i int) {
		l := &labels[i]
		whole[i] = Recording{Label: l, Left: l.Left, Facts: l.Facts}
		o.listen(ctx, &whole[i])
	})
	if err != nil || !o.Cuts {
		return whole, err
	}

	var planned []plan
	for i := range whole {
		planned = append(planned, plansFor(whole, i, o.Sources)...)
	}
	pieces := make([]Recording, len(planned))
	err = each(ctx, len(planned), o.Workers, func(ctx context.Context, i int) {
		p := &planned[i]
		pieces[i] = p.piece
		pieces[i].Result, pieces[i].Err = p.splice.measure(ctx)
	})
	if err != nil {
		return nil, err
	}
	var all []Recording
	for i, w := range whole {
		all = append(all, w)
		for len(pieces) > 0 && pieces[0].Label == whole[i].Label {
			all, pieces = append(all, pieces[0]), pieces[1:]
		}
	}
	return all, nil
}

// listen measures a whole recording, and learns its words.
func (o *ListenOptions) listen(ctx context.Context, r *Recording) {
	var measuring verify.MeasureOptions
	var sound *recognize.Sound
	if o.Recognizer != nil {
		sound = o.Recognizer.Keep(&measuring)
		defer sound.Close()
	}
	if r.Result, r.Err = o.of(r.Label).measure(ctx, measuring); r.Err != nil {
		return
	}
	if r.Err = r.Label.check(r.Result.SHA256); r.Err != nil {
		r.Result = verify.Recording{}
		return
	}
	r.Transcript, r.Err = r.Label.ReadTranscript(o.Dir)
	r.Transcript = r.Transcript.Begun(r.Result.Starts())
	if r.Transcript != nil || r.Err != nil || o.Recognizer == nil {
		return
	}
	if r.Transcript, r.Err = o.Recognizer.Transcribe(ctx, &r.Result, sound, verify.Case{Declaration: declare.Default()}); r.Err != nil {
		r.Err = fmt.Errorf("recognising its words: %w", r.Err)
	}
}

// each calls work for 0 to n-1, several at a time, until ctx ends.
func each(ctx context.Context, n, workers int, work func(context.Context, int)) error {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var group errgroup.Group
	group.SetLimit(workers)
	for i := range n {
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error {
			work(ctx, i)
			return nil
		})
	}
	group.Wait() // work returns no errors
	return ctx.Err()
}

// check refuses other bytes than those that were labelled, if the label says which they are.
func (l *Label) check(sha256 string) error {
	if l.SHA256 == "" || strings.EqualFold(l.SHA256, sha256) {
		return nil
	}
	return &hint.Error{
		Message: "the recording has changed since it was labelled: its SHA-256 is " + sha256,
		Advice:  "listen to it again and label it, or get the recording back that the label is about",
	}
}

// ReadTranscript reads the transcript that a label names; nil if it names none.
func (l *Label) ReadTranscript(dir string) (*transcript.Transcript, error) {
	if l.Transcript == (transcript.Source{}) {
		return nil, nil
	}
	if l.Transcript.SID != "" {
		return nil, &hint.Error{Message: "labels name files of transcripts, not transcripts at Twilio", Advice: "save its sentences as a file"}
	}
	source, err := l.Transcript.Resolve(func(path string) (string, error) {
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		return path, nil
	})
	if err != nil {
		return nil, err
	}
	t, err := source.Read(transcript.ReadFile)
	if errors.Is(err, os.ErrNotExist) {
		return nil, missing(err)
	}
	return t, err
}

// shift converts join times to the time of a piece that begins later by some seconds, or
// earlier if they are negative.
func shift(j declare.Joined, seconds float64) declare.Joined {
	by := time.Duration(seconds * float64(time.Second))
	for _, p := range []**time.Duration{&j.Customer, &j.Agent} {
		if *p != nil {
			moved := **p - by
			*p = &moved
		}
	}
	return j
}

// Name is the file's name, followed by the cut if there is one.
func (r *Recording) Name() string {
	switch {
	case r.Cut == "":
		return r.Label.File
	case r.At == "":
		return fmt.Sprintf("%s (%s)", r.Label.File, r.Cut)
	}
	return fmt.Sprintf("%s (%s, %s)", r.Label.File, r.Cut, r.At)
}
