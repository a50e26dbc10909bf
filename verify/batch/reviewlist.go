package batch

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/answer"
	"github.com/otoscope/otoscope/verify/batch/db"
)

// ReviewOptions say what people review.
type ReviewOptions struct {
	Filter Filter
	// Of the confirmed results a sample is drawn, so that otoscope itself is checked: so many of
	// them, or, if that is 0, such a share of them, and at least one.
	Confirmed      int
	ConfirmedShare float64
	Seed           uint64 // of the sample, and of the order if Shuffled
	// Shuffled mixes the list, so that the place in it says nothing of the verdict.
	Shuffled bool
}

// A Reviewable is a result on the list.
type Reviewable struct {
	Key           int64
	ID, Recording string // Recording: secrets removed
	Row           int64
	Outcome       verify.Outcome
	Answer        answer.Word // "": nobody answered
	Reviewer      string
	Place         ReviewPlace
}

// A ReviewList is what people review, in order: what is undecided, what is refuted, and a sample of
// what is confirmed. What is undecided comes in the order of the manifests. What is refuted and what is
// confirmed comes in the order in which it is drawn, so that the first of them that people answer are
// a random sample too. The list holds how many there are of each kind, and where the sample ends;
// Reviewables reads the rows.
type ReviewList struct {
	Confirmed int64 // confirmed results of which the sample was drawn
	Sample    int64
	Counts    map[verify.Outcome]ReviewCount // of what is on the list

	o    ReviewOptions // with the filter resolved
	last ReviewPlace   // of the sample, in the order in which it is drawn
}

// A ReviewCount is how many results there are, and how many of them are answered.
type ReviewCount struct{ Of, Answered int64 }

// Total is how many results are on the list.
func (l *ReviewList) Total() ReviewCount {
	var all ReviewCount
	for _, n := range l.Counts {
		all.Of, all.Answered = all.Of+n.Of, all.Answered+n.Answered
	}
	return all
}

// Drawing says how the results of an outcome come onto the list. A choice by finding, id or answer, or by time, is
// no random sample of anything.
func (l *ReviewList) Drawing(o verify.Outcome) answer.Drawing {
	f := l.o.Filter
	if o == verify.Undecided || len(f.Findings) > 0 || len(f.IDs) > 0 || f.key != 0 || !f.Before.IsZero() || f.Human != HumanAny {
		return answer.Drawing{}
	}
	d := answer.Drawing{Drawn: true}
	for _, g := range f.Groups {
		d.Among = append(d.Among, g.Name+"="+g.Value)
	}
	return d
}

// ReviewList draws the sample, and counts what is on the list. The same seed draws the same sample of the
// same results.
func (s *Store) ReviewList(ctx context.Context, o ReviewOptions) (*ReviewList, error) {
	f, err := s.resolve(ctx, o.Filter)
	if err != nil {
		return nil, err
	}
	l := &ReviewList{o: o, Counts: map[verify.Outcome]ReviewCount{}}
	l.o.Filter = f
	if len(f.Outcomes) == 0 || slices.Contains(f.Outcomes, verify.Match) {
		if err := s.draw(ctx, l); err != nil {
			return nil, err
		}
	}
	for _, k := range l.kinds() {
		cond, args := l.condition(s.db, k, f)
		err := db.Each(ctx, s.db, `SELECT s.outcome, count(*), count(a.answer_id) FROM otoscope_rows r JOIN otoscope_results s ON s.row_key = r.row_key`+joinAnswer+
			` WHERE `+cond+` GROUP BY s.outcome`, args, func(c db.Cursor) error {
			var outcome verify.Outcome
			var n ReviewCount
			err := c.Scan(&outcome, &n.Of, &n.Answered)
			l.Counts[outcome] = n
			return err
		})
		if err != nil {
			return nil, s.storageError("counting what is to review", err)
		}
	}
	return l, nil
}

// draw draws the sample of the confirmed: those of the lowest numbers.
func (s *Store) draw(ctx context.Context, l *ReviewList) error {
	confirmed := l.o.Filter
	confirmed.Outcomes = []verify.Outcome{verify.Match}
	cond, args := confirmed.condition(s.db)
	const from = ` FROM otoscope_rows r JOIN otoscope_results s ON s.row_key = r.row_key WHERE `
	if _, err := db.One(ctx, s.db, `SELECT count(*)`+from+cond, args, &l.Confirmed); err != nil {
		return s.storageError("counting the results", err)
	}
	if l.Sample = l.o.size(l.Confirmed); l.Sample == 0 {
		return nil
	}
	order := mixing(l.o.Seed).columns()
	ok, err := db.One(ctx, s.db, fmt.Sprintf(`SELECT %s%s%s ORDER BY %[1]s LIMIT 1 OFFSET %[4]d`, order, from, cond, l.Sample-1), args,
		&l.last.mixed, &l.last.batch, &l.last.row, &l.last.key)
	if !ok { // results were purged meanwhile
		l.Sample = 0
	}
	return s.storageError("drawing a sample of the confirmed", err)
}

// A ReviewScan says which rows of a list are read.
type ReviewScan struct {
	After ReviewPlace // only what comes after it
	Until ReviewPlace // only what comes up to it; the zero place is the end of the list
	Human Human       // by what people said of them
	Limit int         // at most so many; 0: all
}

// Reviewables calls f for rows of a list, in order, until it returns false. It holds one row at a time. f may
// not use the store.
func (s *Store) Reviewables(ctx context.Context, l *ReviewList, scan ReviewScan, f func(Reviewable) bool) error {
	left := scan.Limit
	for i, k := range l.kinds() {
		if i < scan.After.kind || scan.Until != (ReviewPlace{}) && i > scan.Until.kind {
			continue
		}
		cond, args := l.condition(s.db, k, l.o.Filter)
		if said := scan.Human.condition(); said != "" {
			cond += " AND " + said
		}
		if i == scan.After.kind && scan.After != (ReviewPlace{}) {
			bound, more := k.order.compared(">", scan.After)
			cond, args = cond+" AND "+bound, append(args, more...)
		}
		if scan.Until != (ReviewPlace{}) && i == scan.Until.kind {
			bound, more := k.order.compared("<=", scan.Until)
			cond, args = cond+" AND "+bound, append(args, more...)
		}
		limit := ""
		if scan.Limit > 0 {
			limit = fmt.Sprintf(" LIMIT %d", left)
		}
		err := db.Each(ctx, s.db, `SELECT r.row_key, r.id, r.recording, r.row, s.outcome, coalesce(a.answer, ''), coalesce(a.reviewer, ''), r.batch_id, `+k.order.number()+`
			FROM otoscope_rows r JOIN otoscope_results s ON s.row_key = r.row_key`+joinAnswer+` WHERE `+cond+` ORDER BY `+k.order.columns()+limit, args, func(c db.Cursor) error {
			x := Reviewable{Place: ReviewPlace{kind: i}}
			if err := c.Scan(&x.Key, &x.ID, &x.Recording, &x.Row, &x.Outcome, &x.Answer, &x.Reviewer, &x.Place.batch, &x.Place.mixed); err != nil {
				return err
			}
			x.Place.row, x.Place.key = x.Row, x.Key
			left--
			if !f(x) {
				return errEnough
			}
			return nil
		})
		switch {
		case err == errEnough:
			return nil
		case err != nil:
			return s.storageError("listing what is to review", err)
		case scan.Limit > 0 && left <= 0:
			return nil
		}
	}
	return nil
}

// ReviewPlace finds a row on a list, also one that a choice by answers would leave out by now. ok is false if
// it is not there.
func (s *Store) ReviewPlace(ctx context.Context, l *ReviewList, row int64) (p ReviewPlace, ok bool, err error) {
	if row == 0 {
		return p, false, nil
	}
	f := l.o.Filter
	f.Human, f.key = "", row
	for i, k := range l.kinds() {
		cond, args := l.condition(s.db, k, f)
		p = ReviewPlace{kind: i, key: row}
		ok, err = db.One(ctx, s.db, `SELECT r.batch_id, r.row, `+k.order.number()+` FROM otoscope_rows r JOIN otoscope_results s ON s.row_key = r.row_key WHERE `+cond, args, &p.batch, &p.row, &p.mixed)
		if ok || err != nil {
			return p, ok, s.storageError("looking for a row on the list", err)
		}
	}
	return ReviewPlace{}, false, nil
}

// ReviewNumber is how many rows of a list there are up to a place.
func (s *Store) ReviewNumber(ctx context.Context, l *ReviewList, p ReviewPlace) (int64, error) {
	total := int64(0)
	for i, k := range l.kinds()[:p.kind+1] {
		cond, args := l.condition(s.db, k, l.o.Filter)
		if i == p.kind {
			bound, more := k.order.compared("<=", p)
			cond, args = cond+" AND "+bound, append(args, more...)
		}
		var n int64
		if _, err := db.One(ctx, s.db, `SELECT count(*) FROM otoscope_rows r JOIN otoscope_results s ON s.row_key = r.row_key WHERE `+cond, args, &n); err != nil {
			return 0, s.storageError("counting what is to review", err)
		}
		total += n
	}
	return total, nil
}

// size is how many of the confirmed are drawn.
func (o ReviewOptions) size(confirmed int64) int64 {
	n := int64(o.Confirmed)
	if n == 0 && o.ConfirmedShare > 0 {
		n = int64(math.Ceil(o.ConfirmedShare * float64(confirmed)))
	}
	return min(n, confirmed)
}
