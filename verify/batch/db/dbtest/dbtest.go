// Package dbtest gives tests a PostgreSQL of their own.
package dbtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Variable names a PostgreSQL database on which tests may make schemas.
const Variable = "OTOSCOPE_TEST_POSTGRES"

// Need skips a test where there is no PostgreSQL.
func Need(t testing.TB) {
	t.Helper()
	if os.Getenv(Variable) == "" {
		t.Skip(Variable + " names no PostgreSQL")
	}
}

var made atomic.Int64 // names of one process differ by it

// Schema makes an empty schema and gives the address that leads there.
func Schema(t testing.TB) string {
	t.Helper()
	u := address(t)
	name := fmt.Sprintf("test_%d_%d", os.Getpid(), made.Add(1))
	execute(t, "CREATE SCHEMA "+name)
	t.Cleanup(func() { execute(t, "DROP SCHEMA "+name+" CASCADE") })
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}

// Database makes an empty database and gives its address: a pooler passes no
// search_path on.
func Database(t testing.TB) string {
	t.Helper()
	u := address(t)
	name := fmt.Sprintf("otoscope_test_%d_%d", os.Getpid(), made.Add(1))
	execute(t, "CREATE DATABASE "+name)
	t.Cleanup(func() { execute(t, "DROP DATABASE "+name+" WITH (FORCE)") })
	u.Path = "/" + name
	return u.String()
}

func address(t testing.TB) *url.URL {
	t.Helper()
	Need(t)
	u, err := url.Parse(os.Getenv(Variable))
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// execute has a time of its own: a test's context ends before its clean-up.
func execute(t testing.TB, query string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	c, err := pgx.Connect(ctx, os.Getenv(Variable))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	if _, err := c.Exec(ctx, query); err != nil {
		t.Fatal(err)
	}
}
