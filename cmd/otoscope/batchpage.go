package main

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/spf13/pflag"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch"
	"github.com/otoscope/otoscope/verify/cohort"
	"github.com/otoscope/otoscope/verify/cohort/rollout"
	"github.com/otoscope/otoscope/verify/report"
)

// batchPageOptions control what the web page for a batch shows beyond its results.
type batchPageOptions struct {
	cohort, rollout bool
	goal            goalOptions
	by              []string
}

func (o *batchPageOptions) flags() *pflag.FlagSet {
	o.goal = newGoalOptions()
	f := newFlagSet()
	f.BoolVar(&o.cohort, "cohort", false, "also show what the recordings together say: sound that recurs, groups")
	f.BoolVar(&o.rollout, "rollout", false, "also show whether to go ahead, as otoscope rollout check does")
	f.AddFlagSet(o.goal.flags())
	f.StringSliceVar(&o.by, "by", nil, "also decide on each value of the group `NAME`, which may be agent or day; separate several with commas")
	return f
}

// asked reports whether anything is to be shown that only a page has.
func (o *batchPageOptions) asked() bool { return o.cohort || o.rollout }

// batch collects what the page shows.
func (o *batchPageOptions) batch(ctx context.Context, store *batch.Store, f batch.Filter, summary report.Summary) (report.Batch, error) {
	page := report.Batch{
		Summary: summary, Rows: byImportance(ctx, store, f), Chosen: chosen(f),
		Made: fmt.Sprintf("Made on %s by otoscope %s.", time.Now().UTC().Format("2006-01-02 at 15:04 UTC"), verify.Version()),
	}
	goal, errors, err := o.goal.read()
	if err != nil {
		return page, err
	}
	var clock report.Clockwork
	var observed []rollout.Observation
	for r, err := range store.Known(ctx, f) {
		if err != nil {
			return page, err
		}
		clock.Add(r.Started, r.Verdict.Outcome)
		if o.rollout {
			one := resultOf(r)
			observed = append(observed, one.Observe())
		}
	}
	page.Periods = clock.Periods()
	if o.rollout && len(observed) > 0 {
		if err := known(o.by, observed); err != nil {
			return page, err
		}
		observed, _ = rollout.Once(observed)
		d := rollout.Check(observed, rollout.CheckOptions{Goal: goal, Errors: errors, By: o.by})
		page.Decision = &d
	}
	if o.cohort && len(summary.Outcomes) > 0 && summary.Results > 0 {
		stored, err := store.Cohort(ctx, f)
		if err != nil {
			return page, err
		}
		if page.Cohort, _, err = cohort.Judge(ctx, stored, cohort.Options{}); err != nil {
			return page, err
		}
	}
	return page, nil
}

// chosen says what results are chosen by, but for the name of the batch, which is the title.
func chosen(f batch.Filter) []string {
	var words []string
	for _, o := range f.Outcomes {
		words = append(words, "outcome "+string(o))
	}
	for _, code := range f.Findings {
		words = append(words, "finding "+code)
	}
	for _, g := range f.Groups {
		words = append(words, g.Name+"="+g.Value)
	}
	if f.Human != batch.HumanAny {
		words = append(words, "human "+string(f.Human))
	}
	for _, id := range f.IDs {
		words = append(words, "id "+id)
	}
	return words
}

// byImportance gives the results with all that a picture shows, what is wrong first.
func byImportance(ctx context.Context, store *batch.Store, f batch.Filter) iter.Seq2[report.Row, error] {
	return func(yield func(report.Row, error) bool) {
		chosen := f.Outcomes
		for _, outcome := range report.ByImportance() {
			if len(chosen) > 0 && !slices.Contains(chosen, outcome) {
				continue
			}
			f.Outcomes = append(f.Outcomes[:0:0], outcome)
			for r, err := range store.Pictured(ctx, f) {
				if !yield(r, err) || err != nil {
					return
				}
			}
		}
	}
}
