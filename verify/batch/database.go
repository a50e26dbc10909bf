package batch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"github.com/otoscope/otoscope/verify/batch/manifest"
)

// A statement is carried out in the dialect of SQL that SQLite and PostgreSQL
// share, with ? for parameters. What differs is a method of database.
type statements interface {
	// exec gives how many rows were affected.
	exec(ctx context.Context, query string, args ...any) (int64, error)
	// execMany carries one statement out for each list of arguments.
	execMany(ctx context.Context, query string, args [][]any) error
	query(ctx context.Context, query string, args ...any) (cursor, error)
}

// A cursor goes through the rows of an answer. Until it is closed, nothing else
// can be asked within the same transaction.
type cursor interface {
	Next() bool
	Scan(...any) error
	Err() error
	Close() error
}

// A database is SQLite or PostgreSQL.
type database interface {
	statements
	// tx carries f out in one transaction that writes.
	tx(ctx context.Context, f func(statements) error) error
	// name is what the database is called in a message.
	name() string
	// in gives a condition that column is one of the texts, and its argument.
	in(column string, texts []string) (string, any)
	// inKeys does the same for keys.
	inKeys(column string, keys []int64) (string, any)
	// now is the time in seconds since 1970 as an expression: the clock of the
	// database, which all workers share.
	now() string
	// time makes a time an argument.
	time(time.Time) any
	// hasTable is a query that counts tables of a name.
	hasTable() string
	// types replaces the names of types in a migration.
	types() map[string]string
	// lockMigration keeps other processes from migrating until the transaction ends.
	lockMigration(ctx context.Context, t statements) error
	migrateRiver(ctx context.Context) error
	newQueue(c *river.Config) (queue, error)
	// pollInterval is how often new jobs are looked for where there were none.
	pollInterval() time.Duration
	// exclusive reports whether one process at a time works on the database.
	exclusive() bool
	// forUpdate ends a query whose rows are to stay locked until the transaction ends.
	forUpdate() string
	// riverTime is the time as an expression, in the form of River's columns;
	// riverTimeBefore that of so many seconds ago, with a parameter; riverEpoch gives
	// such a column in seconds since 1970.
	riverTime() string
	riverTimeBefore() string
	riverEpoch(column string) string
	// lastClient is who took a job of river_job last, as an expression.
	lastClient() string
	// renew replaces a table that is empty by a fresh one, with nothing left in its files of the
	// rows that it had. It leaves one alone that others are using.
	renew(ctx context.Context, table string) error
	// keepOutOfStatistics is called when the tables have been brought up to date.
	keepOutOfStatistics(ctx context.Context, t statements) error
	// vacuum gives back, and overwrites, what deleted rows occupied, and forgets what
	// the database has learned of them.
	vacuum(ctx context.Context, tables []string) error
	// salvage says how to keep what can be read of a damaged database.
	salvage() string
	// grant says which rights otoscope needs, and how they are given.
	grant() string
	// why classifies an error.
	why(error) failure
	close() error
}

// failure is what an error of the database means for going on.
type failure int

const (
	lasting   failure = iota // the statement is wrong, or the database is
	transient                // the connection broke, or others were in the way
	full                     // no room to write
	taken                    // others have just stored the same
	damaged                  // the file is not what was written
	forbidden                // the role lacks a right
	unentered                // the worker is not entered among the workers
)

// queryOne reads one row, and reports whether there was one.
func queryOne(ctx context.Context, s statements, query string, args []any, into ...any) (bool, error) {
	c, err := s.query(ctx, query, args...)
	if err != nil {
		return false, err
	}
	defer c.Close()
	if !c.Next() {
		return false, c.Err()
	}
	if err := c.Scan(into...); err != nil {
		return false, err
	}
	return true, c.Close()
}

// queryKeys reads a column of keys.
func queryKeys(ctx context.Context, s statements, query string, args ...any) ([]int64, error) {
	var keys []int64
	err := each(ctx, s, query, args, func(c cursor) error {
		var key int64
		if err := c.Scan(&key); err != nil {
			return err
		}
		keys = append(keys, key)
		return nil
	})
	return keys, err
}

// each calls f for each row of an answer.
func each(ctx context.Context, s statements, query string, args []any, f func(cursor) error) error {
	c, err := s.query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer c.Close()
	for c.Next() {
		if err := f(c); err != nil {
			return err
		}
	}
	if err := c.Err(); err != nil {
		return err
	}
	return c.Close()
}

// keys takes n free keys of a kind and gives the first.
func keys(ctx context.Context, t statements, kind string, n int) (int64, error) {
	var next int64
	found, err := queryOne(ctx, t, `UPDATE otoscope_keys SET next = next + ? WHERE name = ? RETURNING next`, []any{n, kind}, &next)
	if err != nil {
		return 0, err
	}
	if !found {
		return 0, fmt.Errorf("the database has no keys of the kind %s", kind)
	}
	return next - int64(n), nil
}

// A StorageError is a database that no longer takes or gives anything.
type StorageError struct {
	message, hint string
	cause         error
}

func (e *StorageError) Error() string { return e.message }

// Hint says what to do about it.
func (e *StorageError) Hint() string { return e.hint }

// Unwrap gives the database's own error.
func (e *StorageError) Unwrap() error { return e.cause }

// storageError puts a database's error into a sentence.
func (s *Store) storageError(doing string, err error) error {
	if err == nil || errors.As(err, new(*StorageError)) || errors.As(err, new(*manifest.Error)) || errors.Is(err, context.Canceled) {
		return err
	}
	e := &StorageError{message: fmt.Sprintf("%s: %v", doing, err), cause: err}
	switch s.db.why(err) {
	case full:
		e.message = fmt.Sprintf("%s: there is no room left on the disk of %s", doing, s.db.name())
		e.hint = "free some space and run the same command again: it goes on where it was"
	case taken:
		e.message = fmt.Sprintf("%s: another otoscope is reading the same manifest into %s", doing, s.db.name())
		e.hint = "let it go on; to help it, run otoscope worker with the same --db"
	case damaged:
		e.message = fmt.Sprintf("%s: %s is damaged (%v)", doing, s.db.name(), err)
		e.hint = s.db.salvage()
	case forbidden:
		e.message = fmt.Sprintf("%s: %s does not allow it (%s)", doing, s.db.name(), connectReason(err))
		e.hint = s.db.grant()
	case transient:
		e.message = fmt.Sprintf("%s: %s cannot be reached, or is too busy (%s)", doing, s.db.name(), connectReason(err))
		e.hint = "once it can, run the same command again: it goes on where it was"
	}
	return e
}

// retry repeats f while it fails for reasons that pass, at most for patience.
func (s *Store) retry(ctx context.Context, patience time.Duration, f func() error) error {
	began, pause := time.Now(), 50*time.Millisecond
	for {
		err := f()
		if err == nil || s.db.why(err) != transient || time.Since(began) > patience || ctx.Err() != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
		pause = min(2*pause, 2*time.Second)
	}
}
