package batch

import (
	"bytes"
	"errors"
	"io/fs"
	"path/filepath"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/words"
)

// phrases is where the list of phrases of a row is. Rows store that: a list that was learnt is
// too long to be stored with each of them.
type phrases struct {
	Path string `json:"path"`
	// State tells a file that was replaced, so that its row is judged again.
	State string `json:"state,omitempty"`
}

// keptLists is how many lists a process remembers.
const keptLists = 20

// phrases notes where the list is that a row names. The list of the command line may be
// anywhere; that of a row is under the manifest's rules for paths.
func (r *reader) phrases(call declare.Call) (*phrases, error) {
	path := call.Phrases
	if path == "" {
		return nil, nil
	}
	if path == r.defaults.Phrases {
		var err error
		if path, err = filepath.Abs(path); err != nil {
			return nil, named("phrases", err)
		}
	} else {
		var err error
		if path, err = r.paths.follow("the list of phrases", path); err != nil {
			return nil, err
		}
	}
	if r.lists[path] == nil {
		if _, err := readPhrases(path); err != nil {
			return nil, named("phrases", err)
		}
		state, _ := fileState(path)
		if len(r.lists) >= keptLists {
			clear(r.lists)
		}
		r.lists[path] = &phrases{Path: path, State: state}
	}
	return r.lists[path], nil
}

// readPhrases reads a list. Its error does not repeat the path, which is private.
func readPhrases(path string) (*words.List, error) {
	text, err := readSmall(path, words.MaxBytes)
	var file *fs.PathError
	if errors.As(err, &file) {
		return nil, &hint.Error{Message: file.Err.Error(), Advice: "name a file, relative to the manifest", Cause: file.Err}
	}
	if err != nil {
		return nil, err
	}
	return words.Read(bytes.NewReader(text))
}

// listsOf reads the list of a row into its case. If it cannot be read any more, the built-in
// lists are used, and a finding says so.
func (e *engine) listsOf(t *task) {
	if t.phrases == nil {
		return
	}
	e.mu.Lock()
	known := e.lists[*t.phrases]
	e.mu.Unlock()
	if known == nil {
		own, err := readPhrases(t.phrases.Path)
		if err != nil {
			t.c.Findings = append(t.c.Findings[:len(t.c.Findings):len(t.c.Findings)],
				finding.New(finding.PhrasesNotRead, "The list of phrases could not be read: "+err.Error()+". Words were weighed by the built-in lists."))
			return
		}
		known = words.Builtin().With(own)
		e.mu.Lock()
		if len(e.lists) >= keptLists {
			clear(e.lists)
		}
		e.lists[*t.phrases] = known
		e.mu.Unlock()
	}
	t.c.Words = known
}
