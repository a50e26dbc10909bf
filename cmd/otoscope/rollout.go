package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/otoscope/otoscope/verify/cohort/rollout"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/report"
)

func newRolloutCommand(env environment) *cobra.Command {
	c := &cobra.Command{
		Use:   "rollout",
		Short: "Decide from a sample of recordings whether to go ahead",
		Long: `Rollout answers whether a flow, a plugin version, a number or a centre records its
channels as declared: how many recordings to look at, and which (plan); whether to
go ahead (check); and whether that still holds (watch).`,
		Example: `  otoscope rollout plan --max-swap-rate 1%
  otoscope rollout plan --from calls.csv --by agent --out sample.jsonl
  otoscope rollout check --by plugin
  otoscope rollout watch --when day`,
		SuggestionsMinimumDistance: 2,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(c, "otoscope rollout", args)
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			return &usageError{sentence{Message: "plan, check or watch?", Advice: "To see how many recordings to look at: otoscope rollout plan"}}
		},
	}
	c.AddCommand(newRolloutPlanCommand(env), newRolloutCheckCommand(env), newRolloutWatchCommand(env))
	return c
}

// goalOptions state what is asked of a centre.
type goalOptions struct {
	goal           rollout.Goal
	decided, wrong int
	source         string // of these counts
}

func newGoalOptions() goalOptions {
	return goalOptions{goal: rollout.Default(), decided: rollout.BuiltinDecided, wrong: rollout.BuiltinWrong, source: rollout.BuiltinSource}
}

func (o *goalOptions) flags() *pflag.FlagSet {
	f := newFlagSet()
	f.Var((*percentFlag)(&o.goal.MaxSwapRate), "max-swap-rate", "highest acceptable `RATE` of recordings that are not as declared")
	f.Var((*percentFlag)(&o.goal.ConsumerRisk), "consumer-risk", "highest acceptable `RISK` of \"go\" at that rate or above")
	f.Var((*percentFlag)(&o.goal.ProducerRisk), "producer-risk", "highest acceptable `RISK` of \"no-go\" below that rate")
	f.Var(errorsFlag{o}, "errors", "of labelled recordings, `WRONG/DECIDED`: how often otoscope misleads; otoscope evaluate counts them; unknown: only people's answers count")
	return f
}

// read checks the goal.
func (o *goalOptions) read() (rollout.Goal, rollout.Errors, error) {
	if err := o.goal.Validate(); err != nil {
		return o.goal, rollout.Errors{}, err
	}
	if o.decided == 0 {
		return o.goal, rollout.Unbounded(), nil
	}
	return o.goal, rollout.ErrorsIn(o.wrong, o.decided, o.source, o.goal), nil
}

// percentFlag is a probability, written as 1% or 0.01.
type percentFlag float64

func (p *percentFlag) Set(s string) error {
	number, isPercent := strings.CutSuffix(strings.TrimSpace(s), "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil || math.IsNaN(v) || v < 0 {
		return &sentence{Message: "not a rate", Advice: "Write 1% or 0.01"}
	}
	if isPercent {
		v /= 100
	}
	if v > 1 {
		return &sentence{Message: "more than 100 %", Advice: "Write 1% or 0.01"}
	}
	*p = percentFlag(v)
	return nil
}

func (p *percentFlag) String() string { return strconv.FormatFloat(100*float64(*p), 'g', 3, 64) + "%" }

// Type appears in the help only if the usage names no value.
func (*percentFlag) Type() string { return "rate" }

// errorsFlag counts the verifier's decisions on labelled recordings.
type errorsFlag struct{ *goalOptions }

// unknownErrors says that nothing is known of the verifier's errors.
const unknownErrors = "unknown"

func (f errorsFlag) Set(s string) error {
	f.source = "--errors"
	if s == unknownErrors {
		f.wrong, f.decided = 0, 0
		return nil
	}
	wrong, decided, ok := strings.Cut(s, "/")
	k, err := strconv.Atoi(strings.TrimSpace(wrong))
	n, err2 := strconv.Atoi(strings.TrimSpace(decided))
	if !ok || err != nil || err2 != nil || k < 0 || n < 1 || k > n {
		return &sentence{Message: "not WRONG/DECIDED", Advice: "If 0 of 98 decided recordings were wrong, write 0/98; if nothing is known, unknown"}
	}
	f.wrong, f.decided = k, n
	return nil
}

func (f errorsFlag) String() string {
	if f.goalOptions == nil {
		return ""
	}
	if f.decided == 0 {
		return unknownErrors
	}
	return fmt.Sprintf("%d/%d", f.wrong, f.decided)
}

// Type appears in the help only if the usage names no value.
func (errorsFlag) Type() string { return "counts" }

// observedOptions select the results that a decision looks at.
type observedOptions struct {
	store   storeOptions
	filter  filterOptions
	results []string
	answers string
	when    string
}

func (o *observedOptions) flags(env environment) []flagGroup {
	which := o.filter.flags()
	which.StringArrayVar(&o.results, "results", nil, "read results from `FILE` in JSON instead of a database; - is standard input; may be given again")
	which.StringVar(&o.answers, "answers", "", `read what people heard from FILE: one {"id": "17", "left": "customer"} a line, with "drawn": true where the recording was drawn at random (in place of what the database has from otoscope review)`)
	return []flagGroup{{"Database", o.store.flags(env)}, {"Which results", which}}
}

// read returns what is known of the recordings, in the order of the results.
func (o *observedOptions) read(ctx context.Context, env environment) ([]rollout.Observation, error) {
	if len(o.results) > 0 && (o.store.db != "" || o.chooses()) {
		return nil, &usageError{sentence{Message: "--results contradicts --db and the choice of results", Advice: "Give one of them, or choose with jq"}}
	}
	answers := rollout.Given{}
	if o.answers != "" {
		f, err := openInput(ctx, o.answers, env.stdin)
		if err != nil {
			return nil, fmt.Errorf("reading the answers: %w", err)
		}
		defer f.Close()
		if answers, err = rollout.ReadAnswers(f, o.answers); err != nil {
			return nil, err
		}
	}
	var all []rollout.Observation
	add := func(r rollout.Result) error {
		one := r.Observe()
		if said, drawn := answers.Of(r.Name(), &r.Verdict); said != rollout.Unanswered {
			one.Answer, one.Drawn, one.Among = said, drawn, nil
		}
		delete(answers, r.Name())
		if _, grouped := r.Groups[o.when]; o.when == rollout.DayStratum && !grouped {
			one.At = r.Started
		}
		all = append(all, one)
		return nil
	}
	if err := o.each(ctx, env, add); err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, &sentence{Message: "there are no results", Advice: "Run otoscope batch first, or choose fewer conditions"}
	}
	if err := o.order(all); err != nil {
		return nil, err
	}
	all, left := rollout.Once(all)
	tellRepeated(env, left)
	if len(answers) > 0 {
		for id := range answers {
			fmt.Fprintf(env.stderr, "otoscope: %d answers are about recordings that are not among the results, such as %q\n", len(answers), id)
			break
		}
	}
	return all, nil
}

// order sets the times of the observations by the group that --when names.
func (o *observedOptions) order(all []rollout.Observation) error {
	if o.when == "" {
		return nil
	}
	if err := known([]string{o.when}, all); err != nil {
		return err
	}
	for i := range all {
		one := &all[i]
		if !one.At.IsZero() || one.TestCall {
			continue
		}
		at, err := parseDay(one.Strata[o.when])
		switch {
		case one.Strata[o.when] == "":
			return &sentence{
				Message: fmt.Sprintf("the recording %s is in no group %q", one.ID, o.when),
				Advice:  "Give each row of the manifest this group, or choose the recordings that have one",
			}
		case err != nil:
			return fmt.Errorf("the recording %s: the group %s: %w", one.ID, o.when, err)
		}
		one.At = at
	}
	return nil
}

// chooses reports whether the flags choose among the results of a database.
func (o *observedOptions) chooses() bool {
	f := &o.filter
	return f.batch+f.human != "" || len(f.outcomes)+len(f.findings)+len(f.groups)+len(f.ids) > 0
}

// each passes on each result.
func (o *observedOptions) each(ctx context.Context, env environment, add func(rollout.Result) error) error {
	for _, path := range o.results {
		f, err := openInput(ctx, path, env.stdin)
		if err != nil {
			return fmt.Errorf("reading the results: %w", err)
		}
		err = rollout.ReadResults(f, path, add)
		f.Close()
		if err != nil {
			return err
		}
	}
	if len(o.results) > 0 {
		return nil
	}
	filter, err := o.filter.read()
	if err != nil {
		return err
	}
	store, err := o.store.open(ctx, env)
	if err != nil {
		return err
	}
	defer store.Close()
	for r, err := range store.Known(ctx, filter) {
		if err == nil {
			err = add(resultOf(r))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// tellRepeated says how many results were left out because another batch has their recordings too.
func tellRepeated(env environment, n int) {
	if n > 0 {
		fmt.Fprintf(env.stderr, "otoscope: %d results are of recordings that another batch has too; each recording counts once\n", n)
	}
}

// resultOf is a stored result as rollout reads it.
func resultOf(r report.Row) rollout.Result {
	return rollout.Result{ID: r.ID, Verdict: r.Verdict, Human: r.Human, Batch: r.Batch, Place: r.File, Started: r.Started}
}

// RolloutCheckOptions are the flags of "otoscope rollout check".
type RolloutCheckOptions struct {
	goal     goalOptions
	observed observedOptions
	by       []string
	baseline string
	format   formatFlag
}

func newRolloutCheckCommand(env environment) *cobra.Command {
	o := &RolloutCheckOptions{goal: newGoalOptions()}
	c := &cobra.Command{
		Use:   "check [flags]",
		Short: "Decide: go, no-go, or what is missing",
		Long: `Check decides on the results so far: go, no-go, or how many more recordings or
answers are needed. Look as often as you like; the risks hold over all looks.

A recording counts for as much as its evidence. A person's answer, given at
otoscope review or in --answers, counts fully. Answers about recordings that were
drawn at random also tell how often otoscope is wrong here, and the decision says
whether it holds however otoscope errs. Groups named by --by are decided one by one
as well: one group that is a no-go makes the whole a no-go.

EXIT STATUS

    0  go
    1  no-go
    2  no results; or wrong usage
    3  more recordings or answers are needed
  130  interrupted`,
		Example: `  otoscope rollout check --max-swap-rate 1% --consumer-risk 5%
  otoscope rollout check --name sample.jsonl --by plugin --answers answers.jsonl
  otoscope rollout check --results monday.json --results tuesday.json`,
		DisableFlagsInUseLine: true,
		Args:                  cobra.NoArgs,
		RunE:                  func(c *cobra.Command, args []string) error { return runRolloutCheck(c.Context(), env, o) },
	}
	output := newFlagSet()
	o.format.can = func(f report.Format) bool { return f.Decision != nil }
	o.format.add(output)
	goal := o.goal.flags()
	goal.StringSliceVar(&o.by, "by", nil, "also decide on each value of the group `NAME`, which may be agent or day; separate several with commas")
	goal.StringVar(&o.baseline, "baseline", "", "the recordings of the group `NAME=VALUE` are known to be as declared: they tell how often otoscope misleads here, in place of --errors")
	groupFlags(c, slices.Concat([]flagGroup{{"Goal", goal}}, o.observed.flags(env), []flagGroup{{"Output", output}})...)
	o.format.complete(c)
	o.observed.filter.complete(c)
	return c
}

func runRolloutCheck(ctx context.Context, env environment, o *RolloutCheckOptions) error {
	format, err := o.format.read()
	if err != nil {
		return err
	}
	goal, errors, err := o.goal.read()
	if err != nil {
		return err
	}
	all, err := o.observed.read(ctx, env)
	if err != nil {
		return err
	}
	if err := known(o.by, all); err != nil {
		return err
	}
	if o.baseline != "" {
		if all, errors, err = o.compare(all, goal); err != nil {
			return err
		}
	}
	d := rollout.Check(all, rollout.CheckOptions{Goal: goal, Errors: errors, By: o.by})
	if err := write(env, format.Decision, d); err != nil {
		return err
	}
	switch d.Word {
	case rollout.NoGo:
		return statusError(statusRefuted)
	case rollout.More:
		return statusError(statusUndecided)
	}
	return nil
}

// compare takes the results of the baseline out, and counts how often otoscope misleads there.
func (o *RolloutCheckOptions) compare(all []rollout.Observation, goal rollout.Goal) ([]rollout.Observation, rollout.Errors, error) {
	name, value, ok := strings.Cut(o.baseline, "=")
	if !ok || name == "" {
		return nil, rollout.Errors{}, &usageError{sentence{Message: fmt.Sprintf("--baseline %q is not NAME=VALUE", o.baseline), Advice: "Write the group of recordings that are known to be as declared, such as --baseline plugin=2.3"}}
	}
	var rest, base []rollout.Observation
	for _, one := range all {
		if one.Strata[name] == value {
			base = append(base, one)
		} else {
			rest = append(rest, one)
		}
	}
	if len(base) == 0 || len(rest) == 0 {
		return nil, rollout.Errors{}, &usageError{sentence{Message: fmt.Sprintf("of %d results %d are of the baseline %s", len(all), len(base), o.baseline), Advice: "Choose results of the baseline and others together"}}
	}
	wrong, decided := rollout.Misled(base)
	return rest, rollout.ErrorsIn(wrong, decided, "the baseline "+o.baseline, goal), nil
}

// known fails if no recording has a group.
func known(names []string, all []rollout.Observation) error {
	has := map[string]bool{}
	for _, o := range all {
		for name := range o.Strata {
			has[name] = true
		}
	}
	for _, name := range names {
		if !has[name] {
			e := &usageError{sentence{Message: fmt.Sprintf("no result has the group %q", name), Advice: "Give the recordings groups in the manifest: a column group." + name}}
			if len(has) > 0 {
				var words []string
				for word := range has {
					words = append(words, word)
				}
				slices.Sort(words)
				e.Advice = "Groups are " + listed(words, "and")
			}
			return e
		}
	}
	return nil
}

// RolloutWatchOptions are the flags of "otoscope rollout watch".
type RolloutWatchOptions struct {
	goal     goalOptions
	observed observedOptions
	format   formatFlag
}

// watchedRate is the rate that a centre keeps if nobody says otherwise. An alarm follows
// sooner the lower it is.
const watchedRate = 0.005

func newRolloutWatchCommand(env environment) *cobra.Command {
	o := &RolloutWatchOptions{goal: newGoalOptions()}
	o.goal.goal.MaxSwapRate = watchedRate
	c := &cobra.Command{
		Use:   "watch [flags]",
		Short: "Find out whether a centre that runs still records as declared",
		Long: `Watch looks at all results in the order of their time and finds the point from
which more of them are not as declared. Run it as often as you like, every hour for
instance: the risk of a false alarm holds over all looks together.

EXIT STATUS

    0  no alarm
    1  alarm
    2  no results; or wrong usage
  130  interrupted`,
		Example: `  otoscope rollout watch --when day
  otoscope rollout watch --when day --max-swap-rate 0.2% --format json`,
		DisableFlagsInUseLine: true,
		Args:                  cobra.NoArgs,
		RunE:                  func(c *cobra.Command, args []string) error { return runRolloutWatch(c.Context(), env, o) },
	}
	output := newFlagSet()
	o.format.can = func(f report.Format) bool { return f.Alarm != nil }
	o.format.add(output)
	goal := o.goal.flags()
	goal.StringVar(&o.observed.when, "when", "", "order the recordings by the date or time in the group `NAME`, or by when they began: day (default: the order of the results)")
	groupFlags(c, slices.Concat([]flagGroup{{"Goal", goal}}, o.observed.flags(env), []flagGroup{{"Output", output}})...)
	o.format.complete(c)
	o.observed.filter.complete(c)
	return c
}

func runRolloutWatch(ctx context.Context, env environment, o *RolloutWatchOptions) error {
	format, err := o.format.read()
	if err != nil {
		return err
	}
	o.goal.goal.Expected = 0
	goal, errors, err := o.goal.read()
	if err != nil {
		return err
	}
	all, err := o.observed.read(ctx, env)
	if err != nil {
		return err
	}
	a := rollout.Watch(all, rollout.WatchOptions{Goal: goal, Errors: errors})
	if err := write(env, format.Alarm, a); err != nil {
		return err
	}
	if a.Alarmed {
		return statusError(statusRefuted)
	}
	return nil
}

// parseDay reads a date, or a point in time.
func parseDay(s string) (time.Time, error) {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t, nil
	}
	return declare.ParseStarted(s)
}
