package db

import (
	"context"
	"time"
)

// A Database is SQLite or PostgreSQL. Only this package creates one: see [Open].
type Database interface {
	Statements
	// Tx runs f in one transaction that writes.
	Tx(ctx context.Context, f func(Statements) error) error
	// Name is the name of the database in messages.
	Name() string
	// In returns a condition that column is one of the texts, and its argument.
	In(column string, texts []string) (string, any)
	// InKeys does the same for keys.
	InKeys(column string, keys []int64) (string, any)
	// Now is the time in seconds since 1970 as an expression. It uses the clock of the
	// database, which all workers share.
	Now() string
	// Time converts a time to an argument.
	Time(time.Time) any
	// Handle is the handle for River's driver: *sql.DB or *pgxpool.Pool.
	Handle() any
	// PollInterval is how often an idle process looks for new jobs.
	PollInterval() time.Duration
	// Exclusive reports whether only one process at a time can work on the database.
	Exclusive() bool
	// ForUpdate ends a query whose rows stay locked until the transaction ends.
	ForUpdate() string
	// RiverTime is the time as an expression, in the form of River's columns.
	// RiverTimeBefore is the time a number of seconds ago, with a parameter. RiverEpoch
	// converts such a column to seconds since 1970.
	RiverTime() string
	RiverTimeBefore() string
	RiverEpoch(column string) string
	// LastClient is the client that took a job of river_job last, as an expression.
	LastClient() string
	// Renew replaces an empty table by a fresh one, so that its files contain nothing of its
	// former rows. It does not touch a table that others are using.
	Renew(ctx context.Context, table string) error
	// Vacuum frees and overwrites the space of deleted rows, and deletes the statistics
	// about them.
	Vacuum(ctx context.Context, tables []string) error
	// Why classifies an error.
	Why(error) Failure
	Close() error

	// hasTable is a query that counts tables of a name.
	hasTable() string
	// types replaces the names of types in a migration.
	types() map[string]string
	// isReadOnly reports whether the tables cannot be changed.
	isReadOnly() bool
	// lockMigration keeps other processes from migrating until the transaction ends.
	lockMigration(ctx context.Context, t Statements) error
	// migrateRiver brings River's tables up to date.
	migrateRiver(ctx context.Context) error
	// keepOutOfStatistics is called after the tables have been brought up to date.
	keepOutOfStatistics(ctx context.Context, t Statements) error
	// salvage explains how to save the readable part of a damaged database.
	salvage() string
	// grant explains which rights otoscope needs, and how to grant them.
	grant() string
}
