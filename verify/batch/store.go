package batch

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// DefaultDatabase is the file that results are kept in where no other place is named.
const DefaultDatabase = "otoscope.db"

// A Store keeps batches and what came of them, in an SQLite file or in a
// PostgreSQL database.
type Store struct {
	db database
}

// OpenOptions say what a store is opened for. The zero value is to read.
type OpenOptions struct {
	Create bool // make the database where there is none
	Work   bool // Run and Work are to be called, which takes an SQLite file for this process alone
}

// Open opens a store: a URL that begins with postgres:// or postgresql://, or
// the path of an SQLite file. Tables are made or brought up to date.
func Open(ctx context.Context, target string, o OpenOptions) (*Store, error) {
	s := &Store{}
	isPostgres, err := readTarget(target)
	if err != nil {
		return nil, err
	}
	if isPostgres {
		d, err := openPostgres(ctx, normalised(target))
		if err != nil {
			return nil, err
		}
		s.db = d
	} else {
		d, err := openSQLite(ctx, target, o.Create, o.Work)
		if err != nil {
			return nil, err
		}
		s.db = d
	}
	if err := s.migrate(ctx, o.Create); err != nil {
		s.Close()
		return nil, s.storageError("preparing the tables", err)
	}
	return s, nil
}

// Close closes the store.
func (s *Store) Close() error { return s.db.close() }

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings our tables and River's up to date. Where nothing is to be made
// it only looks whether they are.
func (s *Store) migrate(ctx context.Context, create bool) error {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	versions := make([]int, len(files))
	for i, f := range files {
		if versions[i], err = strconv.Atoi(strings.TrimSuffix(path.Base(f), ".sql")); err != nil {
			return fmt.Errorf("the migration %s has no number: %w", f, err)
		}
	}
	slices.Sort(versions)
	newest := versions[len(versions)-1]
	at, err := s.version(ctx)
	if err != nil {
		return err
	}
	switch {
	case at > newest:
		return &StorageError{message: fmt.Sprintf("%s was written by a newer otoscope (its tables have version %d, this one knows %d)", s.db.name(), at, newest), hint: "use that version, or a newer one"}
	case at == 0 && !create:
		return s.noBatch()
	case at == newest && !create:
		return nil
	}
	if file, ok := s.db.(*sqliteDB); ok && file.readOnly && at < newest {
		return &StorageError{
			message: fmt.Sprintf("%s was written by an older otoscope, and cannot be brought up to date where nothing can be written", file.name()),
			hint:    "copy it to a folder that you may write to, and name the copy with --db",
		}
	}
	if at < newest {
		if err := s.db.tx(ctx, func(t statements) error { return s.apply(ctx, t, versions) }); err != nil {
			return err
		}
	}
	return s.db.migrateRiver(ctx)
}

func (s *Store) noBatch() error {
	return &StorageError{message: fmt.Sprintf("%s holds no batch", s.db.name()), hint: "begin one with otoscope batch, or name another database with --db"}
}

// version is the number of the last migration applied, 0 where there are no tables.
func (s *Store) version(ctx context.Context) (int, error) {
	var there, at int
	if _, err := queryOne(ctx, s.db, s.db.hasTable(), []any{"otoscope_schema"}, &there); err != nil || there == 0 {
		return 0, err
	}
	_, err := queryOne(ctx, s.db, `SELECT coalesce(max(version), 0) FROM otoscope_schema`, nil, &at)
	return at, err
}

func (s *Store) apply(ctx context.Context, t statements, versions []int) error {
	if err := s.db.lockMigration(ctx, t); err != nil {
		return err
	}
	types := s.db.types()
	if _, err := t.exec(ctx, `CREATE TABLE IF NOT EXISTS otoscope_schema (version bigint PRIMARY KEY, applied_at `+types["{time}"]+` NOT NULL)`); err != nil {
		return err
	}
	var at int
	if _, err := queryOne(ctx, t, `SELECT coalesce(max(version), 0) FROM otoscope_schema`, nil, &at); err != nil {
		return err
	}
	for _, v := range versions {
		if v <= at {
			continue // another process was faster
		}
		text, err := migrations.ReadFile(fmt.Sprintf("migrations/%d.sql", v))
		if err != nil {
			return err
		}
		for _, statement := range splitSQL(string(text), types) {
			if _, err := t.exec(ctx, statement); err != nil {
				return fmt.Errorf("migration %d: %w", v, err)
			}
		}
		if _, err := t.exec(ctx, `INSERT INTO otoscope_schema (version, applied_at) VALUES (?, ?)`, v, s.db.time(time.Now())); err != nil {
			return err
		}
	}
	return s.db.keepOutOfStatistics(ctx, t)
}

// splitSQL gives the statements of a migration with the database's own types.
// Comments go with them: SQLite keeps those within a table in its schema.
func splitSQL(text string, types map[string]string) []string {
	var statements []string
	var current strings.Builder
	for line := range strings.Lines(text) {
		code, _, _ := strings.Cut(line, "--")
		for name, own := range types {
			code = strings.ReplaceAll(code, name, own)
			if own != "bigint" {
				line = strings.ReplaceAll(line, name, own)
			}
		}
		if strings.HasPrefix(strings.TrimSpace(line), "--") {
			continue
		}
		current.WriteString(line)
		if strings.HasSuffix(strings.TrimSpace(code), ";") {
			statements = append(statements, strings.TrimSpace(current.String()))
			current.Reset()
		}
	}
	return statements
}
