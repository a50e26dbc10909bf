package batch

import (
	"context"
	"errors"

	"github.com/otoscope/otoscope/verify/batch/db"
)

// purgeSlice is how many rows are deleted in one transaction.
const purgeSlice = 5000

// Purge deletes the rows that a filter selects from every table, and returns their number.
// It also deletes declared and known facts that no other row has, and batches without rows.
// Afterwards it rewrites the database, so that its files contain nothing of the deleted
// rows.
func (s *Store) Purge(ctx context.Context, f Filter) (int64, error) {
	if f.Batch != "" {
		var err error
		if f, err = s.resolve(ctx, f); err != nil {
			return 0, err
		}
	}
	var purged int64
	for {
		n, err := s.purgeSlice(ctx, f)
		purged += n
		if err != nil {
			return purged, s.storageError("deleting results", err)
		}
		if n == 0 {
			break
		}
	}
	err := s.db.Tx(ctx, func(t db.Statements) error {
		for _, query := range []string{
			// A process that stores rows has found or stored their facts by then, or waits until this is done.
			`UPDATE otoscope_keys SET next = next WHERE name = 'row'`,
			`DELETE FROM otoscope_facts WHERE NOT EXISTS (SELECT 1 FROM otoscope_rows r WHERE r.facts_id = otoscope_facts.facts_id)`,
			`DELETE FROM otoscope_sounds WHERE NOT EXISTS (SELECT 1 FROM otoscope_facts f WHERE CAST(f.facts AS text) LIKE '%' || otoscope_sounds.sha256 || '%')`,
			`DELETE FROM otoscope_chunks WHERE NOT EXISTS (SELECT 1 FROM otoscope_rows r WHERE r.chunk_id = otoscope_chunks.chunk_id)`,
			// A batch that is being read may be about to get its first rows.
			`DELETE FROM otoscope_batches WHERE read_whole = 1 AND NOT EXISTS (SELECT 1 FROM otoscope_rows r WHERE r.batch_id = otoscope_batches.batch_id)`,
			`DELETE FROM otoscope_tallies WHERE NOT EXISTS (SELECT 1 FROM otoscope_batches b WHERE b.batch_id = otoscope_tallies.batch_id)`,
		} {
			if _, err := t.Exec(ctx, query); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = s.db.Vacuum(ctx, append(tablesOfRows(), "otoscope_facts", "otoscope_sounds", "otoscope_batches", "otoscope_tallies"))
	}
	return purged, s.storageError("deleting results", err)
}

// tablesOfRows are those with a row_key.
func tablesOfRows() []string {
	return []string{"otoscope_answers", "otoscope_reviewing", "otoscope_details", "otoscope_findings", "otoscope_results", "otoscope_waiting", "otoscope_groups", "otoscope_rows"}
}

func (s *Store) purgeSlice(ctx context.Context, f Filter) (int64, error) {
	cond, args := f.condition(s.db)
	var n int64
	err := s.retry(ctx, defaultPatience, func() error {
		return s.db.Tx(ctx, func(t db.Statements) error {
			keys, err := db.Keys(ctx, t, `SELECT r.row_key FROM otoscope_rows r LEFT JOIN otoscope_results s ON s.row_key = r.row_key
				WHERE `+cond+` ORDER BY r.row_key LIMIT ?`, append(args[:len(args):len(args)], purgeSlice)...)
			if n = int64(len(keys)); err != nil || n == 0 {
				return err
			}
			return s.deleteRows(ctx, t, keys)
		})
	})
	return n, err
}

func (s *Store) deleteRows(ctx context.Context, t db.Statements, keys []int64) error {
	of, list := s.db.InKeys("row_key", keys)
	for _, table := range tablesOfRows() {
		if _, err := t.Exec(ctx, `DELETE FROM `+table+` WHERE `+of, list); err != nil {
			return errors.Join(errors.New(table), err)
		}
	}
	return nil
}

// dropMended deletes earlier results of rows that could only be identified by their number,
// if the reading that has just ended found them corrected or gone. Nothing else would ever
// replace such a result.
func (s *Store) dropMended(ctx context.Context, t db.Statements, batch, revision int64) error {
	keys, err := db.Keys(ctx, t, `SELECT r.row_key FROM otoscope_results s JOIN otoscope_rows r ON r.row_key = s.row_key
		WHERE s.error_kind = ? AND s.batch_id = ? AND r.revision < ? AND r.recording = '' AND r.id = '`+unnamed+`' || r.row`, badRowKind, batch, revision)
	if err != nil || len(keys) == 0 {
		return err
	}
	return s.deleteRows(ctx, t, keys)
}
