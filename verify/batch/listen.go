package batch

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"strings"
	"time"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/acquire"
	"github.com/otoscope/otoscope/verify/batch/db"
	"github.com/otoscope/otoscope/verify/batch/manifest"
	"github.com/otoscope/otoscope/verify/declare"
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

// Hide replaces the place in a text, such as an error: the whole of it, the part that may be printed, and its
// host.
func (p Place) Hide(text string) string {
	where, err := locate(p.reference)
	if p.reference == "" || err != nil {
		return text
	}
	var words []string
	for _, ref := range where.all() {
		words = append(words, ref.Whole(), "the recording", ref.String(), "the recording")
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
	c.Place = w.place(manifest, recording, identity, c.Verdict.Files)
	if pick != "" && c.Place.err == nil {
		c.Place.options, c.Place.err = decode.ParseWords(pick)
	}
	return c, ok, nil
}

// place finds a recording by its address in a manifest, or by what is stored of its reference or of those
// of its two files.
func (w Whereabouts) place(manifest, recording, identity string, files []verify.File) Place {
	p := Place{allowed: Allowed{Private: w.AllowPrivate}}
	if p.reference = w.Addresses.by[identity]; p.reference != "" {
		where, err := locate(p.reference)
		p.err = err
		for _, ref := range where.all() {
			p.allowed.Paths = p.allowed.Paths || ref.IsPath() // which the reading has followed
		}
		return p
	}
	if len(files) != 2 {
		p.reference, p.err = w.find(manifest, recording, &p.allowed)
		return p
	}
	var both [2]fetch.Reference
	for i, f := range files {
		whole, err := w.find(manifest, f.Recording, &p.allowed)
		if err == nil {
			both[i], err = fetch.ParseUntrusted(whole)
		}
		if err != nil {
			p.err = err
			return p
		}
	}
	late := time.Duration((files[1].StartS - files[0].StartS) * float64(time.Second))
	p.reference = storedForm(acquire.Files{Left: both[0], Right: both[1], Files: declare.Files{RightLate: late, Told: files[0].Told}})
	return p
}

// find gives the whole reference of a recording by the part that may be printed.
func (w Whereabouts) find(manifest, recording string, allowed *Allowed) (string, error) {
	ref, err := fetch.ParseUntrusted(recording)
	switch {
	case err != nil:
		return "", err
	case ref.IsPath():
		allowed.Paths = true
		return w.follow(manifest, ref.Whole())
	case ref.IsMasked():
		return "", &hint.Error{
			Message: "the recording's address was signed or very long, and is not kept whole",
			Advice:  "name the manifest that has the addresses: --manifest calls.csv",
		}
	}
	return recording, nil
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
	reader := newReader(ctx, m, o)
	for e := range m.Entries() {
		if ctx.Err() != nil {
			return all, ctx.Err()
		}
		if errors.As(e.Err, new(*manifest.Error)) {
			return all, e.Err
		}
		r := reader.row(ctx, e)
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
	job, err := f.again(p)
	if err != nil {
		return verify.Recording{}, err
	}
	job.Options.Waveform, job.Options.Keep = true, keep
	rec, _, err := acquire.Measure(ctx, job)
	return rec, fileGone(err)
}

// Excerpt fetches a part of one channel of a result's recording again; see acquire.Excerpt. The error is an
// *acquire.Error unless ctx has ended.
func (f *Fetcher) Excerpt(ctx context.Context, p Place, s acquire.Stretch) (samples []float32, rate int, err error) {
	job, err := f.again(p)
	if err != nil {
		return nil, 0, err
	}
	samples, rate, err = acquire.Excerpt(ctx, job, s)
	return samples, rate, fileGone(err)
}

// again is how a recording is fetched again. Its error is an *acquire.Error.
func (f *Fetcher) again(p Place) (acquire.Job, error) {
	if p.err != nil {
		return acquire.Job{}, acquire.Unread(p.err)
	}
	where, err := locate(p.reference)
	if err != nil {
		return acquire.Job{}, acquire.Unread(err)
	}
	p.options.Decoder = f.decoder
	return acquire.Job{
		Client: f.client(&p.allowed), Reference: where.one, Files: where.files, Options: verify.MeasureOptions{Options: p.options},
	}, nil
}

// fileGone says what to do about a file that is not there any more.
func fileGone(err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return acquire.Unread(&hint.Error{
		Message: "the file of the recording is not there any more",
		Advice:  "put it back, or name the manifest that says where it is now: --manifest calls.csv",
		Cause:   err,
	})
}
