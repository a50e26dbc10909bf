package batch

import (
	"slices"
	"strings"
	"time"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch/db"
)

// A Group is a name and a value, such as queue=billing.
type Group struct{ Name, Value string }

// A Filter selects results. Empty fields select all.
type Filter struct {
	Batch    string           // its name
	Outcomes []verify.Outcome // any of these
	Findings []string         // any of these codes
	Groups   []Group          // all of these
	IDs      []string         // any of these
	Before   time.Time        // finished before
	Human    Human            // by what people said of them
	key      int64            // of one row; 0: all
}

// IsEmpty reports whether the filter has no condition other than the batch.
func (f Filter) IsEmpty() bool { return Filter{Batch: f.Batch}.same(f) }

// condition returns the filter for rows r with results s, as SQL. It begins with a
// condition, and AND may follow it.
func (f Filter) condition(d db.Database) (string, []any) {
	conds, args := []string{"1 = 1"}, []any{}
	add := func(cond string, a ...any) {
		conds = append(conds, cond)
		args = append(args, a...)
	}
	if f.Batch != "" {
		add(`r.batch_id IN (SELECT batch_id FROM otoscope_batches WHERE name = ?)`, f.Batch)
	}
	if len(f.Outcomes) > 0 {
		words := make([]string, len(f.Outcomes))
		for i, o := range f.Outcomes {
			words[i] = string(o)
		}
		cond, list := d.In("s.outcome", words)
		add(cond, list)
	}
	if len(f.IDs) > 0 {
		cond, list := d.In("r.id", f.IDs)
		add(cond, list)
	}
	if len(f.Findings) > 0 {
		cond, list := d.In("f.code", f.Findings)
		add(`EXISTS (SELECT 1 FROM otoscope_findings f WHERE f.row_key = r.row_key AND `+cond+`)`, list)
	}
	for _, g := range f.Groups {
		add(`EXISTS (SELECT 1 FROM otoscope_groups g WHERE g.row_key = r.row_key AND g.name = ? AND g.value = ?)`, g.Name, g.Value)
	}
	if !f.Before.IsZero() {
		add(`s.finished_at < ?`, d.Time(f.Before))
	}
	if f.key != 0 {
		add(`r.row_key = ?`, f.key)
	}
	if cond := f.Human.condition(); cond != "" {
		add(cond)
	}
	return strings.Join(conds, " AND "), args
}

// same reports whether two filters have the same conditions in the same words.
func (f Filter) same(g Filter) bool {
	return f.Batch == g.Batch && slices.Equal(f.Outcomes, g.Outcomes) && slices.Equal(f.Findings, g.Findings) &&
		slices.Equal(f.Groups, g.Groups) && slices.Equal(f.IDs, g.IDs) && f.Before.Equal(g.Before) &&
		f.Human == g.Human && f.key == g.key
}
