package db

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// What PostgreSQL keeps of deleted rows: the rows themselves, until a table is
// rewritten, and common values in the statistics that the planner reads
// (https://www.postgresql.org/docs/current/catalog-pg-statistic.html).

// Renew truncates: deleted rows stay in a table's file until it is rewritten.
func (d *postgresDB) Renew(ctx context.Context, table string) error {
	err := d.Tx(ctx, func(t Statements) error {
		if _, err := t.Exec(ctx, `LOCK TABLE `+pgx.Identifier{table}.Sanitize()+` IN ACCESS EXCLUSIVE MODE NOWAIT`); err != nil {
			return err
		}
		empty, err := isEmpty(ctx, t, table)
		if err != nil || !empty {
			return err
		}
		if _, err := t.Exec(ctx, `TRUNCATE `+pgx.Identifier{table}.Sanitize()); err != nil {
			return err
		}
		return forgetStatistics(ctx, t, table)
	})
	var answered *pgconn.PgError
	if errors.As(err, &answered) && answered.Code == "55P03" { // lock_not_available
		return nil
	}
	return err
}

func isEmpty(ctx context.Context, s Statements, table string) (bool, error) {
	var rows bool
	_, err := One(ctx, s, `SELECT EXISTS (SELECT 1 FROM `+pgx.Identifier{table}.Sanitize()+`)`, nil, &rows)
	return !rows, err
}

// Vacuum rewrites the tables: what was deleted is then in none of their files, and
// the statistics are made from what is left.
func (d *postgresDB) Vacuum(ctx context.Context, tables []string) error {
	for _, table := range tables {
		if _, err := d.Exec(ctx, `VACUUM (FULL, ANALYZE) `+pgx.Identifier{table}.Sanitize()); err != nil {
			return err
		}
		err := d.Tx(ctx, func(t Statements) error {
			empty, err := isEmpty(ctx, t, table)
			if err != nil || !empty {
				return err
			}
			return forgetStatistics(ctx, t, table)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// forgetStatistics deletes the statistics of an empty table, which ANALYZE leaves as
// they were. That a column gets a type deletes them, be it the type that it has.
func forgetStatistics(ctx context.Context, t Statements, table string) error {
	var changes []string
	err := Each(ctx, t, `SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute
		WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped`, []any{table}, func(c Cursor) error {
		var column, kind string
		err := c.Scan(&column, &kind)
		changes = append(changes, `ALTER COLUMN `+pgx.Identifier{column}.Sanitize()+` TYPE `+kind)
		return err
	})
	if err != nil {
		return err
	}
	for _, change := range changes {
		if _, err := t.Exec(ctx, `ALTER TABLE `+pgx.Identifier{table}.Sanitize()+` `+change); err != nil {
			return err
		}
	}
	return nil
}

// keepOutOfStatistics keeps references, which are secrets, out of the statistics while their
// rows wait.
func (d *postgresDB) keepOutOfStatistics(ctx context.Context, t Statements) error {
	for _, change := range []string{`SET STATISTICS 0`, `TYPE text`} {
		if _, err := t.Exec(ctx, `ALTER TABLE otoscope_waiting ALTER COLUMN reference `+change); err != nil {
			return err
		}
	}
	return nil
}
