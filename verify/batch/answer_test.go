package batch

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/report"
)

// answered is a batch of 90 rows: of each queue every tenth is in error, and
// rows of q2 are declared the other way round.
func answered(t *testing.T, target string) *Store {
	t.Helper()
	s := open(t, target)
	var b strings.Builder
	b.WriteString("id,recording,group.queue,channels,agent\n")
	for i := range 90 {
		channels := "\"customer,agent\""
		if i%3 == 2 {
			channels = "\"agent,customer\""
		}
		fmt.Fprintf(&b, "call-%02d,https://example.com/%02d.wav,q%d,%s,=Kim\n", i, i, i%3, channels)
	}
	source := &fake{do: func(_ context.Context, task Task) (Measured, error) {
		if strings.HasSuffix(task.Reference, "0.wav") {
			return Measured{}, &TaskError{Stage: verify.StageFetch, Kind: "fetch 404", Err: errors.New("not there <b>\x1b[31m")}
		}
		return heard(task), nil
	}}
	run(t, s, manifestOf(t, "calls.csv", b.String()), ReadOptions{Defaults: declare.Call{MinConfidence: 0.5}}, fast(source))
	return s
}

func TestSummary(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := answered(t, target)
		sum, err := s.Summarise(t.Context(), Filter{})
		if err != nil {
			t.Fatal(err)
		}
		if sum.Results != 90 || sum.Waiting != 0 || sum.Bytes != 81*straight().Bytes || math.Abs(sum.DurationS-81*straight().Measurements.DurationS) > 1e-6 {
			t.Errorf("the summary is %+v", sum)
		}
		if diff := cmp.Diff([]report.ErrorCount{{Kind: "fetch 404", N: 9, Reasons: []report.ErrorReason{{Reason: "not there <b>\x1b[31m", N: 9}}}}, sum.Errors); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		counts := map[verify.Outcome]int64{}
		for _, o := range sum.Outcomes {
			counts[o.Outcome] = o.N
		}
		if counts[verify.Errored] != 9 || counts[verify.Match]+counts[verify.Swapped] != 81 || counts[verify.Match] == 0 || counts[verify.Swapped] == 0 {
			t.Fatalf("the outcomes are %v", counts)
		}
		// q2 is declared the other way round than the others: it is all one or all the other.
		all := func(g report.GroupCount) bool { return g.Refuted.N == g.Refuted.Of }
		if len(sum.Groups) != 3 || !all(sum.Groups[0]) || sum.Groups[2].Refuted.N != 0 {
			t.Errorf("the groups are %+v", sum.Groups)
		}
		only, err := s.Summarise(t.Context(), Filter{Batch: "calls.csv", Groups: []Group{{"queue", "q2"}}, Outcomes: []verify.Outcome{verify.Match, verify.Swapped}})
		if err != nil || only.Results != 27 || len(only.Groups) != 1 || len(only.Errors) != 0 {
			t.Errorf("of q2: %+v, %v", only, err)
		}
		if _, err := s.Summarise(t.Context(), Filter{Batch: "other"}); err == nil || !strings.Contains(hint.Of(err), "calls.csv") {
			t.Errorf("a batch that there is not: %v, %s", err, hint.Of(err))
		}
	})
}

func TestResultsInOrder(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := answered(t, target)
		var b strings.Builder
		if err := writeAs("json", &b, report.About{}, s.Results(t.Context(), Filter{Groups: []Group{{"queue", "q1"}}}, true)); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(b.String()), "\n")
		if len(lines) != 30 {
			t.Fatalf("%d lines, want 30", len(lines))
		}
		for i, l := range lines {
			var got struct {
				ID           string            `json:"id"`
				Row          int64             `json:"row"`
				Agent        string            `json:"agent"`
				Groups       map[string]string `json:"groups"`
				Outcome      string            `json:"outcome"`
				Measurements json.RawMessage   `json:"measurements"`
			}
			if err := json.Unmarshal([]byte(l), &got); err != nil {
				t.Fatal(err)
			}
			row := int64(3*i + 2)
			if got.Row != row || got.ID != fmt.Sprintf("call-%02d", row-1) || got.Agent != "=Kim" || got.Groups["queue"] != "q1" || (got.Measurements == nil) != (got.Outcome == "error") {
				t.Errorf("line %d is %s", i, l)
			}
			if strings.ContainsRune(l, '\x1b') {
				t.Errorf("line %d holds a control character", i)
			}
		}
		if n := len(verdicts(t, s)); n != 90 {
			t.Errorf("%d results in all", n)
		}
		for r, err := range s.Results(t.Context(), Filter{IDs: []string{"call-07"}}, false) {
			if err != nil || r.Row != 8 || r.Batch != "calls.csv" {
				t.Errorf("row %d, %v", r.Row, err)
			}
			break // a caller that has enough may stop
		}
	})
}

func TestCSV(t *testing.T) {
	s := answered(t, t.TempDir()+"/db")
	groups, err := s.GroupNames(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := writeAs("csv", &b, report.About{Groups: groups}, s.Results(t.Context(), Filter{}, false)); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
	if err != nil || len(rows) != 91 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	head := map[string]int{}
	for i, name := range rows[0] {
		head[name] = i
	}
	if r := rows[2]; r[head["id"]] != "call-01" || r[head["agent"]] != "'=Kim" || r[head["group.queue"]] != "q1" || r[head["row"]] != "2" {
		t.Errorf("a row is %q", r)
	}
	if strings.ContainsRune(b.String(), '\x1b') {
		t.Error("a control character is in it")
	}
}

func TestJUnit(t *testing.T) {
	s := answered(t, t.TempDir()+"/db")
	sum, err := s.Summarise(t.Context(), Filter{})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := writeAs("junit", &b, report.About{Summary: &sum}, s.Results(t.Context(), Filter{}, false)); err != nil {
		t.Fatal(err)
	}
	var suites struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Suites   []struct {
			Cases []struct {
				Name    string    `xml:"name,attr"`
				Failure *struct{} `xml:"failure"`
				Error   *struct {
					Message string `xml:"message,attr"`
				} `xml:"error"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal([]byte(b.String()), &suites); err != nil {
		t.Fatal(err)
	}
	failures, failed := 0, 0
	for _, c := range suites.Suites[0].Cases {
		if c.Failure != nil {
			failures++
		}
		if c.Error != nil {
			failed++
			if !strings.HasPrefix(c.Error.Message, "not there <b>") {
				t.Errorf("an error says %q", c.Error.Message)
			}
		}
	}
	if suites.Tests != 90 || len(suites.Suites[0].Cases) != 90 || suites.Failures != failures || failures == 0 || suites.Errors != failed || failed != 9 {
		t.Errorf("%d cases, %d failures, %d errors; the totals say %d, %d, %d", len(suites.Suites[0].Cases), failures, failed, suites.Tests, suites.Failures, suites.Errors)
	}
}

func TestPurge(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := answered(t, target)
		total := func() (n int64) {
			for _, table := range tablesOfRows() {
				n += count(t, s, `SELECT count(*) FROM `+table)
			}
			return n
		}
		purge := func(want int64, f Filter) {
			t.Helper()
			if n, err := s.Purge(t.Context(), f); err != nil || n != want {
				t.Errorf("%d rows were deleted, want %d (%v)", n, want, err)
			}
		}
		purge(1, Filter{IDs: []string{"call-07"}})
		purge(0, Filter{IDs: []string{"call-07"}})
		purge(0, Filter{Before: time.Now().Add(-time.Hour)})
		purge(30, Filter{Groups: []Group{{"queue", "q0"}}})
		exactlyOne(t, s, 59)
		if n := len(verdicts(t, s)); n != 59 {
			t.Errorf("%d results are left", n)
		}
		purge(59, Filter{Before: time.Now().Add(time.Hour)})
		if n := total() + count(t, s, `SELECT count(*) FROM otoscope_facts`) + count(t, s, `SELECT count(*) FROM otoscope_batches`) + count(t, s, `SELECT count(*) FROM otoscope_tallies`); n != 0 {
			t.Errorf("%d rows are left in the tables", n)
		}
		if path, ok := strings.CutPrefix(target, "/"); ok {
			s.Close()
			if text := files(t, "/"+path); strings.Contains(text, "call-0") || strings.Contains(text, "example.com") || strings.Contains(text, "=Kim") {
				t.Error("something is left in the file")
			}
		}
	})
}

// Purging while a batch runs takes rows out of it, and nothing brings them back.
func TestPurgeWhileRunning(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		begun, release := make(chan struct{}), make(chan struct{})
		first := true
		o := fast(&fake{do: func(_ context.Context, task Task) (Measured, error) {
			if first {
				first = false
				close(begun)
				<-release
			}
			return heard(task), nil
		}})
		o.Workers = 1
		go func() {
			<-begun
			defer close(release)
			if n, err := s.Purge(t.Context(), Filter{}); err != nil || n == 0 {
				t.Errorf("%d rows were deleted: %v", n, err)
			}
		}()
		run(t, s, manifestOf(t, "m", rowsCSV(20)), ReadOptions{}, o)
		for _, table := range []string{"otoscope_details", "otoscope_results", "otoscope_findings", "otoscope_waiting"} {
			if n := count(t, s, `SELECT count(*) FROM `+table+` x WHERE NOT EXISTS (SELECT 1 FROM otoscope_rows r WHERE r.row_key = x.row_key)`); n != 0 {
				t.Errorf("%d rows of %s belong to none", n, table)
			}
		}
	})
}

// The interval is that of the binomial distribution itself: at its bounds the
// tails have 2.5 % each.
func TestRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		of := rapid.Int64Range(1, 3000).Draw(t, "of")
		n := rapid.Int64Range(0, of).Draw(t, "n")
		r := report.NewRate(n, of)
		if r.Low > r.Rate || r.High < r.Rate || r.Low < 0 || r.High > 1 {
			t.Fatalf("%+v", r)
		}
		if n == 0 && r.Low != 0 || n == of && r.High != 1 {
			t.Fatalf("%+v", r)
		}
		if n > 0 {
			atLeast := 1 - distuv.Binomial{N: float64(of), P: r.Low}.CDF(float64(n-1))
			if math.Abs(atLeast-0.025) > 1e-6 {
				t.Fatalf("%+v: the upper tail at the lower bound is %v", r, atLeast)
			}
		}
		if n < of {
			if atMost := (distuv.Binomial{N: float64(of), P: r.High}).CDF(float64(n)); math.Abs(atMost-0.025) > 1e-6 {
				t.Fatalf("%+v: the lower tail at the upper bound is %v", r, atMost)
			}
		}
	})
	// As binom.test(4, 20) of R has it.
	if r := report.NewRate(4, 20); math.Abs(r.Low-0.0573) > 1e-4 || math.Abs(r.High-0.4366) > 1e-4 {
		t.Errorf("%+v", r)
	}
	if r := report.NewRate(0, 0); r.Low != 0 || r.High != 1 || r.Rate != 0 {
		t.Errorf("%+v", r)
	}
	if r := report.NewRate(500_000, 1_000_000); math.Abs(r.Low-0.49902) > 1e-5 || math.Abs(r.High-0.50098) > 1e-5 {
		t.Errorf("%+v", r)
	}
}

// writeAs writes results in a format, with all that is known of them.
func writeAs(format string, w io.Writer, about report.About, rows iter.Seq2[report.Row, error]) error {
	for _, f := range report.Formats() {
		if f.Name != format {
			continue
		}
		results := f.Results(w, about, report.Options{Detail: true})
		for r, err := range rows {
			if err != nil {
				return err
			}
			if err := results.Write(r); err != nil {
				return err
			}
		}
		return results.Close()
	}
	return fmt.Errorf("no format %s", format)
}
