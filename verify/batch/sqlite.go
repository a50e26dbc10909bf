package batch

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteDB is one file. One process at a time works on it, which a lock of the
// operating system's sees to; others may read.
type sqliteDB struct {
	*sql.DB
	path     string
	readOnly bool
	file     *os.File // open as long as the database is: its lock goes with it where work is done

	// The statements are the same few: each is parsed once.
	mu       sync.Mutex
	wanted   map[string]bool // seen, and not prepared yet
	prepared map[string]*sql.Stmt
}

// prepare prepares what has been asked for so far. It needs the
// connection, of which there is one, so that it cannot be done within one.
func (d *sqliteDB) prepare(ctx context.Context) {
	d.mu.Lock()
	queries := slices.Collect(maps.Keys(d.wanted))
	clear(d.wanted)
	d.mu.Unlock()
	for _, query := range queries {
		stmt, err := d.PrepareContext(ctx, query)
		if err != nil {
			continue // a migration's, which succeeds but once; others are asked for again
		}
		d.mu.Lock()
		if d.prepared[query] == nil {
			d.prepared[query], stmt = stmt, nil
		}
		d.mu.Unlock()
		if stmt != nil {
			stmt.Close() // another was faster
		}
	}
}

func (d *sqliteDB) close() error {
	var err error
	if d.DB != nil {
		err = d.DB.Close()
	}
	// Not before: closing a file ends the locks that SQLite holds on it in this process.
	if d.file != nil {
		d.file.Close()
		d.file = nil
	}
	return err
}

func (d *sqliteDB) name() string { return filepath.Base(d.path) }

func (d *sqliteDB) exec(ctx context.Context, query string, args ...any) (int64, error) {
	return affected(d.DB.ExecContext(ctx, query, args...))
}

func (d *sqliteDB) execMany(ctx context.Context, query string, args [][]any) error {
	return d.tx(ctx, func(t statements) error { return t.execMany(ctx, query, args) })
}

func (d *sqliteDB) query(ctx context.Context, query string, args ...any) (cursor, error) {
	var rows *sql.Rows
	var err error
	if prepared := d.statement(query); prepared != nil {
		rows, err = prepared.QueryContext(ctx, args...)
	} else {
		rows, err = d.DB.QueryContext(ctx, query, args...)
	}
	if err != nil {
		return nil, err
	}
	return rows, nil
}

// statement gives a prepared statement, nil where there is none yet.
func (d *sqliteDB) statement(query string) *sql.Stmt {
	d.mu.Lock()
	defer d.mu.Unlock()
	prepared := d.prepared[query]
	if prepared == nil {
		d.wanted[query] = true
	}
	return prepared
}

func affected(r sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func (d *sqliteDB) tx(ctx context.Context, f func(statements) error) error {
	d.prepare(ctx)
	t, err := d.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer t.Rollback() // after a commit it does nothing
	if err := f(&sqliteTx{t, d}); err != nil {
		return err
	}
	return t.Commit()
}

type sqliteTx struct {
	*sql.Tx
	db *sqliteDB
}

// stmt gives the prepared statement; the transaction closes it.
func (t *sqliteTx) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if prepared := t.db.statement(query); prepared != nil {
		return t.StmtContext(ctx, prepared), nil
	}
	return t.PrepareContext(ctx, query)
}

func (t *sqliteTx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	stmt, err := t.stmt(ctx, query)
	if err != nil {
		return 0, err
	}
	return affected(stmt.ExecContext(ctx, args...))
}

func (t *sqliteTx) execMany(ctx context.Context, query string, args [][]any) error {
	if len(args) == 0 {
		return nil
	}
	stmt, err := t.stmt(ctx, query)
	if err != nil {
		return err
	}
	for _, a := range args {
		if _, err := stmt.ExecContext(ctx, a...); err != nil {
			return err
		}
	}
	return nil
}

func (t *sqliteTx) query(ctx context.Context, query string, args ...any) (cursor, error) {
	stmt, err := t.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return nil, err
	}
	return rows, nil
}

func (d *sqliteDB) in(column string, texts []string) (string, any) {
	list, _ := json.Marshal(texts) // texts are UTF-8: checked where they are read
	return column + " IN (SELECT value FROM json_each(?))", string(list)
}

func (d *sqliteDB) inKeys(column string, keys []int64) (string, any) {
	list, _ := json.Marshal(keys)
	return column + " IN (SELECT value FROM json_each(?))", string(list)
}

func (d *sqliteDB) now() string { return "unixepoch('subsec')" }

func (d *sqliteDB) time(t time.Time) any { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func (d *sqliteDB) hasTable() string {
	return `SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?`
}

func (d *sqliteDB) types() map[string]string {
	return map[string]string{"{time}": "text", "{json}": "text", "{real}": "real", "{bytes}": "blob", "bigint": "integer"}
}

func (d *sqliteDB) lockMigration(context.Context, statements) error { return nil } // BEGIN IMMEDIATE did

func (d *sqliteDB) migrateRiver(ctx context.Context) error {
	return migrateRiver(ctx, riversqlite.New(d.DB))
}

func (d *sqliteDB) newQueue(c *river.Config) (queue, error) {
	return newRiverQueue[*riversqlite.Driver](riversqlite.New(d.DB), c, func(s statements) *sql.Tx { return s.(*sqliteTx).Tx })
}

func (d *sqliteDB) pollInterval() time.Duration { return 200 * time.Millisecond }

// exclusive: the file's lock says that this process is the only one.
func (d *sqliteDB) exclusive() bool { return true }

// forUpdate needs nothing: a transaction locks the whole file.
func (d *sqliteDB) forUpdate() string { return "" }

func (d *sqliteDB) riverTime() string { return "datetime('now', 'subsec')" }

func (d *sqliteDB) riverTimeBefore() string {
	return "datetime('now', 'subsec', '-' || ? || ' seconds')"
}

func (d *sqliteDB) lastClient() string { return "coalesce(json_extract(attempted_by, '$[#-1]'), '')" }

func (d *sqliteDB) riverEpoch(column string) string { return "unixepoch(" + column + ", 'subsec')" }

// renew deletes without a condition, which clears the table's last page too. What
// is deleted row by row is overwritten, but copies may have been left in a page when
// its neighbours were filled up from it.
func (d *sqliteDB) renew(ctx context.Context, table string) error {
	return d.tx(ctx, func(t statements) error {
		var rows bool
		if _, err := queryOne(ctx, t, `SELECT EXISTS (SELECT 1 FROM `+table+`)`, nil, &rows); err != nil || rows {
			return err
		}
		_, err := t.exec(ctx, `DELETE FROM `+table)
		return err
	})
}

// keepOutOfStatistics: nothing here calls ANALYZE.
func (d *sqliteDB) keepOutOfStatistics(context.Context, statements) error { return nil }

func (d *sqliteDB) vacuum(ctx context.Context, _ []string) error {
	if _, err := d.ExecContext(ctx, `VACUUM`); err != nil {
		return err
	}
	_, err := d.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	return err
}

func (d *sqliteDB) code(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff // the rest are details
	}
	return 0
}

func (d *sqliteDB) why(err error) failure {
	var e *sqlite.Error
	if errors.As(err, &e) && e.Code() == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY {
		return unentered
	}
	switch d.code(err) {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return transient
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR:
		return full
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return damaged
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH:
		return forbidden
	}
	return lasting
}

func migrateRiver[T any](ctx context.Context, driver riverDriver[T]) error {
	m, err := rivermigrate.New(driver, nil)
	if err != nil {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}
