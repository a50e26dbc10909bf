package batch

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/otoscope/otoscope/verify"
)

// A Summary answers, over many results, what came of them.
type Summary struct {
	Results   int64   `json:"results"`
	Waiting   int64   `json:"waiting"`  // rows that are still to be worked on; of the whole batch, whatever else was chosen
	Repeated  int64   `json:"repeated"` // rows of the manifest whose id was there before; the same
	Stale     int64   `json:"stale"`    // measured by another version than judged
	Bytes     int64   `json:"bytes"`
	DurationS float64 `json:"duration_s"`
	// Refuted is the share of swapped and unusable recordings of those decided.
	Refuted  Rate           `json:"refuted"`
	Outcomes []OutcomeCount `json:"outcomes"` // of all results; in the order match, swapped, unusable, undecided, error
	Findings []FindingCount `json:"findings"` // of all results; most frequent first
	Errors   []ErrorCount   `json:"errors"`   // most frequent first
	// Groups are the worst first: by the lower bound of what is refuted of those
	// decided, so that three of three do not outrank nine hundred of a thousand.
	Groups []GroupCount `json:"groups"`
	// MoreGroups is how many groups were left out, the best of all.
	MoreGroups int64 `json:"more_groups"`
}

// An OutcomeCount counts an outcome.
type OutcomeCount struct {
	Outcome verify.Outcome `json:"outcome"`
	Rate
}

// A FindingCount counts the results that have a finding.
type FindingCount struct {
	Code     string `json:"code"`
	Severity string `json:"severity"`
	Rate
}

// An ErrorCount counts errors of a kind, such as "fetch 404".
type ErrorCount struct {
	Kind string `json:"kind"`
	N    int64  `json:"n"`
}

// A GroupCount tells of the results of a group.
type GroupCount struct {
	Name     string                   `json:"name"`
	Value    string                   `json:"value"`
	Results  int64                    `json:"results"`
	Refuted  Rate                     `json:"refuted"` // of those decided
	Outcomes map[verify.Outcome]int64 `json:"outcomes"`
}

// maxGroups bounds the groups of a summary: a group that differs for every
// recording is no group, and must not cost the memory of all of them.
const maxGroups = 1000

func outcomesInOrder() []verify.Outcome {
	return []verify.Outcome{verify.Match, verify.Swapped, verify.Unusable, verify.Undecided, verify.Errored}
}

// Summarise counts the results that a filter chooses.
func (s *Store) Summarise(ctx context.Context, f Filter) (Summary, error) {
	if err := s.knownBatch(ctx, f.Batch); err != nil {
		return Summary{}, err
	}
	sum := Summary{Outcomes: []OutcomeCount{}, Findings: []FindingCount{}, Errors: []ErrorCount{}, Groups: []GroupCount{}}
	for _, step := range []func(context.Context, Filter, *Summary) error{s.countOutcomes, s.countRows, s.countFindings, s.countErrors, s.countGroups} {
		if err := step(ctx, f, &sum); err != nil {
			return sum, s.storageError("counting the results", err)
		}
	}
	return sum, nil
}

// chosen gives what a query has to add to results s, and its condition. The rows
// are looked at only where the filter asks for something that they alone have.
func (s *Store) chosen(f Filter) (join, cond string, args []any) {
	if !f.Chooses() {
		if f.Batch == "" {
			return "", "1 = 1", nil
		}
		return "", `s.batch_id IN (SELECT batch_id FROM otoscope_batches WHERE name = ?)`, []any{f.Batch}
	}
	cond, args = f.condition(s.db)
	return ` JOIN otoscope_rows r ON r.row_key = s.row_key`, cond, args
}

// perOutcome counts each outcome in one pass: GROUP BY would sort all results,
// in memory.
func perOutcome() string {
	var b strings.Builder
	for _, o := range outcomesInOrder() {
		fmt.Fprintf(&b, "count(*) FILTER (WHERE s.outcome = '%s'), ", o)
	}
	return b.String()
}

func (s *Store) countOutcomes(ctx context.Context, f Filter, sum *Summary) error {
	join, cond, args := s.chosen(f)
	var n [5]int64
	// PostgreSQL adds integers up to a numeric.
	var bytes float64
	_, err := queryOne(ctx, s.db, `SELECT `+perOutcome()+`coalesce(sum(s.stale), 0), coalesce(sum(s.bytes), 0), coalesce(sum(s.duration_s), 0)
		FROM otoscope_results s`+join+` WHERE `+cond, args, &n[0], &n[1], &n[2], &n[3], &n[4], &sum.Stale, &bytes, &sum.DurationS)
	counts := map[verify.Outcome]int64{}
	for i, o := range outcomesInOrder() {
		counts[o] = n[i]
		sum.Results += n[i]
	}
	sum.Bytes = int64(bytes)
	for _, o := range outcomesInOrder() {
		sum.Outcomes = append(sum.Outcomes, OutcomeCount{o, newRate(counts[o], sum.Results)})
	}
	sum.Refuted = refuted(counts)
	return err
}

func refuted(counts map[verify.Outcome]int64) Rate {
	bad := counts[verify.Swapped] + counts[verify.Unusable]
	return newRate(bad, bad+counts[verify.Match])
}

// countRows counts what has no result.
func (s *Store) countRows(ctx context.Context, f Filter, sum *Summary) error {
	cond, args := Filter{Batch: f.Batch}.condition(s.db)
	if _, err := queryOne(ctx, s.db, `SELECT count(*) FROM otoscope_rows r WHERE r.chunk_id IS NOT NULL AND `+cond, args, &sum.Waiting); err != nil {
		return err
	}
	var repeated float64
	_, err := queryOne(ctx, s.db, `SELECT coalesce(sum(r.repeated), 0) FROM otoscope_rows r WHERE `+cond, args, &repeated)
	sum.Repeated = int64(repeated)
	return err
}

func (s *Store) countFindings(ctx context.Context, f Filter, sum *Summary) error {
	join, cond, args := s.chosen(f)
	tables := `otoscope_findings x`
	if len(args) > 0 {
		tables += ` JOIN otoscope_results s ON s.row_key = x.row_key` + join
	}
	err := each(ctx, s.db, `SELECT x.code, x.severity, count(*) FROM `+tables+` WHERE `+cond+` GROUP BY x.code, x.severity`, args, func(c cursor) error {
		var x FindingCount
		var n int64
		if err := c.Scan(&x.Code, &x.Severity, &n); err != nil {
			return err
		}
		x.Rate = newRate(n, sum.Results)
		sum.Findings = append(sum.Findings, x)
		return nil
	})
	slices.SortFunc(sum.Findings, func(a, b FindingCount) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Severity, b.Severity))
	})
	return err
}

func (s *Store) countErrors(ctx context.Context, f Filter, sum *Summary) error {
	join, cond, args := s.chosen(f)
	err := each(ctx, s.db, `SELECT s.error_kind, count(*) FROM otoscope_results s`+join+` WHERE s.error_kind IS NOT NULL AND `+cond+` GROUP BY s.error_kind`, args, func(c cursor) error {
		var x ErrorCount
		if err := c.Scan(&x.Kind, &x.N); err != nil {
			return err
		}
		sum.Errors = append(sum.Errors, x)
		return nil
	})
	slices.SortFunc(sum.Errors, func(a, b ErrorCount) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Kind, b.Kind)) })
	return err
}

// countGroups keeps the worst groups only.
func (s *Store) countGroups(ctx context.Context, f Filter, sum *Summary) error {
	join, cond, args := s.chosen(f)
	// In the order of the index by value, so that nothing is sorted.
	err := each(ctx, s.db, `SELECT x.name, x.value, `+perOutcome()+`count(*)
		FROM otoscope_groups x JOIN otoscope_results s ON s.row_key = x.row_key`+join+` WHERE `+cond+`
		GROUP BY x.name, x.value`, args, func(c cursor) error {
		g := GroupCount{Outcomes: map[verify.Outcome]int64{}}
		var n [5]int64
		if err := c.Scan(&g.Name, &g.Value, &n[0], &n[1], &n[2], &n[3], &n[4], &g.Results); err != nil {
			return err
		}
		for i, o := range outcomesInOrder() {
			if n[i] > 0 {
				g.Outcomes[o] = n[i]
			}
		}
		g.Refuted = refuted(g.Outcomes)
		sum.Groups = append(sum.Groups, g)
		if len(sum.Groups) >= 2*maxGroups {
			sum.worstGroups()
		}
		return nil
	})
	sum.worstGroups()
	return err
}

func (sum *Summary) worstGroups() {
	slices.SortFunc(sum.Groups, func(a, b GroupCount) int {
		return cmp.Or(cmp.Compare(b.Refuted.Low, a.Refuted.Low), cmp.Compare(b.Refuted.Rate, a.Refuted.Rate),
			cmp.Compare(b.Refuted.N, a.Refuted.N), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Value, b.Value))
	})
	if over := len(sum.Groups) - maxGroups; over > 0 {
		sum.MoreGroups += int64(over)
		sum.Groups = sum.Groups[:maxGroups]
	}
}
