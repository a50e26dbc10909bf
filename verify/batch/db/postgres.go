package db

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

type postgresDB struct {
	*pgxpool.Pool
	label string
}

func openPostgres(ctx context.Context, target string) (*postgresDB, error) {
	c, err := pgxpool.ParseConfig(target)
	if err != nil {
		// The error repeats the address, which may contain a password.
		return nil, &Error{Message: "the address of the database cannot be read", Advice: addressForm}
	}
	if _, set := c.ConnConfig.RuntimeParams["application_name"]; !set {
		c.ConnConfig.RuntimeParams["application_name"] = "otoscope"
	}
	if c.ConnConfig.ConnectTimeout == 0 {
		c.ConnConfig.ConnectTimeout = 10 * time.Second
	}
	label := fmt.Sprintf("the database %q at %s", c.ConnConfig.Database, net.JoinHostPort(c.ConnConfig.Host, strconv.Itoa(int(c.ConnConfig.Port))))
	pooled, err := behindPooler(ctx, c.ConnConfig)
	if err != nil {
		e := &Error{Message: fmt.Sprintf("%s cannot be used: %v", label, Reason(err)), Advice: "check that it runs and that the address, PGUSER and PGPASSWORD (or ~/.pgpass) are right", Cause: err}
		if strings.Contains(err.Error(), "unsupported startup parameter") { // PgBouncer's words
			e.Advice = "take that parameter out of the address, or add it to ignore_startup_parameters in pgbouncer.ini"
		}
		return nil, e
	}
	if pooled || c.ConnConfig.DefaultQueryExecMode != pgx.QueryExecModeCacheStatement {
		// No statement that is prepared in one transaction may be needed in the next,
		// which may have another session. Types are asked for once and each statement
		// is then sent in one round trip. An address
		// that names another mode wants the same.
		c.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	}
	pool, err := pgxpool.NewWithConfig(ctx, c)
	if err != nil {
		return nil, err
	}
	return &postgresDB{Pool: pool, label: label}, nil
}

// Reason returns the reason of an error, without the connection settings that pgx repeats.
func Reason(err error) string {
	var answered *pgconn.PgError
	if errors.As(err, &answered) {
		return answered.Message
	}
	var network *net.OpError
	if errors.As(err, &network) {
		return network.Err.Error()
	}
	return err.Error()
}

func (d *postgresDB) Close() error {
	d.Pool.Close()
	return nil
}

func (d *postgresDB) Name() string { return d.label }

// pgStatements are the common methods of pgxpool.Pool and pgx.Tx.
type pgStatements interface {
	Exec(context.Context, string, ...any) (pgconn.CommandTag, error)
	Query(context.Context, string, ...any) (pgx.Rows, error)
	SendBatch(context.Context, *pgx.Batch) pgx.BatchResults
}

// numbered replaces each ? of a statement with $1, $2, .... No statement here uses ? for
// anything else.
func numbered(query string) string {
	var b strings.Builder
	n := 0
	for {
		before, after, found := strings.Cut(query, "?")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		n++
		b.WriteString("$" + strconv.Itoa(n))
		query = after
	}
}

func pgExec(ctx context.Context, s pgStatements, query string, args []any) (int64, error) {
	tag, err := s.Exec(ctx, numbered(query), args...)
	return tag.RowsAffected(), err
}

// pgExecMany sends all at once and waits once.
func pgExecMany(ctx context.Context, s pgStatements, query string, args [][]any) error {
	if len(args) == 0 {
		return nil
	}
	query = numbered(query)
	b := &pgx.Batch{}
	for _, a := range args {
		b.Queue(query, a...)
	}
	return s.SendBatch(ctx, b).Close()
}

func pgQuery(ctx context.Context, s pgStatements, query string, args []any) (Cursor, error) {
	rows, err := s.Query(ctx, numbered(query), args...)
	if err != nil {
		return nil, err
	}
	return pgCursor{rows}, nil
}

type pgCursor struct{ pgx.Rows }

func (c pgCursor) Close() error {
	c.Rows.Close()
	return c.Rows.Err()
}

func (d *postgresDB) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	return pgExec(ctx, d.Pool, query, args)
}

func (d *postgresDB) ExecMany(ctx context.Context, query string, args [][]any) error {
	return pgExecMany(ctx, d.Pool, query, args)
}

func (d *postgresDB) Query(ctx context.Context, query string, args ...any) (Cursor, error) {
	return pgQuery(ctx, d.Pool, query, args)
}

func (d *postgresDB) Tx(ctx context.Context, f func(Statements) error) error {
	return pgx.BeginFunc(ctx, d.Pool, func(t pgx.Tx) error { return f(&postgresTx{t}) })
}

type postgresTx struct{ pgx.Tx }

func (t *postgresTx) handle() any { return t.Tx }

func (t *postgresTx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	return pgExec(ctx, t.Tx, query, args)
}

func (t *postgresTx) ExecMany(ctx context.Context, query string, args [][]any) error {
	return pgExecMany(ctx, t.Tx, query, args)
}

func (t *postgresTx) Query(ctx context.Context, query string, args ...any) (Cursor, error) {
	return pgQuery(ctx, t.Tx, query, args)
}

func (d *postgresDB) In(column string, texts []string) (string, any) {
	return column + " = ANY(?)", texts
}

func (d *postgresDB) InKeys(column string, keys []int64) (string, any) {
	return column + " = ANY(?)", keys
}

// Now is the clock's time; PostgreSQL's own now() stands still in a transaction.
func (d *postgresDB) Now() string { return "extract(epoch FROM clock_timestamp())::double precision" }

func (d *postgresDB) Time(t time.Time) any { return t.UTC() }

func (d *postgresDB) hasTable() string {
	return `SELECT count(*) FROM pg_class WHERE oid = to_regclass(?)`
}

func (d *postgresDB) types() map[string]string {
	// json, not jsonb: what was stored comes back letter by letter, and a zero
	// character that is escaped in a text does no harm.
	return map[string]string{"{time}": "timestamptz", "{json}": "json", "{real}": "double precision", "{bytes}": "bytea"}
}

// lockSpace separates the locks of otoscope from those of other programs.
const lockSpace = 0x6f746f73 // "otos"

func (d *postgresDB) lockMigration(ctx context.Context, t Statements) error {
	_, err := t.Exec(ctx, `SELECT pg_advisory_xact_lock(?)`, int64(lockSpace))
	return err
}

// migrateRiver keeps others out by itself, which River does not: of machines that
// are started together on a new database all but one would fail. The lock is a
// transaction's, since a pooler may give each transaction another session.
func (d *postgresDB) migrateRiver(ctx context.Context) error {
	c, err := pgx.ConnectConfig(ctx, d.Config().ConnConfig.Copy())
	if err != nil {
		return err
	}
	defer c.Close(context.WithoutCancel(ctx))
	return pgx.BeginFunc(ctx, c, func(t pgx.Tx) error {
		if err := d.lockMigration(ctx, &postgresTx{t}); err != nil {
			return err
		}
		return migrateRiver(ctx, riverpgxv5.New(d.Pool))
	})
}

func (d *postgresDB) Handle() any { return d.Pool }

func (d *postgresDB) isReadOnly() bool { return false }

func (d *postgresDB) PollInterval() time.Duration { return 250 * time.Millisecond }

func (d *postgresDB) Exclusive() bool { return false }

func (d *postgresDB) ForUpdate() string { return " FOR UPDATE" }

func (d *postgresDB) RiverTime() string { return "now()" }

func (d *postgresDB) RiverTimeBefore() string { return "now() - make_interval(secs => ?)" }

func (d *postgresDB) LastClient() string {
	return "coalesce(attempted_by[array_upper(attempted_by, 1)], '')"
}

func (d *postgresDB) RiverEpoch(column string) string {
	return "extract(epoch FROM " + column + ")::double precision"
}

func (d *postgresDB) Why(err error) Failure {
	var answered *pgconn.PgError
	if errors.As(err, &answered) {
		switch {
		case answered.Code == "53100":
			return Full
		case answered.Code == "23505":
			return Taken
		case answered.Code == "23503": // foreign_key_violation, and there is one foreign key
			return Unregistered
		case answered.Code == "42501", answered.Code == "3F000": // insufficient_privilege, invalid_schema_name
			return Forbidden
		case strings.HasPrefix(answered.Code, "XX001"), strings.HasPrefix(answered.Code, "XX002"): // data_corrupted, index_corrupted
			return Damaged
		case strings.HasPrefix(answered.Code, "08"), strings.HasPrefix(answered.Code, "57P"), strings.HasPrefix(answered.Code, "53"),
			answered.Code == "40001", answered.Code == "40P01", answered.Code == "55P03":
			return Transient
		}
		return Lasting
	}
	var network net.Error
	var refused *pgconn.ConnectError
	switch {
	case errors.As(err, &network), errors.As(err, &refused), pgconn.Timeout(err),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed),
		err != nil && strings.Contains(err.Error(), "conn closed"),
		err != nil && strings.Contains(err.Error(), "closed pool"):
		return Transient
	}
	return Lasting
}

// grant names the rights by SQL that the owner of the database can carry out.
func (d *postgresDB) grant() string {
	c := d.Config().ConnConfig
	role := pgx.Identifier{c.User}.Sanitize()
	schema := "public" // where the search path leads, unless the address says otherwise
	if path := c.RuntimeParams["search_path"]; path != "" {
		schema, _, _ = strings.Cut(path, ",")
	}
	schema = pgx.Identifier{strings.TrimSpace(schema)}.Sanitize()
	return fmt.Sprintf("let its owner carry out: GRANT USAGE, CREATE ON SCHEMA %[1]s TO %[2]s; "+
		"where another role made otoscope's tables, rather use that role: they can be altered by their owner alone", schema, role)
}

// salvage refers to PostgreSQL's own manual, because a line is not enough.
func (d *postgresDB) salvage() string {
	return "take a copy of the server's files before anything else, then dump what can be read with pg_dump, or restore a backup"
}
