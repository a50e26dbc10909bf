package batch

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"strings"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/acquire"
	"github.com/otoscope/otoscope/verify/batch/db"
	"github.com/otoscope/otoscope/verify/batch/manifest"
	"github.com/otoscope/otoscope/verify/report"
)

// A Place is where the recording of a result is, and how it is decoded. It may hold secrets: no way of printing
// shows them.
type Place struct {
	reference string
	options   decode.Options
	allowed   Allowed
	err       error // why it cannot be found
}

// String shows nothing.
func (Place) String() string { return "a recording" }

// GoString keeps %#v from printing what String hides.
func (Place) GoString() string { return "batch.Place" }

// Hide replaces the place in a text, such as an error: the whole of it, the part that may be printed, and its host.
func (p Place) Hide(text string) string {
	if p.reference == "" {
		return text
	}
	words := []string{p.reference, "the recording"}
	if ref, err := fetch.ParseUntrusted(p.reference); err == nil {
		words = append(words, ref.String(), "the recording")
		if host := ref.Host(); host != "" {
			name, _, _ := strings.Cut(host, ":")
			words = append(words, host, "its server", name, "its server")
		}
	}
	return strings.NewReplacer(words...).Replace(text)
}

// Whereabouts say where recordings may be that are to be heard again. What their batches allowed
// is not stored with results.
type Whereabouts struct {
	AllowPaths   bool // files outside their manifests' folders
	AllowPrivate bool // addresses in private networks
	// Addresses are those that manifests name now, from ReadAddresses; nil: none were read.
	Addresses Addresses
}

// Addresses are whole references, which are secrets, by the identity of the recording.
type Addresses struct{ by map[string]string }

// A Case is a result with all that a person is shown who reviews it.
type Case struct {
	Key int64
	report.Row
	Place Place
}

// Case reads a result. ok is false if there is no such row.
func (s *Store) Case(ctx context.Context, row int64, w Whereabouts) (c Case, ok bool, err error) {
	for r, err := range s.results(ctx, Filter{key: row}, true, true) {
		if err != nil {
			return c, false, err
		}
		c, ok = Case{Key: row, Row: r}, true
	}
	if !ok {
		return c, false, nil
	}
	var manifest, recording, pick, identity string
	ok, err = db.One(ctx, s.db, `SELECT coalesce(b.manifest, ''), r.recording, r.pick, r.identity
		FROM otoscope_rows r JOIN otoscope_batches b ON b.batch_id = r.batch_id WHERE r.row_key = ?`, []any{row}, &manifest, &recording, &pick, &identity)
	if err != nil {
		return c, false, s.storageError("reading where a recording is", err)
	}
	c.Place = w.place(manifest, recording, identity)
	if pick != "" && c.Place.err == nil {
		c.Place.options, c.Place.err = decode.ParseWords(pick)
	}
	return c, ok, nil
}

// place finds a recording by what is stored of its reference, or by its address in a manifest.
func (w Whereabouts) place(manifest, recording, identity string) Place {
	p := Place{reference: recording, allowed: Allowed{Private: w.AllowPrivate}}
	if now := w.Addresses.by[identity]; now != "" {
		p.reference = now // the reading has followed it, if it is a path
	}
	ref, err := fetch.ParseUntrusted(p.reference)
	switch {
	case err != nil:
		p.err = err
	case ref.IsPath() && p.reference != recording:
		p.allowed.Paths = true
	case ref.IsPath():
		p.allowed.Paths = true
		p.reference, p.err = w.follow(manifest, ref.Whole())
	case strings.Contains(p.reference, "=***"):
		p.err = &hint.Error{
			Message: "the recording's address was signed, and signatures are not kept",
			Advice:  "name the manifest that has the addresses: otoscope review --manifest calls.csv",
		}
	}
	return p
}

// follow finds a file under the rules of manifests.
func (w Whereabouts) follow(manifest, path string) (string, error) {
	base := baseOf(manifest)
	p := paths{base: base, allowed: w.AllowPaths || base == filepath.FromSlash(manifest)} // what a folder holds was found by the walk through it
	if manifest != "" {
		p.own, _ = filepath.EvalSymlinks(base) // "" leaves every path to the user
	}
	return p.follow("the recording", path)
}

// ReadAddresses reads the addresses of recordings from a manifest, as far as they are those of
// the rows.
func (s *Store) ReadAddresses(ctx context.Context, m *manifest.Manifest, o ReadOptions, rows []int64) (Addresses, error) {
	wanted := map[string]bool{}
	cond, list := s.db.InKeys("row_key", rows)
	err := db.Each(ctx, s.db, `SELECT identity FROM otoscope_rows WHERE identity <> '' AND `+cond, []any{list}, func(c db.Cursor) error {
		var identity string
		err := c.Scan(&identity)
		wanted[identity] = true
		return err
	})
	if err != nil {
		return Addresses{}, s.storageError("reading which recordings there are", err)
	}
	var key []byte
	err = s.db.Tx(ctx, func(t db.Statements) error {
		key, err = s.secretKey(ctx, t)
		return err
	})
	if err != nil {
		return Addresses{}, s.storageError("reading which recordings there are", err)
	}
	all := Addresses{by: map[string]string{}}
	reader := newReader(m, o)
	for e := range m.Entries() {
		if ctx.Err() != nil {
			return all, ctx.Err()
		}
		if errors.As(e.Err, new(*manifest.Error)) {
			return all, e.Err
		}
		r := reader.row(e)
		if r.err != nil {
			continue
		}
		if r.identify(key); wanted[r.identity] {
			all.by[r.identity] = r.reference
		}
	}
	return all, nil
}

// Add adds addresses from another manifest.
func (a *Addresses) Add(more Addresses) {
	if a.by == nil {
		a.by = map[string]string{}
	}
	maps.Copy(a.by, more.by)
}

// Len is the number of addresses.
func (a Addresses) Len() int { return len(a.by) }

// Listen fetches the recording of a result again and measures it, so that its samples can be
// kept and its waveform drawn. The error is an *acquire.Error unless ctx has ended.
func (f *Fetcher) Listen(ctx context.Context, p Place, keep verify.Keeper) (verify.Recording, error) {
	if p.err != nil {
		return verify.Recording{}, acquire.Unread(p.err)
	}
	ref, err := fetch.ParseUntrusted(p.reference)
	if err != nil {
		return verify.Recording{}, acquire.Unread(err)
	}
	rec, _, err := acquire.Measure(ctx, acquire.Job{
		Client: f.client(&p.allowed), Reference: ref,
		Options: verify.MeasureOptions{Options: p.options, OnRequest: measurement.OnRequest{Waveform: true}, Keep: keep},
	})
	if errors.Is(err, fs.ErrNotExist) {
		return rec, acquire.Unread(&hint.Error{
			Message: "the file of the recording is not there any more",
			Advice:  "put it back, or name the manifest that says where it is now: otoscope review --manifest calls.csv",
			Cause:   err,
		})
	}
	return rec, err
}
