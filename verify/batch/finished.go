package batch

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch/db"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/report"
)

// The names of tallies, in addition to the outcomes.
const (
	tallyWaiting = "waiting"
	tallyBad     = "bad rows"
	tallyBytes   = "bytes"
	tallyReused  = "reused" // results of earlier runs
	tallyError   = "error "
)

// A finished row is a row with a result to store.
type finished struct {
	key       int64
	digest    string
	verdict   verify.Verdict
	text      string // the verdict as JSON, once it is sealed
	recording []byte // the value to store; nil if the stored one stays, or nothing was measured
	measured  *measured
	kept      bool   // the stored recording stays
	state     string // of the recording that was verified; see otoscope_results
	kind      string
	stale     bool
	reused    bool // its server says that the recording is the same
	refused   bool // credentials were missing or not accepted
	// These have no result yet:
	later   time.Duration // the server said so: how long the row is to wait
	missing bool          // its file is on another host
	bytes   int64         // that were fetched for it now
}

// seal writes the verdict as JSON beforehand: results are stored within a transaction, while
// all others wait.
func (f *finished) seal() error {
	f.verdict.Measurements = nil // they are in the recording
	var text bytes.Buffer
	err := report.JSON(&text, f.verdict, report.Options{})
	f.text = string(bytes.TrimSpace(text.Bytes()))
	return err
}

// measured identifies the version and the schema that measured a recording.
type measured struct {
	version string
	schema  int64
}

// tally adds to the counts of a reading. Every process uses the same order of names, so that
// they cannot wait for each other in a circle.
func (s *Store) tally(ctx context.Context, t db.Statements, batch, revision int64, counts map[string]int64) error {
	var args [][]any
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		if counts[name] != 0 {
			args = append(args, []any{batch, revision, name, counts[name]})
		}
	}
	return t.ExecMany(ctx, `INSERT INTO otoscope_tallies (batch_id, revision, name, n) VALUES (?, ?, ?, ?)
		ON CONFLICT (batch_id, revision, name) DO UPDATE SET n = otoscope_tallies.n + excluded.n`, args)
}

// writeResults stores results and replaces earlier results of the rows.
func (s *Store) writeResults(ctx context.Context, t db.Statements, batch int64, all []finished) error {
	if len(all) == 0 {
		return nil
	}
	now := s.db.Time(time.Now())
	var results, details, verdicts, findings [][]any
	rowKeys := make([]int64, len(all))
	for i := range all {
		f := &all[i]
		if f.text == "" {
			if err := f.seal(); err != nil {
				return err
			}
		}
		rowKeys[i] = f.key
		results = append(results, f.columns(batch, now))
		if f.kept {
			verdicts = append(verdicts, []any{f.text, f.key})
		} else {
			var recording *string
			if f.recording != nil {
				recording = new(string(f.recording))
			}
			details = append(details, []any{f.key, f.text, recording})
		}
		seen := map[finding.Code]bool{}
		for _, found := range f.verdict.Findings {
			if !seen[found.Code] {
				seen[found.Code] = true
				findings = append(findings, []any{f.key, string(found.Code), string(found.Severity)})
			}
		}
	}
	cond, list := s.db.InKeys("row_key", rowKeys)
	if _, err := t.Exec(ctx, `DELETE FROM otoscope_findings WHERE `+cond, list); err != nil {
		return err
	}
	for _, w := range []struct {
		query string
		args  [][]any
	}{
		{`INSERT INTO otoscope_results (row_key, batch_id, outcome, log10_lr, confidence, sha256, bytes, duration_s, format,
				error_stage, error_kind, error, version, profile, measured_by, measurements_schema, stale, facts_digest, finished_at,
				recording_state, error_reason, error_hint, bytes_read)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (row_key) DO UPDATE SET outcome = excluded.outcome, log10_lr = excluded.log10_lr, confidence = excluded.confidence,
				sha256 = excluded.sha256, bytes = excluded.bytes, duration_s = excluded.duration_s, format = excluded.format,
				error_stage = excluded.error_stage, error_kind = excluded.error_kind, error = excluded.error,
				version = excluded.version, profile = excluded.profile, measured_by = excluded.measured_by,
				measurements_schema = excluded.measurements_schema, stale = excluded.stale,
				facts_digest = excluded.facts_digest, finished_at = excluded.finished_at, recording_state = excluded.recording_state,
				error_reason = excluded.error_reason, error_hint = excluded.error_hint, bytes_read = excluded.bytes_read`, results},
		{`INSERT INTO otoscope_details (row_key, verdict, recording) VALUES (?, ?, ?)
			ON CONFLICT (row_key) DO UPDATE SET verdict = excluded.verdict, recording = excluded.recording, cohort = NULL`, details},
		{`UPDATE otoscope_details SET verdict = ?, cohort = NULL WHERE row_key = ?`, verdicts},
		{`INSERT INTO otoscope_findings (row_key, code, severity) VALUES (?, ?, ?)`, findings},
	} {
		if err := t.ExecMany(ctx, w.query, w.args); err != nil {
			return fmt.Errorf("storing results: %w", err)
		}
	}
	return nil
}

// columns returns the values of a row of otoscope_results, in the order of writeResults.
func (f *finished) columns(batch int64, now any) []any {
	v := f.verdict
	var stage, kind, message, reason, advice, by *string
	var schema *int64
	if v.Error != nil {
		stage, kind, message = new(string(v.Error.Stage)), &f.kind, new(clean(v.Error.Message))
		reason, advice = new(clean(reasonOf(v))), new(clean(v.Error.Hint))
	}
	if f.measured != nil {
		by, schema = &f.measured.version, &f.measured.schema
	}
	stale := 0
	if f.stale {
		stale = 1
	}
	var read *int64
	if v.Part != nil {
		read = &v.Part.BytesRead
	}
	return []any{
		f.key, batch, string(v.Outcome), v.Log10LR, v.Confidence, v.SHA256, v.Bytes, v.DurationS, clean(v.Format),
		stage, kind, message, v.Version, v.Profile, by, schema, stale, f.digest, now, f.state, reason, advice, read,
	}
}

// clean makes any text fit for a column: PostgreSQL accepts no zero bytes and only UTF-8.
func clean(s string) string {
	b, _ := json.Marshal(s) // replaces invalid UTF-8
	var out string
	if json.Unmarshal(b, &out) != nil {
		return ""
	}
	return string(bytes.ReplaceAll([]byte(out), []byte{0}, nil))
}
