package batch

import (
	"cmp"
	"context"
	"slices"

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
	return []verify.Outcome{verify.Match, verify.Swapped, verify.Unusable, verify.Undecided, verify.Failed}
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

// from names the tables of which the filter needs something, and its condition.
func (s *Store) from(f Filter) (string, string, []any) {
	if f.everything() {
		return `otoscope_results s`, `1 = 1`, nil
	}
	cond, args := f.condition(s.db)
	return `otoscope_results s JOIN otoscope_rows r ON r.row_key = s.row_key`, cond, args
}

func (s *Store) countOutcomes(ctx context.Context, f Filter, sum *Summary) error {
	tables, cond, args := s.from(f)
	counts := map[verify.Outcome]int64{}
	err := each(ctx, s.db, `SELECT s.outcome, count(*), coalesce(sum(s.stale), 0), coalesce(sum(s.bytes), 0), coalesce(sum(s.duration_s), 0)
		FROM `+tables+` WHERE `+cond+` GROUP BY s.outcome`, args, func(c cursor) error {
		var outcome string
		var n, stale int64
		var bytes, duration float64 // PostgreSQL sums integers into a numeric
		if err := c.Scan(&outcome, &n, &stale, &bytes, &duration); err != nil {
			return err
		}
		counts[verify.Outcome(outcome)] = n
		sum.Results += n
		sum.Stale += stale
		sum.Bytes += int64(bytes)
		sum.DurationS += duration
		return nil
	})
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
	cond, args := f.condition(s.db)
	tables := `otoscope_findings x`
	if !f.everything() {
		tables += ` JOIN otoscope_results s ON s.row_key = x.row_key JOIN otoscope_rows r ON r.row_key = x.row_key`
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
	tables, cond, args := s.from(f)
	err := each(ctx, s.db, `SELECT coalesce(s.error_kind, ''), count(*) FROM `+tables+` WHERE s.outcome = '`+string(verify.Failed)+`' AND `+cond+` GROUP BY s.error_kind`, args, func(c cursor) error {
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
	cond, args := f.condition(s.db)
	tables := `otoscope_groups x JOIN otoscope_results s ON s.row_key = x.row_key`
	if !f.everything() {
		tables += ` JOIN otoscope_rows r ON r.row_key = x.row_key`
	}
	var current GroupCount
	keep := func() {
		if current.Results == 0 {
			return
		}
		current.Refuted = refuted(current.Outcomes)
		sum.Groups = append(sum.Groups, current)
		if len(sum.Groups) >= 2*maxGroups {
			sum.worstGroups()
		}
	}
	err := each(ctx, s.db, `SELECT x.name, x.value, s.outcome, count(*) FROM `+tables+` WHERE `+cond+`
		GROUP BY x.name, x.value, s.outcome ORDER BY x.name, x.value, s.outcome`, args, func(c cursor) error {
		var name, value, outcome string
		var n int64
		if err := c.Scan(&name, &value, &outcome, &n); err != nil {
			return err
		}
		if name != current.Name || value != current.Value || current.Outcomes == nil {
			keep()
			current = GroupCount{Name: name, Value: value, Outcomes: map[verify.Outcome]int64{}}
		}
		current.Outcomes[verify.Outcome(outcome)] += n
		current.Results += n
		return nil
	})
	keep()
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
