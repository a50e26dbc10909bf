package batch

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch/db"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/report"
)

// maxGroups bounds the groups of a summary. A value that differs for every recording does
// not form groups, and must not take memory for all of them.
const maxGroups = 1000

// Summarise counts the results that a filter selects.
func (s *Store) Summarise(ctx context.Context, f Filter) (report.Summary, error) {
	f, err := s.resolve(ctx, f)
	if err != nil {
		return report.Summary{}, err
	}
	sum := report.Summary{Outcomes: []report.OutcomeCount{}, Findings: []report.FindingCount{}, Errors: []report.ErrorCount{}, Groups: []report.GroupCount{}}
	for _, step := range []func(context.Context, Filter, *report.Summary) error{s.countOutcomes, s.countRows, s.countFindings, s.countErrors, s.countGroups, s.countAnswers} {
		if err := step(ctx, f, &sum); err != nil {
			return sum, s.storageError("counting the results", err)
		}
	}
	if f.Batch != "" {
		sum.Name, err = s.shortName(ctx, f.Batch)
	}
	return sum, err
}

// chosen returns the joins that a query adds to results s, and its condition. It joins the
// rows only if the filter uses their columns.
func (s *Store) chosen(f Filter) (join, cond string, args []any) {
	if f.IsEmpty() {
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
	for _, o := range verify.Outcomes() {
		fmt.Fprintf(&b, "count(*) FILTER (WHERE s.outcome = '%s'), ", o)
	}
	return b.String()
}

func (s *Store) countOutcomes(ctx context.Context, f Filter, sum *report.Summary) error {
	join, cond, args := s.chosen(f)
	var n [5]int64
	// PostgreSQL adds integers up to a numeric.
	var bytes, read float64
	_, err := db.One(ctx, s.db, `SELECT `+perOutcome()+`coalesce(sum(s.stale), 0), coalesce(sum(CASE WHEN s.bytes_read > s.bytes THEN s.bytes_read ELSE s.bytes END), 0),
			coalesce(sum(coalesce(s.bytes_read, s.bytes)), 0), coalesce(sum(s.duration_s), 0)
		FROM otoscope_results s`+join+` WHERE `+cond, args, &n[0], &n[1], &n[2], &n[3], &n[4], &sum.Stale, &bytes, &read, &sum.DurationS)
	counts := map[verify.Outcome]int64{}
	for i, o := range verify.Outcomes() {
		counts[o] = n[i]
		sum.Results += n[i]
	}
	sum.Bytes, sum.BytesRead = int64(bytes), int64(read)
	for _, o := range verify.Outcomes() {
		sum.Outcomes = append(sum.Outcomes, report.OutcomeCount{Outcome: o, Rate: report.NewRate(counts[o], sum.Results)})
	}
	sum.Refuted = refuted(counts)
	return err
}

func refuted(counts map[verify.Outcome]int64) report.Rate {
	bad := counts[verify.Swapped] + counts[verify.Unusable]
	return report.NewRate(bad, bad+counts[verify.Match])
}

// countRows counts the rows without a result.
func (s *Store) countRows(ctx context.Context, f Filter, sum *report.Summary) error {
	cond, args := Filter{Batch: f.Batch}.condition(s.db)
	if _, err := db.One(ctx, s.db, `SELECT count(*) FROM otoscope_rows r WHERE r.chunk_id IS NOT NULL AND `+cond, args, &sum.Waiting); err != nil {
		return err
	}
	var reused float64
	if _, err := db.One(ctx, s.db, `SELECT coalesce(sum(y.n), 0) FROM otoscope_tallies y JOIN otoscope_batches b ON b.batch_id = y.batch_id AND b.revision = y.revision
		WHERE y.name = ? AND (? = '' OR b.name = ?)`, []any{tallyReused, f.Batch, f.Batch}, &reused); err != nil {
		return err
	}
	sum.Reused = int64(reused)
	var repeated float64
	_, err := db.One(ctx, s.db, `SELECT coalesce(sum(r.repeated), 0) FROM otoscope_rows r WHERE `+cond, args, &repeated)
	sum.Repeated = int64(repeated)
	return err
}

func (s *Store) countFindings(ctx context.Context, f Filter, sum *report.Summary) error {
	join, cond, args := s.chosen(f)
	tables := `otoscope_findings x`
	if f.Batch != "" || !f.IsEmpty() {
		tables += ` JOIN otoscope_results s ON s.row_key = x.row_key` + join
	}
	err := db.Each(ctx, s.db, `SELECT x.code, x.severity, count(*) FROM `+tables+` WHERE `+cond+` GROUP BY x.code, x.severity`, args, func(c db.Cursor) error {
		var x report.FindingCount
		var n int64
		if err := c.Scan(&x.Code, &x.Severity, &n); err != nil {
			return err
		}
		x.Rate = report.NewRate(n, sum.Results)
		if x.Code == string(finding.PartlyHeard) {
			sum.Parts += n
		}
		sum.Findings = append(sum.Findings, x)
		return nil
	})
	slices.SortFunc(sum.Findings, func(a, b report.FindingCount) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Severity, b.Severity))
	})
	return err
}

// maxReasons bounds the reasons reported for one kind of error.
const maxReasons = 10

func (s *Store) countErrors(ctx context.Context, f Filter, sum *report.Summary) error {
	join, cond, args := s.chosen(f)
	kinds := map[string]*report.ErrorCount{}
	err := db.Each(ctx, s.db, `SELECT s.error_kind, s.error_reason, min(s.error_hint), count(*) FROM otoscope_results s`+join+`
		WHERE s.error_kind IS NOT NULL AND `+cond+` GROUP BY s.error_kind, s.error_reason ORDER BY 4 DESC, 2`, args, func(c db.Cursor) error {
		var kind string
		var reason, advice *string
		var n int64
		if err := c.Scan(&kind, &reason, &advice, &n); err != nil {
			return err
		}
		x := kinds[kind]
		if x == nil {
			x = &report.ErrorCount{Kind: kind, Reasons: []report.ErrorReason{}}
			kinds[kind] = x
		}
		x.N += n
		if reason != nil && len(x.Reasons) < maxReasons { // an earlier version stored none
			r := report.ErrorReason{Reason: *reason, N: n}
			if advice != nil {
				r.Hint = *advice
			}
			x.Reasons = append(x.Reasons, r)
		}
		return nil
	})
	for _, x := range kinds {
		sum.Errors = append(sum.Errors, *x)
	}
	slices.SortFunc(sum.Errors, func(a, b report.ErrorCount) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Kind, b.Kind)) })
	return err
}

// countGroups keeps the worst groups only.
func (s *Store) countGroups(ctx context.Context, f Filter, sum *report.Summary) error {
	join, cond, args := s.chosen(f)
	// In the order of the index by value, so that nothing is sorted.
	err := db.Each(ctx, s.db, `SELECT x.name, x.value, `+perOutcome()+`count(*)
		FROM otoscope_groups x JOIN otoscope_results s ON s.row_key = x.row_key`+join+` WHERE `+cond+`
		GROUP BY x.name, x.value`, args, func(c db.Cursor) error {
		g := report.GroupCount{Outcomes: map[verify.Outcome]int64{}}
		var n [5]int64
		if err := c.Scan(&g.Name, &g.Value, &n[0], &n[1], &n[2], &n[3], &n[4], &g.Results); err != nil {
			return err
		}
		for i, o := range verify.Outcomes() {
			if n[i] > 0 {
				g.Outcomes[o] = n[i]
			}
		}
		g.Refuted = refuted(g.Outcomes)
		sum.Groups = append(sum.Groups, g)
		if len(sum.Groups) >= 2*maxGroups {
			worstGroups(sum)
		}
		return nil
	})
	worstGroups(sum)
	return err
}

// worstGroups keeps the groups that come first.
func worstGroups(sum *report.Summary) {
	slices.SortFunc(sum.Groups, func(a, b report.GroupCount) int {
		return cmp.Or(cmp.Compare(b.Refuted.Low, a.Refuted.Low), cmp.Compare(b.Refuted.Rate, a.Refuted.Rate),
			cmp.Compare(b.Refuted.N, a.Refuted.N), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Value, b.Value))
	})
	if over := len(sum.Groups) - maxGroups; over > 0 {
		sum.MoreGroups += int64(over)
		sum.Groups = sum.Groups[:maxGroups]
	}
}
