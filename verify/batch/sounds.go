package batch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/fingerprint"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch/db"
	"github.com/otoscope/otoscope/verify/batch/manifest"
	"github.com/otoscope/otoscope/verify/declare"
)

// The limits of known audio. A minute of one channel at 48 kHz, longer than any search, is
// 5.8 MB; each sound also takes time.
const (
	maxSoundBytes = 8 << 20 // of a file
	maxSounds     = 16      // of a row
)

// A sound is known audio that a row names.
type sound struct {
	id, name, path string
	err            error // why it cannot be looked for
}

// keptSounds bounds how many files of known audio a reading caches.
const keptSounds = 10_000

// sounds completes a row with the known audio that it names, or otherwise with that of the
// command line.
func (r *reader) sounds(ctx context.Context, out *row, call declare.Call) error {
	for _, side := range []struct {
		column string
		paths  []string
		sounds []sound
		ids    *[]string
		other  *[]string
	}{
		{"agent_audio", call.AgentAudio, r.agentAudio, &out.facts.Facts.AgentAudio, &out.facts.Facts.CustomerAudio},
		{"customer_audio", call.CustomerAudio, r.customerAudio, &out.facts.Facts.CustomerAudio, &out.facts.Facts.AgentAudio},
	} {
		if len(side.paths) > 0 {
			side.sounds = nil
			for _, name := range side.paths {
				path, err := r.paths.follow(side.column, name)
				if err != nil {
					return err
				}
				side.sounds = append(side.sounds, r.sound(ctx, path))
			}
		}
		for _, s := range side.sounds {
			if s.err != nil {
				return named(side.column+" "+s.name, s.err)
			}
			if slices.Contains(*side.other, s.id) {
				return &manifest.RowError{Message: fmt.Sprintf("%s %s: the same audio is given as the other side's", side.column, s.name), Advice: "what both sides play does not tell them apart"}
			}
			if !slices.Contains(*side.ids, s.id) {
				*side.ids, out.sounds = append(*side.ids, s.id), append(out.sounds, s)
			}
		}
	}
	if len(out.sounds) > maxSounds {
		return &manifest.RowError{Message: fmt.Sprintf("the row names %d files with known audio, more than %d", len(out.sounds), maxSounds), Advice: "name those that are played most often"}
	}
	return nil
}

// sound reads the contents of a file, through a cache: manifests name the same few files
// again and again.
func (r *reader) sound(ctx context.Context, path string) sound {
	if s, ok := r.heard[path]; ok {
		return s
	}
	s := sound{name: bounded(filepath.Base(path)), path: path}
	if _, reference, err := readSound(ctx, path, r.decoder); err != nil {
		s.err = err
	} else {
		s.id = reference.SHA256()
	}
	if len(r.heard) >= keptSounds {
		clear(r.heard)
	}
	r.heard[path] = s
	return s
}

// readSound reads a file with known audio. The content is what any machine can read.
func readSound(ctx context.Context, path string, d decode.Decoder) ([]byte, *fingerprint.Print, error) {
	content, err := readSmall(path, maxSoundBytes)
	var file *fs.PathError
	if errors.As(err, &file) {
		err = file.Err // the name is printed as well, and the folder is private
	}
	if err != nil {
		return nil, nil, err
	}
	if len(content) > maxSoundBytes {
		return nil, nil, &manifest.RowError{Message: fmt.Sprintf("it is larger than %d MiB", maxSoundBytes>>20), Advice: "keep what is played: sox IN.wav -r 8000 -c 1 OUT.wav trim 0 60"}
	}
	plain, err := fingerprint.Plain(ctx, bytes.NewReader(content), d)
	if err != nil {
		return nil, nil, err
	}
	if content, err = io.ReadAll(plain); err != nil {
		return nil, nil, err
	}
	reference, err := fingerprint.Read(filepath.Base(path), bytes.NewReader(content))
	return content, reference, err
}

// keepSounds stores known audio that new facts name, each once.
func (w *writes) keepSounds(ctx context.Context, t db.Statements, sounds map[string]sound) error {
	if len(sounds) == 0 {
		return nil
	}
	ids := make([]string, 0, len(sounds))
	for id := range sounds {
		ids = append(ids, id)
	}
	cond, list := w.in.store.db.In("sha256", ids)
	err := db.Each(ctx, t, `SELECT sha256 FROM otoscope_sounds WHERE `+cond, []any{list}, func(c db.Cursor) error {
		var id string
		err := c.Scan(&id)
		delete(sounds, id)
		return err
	})
	if err != nil {
		return err
	}
	for id, s := range sounds {
		content, reference, err := readSound(ctx, s.path, w.in.rows.decoder)
		if err == nil && reference.SHA256() != id {
			err = errors.New("it has changed since")
		}
		if err != nil {
			return &db.Error{
				Message: fmt.Sprintf("the known audio %s was there when the manifest named it, and is gone or has changed: %v", s.name, err),
				Advice:  "leave it as it is until the manifest has been read, and run the same command again",
			}
		}
		if _, err := t.Exec(ctx, `INSERT INTO otoscope_sounds (sha256, name, content) VALUES (?, ?, ?) ON CONFLICT (sha256) DO NOTHING`, id, s.name, content); err != nil {
			return err
		}
	}
	return nil
}

// keptReferences bounds the known audio that a process caches, in seconds: some ten
// megabytes.
const keptReferences = 1800

// references returns the known audio of a task, from the cache or else from the database.
func (e *engine) references(ctx context.Context, ids []string) ([]*fingerprint.Print, error) {
	var all []*fingerprint.Print
	for _, id := range ids {
		r, err := e.reference(ctx, id)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

func (e *engine) reference(ctx context.Context, id string) (*fingerprint.Print, error) {
	e.mu.Lock()
	r := e.known[id]
	e.mu.Unlock()
	if r != nil {
		return r, nil
	}
	var name string
	var content []byte
	err := e.store.retry(ctx, e.o.Patience, func() error {
		found, err := db.One(ctx, e.store.db, `SELECT name, content FROM otoscope_sounds WHERE sha256 = ?`, []any{id}, &name, &content)
		if err == nil && !found {
			err = &TaskError{Stage: verify.StageDeclare, Kind: "known audio", Err: &manifest.RowError{Message: "the known audio of the row is not in the database", Advice: "run the manifest that names it again, with --again errors"}}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if r, err = fingerprint.Read(name, bytes.NewReader(content)); err != nil {
		return nil, &TaskError{Stage: verify.StageDeclare, Kind: "known audio", Err: fmt.Errorf("the known audio %s: %w", name, err)}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.knownS += r.Duration().Seconds(); e.knownS > keptReferences {
		clear(e.known)
		e.knownS = r.Duration().Seconds()
	}
	e.known[id] = r
	return r, nil
}
