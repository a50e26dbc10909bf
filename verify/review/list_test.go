package review_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/answer"
	"github.com/otoscope/otoscope/verify/batch"
	"github.com/otoscope/otoscope/verify/review"
)

// crowded is a database in which each result of a folder is there many times, as NAME, 1-NAME, 2-NAME and so on. Its
// details, which are most of the bytes, are there only so many times; the first of the list have them.
func crowded(t *testing.T, dir string, times, detailed int) *batch.Store {
	t.Helper()
	path := filepath.Join(t.TempDir(), "o.db")
	if err := verified(t, path, dir).Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for table, times := range map[string]int{"otoscope_rows": times, "otoscope_results": times, "otoscope_details": detailed} {
		var columns string
		if err := db.QueryRow(`SELECT group_concat(name) FROM pragma_table_info(?)`, table).Scan(&columns); err != nil {
			t.Fatal(err)
		}
		var values []string
		for c := range strings.SplitSeq(columns, ",") {
			switch c {
			case "row_key", "row":
				c = fmt.Sprintf("%s + 1000 * n", c)
			case "id":
				c = "n || '-' || id"
			}
			values = append(values, c)
		}
		_, err := db.Exec(fmt.Sprintf(`WITH RECURSIVE c(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM c WHERE n < %d)
			INSERT INTO %s (%s) SELECT %s FROM %[2]s, c`, times-1, table, columns, strings.Join(values, ", ")))
		if err != nil {
			t.Fatalf("%s: %v", table, err)
		}
	}
	store, err := batch.Open(t.Context(), path, batch.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// The pages of the list are the list: in order, each row once, whatever was answered meanwhile.
func TestThePagesAreTheList(t *testing.T) {
	for _, blind := range []bool{false, true} {
		t.Run(fmt.Sprintf("blind=%v", blind), func(t *testing.T) {
			store := crowded(t, recordings(t), 60, 60)
			s := serve(t, review.Options{Store: store, Blind: blind, Review: batch.ReviewOptions{Confirmed: 7, Seed: 1}})
			ann := arrive(t, s, s.links[0])
			all := ann.list()
			if len(all) != 8*60+7 {
				t.Fatalf("%d are on the list", len(all))
			}
			l, err := store.ReviewList(t.Context(), batch.ReviewOptions{Confirmed: 7, Seed: 1, Shuffled: blind})
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, r := range all {
				names = append(names, r.Name)
			}
			if diff := cmp.Diff(idsOf(t, store, l), names); diff != "" {
				t.Errorf("the pages (-list +pages)\n%s", diff)
			}
			verdicts := results(t, store, batch.Filter{})
			outcomes := map[verify.Outcome]int{}
			var order []string // of kinds
			changes := 0       // of the outcome among the refuted
			for i, r := range all {
				o := verdicts[r.Name].Verdict.Outcome
				outcomes[o]++
				kind := string(o)
				if o == verify.Swapped || o == verify.Unusable {
					kind = "refuted"
					if i > 0 && o != verdicts[all[i-1].Name].Verdict.Outcome {
						changes++
					}
				}
				if len(order) == 0 || order[len(order)-1] != kind {
					order = append(order, kind)
				}
			}
			if outcomes[verify.Match] != 7 || changes < 40 {
				t.Errorf("%v are on the list; the refuted change %d times", outcomes, changes)
			}
			if sorted := []string{"undecided", "refuted", "match"}; !blind && !cmp.Equal(order, sorted) || blind && len(order) < 100 {
				t.Errorf("the order is %v", order)
			}

			// What is answered leaves the page of what is not, and the order of the rest stays.
			first := ann.next()
			if first.Key != all[0].Key || first.Place != 1 || first.Of != len(all) {
				t.Errorf("first comes %+v", first)
			}
			ann.say(first.Key, answer.AgentLeft, "")
			ann.say(all[1].Key, answer.CannotTell, "")
			open := ann.chosen("state=open")
			if len(open) != len(all)-2 || open[0].Key != all[2].Key {
				t.Errorf("%d are open", len(open))
			}
			for query, want := range map[string]int{"state=verified": 1, "state=unclear": 1, "state=mine": 2, "words=17-call": 0, "words=cannot+ANN": 1} {
				got := ann.chosen(query)
				if query == "words=17-call" {
					want = len(slices.DeleteFunc(slices.Clone(all), func(r listed) bool { return !strings.Contains(r.Name, "17-call") }))
				}
				if len(got) != want {
					t.Errorf("%s chooses %d, want %d", query, len(got), want)
				}
			}
			for _, query := range []string{"after=x", "after=1.2.3.4", "after=9.1.1.1.1", "after=0.0.0.0.-1", "state=odd"} {
				if status, _ := ann.get("/api/list?" + query); status != http.StatusBadRequest {
					t.Errorf("%s: %d", query, status)
				}
			}
			// At the end of the list the next one is the first that nobody answered.
			if again := ann.post("/api/next", map[string]int64{"after": all[len(all)-1].Key}).Recording; again.Key != all[2].Key {
				t.Errorf("after the last comes %+v", again)
			}
		})
	}
}
