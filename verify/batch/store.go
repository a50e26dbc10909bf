package batch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/otoscope/otoscope/verify/batch/db"
	"github.com/otoscope/otoscope/verify/batch/manifest"
)

// DefaultDatabase is the file for results if no other place is given.
const DefaultDatabase = "otoscope.db"

// A Store keeps batches and their results, in an SQLite file or in a
// PostgreSQL database.
type Store struct {
	db db.Database
}

// OpenOptions state the purpose of opening a store. The zero value is for reading.
type OpenOptions = db.Options

// Open opens a store: a URL that begins with postgres:// or postgresql://, or the path of an
// SQLite file. It creates the tables or brings them up to date.
func Open(ctx context.Context, target string, o OpenOptions) (*Store, error) {
	d, err := db.Open(ctx, target, o)
	if err != nil {
		return nil, err
	}
	return &Store{d}, nil
}

// HoldsPassword reports whether the name of a database contains a password.
func HoldsPassword(target string) bool { return db.HoldsPassword(target) }

// Close closes the store.
func (s *Store) Close() error { return s.db.Close() }

// storageError turns a database's error into a sentence. Errors of a manifest already are
// sentences.
func (s *Store) storageError(doing string, err error) error {
	if errors.As(err, new(*manifest.Error)) {
		return err
	}
	return db.Explain(s.db, doing, err)
}

// retry repeats f while it fails for temporary reasons, at most for patience.
func (s *Store) retry(ctx context.Context, patience time.Duration, f func() error) error {
	return db.Retry(ctx, s.db, patience, f)
}

// keys reserves n free keys of a kind and returns the first.
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
