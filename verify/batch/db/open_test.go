package db

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"golang.org/x/sync/errgroup"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify/batch/db/dbtest"
)

// open opens a database that may be worked on.
func open(t testing.TB, target string) Database {
	t.Helper()
	d, err := Open(t.Context(), target, Options{Create: true, Work: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// Machines that start together on a new database make its tables once. (One process
// makes an SQLite file: its lock sees to that.)
func TestProcessesThatStartTogetherMakeTheTablesOnce(t *testing.T) {
	target := dbtest.Schema(t)
	var group errgroup.Group
	for range 6 {
		group.Go(func() error {
			d, err := Open(t.Context(), target, Options{Create: true, Work: true})
			if err != nil {
				return err
			}
			return d.Close()
		})
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
}

// Two processes that read one manifest at once are told so, and not in SQL.
func TestReadingAManifestTwiceAtOnceIsToldInWords(t *testing.T) {
	err := Explain(&postgresDB{label: "the database"}, "reading the manifest", fmt.Errorf("storing rows: %w", &pgconn.PgError{Code: "23505", Message: "duplicate key"}))
	if err.Error() != "reading the manifest: another otoscope is reading the same manifest into the database" || !strings.Contains(hint.Of(err), "otoscope worker") {
		t.Errorf("the error is %v with the hint %q", err, hint.Of(err))
	}
}

// A database that is away is told in one sentence, not address by address.
func TestUnreachableDatabaseIsToldInOneSentence(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close() // nobody listens there now
	_, err = pgconn.Connect(t.Context(), "postgres://kim@"+address+"/x")
	if err == nil {
		t.Fatal("somebody listens there")
	}
	if got := Reason(err); got == "" || strings.ContainsAny(got, "\n\t") || strings.Contains(got, "kim") {
		t.Errorf("the reason is %q", got)
	}
}

// A database that cannot be opened is told with a way out, and without its password.
func TestOpenErrorsHaveAWayOut(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte(strings.Repeat("no database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	newer := filepath.Join(dir, "newer")
	d := open(t, newer)
	if _, err := d.Exec(t.Context(), `INSERT INTO otoscope_schema (version, applied_at) VALUES (99, '')`); err != nil {
		t.Fatal(err)
	}
	for target, want := range map[string]string{
		filepath.Join(dir, "none"):             "there is no database none",
		text:                                   "is not a database",
		newer:                                  "newer otoscope",
		"mysql://x":                            "neither SQLite nor PostgreSQL",
		"postgres://u:secret@127.0.0.1:1/x":    "cannot be used",
		"postgres://u:secret@127.0.0.1:port/x": "cannot be read",
	} {
		d, err := Open(t.Context(), target, Options{})
		if err == nil {
			d.Close()
			t.Errorf("%s was opened", target)
			continue
		}
		if !strings.Contains(err.Error(), want) || hint.Of(err) == "" || strings.Contains(fmt.Sprintf("%v", err), "secret") {
			t.Errorf("%s: the error is %q, its hint %q", target, err, hint.Of(err))
		}
	}
}
