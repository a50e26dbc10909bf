package db

import "context"

// Statements are carried out in the dialect of SQL that SQLite and PostgreSQL
// share, with ? for parameters: by a database, each in a transaction by itself, or
// within a transaction. What differs is a method of [Database].
type Statements interface {
	// Exec gives how many rows were affected.
	Exec(ctx context.Context, query string, args ...any) (int64, error)
	// ExecMany carries one statement out for each list of arguments.
	ExecMany(ctx context.Context, query string, args [][]any) error
	Query(ctx context.Context, query string, args ...any) (Cursor, error)
}

// A Cursor goes through the rows of an answer. Until it is closed, nothing else
// can be asked within the same transaction.
type Cursor interface {
	Next() bool
	Scan(...any) error
	Err() error
	Close() error
}

// TxHandle gives what River's driver takes as the transaction that t belongs to:
// *sql.Tx or pgx.Tx. It panics where t is no transaction.
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
