package batch

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"golang.org/x/sync/errgroup"

	"github.com/otoscope/otoscope/audio/hint"
)

// Machines that are started together on a new database make its tables once. (An
// SQLite file is made by one process, which its lock sees to.)
func TestOpenedTogether(t *testing.T) {
	if os.Getenv(postgresVariable) == "" {
		t.Skip(postgresVariable + " names no PostgreSQL")
	}
	target := freshPostgres(t)
	var group errgroup.Group
	for range 6 {
		group.Go(func() error {
			s, err := Open(t.Context(), target, OpenOptions{Create: true, Work: true})
			if err != nil {
				return err
			}
			return s.Close()
		})
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
}

// Who reads a manifest that another is reading is told so, and not in SQL.
func TestReadTwiceAtOnce(t *testing.T) {
	s := &Store{db: &postgresDB{label: "the database"}}
	err := s.storageError("reading the manifest", fmt.Errorf("storing rows: %w", &pgconn.PgError{Code: "23505", Message: "duplicate key"}))
	if err.Error() != "reading the manifest: another otoscope is reading the same manifest into the database" || !strings.Contains(hint.Of(err), "otoscope worker") {
		t.Errorf("the error is %v with the hint %q", err, hint.Of(err))
	}
}
