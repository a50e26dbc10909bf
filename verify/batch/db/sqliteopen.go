package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	sqlite3 "modernc.org/sqlite/lib"
)

// lockByte is the byte of a database's file that a working process locks. SQLite's own lock
// bytes lie 1 GiB from the start, and its largest file has 256 TiB: no page ever lies there.
const lockByte = 1 << 60

// openSQLite opens a file, or creates it if create is set. It locks the file if the caller
// wants to work on it. It opens a read-only file for reading.
func openSQLite(ctx context.Context, path string, create, work bool) (_ *sqliteDB, err error) {
	d := &sqliteDB{path: path, wanted: map[string]bool{}, prepared: map[string]*sql.Stmt{}}
	defer func() {
		if err != nil {
			d.Close()
		}
	}()
	if err = d.openFile(create || work, create); err != nil {
		return nil, err
	}
	if work {
		lock, err := lockDatabase(d.file)
		d.file = lock
		if err != nil {
			return nil, &Error{
				Message: fmt.Sprintf("another otoscope works on %s", filepath.Base(path)),
				Advice:  "wait for it to end, or keep this batch in another file with --db; for several processes at once use --db postgres://...",
				Cause:   err,
			}
		}
	}
	if d.readOnly {
		return d, d.connectToRead(ctx)
	}
	err = d.connect(ctx, url.Values{
		"_txlock": {"immediate"}, // a transaction that begins with reading never has to wait for the right to write
		"_pragma": {
			"busy_timeout(10000)",
			"foreign_keys(ON)",    // only a registered worker holds a chunk
			"journal_mode(WAL)",   // results can be read while the batch runs
			"synchronous(NORMAL)", // a loss of power can undo the last transactions, and never half of one
			"secure_delete(ON)",   // a reference that is deleted is overwritten
			"cell_size_check(ON)", // a damaged page is noticed when it is read
			"cache_size(-16000)",  // 16 MB
			"temp_store(MEMORY)",  // no other file ever holds a part
			"journal_size_limit(67108864)",
			"wal_autocheckpoint(4000)", // 16 MB: pages that every row changes are copied less often
		},
	})
	switch {
	case err == nil && work:
		err = d.check(ctx)
	case err != nil && !work && !create && d.cannotWriteBeside(err):
		err = d.connectToRead(ctx)
	}
	return d, err
}

// checkedSize is the largest size of a file that is checked before work begins.
const checkedSize = 64 << 20

// check looks for damage that the work would otherwise find halfway, or not at all.
func (d *sqliteDB) check(ctx context.Context) error {
	info, err := d.file.Stat()
	if err != nil || info.Size() > checkedSize {
		return err
	}
	var said string
	if err := d.DB.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&said); err != nil || said == "ok" {
		return err
	}
	return &Error{Message: fmt.Sprintf("%s is damaged (%s)", d.Name(), strings.ToValidUTF8(said, "?")), Advice: d.salvage()}
}

// openFile opens the file itself, by its one real name: whatever link led there, the
// files that SQLite keeps beside it must be the same for all. A file with two names
// (hard links) has two such sets, by which SQLite loses data
// (https://sqlite.org/howtocorrupt.html#_multiple_links_to_the_same_file).
func (d *sqliteDB) openFile(write, create bool) (err error) {
	shown := filepath.Base(d.path)
	flags := os.O_RDWR
	if create {
		flags |= os.O_CREATE
	}
	// Results are personal data, so nobody else may read them. The files beside
	// the database get the permissions that it has.
	f, err := os.OpenFile(d.path, flags, 0o600)
	if !write && (errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)) {
		d.readOnly = true
		f, err = os.Open(d.path)
	}
	switch {
	case !create && errors.Is(err, fs.ErrNotExist):
		return &Error{
			Message: fmt.Sprintf("there is no database %s", shown),
			Advice:  "begin a batch, which makes it, or name the one that a batch made with --db",
			Cause:   err,
		}
	case err != nil:
		return &Error{Message: fmt.Sprintf("the database cannot be opened: %v", err), Advice: "name a file in a folder that you may write to with --db", Cause: err}
	}
	d.file = f
	n, err := links(f)
	if err != nil {
		return err
	}
	if n > 1 {
		return &Error{
			Message: fmt.Sprintf("%s has %d names (hard links), by which SQLite would lose results", shown, n),
			Advice:  "find them with find -samefile and remove all but one; a symbolic link does no harm",
		}
	}
	real, err := filepath.EvalSymlinks(d.path)
	if err == nil {
		real, err = filepath.Abs(real)
	}
	if err != nil {
		return &Error{Message: fmt.Sprintf("the database cannot be opened: %v", err), Advice: "name a file with --db", Cause: err}
	}
	if real != f.Name() {
		d.path = real
		mode := os.O_RDWR
		if d.readOnly {
			mode = os.O_RDONLY
		}
		again, err := os.OpenFile(real, mode, 0)
		if err != nil {
			return &Error{Message: fmt.Sprintf("the database cannot be opened: %v", err), Advice: "name a file with --db", Cause: err}
		}
		f.Close()
		d.file = again
	}
	return nil
}

// connectToRead opens a read-only file. SQLite would create files beside it; without them it
// may read only a file that nobody changes.
func (d *sqliteDB) connectToRead(ctx context.Context) error {
	pragmas := []string{"busy_timeout(10000)", "query_only(ON)", "cell_size_check(ON)", "temp_store(MEMORY)"}
	err := d.connect(ctx, url.Values{"mode": {"ro"}, "_pragma": pragmas})
	if err == nil || !d.cannotWriteBeside(err) {
		return err
	}
	if info, statErr := os.Stat(d.path + "-wal"); statErr == nil && info.Size() > 0 {
		shown := filepath.Base(d.path)
		return &Error{
			Message: fmt.Sprintf("%s cannot be read where it is: its last results are in %s-wal still, and nothing can be written there", shown, shown),
			Advice:  "copy both files to a folder that you may write to, and name the copy with --db",
			Cause:   err,
		}
	}
	return d.connect(ctx, url.Values{"mode": {"ro"}, "immutable": {"1"}, "_pragma": pragmas})
}

// cannotWriteBeside reports whether SQLite could not create the files that it keeps beside the
// database: the folder may not be written to, or the disk is full.
func (d *sqliteDB) cannotWriteBeside(err error) bool {
	code := d.code(err)
	return code == sqlite3.SQLITE_CANTOPEN || code == sqlite3.SQLITE_READONLY || d.Why(err) == Full
}

func (d *sqliteDB) connect(ctx context.Context, settings url.Values) error {
	dsn := (&url.URL{Scheme: "file", Path: filepath.ToSlash(d.path), RawQuery: settings.Encode()}).String()
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1) // River asks for it; see riversqlite
	var pages int64
	if err := db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master`).Scan(&pages); err != nil {
		db.Close()
		shown := filepath.Base(d.path)
		switch d.code(err) {
		case sqlite3.SQLITE_NOTADB:
			return &Error{Message: fmt.Sprintf("%s is not a database", shown), Advice: "name another file with --db", Cause: err}
		case sqlite3.SQLITE_CORRUPT:
			return &Error{Message: fmt.Sprintf("%s is damaged (%v)", shown, err), Advice: d.salvage(), Cause: err}
		case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR:
			return Explain(d, "opening the database", err)
		}
		return &Error{Message: fmt.Sprintf("the database cannot be opened: %v", err), Advice: "name another file with --db", Cause: err}
	}
	d.DB = db
	return nil
}

// salvage names SQLite's own command for this: https://sqlite.org/recovery.html
func (d *sqliteDB) salvage() string {
	shown := filepath.Base(d.path)
	return fmt.Sprintf("keep what can be read with: sqlite3 %[1]s .recover | sqlite3 recovered.db, and go on with --db recovered.db; "+
		"or begin with a new file, which verifies all again", shown)
}

// grant: the rights on a file are those of the operating system.
func (d *sqliteDB) grant() string { return "name a file in a folder that you may write to with --db" }
