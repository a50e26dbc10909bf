package batch

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/report"
)

// A Result is what came of one row.
type Result struct {
	Batch string
	ID    string // the manifest's own, or the reference
	Row   int64  // its number in the manifest, from 1

	verdict, recording []byte
}

// Verdict gives the verdict, with the measurements where they were asked for.
func (r Result) Verdict() (verify.Verdict, error) {
	var v verify.Verdict
	if err := json.Unmarshal(r.verdict, &v); err != nil {
		return v, fmt.Errorf("reading the result of %s: %w", r.ID, err)
	}
	if r.recording != nil {
		var stored storedRecording
		if err := json.Unmarshal(r.recording, &stored); err != nil {
			return v, fmt.Errorf("reading the measurements of %s: %w", r.ID, err)
		}
		v.Measurements = &stored.Measurements
	}
	return v, nil
}

// WriteJSON writes the result on one line, as otoscope verify writes a verdict,
// with id and row before all else.
func (r Result) WriteJSON(w io.Writer) error {
	line := r.verdict
	if r.recording != nil {
		v, err := r.Verdict()
		if err != nil {
			return err
		}
		var b bytes.Buffer
		if err := report.JSON(&b, v, report.Options{Detail: true}); err != nil {
			return err
		}
		line = bytes.TrimSpace(b.Bytes())
	}
	if len(line) < 2 || line[0] != '{' {
		return fmt.Errorf("the result of %s is no JSON object", r.ID)
	}
	head, err := json.Marshal(map[string]any{"id": r.ID, "row": r.Row})
	if err != nil {
		return err
	}
	// {"id":…,"row":…} and {"schema":…} become one object.
	text := append(append(head[:len(head)-1:len(head)-1], ','), line[1:]...)
	_, err = w.Write(escape.JSON(append(text, '\n')))
	return err
}

// Results gives the results that a filter chooses, in the order of the batches
// and of their rows; with measurements where detail says so. After an error
// there are no more.
func (s *Store) Results(ctx context.Context, f Filter, detail bool) iter.Seq2[Result, error] {
	return func(yield func(Result, error) bool) {
		if err := s.knownBatch(ctx, f.Batch); err != nil {
			yield(Result{}, err)
			return
		}
		names := map[int64]string{}
		err := each(ctx, s.db, `SELECT batch_id, name FROM otoscope_batches`, nil, func(c cursor) error {
			var id int64
			var name string
			err := c.Scan(&id, &name)
			names[id] = name
			return err
		})
		if err != nil {
			yield(Result{}, s.storageError("reading the results", err))
			return
		}
		recording := `NULL`
		if detail {
			recording = `d.recording`
		}
		cond, args := f.condition(s.db)
		ended := false
		err = each(ctx, s.db, `SELECT r.batch_id, r.id, r.row, d.verdict, `+recording+`
			FROM otoscope_rows r JOIN otoscope_results s ON s.row_key = r.row_key JOIN otoscope_details d ON d.row_key = r.row_key
			WHERE `+cond+` ORDER BY r.batch_id, r.row, r.row_key`, args, func(c cursor) error {
			var batch int64
			var verdict string
			var recording *string
			var r Result
			if err := c.Scan(&batch, &r.ID, &r.Row, &verdict, &recording); err != nil {
				return err
			}
			r.Batch, r.verdict = names[batch], []byte(verdict)
			if recording != nil {
				r.recording = []byte(*recording)
			}
			if ended = !yield(r, nil); ended {
				return errEnough
			}
			return nil
		})
		if err != nil && !ended {
			yield(Result{}, s.storageError("reading the results", err))
		}
	}
}

// errEnough ends a query of which no more is wanted.
var errEnough = fmt.Errorf("enough")
