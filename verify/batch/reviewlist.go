package batch

import (
	"bytes"
	"container/heap"
	"context"
	"crypto/sha256"
	"fmt"
	"math"
	"slices"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/answer"
	"github.com/otoscope/otoscope/verify/batch/db"
)

// MaxReviewed is how many results are on the list of people who review.
const MaxReviewed = 10_000

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
	Key            int64
	ID, Recording  string // Recording: secrets removed
	Row            int64
	Outcome        verify.Outcome
	Answer         answer.Word // "": nobody answered
	Reviewer       string
	answer.Drawing // how it came onto the list
}

// A ReviewList is what people review, in order: what is undecided, what is refuted, and a sample of
// what is confirmed. What is undecided comes in the order of the manifests. What is refuted and what is
// confirmed comes in the order in which it is drawn, so that the first of them that people answer are
// a random sample too.
type ReviewList struct {
	Rows      []Reviewable
	LeftOut   int64 // results that are undecided or refuted beyond MaxReviewed
	Confirmed int64 // confirmed results of which the sample was drawn
	Sample    int64
}

// ReviewList makes the list. The same seed draws the same sample of the same results.
func (s *Store) ReviewList(ctx context.Context, o ReviewOptions) (ReviewList, error) {
	var l ReviewList
	f, err := s.resolve(ctx, o.Filter)
	if err != nil {
		return l, err
	}
	confirmed := f
	confirmed.Outcomes = []verify.Outcome{verify.Match}
	cond, args := confirmed.condition(s.db)
	if len(f.Outcomes) == 0 || slices.Contains(f.Outcomes, verify.Match) {
		if _, err := db.One(ctx, s.db, `SELECT count(*) FROM otoscope_rows r JOIN otoscope_results s ON s.row_key = r.row_key WHERE `+cond, args, &l.Confirmed); err != nil {
			return l, s.storageError("counting the results", err)
		}
	}
	sample := &lowest{n: min(o.size(l.Confirmed), MaxReviewed), seed: o.Seed}
	var undecided, refuted []Reviewable
	cond, args = f.condition(s.db)
	err = db.Each(ctx, s.db, `SELECT r.row_key, r.id, r.recording, r.row, s.outcome, coalesce(a.answer, ''), coalesce(a.reviewer, '')
		FROM otoscope_rows r JOIN otoscope_results s ON s.row_key = r.row_key`+joinAnswer+` WHERE `+cond+` AND s.outcome <> 'error'
		ORDER BY r.batch_id, r.row, r.row_key`, args, func(c db.Cursor) error {
		var x Reviewable
		if err := c.Scan(&x.Key, &x.ID, &x.Recording, &x.Row, &x.Outcome, &x.Answer, &x.Reviewer); err != nil {
			return err
		}
		switch {
		case x.Outcome == verify.Match:
			sample.add(x)
		case x.Outcome == verify.Undecided && len(undecided) < MaxReviewed:
			undecided = append(undecided, x)
		case x.Outcome != verify.Undecided && len(refuted) < MaxReviewed:
			refuted = append(refuted, x)
		default:
			l.LeftOut++
		}
		return nil
	})
	if err != nil {
		return l, s.storageError("listing what is to review", err)
	}
	drawn := sample.inOrder()
	drawing := f.drawing()
	for i := range drawn {
		drawn[i].Drawing = drawing
	}
	if l.LeftOut == 0 { // all that are refuted, in random order
		for i := range refuted {
			refuted[i].Drawing = drawing
		}
	}
	l.Sample = int64(len(drawn))
	slices.SortStableFunc(refuted, func(a, b Reviewable) int { return byDrawing(o.Seed, a.Key, b.Key) })
	l.Rows = slices.Concat(undecided, refuted)
	if room := max(0, MaxReviewed-len(drawn)); len(l.Rows) > room {
		l.LeftOut += int64(len(l.Rows) - room)
		l.Rows = l.Rows[:room]
	}
	l.Rows = append(l.Rows, drawn...)
	if o.Shuffled {
		slices.SortFunc(l.Rows, func(a, b Reviewable) int {
			return byDrawing(o.Seed+1, a.Key, b.Key)
		})
	}
	return l, nil
}

// drawing says what a list of a choice is a random sample of. A choice by finding, id or answer, or by time, is
// none.
func (f Filter) drawing() answer.Drawing {
	if len(f.Findings) > 0 || len(f.IDs) > 0 || f.key != 0 || !f.Before.IsZero() || f.Human != HumanAny {
		return answer.Drawing{}
	}
	d := answer.Drawing{Drawn: true}
	for _, g := range f.Groups {
		d.Among = append(d.Among, g.Name+"="+g.Value)
	}
	return d
}

// size is how many of the confirmed are drawn.
func (o ReviewOptions) size(confirmed int64) int {
	n := int64(o.Confirmed)
	if n == 0 && o.ConfirmedShare > 0 {
		n = int64(math.Ceil(o.ConfirmedShare * float64(confirmed)))
	}
	return int(min(n, confirmed))
}

// drawing is a random number of a row that follows from the seed.
func drawing(seed uint64, row int64) [sha256.Size]byte {
	return sha256.Sum256(fmt.Appendf(nil, "%d %d", seed, row))
}

// byDrawing orders rows by their random numbers.
func byDrawing(seed uint64, a, b int64) int {
	x, y := drawing(seed, a), drawing(seed, b)
	return bytes.Compare(x[:], y[:])
}

// lowest keeps the n rows whose drawings are the lowest: a random sample without replacement.
type lowest struct {
	n    int
	seed uint64
	all  []drawn
}

type drawn struct {
	Reviewable
	number [sha256.Size]byte
}

func (l *lowest) Len() int { return len(l.all) }
func (l *lowest) Less(i, j int) bool {
	return bytes.Compare(l.all[i].number[:], l.all[j].number[:]) > 0
}                               // the highest first
func (l *lowest) Swap(i, j int) { l.all[i], l.all[j] = l.all[j], l.all[i] }
func (l *lowest) Push(x any)    { l.all = append(l.all, x.(drawn)) }
func (l *lowest) Pop() any {
	last := l.all[len(l.all)-1]
	l.all = l.all[:len(l.all)-1]
	return last
}

func (l *lowest) add(x Reviewable) {
	if l.n == 0 {
		return
	}
	heap.Push(l, drawn{x, drawing(l.seed, x.Key)})
	if len(l.all) > l.n {
		heap.Pop(l)
	}
}

func (l *lowest) inOrder() []Reviewable {
	slices.SortFunc(l.all, func(a, b drawn) int { return bytes.Compare(a.number[:], b.number[:]) })
	var rows []Reviewable
	for _, d := range l.all {
		rows = append(rows, d.Reviewable)
	}
	return rows
}
