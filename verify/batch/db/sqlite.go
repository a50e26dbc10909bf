package db

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

	"github.com/riverqueue/river/riverdriver/riversqlite"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteDB is one file. A lock of the operating system ensures that one process at a time
// works on it; others may read.
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

func (d *sqliteDB) Close() error {
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

func (d *sqliteDB) Name() string { return filepath.Base(d.path) }

func (d *sqliteDB) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	return affected(d.DB.ExecContext(ctx, query, args...))
}

func (d *sqliteDB) ExecMany(ctx context.Context, query string, args [][]any) error {
	return d.Tx(ctx, func(t Statements) error { return t.ExecMany(ctx, query, args) })
}

func (d *sqliteDB) Query(ctx context.Context, query string, args ...any) (Cursor, error) {
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

// statement returns a prepared statement, nil if there is none yet.
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

func (d *sqliteDB) Tx(ctx context.Context, f func(Statements) error) error {
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

func (t *sqliteTx) handle() any { return t.Tx }

// stmt returns the prepared statement; the transaction closes it.
func (t *sqliteTx) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if prepared := t.db.statement(query); prepared != nil {
		return t.StmtContext(ctx, prepared), nil
	}
	return t.PrepareContext(ctx, query)
}

func (t *sqliteTx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	stmt, err := t.stmt(ctx, query)
	if err != nil {
		return 0, err
	}
	return affected(stmt.ExecContext(ctx, args...))
}

func (t *sqliteTx) ExecMany(ctx context.Context, query string, args [][]any) error {
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

func (t *sqliteTx) Query(ctx context.Context, query string, args ...any) (Cursor, error) {
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

func (d *sqliteDB) In(column string, texts []string) (string, any) {
	list, _ := json.Marshal(texts) // texts are UTF-8: checked where they are read
	return column + " IN (SELECT value FROM json_each(?))", string(list)
}

func (d *sqliteDB) InKeys(column string, keys []int64) (string, any) {
	list, _ := json.Marshal(keys)
	return column + " IN (SELECT value FROM json_each(?))", string(list)
}

func (d *sqliteDB) Now() string { return "unixepoch('subsec')" }

func (d *sqliteDB) Time(t time.Time) any { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func (d *sqliteDB) hasTable() string {
	return `SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?`
}

func (d *sqliteDB) types() map[string]string {
	return map[string]string{"{time}": "text", "{json}": "text", "{real}": "real", "{bytes}": "blob", "bigint": "integer"}
}

func (d *sqliteDB) lockMigration(context.Context, Statements) error { return nil } // BEGIN IMMEDIATE did

func (d *sqliteDB) migrateRiver(ctx context.Context) error {
	return migrateRiver(ctx, riversqlite.New(d.DB))
}

func (d *sqliteDB) Handle() any { return d.DB }

func (d *sqliteDB) isReadOnly() bool { return d.readOnly }

func (d *sqliteDB) PollInterval() time.Duration { return 200 * time.Millisecond }

// Exclusive: the file's lock says that this process is the only one.
func (d *sqliteDB) Exclusive() bool { return true }

// ForUpdate needs nothing: a transaction locks the whole file.
func (d *sqliteDB) ForUpdate() string { return "" }

func (d *sqliteDB) RiverTime() string { return "datetime('now', 'subsec')" }

func (d *sqliteDB) RiverTimeBefore() string {
	return "datetime('now', 'subsec', '-' || ? || ' seconds')"
}

func (d *sqliteDB) LastClient() string { return "coalesce(json_extract(attempted_by, '$[#-1]'), '')" }

func (d *sqliteDB) RiverEpoch(column string) string { return "unixepoch(" + column + ", 'subsec')" }

// Renew deletes without a condition, which clears the table's last page too. What
// is deleted row by row is overwritten, but copies may have been left in a page when
// its neighbours were filled up from it.
func (d *sqliteDB) Renew(ctx context.Context, table string) error {
	return d.Tx(ctx, func(t Statements) error {
		var rows bool
		if _, err := One(ctx, t, `SELECT EXISTS (SELECT 1 FROM `+table+`)`, nil, &rows); err != nil || rows {
			return err
		}
		_, err := t.Exec(ctx, `DELETE FROM `+table)
		return err
	})
}

// keepOutOfStatistics: nothing here calls ANALYZE.
func (d *sqliteDB) keepOutOfStatistics(context.Context, Statements) error { return nil }

func (d *sqliteDB) Vacuum(ctx context.Context, _ []string) error {
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

func (d *sqliteDB) Why(err error) Failure {
	var e *sqlite.Error
	if errors.As(err, &e) && e.Code() == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY {
		return Unregistered
	}
	switch d.code(err) {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return Transient
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR:
		return Full
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return Damaged
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH:
		return Forbidden
	}
	return Lasting
}
