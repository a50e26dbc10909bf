package batch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/otoscope/otoscope/verify/batch/db"
	"github.com/otoscope/otoscope/verify/batch/manifest"
)

// DefaultDatabase is the file that results are kept in where no other place is named.
const DefaultDatabase = "otoscope.db"

// A Store keeps batches and their results, in an SQLite file or in a
// PostgreSQL database.
type Store struct {
	db db.Database
}

// OpenOptions say what a store is opened for. The zero value is to read.
type OpenOptions = db.Options

// Open opens a store: a URL that begins with postgres:// or postgresql://, or
// the path of an SQLite file. Tables are made or brought up to date.
func Open(ctx context.Context, target string, o OpenOptions) (*Store, error) {
	d, err := db.Open(ctx, target, o)
	if err != nil {
		return nil, err
	}
	return &Store{d}, nil
}

// HoldsPassword reports whether what names a database has a password in it.
func HoldsPassword(target string) bool { return db.HoldsPassword(target) }

// Close closes the store.
func (s *Store) Close() error { return s.db.Close() }

// storageError puts a database's error into a sentence. What is wrong with a manifest
// has one already.
func (s *Store) storageError(doing string, err error) error {
	if errors.As(err, new(*manifest.Error)) {
		return err
	}
	return db.Explain(s.db, doing, err)
}

// retry repeats f while it fails for reasons that pass, at most for patience.
func (s *Store) retry(ctx context.Context, patience time.Duration, f func() error) error {
	return db.Retry(ctx, s.db, patience, f)
}

// keys takes n free keys of a kind and gives the first.
func keys(ctx context.Context, t db.Statements, kind string, n int) (int64, error) {
	var next int64
	found, err := db.One(ctx, t, `UPDATE otoscope_keys SET next = next + ? WHERE name = ? RETURNING next`, []any{n, kind}, &next)
	if err != nil {
		return 0, err
	}
	if !found {
		return 0, fmt.Errorf("the database has no keys of the kind %s", kind)
	}
	return next - int64(n), nil
}
