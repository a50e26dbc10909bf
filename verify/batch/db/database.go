package db

import (
	"context"
	"time"
)

// A Database is SQLite or PostgreSQL. Only this package makes one: see [Open].
type Database interface {
	Statements
	// Tx carries f out in one transaction that writes.
	Tx(ctx context.Context, f func(Statements) error) error
	// Name is what the database is called in a message.
	Name() string
	// In gives a condition that column is one of the texts, and its argument.
	In(column string, texts []string) (string, any)
	// InKeys does the same for keys.
	InKeys(column string, keys []int64) (string, any)
	// Now is the time in seconds since 1970 as an expression: the clock of the
	// database, which all workers share.
	Now() string
	// Time makes a time an argument.
	Time(time.Time) any
	// Handle is what River's driver works on: *sql.DB or *pgxpool.Pool.
	Handle() any
	// PollInterval is how often new jobs are looked for where there were none.
	PollInterval() time.Duration
	// Exclusive reports whether one process at a time works on the database.
	Exclusive() bool
	// ForUpdate ends a query whose rows are to stay locked until the transaction ends.
	ForUpdate() string
	// RiverTime is the time as an expression, in the form of River's columns;
	// RiverTimeBefore that of so many seconds ago, with a parameter; RiverEpoch gives
	// such a column in seconds since 1970.
	RiverTime() string
	RiverTimeBefore() string
	RiverEpoch(column string) string
	// LastClient is who took a job of river_job last, as an expression.
	LastClient() string
	// Renew replaces a table that is empty by a fresh one, with nothing left in its files of the
	// rows that it had. It leaves one alone that others are using.
	Renew(ctx context.Context, table string) error
	// Vacuum gives back, and overwrites, what deleted rows occupied, and forgets what
	// the database has learned of them.
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
	// keepOutOfStatistics is called when the tables have been brought up to date.
	keepOutOfStatistics(ctx context.Context, t Statements) error
	// salvage says how to keep what can be read of a damaged database.
	salvage() string
	// grant says which rights otoscope needs, and how they are given.
	grant() string
}
