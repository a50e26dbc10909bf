package db

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify/batch/db/dbtest"
)

// onEach runs a test on SQLite and on PostgreSQL.
func onEach(t *testing.T, f func(t *testing.T, d Database)) {
	t.Run("sqlite", func(t *testing.T) { f(t, open(t, filepath.Join(t.TempDir(), "d.db"))) })
	t.Run("postgres", func(t *testing.T) { f(t, open(t, dbtest.Schema(t))) })
}

// One statement with the expressions and arguments of the interface means the same on
// both databases.
func TestOneDialect(t *testing.T) {
	onEach(t, func(t *testing.T, d Database) {
		ctx := t.Context()
		err := d.Tx(ctx, func(tx Statements) error {
			return tx.ExecMany(ctx, `INSERT INTO otoscope_groups (row_key, name, value) VALUES (?, ?, ?)`,
				[][]any{{1, "queue", "größer"}, {2, "queue", "it's"}, {3, "queue", ""}})
		})
		if err != nil {
			t.Fatal(err)
		}
		texts, list := d.In("value", []string{"größer", "it's", "absent"})
		got, err := Keys(ctx, d, `SELECT row_key FROM otoscope_groups WHERE `+texts+` ORDER BY row_key`, list)
		if diff := cmp.Diff([]int64{1, 2}, got); err != nil || diff != "" {
			t.Errorf("by texts: %v (-want +got)\n%s", err, diff)
		}
		keys, list := d.InKeys("row_key", []int64{3, 2, 9})
		n, err := d.Exec(ctx, `UPDATE otoscope_groups SET value = ? WHERE `+keys, "changed", list)
		if err != nil || n != 2 {
			t.Errorf("%d rows were changed by keys: %v", n, err)
		}
		var now, river float64
		if _, err := One(ctx, d, `SELECT `+d.Now()+`, `+d.RiverEpoch(d.RiverTime()), nil, &now, &river); err != nil {
			t.Fatal(err)
		}
		if s := float64(time.Now().Unix()); math.Abs(now-s) > 60 || math.Abs(river-s) > 60 {
			t.Errorf("the database's clock says %v and River's time is %v, here it is %v", now, river, s)
		}
		if found, err := One(ctx, d, `SELECT row_key FROM otoscope_groups WHERE row_key = ?`+d.ForUpdate(), []any{7}, &n); found || err != nil {
			t.Errorf("a row that is not there: %v, %v", found, err)
		}
	})
}

// A transaction whose function fails leaves nothing.
func TestAFailedTransactionLeavesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, d Database) {
		failed := errors.New("failed")
		err := d.Tx(t.Context(), func(tx Statements) error {
			if _, err := tx.Exec(t.Context(), `INSERT INTO otoscope_keys (name, next) VALUES ('test', 1)`); err != nil {
				return err
			}
			return failed
		})
		if !errors.Is(err, failed) {
			t.Errorf("it ended with %v", err)
		}
		if found, err := One(t.Context(), d, `SELECT next FROM otoscope_keys WHERE name = 'test'`, nil, new(int64)); found || err != nil {
			t.Errorf("the row is there: %v, %v", found, err)
		}
	})
}

// Why tells the failures that both databases have alike.
func TestWhyTellsTheSameOnBoth(t *testing.T) {
	onEach(t, func(t *testing.T, d Database) {
		for query, want := range map[string]Failure{
			`INSERT INTO otoscope_chunks (chunk_id, batch_id, needs, token, worker_id) VALUES (1, 1, '', 0, 99)`: Unregistered,
			`SELECT nonsense FROM nowhere`: Lasting,
		} {
			if _, err := d.Exec(t.Context(), query); err == nil || d.Why(err) != want {
				t.Errorf("%s: %v is %d, want %d", query, err, d.Why(err), want)
			}
		}
	})
}

// What passes is tried again until it succeeds or patience ends; what lasts is not.
func TestRetryRepeatsOnlyWhatPasses(t *testing.T) {
	passing, lasting := &pgconn.PgError{Code: "40001"}, &pgconn.PgError{Code: "42601"}
	for _, c := range []struct {
		name  string
		errs  []error // the last stays
		tries func(int) bool
		fails bool
	}{
		{"passes", []error{passing, passing, nil}, func(n int) bool { return n == 3 }, false},
		{"lasts", []error{lasting}, func(n int) bool { return n == 1 }, true},
		{"does not pass in time", []error{passing}, func(n int) bool { return n > 5 && n < 30 }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tries := 0
				err := Retry(context.Background(), &postgresDB{}, 10*time.Second, func() error {
					tries++
					return c.errs[min(tries, len(c.errs))-1]
				})
				if (err != nil) != c.fails || !c.tries(tries) {
					t.Errorf("%d tries, %v", tries, err)
				}
			})
		})
	}
}

// Each kind of failure that a person can mend has a sentence and a way out.
func TestFailuresAreToldWithAWayOut(t *testing.T) {
	for code, want := range map[string]string{
		"53100": "there is no room left on the disk of the calls", "XX001": "the calls is damaged",
		"57P01": "the calls cannot be reached, or is too busy", "23505": "another otoscope is reading the same manifest into the calls",
	} {
		err := Explain(&postgresDB{label: "the calls"}, "storing results", &pgconn.PgError{Code: code})
		if !strings.HasPrefix(err.Error(), "storing results: "+want) || hint.Of(err) == "" {
			t.Errorf("%s: %v, hint %q", code, err, hint.Of(err))
		}
		if again := Explain(&postgresDB{}, "going on", err); again != err {
			t.Errorf("%s: told twice: %v", code, again)
		}
	}
}
