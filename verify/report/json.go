package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/evidence"
	"github.com/otoscope/otoscope/verify/finding"
)

// JSON writes the verdict as one object on one line. Evidence and findings are
// lists even where there are none, every number is finite, and measurements
// are there only where details are asked for. Characters that could move the
// cursor or reorder a line are written as escapes, so the line is safe on a
// terminal and means the same to every JSON reader.
func JSON(w io.Writer, v verify.Verdict, o Options) error {
	v.Log10LR, v.Prior, v.DurationS = finite(v.Log10LR), finite(v.Prior), finite(v.DurationS)
	if v.Confidence != nil {
		p := finite(*v.Confidence)
		v.Confidence = &p
	}
	v.Evidence = append([]evidence.Item{}, v.Evidence...)
	for i := range v.Evidence {
		v.Evidence[i].Log10LR = finite(v.Evidence[i].Log10LR)
	}
	v.Findings = append([]finding.Finding{}, v.Findings...)
	if !o.Detail {
		v.Measurements = nil
	}
	if err := escape.Encode(w, v); err != nil {
		return fmt.Errorf("writing the verdict on %s as JSON: %w", escape.Text(v.Recording), err)
	}
	return nil
}

// jsonResults writes results as JSON lines.
type jsonResults struct {
	w io.Writer
	o Options
}

func newJSONResults(w io.Writer, _ About, o Options) Results { return jsonResults{w, o} }

// Write writes a result as JSON does, in a batch with id and row before all else.
func (j jsonResults) Write(r Row) error {
	line := []byte(r.Stored)
	if line == nil {
		var b bytes.Buffer
		if err := JSON(&b, r.Verdict, j.o); err != nil {
			return err
		}
		line = b.Bytes()
	}
	line = bytes.TrimSpace(line)
	if r.Consumers != nil {
		readings, err := json.Marshal(r.Consumers)
		if err != nil {
			return fmt.Errorf("writing who reads the recording rightly as JSON: %w", err)
		}
		line = slices.Concat(line[:len(line)-1], []byte(`,"consumers":`), readings, []byte("}"))
	}
	if r.ID != "" {
		if len(line) < 2 || line[0] != '{' {
			return fmt.Errorf("the result of %s is not a JSON object", escape.Text(r.ID))
		}
		head, err := json.Marshal(map[string]any{"id": r.ID, "row": r.Row})
		if err != nil {
			return fmt.Errorf("writing the result of %s as JSON: %w", escape.Text(r.ID), err)
		}
		// {"id":…,"row":…} and {"schema":…} become one object.
		line = append(append(head[:len(head)-1:len(head)-1], ','), line[1:]...)
		if r.Cohort != nil {
			line = slices.Concat(line[:len(line)-1], []byte(`,"cohort":`), bytes.TrimSpace(r.Cohort), []byte("}"))
		}
		if r.Human != nil {
			human, err := json.Marshal(r.Human)
			if err != nil {
				return fmt.Errorf("writing the result of %s as JSON: %w", escape.Text(r.ID), err)
			}
			line = slices.Concat(line[:len(line)-1], []byte(`,"human":`), human, []byte("}"))
		}
	}
	if _, err := j.w.Write(escape.JSON(append(line, '\n'))); err != nil {
		return fmt.Errorf("writing the verdict: %w", err)
	}
	return nil
}

// Close writes nothing: each line stands by itself.
func (j jsonResults) Close() error { return nil }
