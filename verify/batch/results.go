package batch

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch/db"
	"github.com/otoscope/otoscope/verify/report"
)

// Results returns the results that a filter selects, in the order of the batches and of
// their rows. It includes measurements if detail is set. An error ends the results.
func (s *Store) Results(ctx context.Context, f Filter, detail bool) iter.Seq2[report.Row, error] {
	return s.results(ctx, f, detail, false)
}

// Known returns the results that a filter selects, in the order of Results, with what is known of
// their calls by role. An error ends them.
func (s *Store) Known(ctx context.Context, f Filter) iter.Seq2[report.Row, error] {
	return s.results(ctx, f, false, true)
}

// Pictured returns the results that a filter selects, in the order of Results, with all that a
// picture shows: their measurements, and what is known of their calls. An error ends them.
func (s *Store) Pictured(ctx context.Context, f Filter) iter.Seq2[report.Row, error] {
	return s.results(ctx, f, true, true)
}

func (s *Store) results(ctx context.Context, f Filter, measured, known bool) iter.Seq2[report.Row, error] {
	return func(yield func(report.Row, error) bool) {
		f, err := s.resolve(ctx, f)
		if err != nil {
			yield(report.Row{}, err)
			return
		}
		names, bases := map[int64]string{}, map[int64]string{}
		var whole []string
		err = db.Each(ctx, s.db, `SELECT batch_id, name, coalesce(manifest, '') FROM otoscope_batches`, nil, func(c db.Cursor) error {
			var id int64
			var name, manifest string
			err := c.Scan(&id, &name, &manifest)
			names[id], bases[id], whole = name, baseOf(manifest), append(whole, name)
			return err
		})
		short := shortNames(whole)
		if err != nil {
			yield(report.Row{}, s.storageError("reading the results", err))
			return
		}
		recording, told, join := `NULL`, `NULL`, ``
		if measured {
			recording = `d.recording`
		}
		if known {
			told, join = `f.facts`, ` JOIN otoscope_facts f ON f.facts_id = r.facts_id`
		}
		cond, args := f.condition(s.db)
		ended := false
		err = db.Each(ctx, s.db, `SELECT r.batch_id, r.id, r.row, r.pick, d.verdict, d.cohort, `+recording+`, `+told+`, `+s.answerColumns()+`
			FROM otoscope_rows r JOIN otoscope_results s ON s.row_key = r.row_key JOIN otoscope_details d ON d.row_key = r.row_key`+join+joinAnswer+`
			WHERE `+cond+` ORDER BY r.batch_id, r.row, r.row_key`, args, func(c db.Cursor) error {
			var batch int64
			var verdict string
			var cohort, recording, told *string
			var id, pick string
			var row int64
			var human answerRow
			if err := c.Scan(append([]any{&batch, &id, &row, &pick, &verdict, &cohort, &recording, &told}, human.into()...)...); err != nil {
				return err
			}
			r, measurements, err := restored(short[names[batch]], id, row, verdict, recording)
			if err != nil {
				return err
			}
			if r.Human, err = human.read(); err != nil {
				return err
			}
			if cohort != nil {
				r.Cohort = json.RawMessage(*cohort)
			}
			if told != nil {
				var of facts
				if err := json.Unmarshal([]byte(*told), &of); err != nil {
					return fmt.Errorf("reading the facts of %s: %w", id, err)
				}
				r.Facts, r.Started = of.Facts, of.started()
				if known := measurements.Known; known != nil {
					r.Facts = verify.KnownFacts(measurements, verify.Case{Declaration: of.Declaration, Facts: of.Facts})
					if r.Started.IsZero() {
						r.Started = known.Recording.Started
					}
				}
				r.File, r.Pick = filePath(bases[batch], r.Verdict.Recording), pick
				for i, f := range r.Verdict.Files {
					r.Files[i] = filePath(bases[batch], f.Recording)
				}
			}
			if ended = !yield(r, nil); ended {
				return errEnough
			}
			return nil
		})
		if err != nil && !ended {
			yield(report.Row{}, s.storageError("reading the results", err))
		}
	}
}

// restored is a result as it was stored.
func restored(batch, id string, row int64, verdict string, recording *string) (report.Row, verify.Recording, error) {
	var stored verify.Recording
	if recording == nil {
		r, err := report.Restore(batch, id, row, []byte(verdict), nil)
		return r, stored, err
	}
	if err := json.Unmarshal([]byte(*recording), &stored); err != nil {
		return report.Row{}, stored, fmt.Errorf("reading the measurements of %s: %w", id, err)
	}
	r, err := report.Restore(batch, id, row, []byte(verdict), &stored.Measurements)
	return r, stored, err
}

// errEnough ends a query whose caller wants no more rows.
var errEnough = fmt.Errorf("enough")

// maxGroupColumns bounds the columns that groups get in CSV.
const maxGroupColumns = 100

// GroupNames lists the names of groups that rows have.
func (s *Store) GroupNames(ctx context.Context) ([]string, error) {
	var names []string
	// One step of the index for each name, however many rows there are.
	for last := ""; len(names) < maxGroupColumns; {
		var name *string
		if _, err := db.One(ctx, s.db, `SELECT min(name) FROM otoscope_groups WHERE name > ?`, []any{last}, &name); err != nil {
			return nil, s.storageError("listing the groups", err)
		}
		if name == nil {
			break
		}
		names, last = append(names, *name), *name
	}
	return names, nil
}
