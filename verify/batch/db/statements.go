package db

import "context"

// Statements run in the dialect of SQL that SQLite and PostgreSQL share, with ? for
// parameters: on a database, each in its own transaction, or within a transaction. The
// methods of [Database] cover the differences.
type Statements interface {
	// Exec returns the number of affected rows.
	Exec(ctx context.Context, query string, args ...any) (int64, error)
	// ExecMany runs one statement for each list of arguments.
	ExecMany(ctx context.Context, query string, args [][]any) error
	Query(ctx context.Context, query string, args ...any) (Cursor, error)
}

// A Cursor iterates over the rows of an answer. Until it is closed, the same transaction
// accepts no other query.
type Cursor interface {
	Next() bool
	Scan(...any) error
	Err() error
	Close() error
}

// TxHandle returns the transaction of t in the form that River's driver takes: *sql.Tx or
// pgx.Tx. It panics if t is not a transaction.
func TxHandle(t Statements) any { return t.(interface{ handle() any }).handle() }

// One reads one row, and reports whether there was one.
func One(ctx context.Context, s Statements, query string, args []any, into ...any) (bool, error) {
	c, err := s.Query(ctx, query, args...)
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

// Keys reads a column of keys.
func Keys(ctx context.Context, s Statements, query string, args ...any) ([]int64, error) {
	var keys []int64
	err := Each(ctx, s, query, args, func(c Cursor) error {
		var key int64
		if err := c.Scan(&key); err != nil {
			return err
		}
		keys = append(keys, key)
		return nil
	})
	return keys, err
}

// Each calls f for each row of an answer.
func Each(ctx context.Context, s Statements, query string, args []any, f func(Cursor) error) error {
	c, err := s.Query(ctx, query, args...)
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
