package batch

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/otoscope/otoscope/audio/hint"

	"github.com/jackc/pgx/v5"

	"github.com/otoscope/otoscope/verify/batch/db"
	"github.com/otoscope/otoscope/verify/batch/db/dbtest"
)

// learned gives all that PostgreSQL's statistics say of our tables' values.
func learned(t *testing.T, s *Store) string {
	t.Helper()
	var b strings.Builder
	err := db.Each(t.Context(), s.db, `SELECT tablename::text, attname::text, coalesce(most_common_vals::text, ''), coalesce(histogram_bounds::text, '')
		FROM pg_stats WHERE schemaname = current_schema()`, nil, func(c db.Cursor) error {
		var table, column, common, bounds string
		err := c.Scan(&table, &column, &common, &bounds)
		fmt.Fprintln(&b, table, column, common, bounds)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func analyze(t *testing.T, s *Store) {
	t.Helper()
	if _, err := s.db.Exec(t.Context(), `ANALYZE`); err != nil {
		t.Fatal(err)
	}
}

// peopleCSV lists n recordings of which the ids, agents and groups say who they are of.
func peopleCSV(n int, who string) string {
	var b strings.Builder
	b.WriteString("id,recording,agent,group.queue\n")
	for i := range n {
		fmt.Fprintf(&b, "%[2]sID%[1]d,https://example.com/%[2]s%[1]d.wav,%[2]sAGENT%[1]d,%[2]sGROUP%[3]d\n", i, who, i%40)
	}
	return b.String()
}

// What is purged is gone from the statistics too, whether rows are left or none.
func TestPurgedIsForgottenByTheStatistics(t *testing.T) {
	dbtest.Need(t)
	for _, keep := range []int{0, 30} {
		// The clean-up of a subtest: two open stores would share the numbers of their workers.
		t.Run(fmt.Sprint(keep, " kept"), func(t *testing.T) { purgedIsForgotten(t, keep) })
	}
}

func purgedIsForgotten(t *testing.T, keep int) {
	s := open(t, dbtest.Schema(t))
	run(t, s, manifestOf(t, "gone", peopleCSV(400, "PURGED")), ReadOptions{Name: "gone"}, fast(&fake{}))
	if keep > 0 {
		run(t, s, manifestOf(t, "kept", peopleCSV(keep, "KEPT")), ReadOptions{Name: "kept"}, fast(&fake{}))
	}
	analyze(t, s) // as autoanalyze does sooner or later
	if !strings.Contains(learned(t, s), "PURGED") {
		t.Fatal("the statistics held nothing: this test does not see it")
	}
	if n, err := s.Purge(t.Context(), Filter{Batch: "gone"}); err != nil || n != 400 {
		t.Fatalf("%d were purged: %v", n, err)
	}
	for _, when := range []string{"after purging", "after another ANALYZE"} {
		if said := learned(t, s); strings.Contains(said, "PURGED") {
			t.Errorf("%d kept, %s: the statistics say\n%s", keep, when, said)
		}
		analyze(t, s)
	}
	if keep > 0 && !strings.Contains(learned(t, s), "KEPT") {
		t.Error("nothing is known of what was kept")
	}
}

// A reference is never in the statistics, be they made while its row waits.
func TestReferencesAreNotInTheStatistics(t *testing.T) {
	dbtest.Need(t)
	s := open(t, dbtest.Schema(t))
	o := fast(nil)
	o.Workers = 1
	first := true
	o.Source = &fake{do: func(_ context.Context, task Task) (Measured, error) {
		if first {
			first = false
			analyze(t, s)
			if said := learned(t, s); strings.Contains(said, "secret-") || !strings.Contains(said, "otoscope_waiting") {
				t.Errorf("the statistics say\n%s", said)
			}
		}
		return heard(task), nil
	}}
	run(t, s, manifestOf(t, "m", rowsCSV(400)), ReadOptions{}, o)
}

// Who may not make tables is told what to grant, and it is enough.
func TestMissingRightsAreToldBySQL(t *testing.T) {
	dbtest.Need(t)
	target := dbtest.Schema(t)
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	role := u.Query().Get("search_path") + "_role"
	owner, err := pgx.Connect(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close(t.Context())
	for _, query := range []string{`CREATE ROLE ` + role + ` LOGIN`, `GRANT USAGE ON SCHEMA ` + u.Query().Get("search_path") + ` TO ` + role} {
		if _, err := owner.Exec(t.Context(), query); err != nil {
			t.Skip("no roles can be made here: ", err)
		}
	}
	defer owner.Exec(t.Context(), `DROP OWNED BY `+role+`; DROP ROLE `+role)
	u.User = url.User(role)
	s, err := Open(t.Context(), u.String(), OpenOptions{Create: true, Work: true})
	if err == nil {
		s.Close()
		t.Fatal("tables were made")
	}
	if strings.Contains(err.Error(), "authentication") {
		t.Skip("the role cannot log in here: ", err)
	}
	if told := err.Error() + " | " + hint.Of(err); !strings.Contains(told, "does not allow it (permission denied for schema") || !strings.Contains(told, "GRANT USAGE, CREATE ON SCHEMA \""+u.Query().Get("search_path")+"\" TO ") {
		t.Errorf("it says %s", told)
	}
	if _, err := owner.Exec(t.Context(), `GRANT USAGE, CREATE ON SCHEMA `+u.Query().Get("search_path")+` TO `+role); err != nil {
		t.Fatal(err)
	}
	s, err = Open(t.Context(), u.String(), OpenOptions{Create: true, Work: true})
	if err != nil {
		t.Fatal(err)
	}
	run(t, s, manifestOf(t, "m", rowsCSV(3)), ReadOptions{}, fast(&fake{}))
	s.Close()
}
