package batch

import (
	"context"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch/db"
	"github.com/otoscope/otoscope/verify/finding"
)

// countUnheard checks the law of a run. Each row that was read is stored, or repeats a
// stored one. It has an error, or a verdict under its present words on a recording that was
// opened, which has a SHA-256, or that was not opened because its platform says that it is mono. A run
// that is to read no more than it must takes a part of the recording, too.
func (s *Store) countUnheard(ctx context.Context, in *intake, report *Report) error {
	without := []string{string(finding.MonoFile), string(finding.MonoFile)} // a SHA-256
	if in.rows.quick {
		without[1] = string(finding.PartlyHeard)
	}
	var rows, unheard, revision int64
	var repeated float64 // PostgreSQL adds integers up to a numeric
	if _, err := db.One(ctx, s.db, `SELECT count(*), coalesce(sum(r.repeated), 0),
			count(*) FILTER (WHERE s.row_key IS NULL OR s.outcome <> ? AND (s.facts_digest <> r.facts_digest
				OR s.sha256 = '' AND NOT EXISTS (SELECT 1 FROM otoscope_findings f WHERE f.row_key = s.row_key AND f.code IN (?, ?))))
		FROM otoscope_rows r LEFT JOIN otoscope_results s ON s.row_key = r.row_key WHERE r.batch_id = ? AND r.revision = ?`,
		[]any{string(verify.Errored), without[0], without[1], in.batch, in.revision}, &rows, &repeated, &unheard); err != nil {
		return err
	}
	if _, err := db.One(ctx, s.db, `SELECT revision FROM otoscope_batches WHERE batch_id = ?`, []any{in.batch}, &revision); err != nil {
		return err
	}
	if revision == in.revision { // else another process reads the manifest again, and counts
		unheard += max(report.Manifest.Rows-rows-int64(repeated), 0)
	}
	report.Unheard = unheard
	return nil
}
