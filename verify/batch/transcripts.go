package batch

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify/acquire"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/transcript"
)

// A transcribed is where the transcript of a row is. Rows store that, and nothing of its words:
// the process that judges a row reads them, and forgets them.
type transcribed struct {
	Source transcript.Source `json:"source"`
	// State tells a file that was replaced, so that its row is judged again.
	State string `json:"state,omitempty"`
}

// transcript notes where a row says that its transcript is. Files are under the manifest's rules
// for paths.
func (r *reader) transcript(call declare.Call) (*transcribed, error) {
	if call.Transcript == (transcript.Source{}) {
		return nil, nil
	}
	source, err := call.Transcript.Resolve(func(path string) (string, error) { return r.paths.follow("the transcript", path) })
	if err != nil {
		return nil, err
	}
	var states []string
	for _, path := range source.Files() {
		state, _ := fileState(path) // what cannot be seen has none; the verdict says so
		states = append(states, state)
	}
	return &transcribed{Source: source, State: strings.Join(states, ", ")}, nil
}

// readTranscript reads a file that a manifest names. Its error does not repeat the path, which is
// private.
func readTranscript(path string) ([]byte, error) {
	text, err := readSmall(path, transcript.MaxBytes)
	var file *fs.PathError
	if errors.As(err, &file) {
		return nil, &hint.Error{Message: file.Err.Error(), Advice: "name a file, relative to the manifest", Cause: file.Err}
	}
	return text, err
}

// transcribe reads the transcript of a row into its case.
func (e *engine) transcribe(ctx context.Context, t *task) {
	e.listsOf(t)
	if t.transcript == nil {
		return
	}
	said, err := e.o.Source.Transcript(ctx, t.transcript.Source, e.allowed(t.needs))
	t.c = acquire.Transcribed(t.c, said, err)
}
