package db

import "context"

// Options state the purpose of opening a database. The zero value is for reading.
type Options struct {
	Create bool // create the database if there is none
	Work   bool // batches run on it, which takes an SQLite file for this process alone
}

// Open opens a database: a URL that begins with postgres:// or postgresql://, or the path of
// an SQLite file. It creates the tables or brings them up to date. Its errors are of type
// *[Error].
func Open(ctx context.Context, target string, o Options) (Database, error) {
	d, err := connect(ctx, target, o)
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, d, o.Create); err != nil {
		d.Close()
		return nil, Explain(d, "preparing the tables", err)
	}
	return d, nil
}

// connect opens a database without looking at its tables.
func connect(ctx context.Context, target string, o Options) (Database, error) {
	isPostgres, err := readTarget(target)
	if err != nil {
		return nil, err
	}
	if isPostgres {
		d, err := openPostgres(ctx, normalised(target))
		if err != nil {
			return nil, err // not d: a nil of its type is no nil Database
		}
		return d, nil
	}
	d, err := openSQLite(ctx, target, o.Create, o.Work)
	if err != nil {
		return nil, err
	}
	return d, nil
}
