package batch

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch/manifest"
)

// engineVersion is what makes results: a result that something else made may be out of date.
type engineVersion struct {
	version string
	schema  int64
}

func currentEngine() engineVersion {
	return engineVersion{version: verify.Version(), schema: measurement.Schema}
}

// An intake stores the rows of one reading of a manifest.
type intake struct {
	store   *Store
	queue   queue
	batch   int64
	reading int64
	again   Again
	making  engineVersion
	host    string // whose files paths lead to
	rows    *reader
	report  Reading
}

// read stores all rows.
func (in *intake) read(ctx context.Context, entries iter.Seq[manifest.Entry], patience time.Duration) (Reading, error) {
	var slice []row
	flush := func() error {
		if len(slice) == 0 {
			return nil
		}
		var after Reading
		err := in.store.retry(ctx, patience, func() error {
			after = in.report
			return in.store.db.tx(ctx, func(t statements) error { return in.take(ctx, t, slice, &after) })
		})
		if err != nil {
			return fmt.Errorf("storing rows of the manifest: %w", err)
		}
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
		slice = append(slice, in.rows.row(e))
		if len(slice) == intakeRows {
			if err := flush(); err != nil {
				return in.report, err
			}
		}
	}
	return in.report, flush()
}

// former is what the batch holds of a row.
type former struct {
	facts                   string
	key, number             int64
	recording, pick, digest string
	reading                 int64
	waiting                 bool
	needs                   needs // of the chunk that it waits in
	outcome                 *string
	stage                   *string
	version, profile        *string
	judgedDigest            *string
	schema                  *int64
	stale                   *int64
}

// The kinds of work on a row that the batch has had before.
const (
	nothing = iota
	judge
	fetchAnew
)

// take stores a slice of rows.
func (in *intake) take(ctx context.Context, t statements, slice []row, report *Reading) error {
	existing, err := in.existing(ctx, t, slice)
	if err != nil {
		return err
	}
	w := &writes{in: in}
	seen := make(map[string]int, len(slice)) // index of the first in this slice
	for i := range slice {
		r := &slice[i]
		report.Rows++
		old, had := existing[r.id]
		if first, twice := seen[r.id]; twice {
			in.repeat(w, report, r, slice[first].number)
			continue
		}
		seen[r.id] = i
		if had && old.reading == in.reading {
			in.repeat(w, report, r, old.number)
			continue
		}
		if r.err != nil {
			report.Bad++
		}
		if !had {
			report.New++
			w.fresh = append(w.fresh, r)
			continue
		}
		w.again = append(w.again, revisit{r, old, in.work(r, old)})
	}
	return w.store(ctx, t, report)
}

func (in *intake) repeat(w *writes, report *Reading, r *row, first int64) {
	report.Repeated++
	if len(report.Repeats) < keptRepeats {
		report.Repeats = append(report.Repeats[:len(report.Repeats):len(report.Repeats)], Repeat{r.id, first, r.number})
	}
	w.repeated = append(w.repeated, []any{in.batch, r.id})
}

func (in *intake) existing(ctx context.Context, t statements, slice []row) (map[string]former, error) {
	ids := make([]string, len(slice))
	for i, r := range slice {
		ids[i] = r.id
	}
	cond, list := in.store.db.in("r.id", ids)
	all := map[string]former{}
	err := each(ctx, t, `SELECT r.id, r.row_key, r.row, r.recording, r.pick, r.facts_digest, r.reading, r.chunk_id, coalesce(c.needs, ''), f.facts,
			s.outcome, s.error_stage, s.version, s.profile, s.facts_digest, s.measurements_schema, s.stale
		FROM otoscope_rows r JOIN otoscope_facts f ON f.facts_id = r.facts_id LEFT JOIN otoscope_results s ON s.row_key = r.row_key
			LEFT JOIN otoscope_chunks c ON c.chunk_id = r.chunk_id
		WHERE r.batch_id = ? AND `+cond, []any{in.batch, list}, func(c cursor) error {
		var id string
		var k former
		var chunk *int64
		if err := c.Scan(&id, &k.key, &k.number, &k.recording, &k.pick, &k.digest, &k.reading, &chunk, &k.needs, &k.facts,
			&k.outcome, &k.stage, &k.version, &k.profile, &k.judgedDigest, &k.schema, &k.stale); err != nil {
			return err
		}
		k.waiting = chunk != nil
		if options, err := decode.ParseWords(k.pick); err == nil {
			k.pick = options.Words() // as it is written now, whatever was typed
		}
		all[id] = k
		return nil
	})
	return all, err
}

// work decides what there is to do for a row that has been here before.
func (in *intake) work(r *row, old former) int {
	if r.err != nil {
		return nothing // its result is written at once
	}
	if old.recording != r.recording || old.pick != r.pick || old.outcome == nil {
		return fetchAnew
	}
	outcome, stale := verify.Outcome(*old.outcome), old.stale != nil && *old.stale == 1
	switch {
	case in.again == AgainAll,
		in.again == AgainErrors && outcome == verify.Errored,
		in.again == AgainUndecided && outcome == verify.Undecided,
		in.again == AgainStale && (stale || old.schema != nil && *old.schema != in.making.schema):
		return fetchAnew
	case outcome == verify.Errored && old.stage != nil && verify.Stage(*old.stage) == verify.StageDeclare:
		return fetchAnew // only its words were wrong: it was never fetched
	case outcome != verify.Errored && !old.measures(r):
		return fetchAnew
	case *old.judgedDigest != r.digest:
		return judge
	case outcome == verify.Errored:
		return nothing
	case old.schema != nil && !measurement.Readable(*old.schema):
		if stale {
			return nothing // it cannot be judged, and it says so already
		}
		return judge
	case *old.version != in.making.version || *old.profile != r.facts.Profile.name():
		return judge
	}
	return nothing
}

// measures reports whether all has been measured that the row now needs.
func (old former) measures(r *row) bool {
	if old.digest == r.digest || len(r.sounds) == 0 && r.facts.Asked == (measurement.OnRequest{}) {
		return true
	}
	var were facts
	return json.Unmarshal([]byte(old.facts), &were) == nil && were.measures(r.facts)
}

// A revisit is a row that the batch has had before.
type revisit struct {
	row  *row
	old  former
	work int
}
