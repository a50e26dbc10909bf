package db

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

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings our tables and River's up to date. Without create it only updates existing
// tables.
func migrate(ctx context.Context, d Database, create bool) error {
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
	at, err := version(ctx, d)
	if err != nil {
		return err
	}
	switch {
	case at > newest:
		return &Error{Message: fmt.Sprintf("%s was written by a newer otoscope (its tables have version %d, this one knows %d)", d.Name(), at, newest), Advice: "use that version, or a newer one"}
	case at == 0 && !create:
		return NoBatch(d)
	case at == newest && !create:
		return nil
	}
	if d.isReadOnly() && at < newest {
		return &Error{
			Message: fmt.Sprintf("%s was written by an older otoscope, and cannot be brought up to date where nothing can be written", d.Name()),
			Advice:  "copy it to a folder that you may write to, and name the copy with --db",
		}
	}
	if at < newest {
		if err := d.Tx(ctx, func(t Statements) error { return apply(ctx, d, t, versions) }); err != nil {
			return err
		}
	}
	return d.migrateRiver(ctx)
}

// NoBatch is the error for a database without a batch.
func NoBatch(d Database) error {
	return &Error{Message: fmt.Sprintf("%s holds no batch", d.Name()), Advice: "begin one with otoscope batch, or name another database with --db"}
}

// version is the number of the last applied migration, 0 if there are no tables.
func version(ctx context.Context, d Database) (int, error) {
	var there, at int
	if _, err := One(ctx, d, d.hasTable(), []any{"otoscope_schema"}, &there); err != nil || there == 0 {
		return 0, err
	}
	_, err := One(ctx, d, `SELECT coalesce(max(version), 0) FROM otoscope_schema`, nil, &at)
	return at, err
}

func apply(ctx context.Context, d Database, t Statements, versions []int) error {
	if err := d.lockMigration(ctx, t); err != nil {
		return err
	}
	types := d.types()
	if _, err := t.Exec(ctx, `CREATE TABLE IF NOT EXISTS otoscope_schema (version bigint PRIMARY KEY, applied_at `+types["{time}"]+` NOT NULL)`); err != nil {
		return err
	}
	var at int
	if _, err := One(ctx, t, `SELECT coalesce(max(version), 0) FROM otoscope_schema`, nil, &at); err != nil {
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
			if _, err := t.Exec(ctx, statement); err != nil {
				return fmt.Errorf("migration %d: %w", v, err)
			}
		}
		if _, err := t.Exec(ctx, `INSERT INTO otoscope_schema (version, applied_at) VALUES (?, ?)`, v, d.Time(time.Now())); err != nil {
			return err
		}
	}
	return d.keepOutOfStatistics(ctx, t)
}

// splitSQL returns the statements of a migration with the database's own types. It drops
// lines that are only a comment. Other comments stay: SQLite keeps those within a table in
// its schema.
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

func migrateRiver[T any](ctx context.Context, driver riverdriver.Driver[T]) error {
	m, err := rivermigrate.New(driver, nil)
	if err != nil {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}
