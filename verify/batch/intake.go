package batch

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch/db"
	"github.com/otoscope/otoscope/verify/batch/manifest"
)

// engineVersion is the version that makes results. A result of any other version may be out
// of date.
type engineVersion struct {
	version string
	schema  int64
}

func currentEngine() engineVersion {
	return engineVersion{version: verify.Version(), schema: measurement.Schema}
}

// An intake stores the rows of one reading of a manifest.
type intake struct {
	store         *Store
	queue         queue
	batch         int64
	revision      int64
	again         Recheck
	key           []byte // of the identities
	engineVersion engineVersion
	host          string // whose files paths lead to
	rows          *reader
	report        ManifestStats
	failed        func(verify.Verdict) // receives the unusable rows, until the first usable one
	usable        bool                 // a row came that can be used
}

// read stores all rows.
func (in *intake) read(ctx context.Context, entries iter.Seq[manifest.Entry], patience time.Duration) (ManifestStats, error) {
	var slice []row
	flush := func() error {
		if len(slice) == 0 {
			return nil
		}
		var after ManifestStats
		err := in.store.retry(ctx, patience, func() error {
			after = in.report
			return in.store.db.Tx(ctx, func(t db.Statements) error { return in.take(ctx, t, slice, &after) })
		})
		if err != nil {
			return fmt.Errorf("storing rows of the manifest: %w", err)
		}
		in.noteFailures(slice)
		in.report, slice = after, slice[:0]
		return nil
	}
	for e := range entries {
		if ctx.Err() != nil {
			return in.report, ctx.Err()
		}
		if errors.As(e.Err, new(*manifest.Error)) {
			return in.report, cmp.Or(flush(), e.Err)
		}
		r := in.rows.row(ctx, e)
		if ctx.Err() != nil { // which may be why the row cannot be used
			return in.report, ctx.Err()
		}
		r.identify(in.key)
		slice = append(slice, r)
		if len(slice) == intakeRows {
			if err := flush(); err != nil {
				return in.report, err
			}
		}
	}
	return in.report, flush()
}

// noteFailures reports unusable rows if they are the first of all.
func (in *intake) noteFailures(slice []row) {
	for i := range slice {
		if in.usable = in.usable || slice[i].err == nil; in.usable {
			return
		}
		in.failed(badRow(0, &slice[i]).verdict)
	}
}

// former is the batch's stored data about a row.
type former struct {
	facts                   string
	id, identity            string
	key, number             int64
	recording, pick, digest string
	state                   string // of the recording when it was verified
	taken                   bool   // by a row of this slice
	revision                int64
	waiting                 bool
	needs                   needs // of the chunk that it waits in
	outcome                 *string
	stage                   *string
	version, profile        *string
	judgedDigest            *string
	schema                  *int64
	stale                   *int64
	part                    bool // its result rests on a part of the recording
}

// The kinds of work on a row that the batch already had.
const (
	nothing = iota
	judge
	fetchAgain
	ask // the server, and fetch the recording if it has changed
)

// take stores a slice of rows.
func (in *intake) take(ctx context.Context, t db.Statements, slice []row, report *ManifestStats) error {
	existing, err := in.existing(ctx, t, slice)
	if err != nil {
		return err
	}
	found, repeats := in.match(slice, existing)
	w := &writes{in: in}
	named := make(map[string]int64, len(slice)) // the row that had an id first
	for _, all := range existing {
		for _, old := range all {
			if _, has := named[old.id]; !has && old.revision == in.revision {
				named[old.id] = old.number
			}
		}
	}
	for i := range slice {
		r := &slice[i]
		report.Rows++
		if of, twice := repeats[i]; twice {
			report.Repeated++
			report.Repeats = kept(report.Repeats, Repeat{r.id, of.number, r.number})
			w.repeats = append(w.repeats, of)
			continue
		}
		if first, shared := named[r.id]; shared {
			report.Shared++
			report.Shares = kept(report.Shares, Repeat{r.id, first, r.number})
		} else {
			named[r.id] = r.number
		}
		if r.err != nil {
			report.Bad++
		}
		old := found[i]
		if old == nil {
			report.New++
			w.fresh = append(w.fresh, r)
			continue
		}
		v := revisit{r, *old, in.work(r, old)}
		switch {
		case !r.same(old) && old.identity != "" && old.identity != r.identity:
			report.Replaced++
		case v.work < fetchAgain && r.err == nil && !old.waiting:
			report.Reused++
			w.reused++
		}
		w.again = append(w.again, v)
	}
	w.slice = slice
	return w.store(ctx, t, report)
}

// kept adds to the first items that are reported one by one.
func kept(all []Repeat, x Repeat) []Repeat {
	if len(all) >= keptRepeats {
		return all
	}
	return append(all[:len(all):len(all)], x)
}

// work decides what to do for a row that the batch already had.
func (in *intake) work(r *row, old *former) int {
	if r.err != nil {
		return nothing // its result is written at once
	}
	if !r.same(old) || old.pick != r.pick || old.outcome == nil {
		return fetchAgain
	}
	outcome, stale := verify.Outcome(*old.outcome), old.stale != nil && *old.stale == 1
	switch {
	case in.again == RecheckAll,
		in.again == RecheckErrors && outcome == verify.Errored,
		in.again == RecheckUndecided && outcome == verify.Undecided,
		in.again == RecheckStale && (stale || old.schema != nil && *old.schema != in.engineVersion.schema):
		return fetchAgain
	case old.part && !r.facts.Quick:
		return fetchAgain
	case in.again == RecheckChanged && !(r.file && old.state != ""): // files are looked at in any case
		return old.askOrFetch(r)
	case outcome == verify.Errored && old.stage != nil && verify.Stage(*old.stage) == verify.StageDeclare:
		return fetchAgain // only its words were wrong: it was never fetched
	case outcome != verify.Errored && (!old.measures(r) || r.file && old.replaced(r.reference)):
		return fetchAgain
	case outcome == verify.Errored && r.file && old.state != "" && old.replaced(r.reference):
		return fetchAgain
	case outcome != verify.Errored && r.facts.asksTwilio() && !old.askedTwilio(): // with that the recording need not come again
		return old.askOrFetch(r)
	case *old.judgedDigest != r.digest:
		return judge
	case outcome == verify.Errored:
		return nothing
	case old.schema != nil && !measurement.Readable(*old.schema):
		if stale {
			return nothing // it cannot be judged, and its result already says so
		}
		return judge
	case *old.version != in.engineVersion.version || *old.profile != r.facts.Profile.name():
		return judge
	}
	return nothing
}

// askOrFetch decides how to find out about a recording that was measured: its server may say that it
// is the same.
func (old former) askOrFetch(r *row) int {
	if old.outcome != nil && verify.Outcome(*old.outcome) != verify.Errored && !r.file && old.state != "" && old.measures(r) &&
		old.schema != nil && measurement.Readable(*old.schema) {
		return ask
	}
	return fetchAgain
}

// askedTwilio reports whether the row asked Twilio before, whatever names its recording.
func (old former) askedTwilio() bool {
	var were facts
	return json.Unmarshal([]byte(old.facts), &were) == nil && were.asksTwilio()
}

// measures reports whether everything that the row now needs has been measured.
func (old former) measures(r *row) bool {
	if old.digest == r.digest || len(r.sounds) == 0 && r.facts.Requested == (measurement.OnRequest{}) {
		return true
	}
	var were facts
	return json.Unmarshal([]byte(old.facts), &were) == nil && were.measures(r.facts)
}

// A revisit is a row that the batch already had.
type revisit struct {
	row  *row
	old  former
	work int
}
