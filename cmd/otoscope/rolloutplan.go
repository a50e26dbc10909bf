package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/otoscope/otoscope/verify/batch/manifest"
	"github.com/otoscope/otoscope/verify/cohort/rollout"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/report"
)

// RolloutPlanOptions are the flags of "otoscope rollout plan".
type RolloutPlanOptions struct {
	goal        goalOptions
	format      formatFlag
	from, out   string
	by          []string
	size        int
	seed        uint64
	cluster     string
	correlation float64
}

// The correlation of faults within a cluster where nobody states one: agents of one centre
// share most of what makes a swap, but one of them in ten may not.
const defaultCorrelation = 0.1

func newRolloutPlanCommand(env environment) *cobra.Command {
	o := &RolloutPlanOptions{goal: newGoalOptions(), correlation: defaultCorrelation}
	c := &cobra.Command{
		Use:   "plan [flags]",
		Short: "Say how many recordings to look at, and draw them",
		Long: `Plan says how many recordings a decision takes: one by one with rollout check, which
stops as soon as it can, or a fixed number that people settle.

With --from it draws the recordings at random from a manifest and writes them as a
manifest of their own. --by shares them among the values of a column in proportion
to their numbers.

A sample speaks for the recordings that it was drawn from. If calls of one agent or
day go together, and the answer is to hold for others too, name that column with
--cluster: the sample then grows, or plan says that there are too few of them.

EXIT STATUS

    0  the plan was written
    2  the manifest cannot be read; or wrong usage
  130  interrupted`,
		Example: `  otoscope rollout plan --max-swap-rate 1% --consumer-risk 5%
  otoscope rollout plan --expected 0.1% --producer-risk 10% --format json
  otoscope rollout plan --from calls.csv --by agent,plugin --seed 7 --out sample.jsonl`,
		DisableFlagsInUseLine: true,
		Args:                  cobra.NoArgs,
		RunE:                  func(c *cobra.Command, args []string) error { return runRolloutPlan(c.Context(), env, o) },
	}
	goal, sample, output := o.goal.flags(), newFlagSet(), newFlagSet()
	goal.Var((*percentFlag)(&o.goal.goal.Expected), "expected", "`RATE` of a centre that works, below --max-swap-rate")
	sample.StringVar(&o.from, "from", "", "draw from the recordings that the manifest `FILE` lists")
	sample.StringVar(&o.out, "out", "", "write the sample to `FILE`, as JSON lines")
	sample.StringSliceVar(&o.by, "by", nil, "share the sample among the values of `COLUMN`: agent, a group or day; separate several with commas")
	sample.IntVar(&o.size, "size", 0, "draw `N` recordings (default: what rollout check needs in 9 of 10 centres that work)")
	sample.Uint64Var(&o.seed, "seed", 1, "draw by the random numbers that follow from `N`")
	sample.StringVar(&o.cluster, "cluster", "", "recordings with the same value of `COLUMN` go together: agent, a group or day")
	sample.Float64Var(&o.correlation, "correlation", defaultCorrelation, "of faults within a cluster: `R` is 0 if none, 1 if a cluster is faulty wholly or not at all")
	o.format.can = func(f report.Format) bool { return f.Plan != nil }
	o.format.add(output)
	groupFlags(c, flagGroup{"Goal", goal}, flagGroup{"Sample", sample}, flagGroup{"Output", output})
	o.format.complete(c)
	completeFiles(c, "from", "csv", "tsv", "jsonl", "ndjson", "json")
	return c
}

func (o *RolloutPlanOptions) check() error {
	switch {
	case o.from == "" && (o.out != "" || len(o.by) > 0 || o.size != 0 || o.cluster != ""):
		return &usageError{sentence{Message: "which manifest to draw from?", Advice: "Add --from calls.csv"}}
	case o.from != "" && o.out == "":
		return &usageError{sentence{Message: "where to write the sample?", Advice: "Add --out sample.jsonl"}}
	case o.size < 0:
		return &usageError{sentence{Message: fmt.Sprintf("--size must be at least 1, not %d", o.size)}}
	case !(o.correlation >= 0 && o.correlation <= 1):
		return &usageError{sentence{Message: fmt.Sprintf("--correlation must lie between 0 and 1, not %g", o.correlation)}}
	case o.out != "":
		return writable("out", o.out, o.from)
	}
	return nil
}

func runRolloutPlan(ctx context.Context, env environment, o *RolloutPlanOptions) error {
	format, err := o.format.read()
	if err != nil {
		return err
	}
	goal, errors, err := o.goal.read()
	if err == nil {
		err = o.check()
	}
	if err != nil {
		return err
	}
	plan := report.RolloutPlan{
		Schema: rollout.DecisionSchema, Goal: goal, Errors: errors,
		Fixed: goal.Fixed(), Sequential: goal.Sequential(errors),
	}
	if o.from != "" {
		if plan.Sample, err = o.draw(ctx, env, &plan); err != nil {
			return err
		}
	}
	return write(env, format.Plan, plan)
}

// draw draws the sample in two passes over the manifest, which may be longer than memory.
func (o *RolloutPlanOptions) draw(ctx context.Context, env environment, plan *report.RolloutPlan) (*report.RolloutSample, error) {
	if o.from == "-" {
		return nil, &usageError{sentence{Message: "--from cannot be standard input, which can be read only once", Advice: "Name a file"}}
	}
	sample := &report.RolloutSample{File: o.out, Seed: o.seed, By: append([]string{}, o.by...), Warnings: []string{}}
	var strata []string
	clusters, days := map[string]bool{}, map[string]bool{}
	missing := map[string]int{}
	value := func(f manifest.Fields, column string) string {
		v := columnOf(f, column)
		if v == "" {
			missing[column]++
		}
		return v
	}
	err := o.rows(ctx, env, func(e manifest.Entry) error {
		if e.Err != nil {
			sample.Unusable++
			return nil
		}
		if isTestCall(e.Fields) {
			sample.TestCalls++
			return nil
		}
		var key []string
		for _, column := range o.by {
			key = append(key, value(e.Fields, column))
		}
		strata = append(strata, strings.Join(key, "\x00"))
		if o.cluster != "" {
			clusters[value(e.Fields, o.cluster)] = true
		}
		days[columnOf(e.Fields, rollout.DayStratum)] = true
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(strata) == 0 {
		return nil, &sentence{Message: fmt.Sprintf("the manifest %s lists no recording to draw from", o.from), Advice: "Rows that cannot be read and test calls do not count: otoscope batch says what is wrong with each"}
	}
	sample.Recordings = len(strata)
	for _, column := range slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(o.by), o.cluster)))) {
		if column != "" && missing[column] >= len(strata) {
			return nil, &usageError{sentence{Message: fmt.Sprintf("no row of the manifest has a value for %q", column), Advice: "Name a column of facts such as agent, a group, or day, which --started gives"}}
		}
		if n := missing[column]; n > 0 {
			sample.Warnings = append(sample.Warnings, fmt.Sprintf("%d rows have no value for %s; they form a group of their own.", n, column))
		}
	}
	sample.Size = o.sampleSize(plan, sample, len(clusters))
	if len(days) == 1 && !days[""] {
		sample.Warnings = append(sample.Warnings, "All recordings are of one day. The answer says nothing about other days.")
	}
	drawn := rollout.Draw(strata, sample.Size, o.seed)
	sample.Strata, sample.Empty = drawn.Strata, drawn.Empty
	return sample, replaceFile(o.out, 0o644, func(to io.Writer) error { return o.writeSample(ctx, env, to, drawn.Chosen) })
}

// sampleSize is how many recordings to draw.
func (o *RolloutPlanOptions) sampleSize(plan *report.RolloutPlan, sample *report.RolloutSample, clusters int) int {
	size := o.size
	if size == 0 {
		size = plan.Sequential.P90
	}
	if size == 0 {
		size = plan.Fixed[0].Size
	}
	if o.cluster != "" {
		grown := rollout.Clustered(size, clusters, o.correlation)
		if grown == 0 {
			sample.Warnings = append(sample.Warnings, fmt.Sprintf(
				"%d different values of %s are too few for an answer about others: with a correlation of %g it takes more than %.0f. The answer holds for the listed recordings only.",
				clusters, o.cluster, o.correlation, float64(size)*o.correlation))
		} else {
			size = grown
		}
	}
	if size > sample.Recordings {
		sample.Warnings = append(sample.Warnings, fmt.Sprintf(
			"The manifest lists fewer than the %d recordings wanted, so the sample holds all of them. For an answer about these alone, %d without a fault suffice.",
			size, plan.Goal.Among(sample.Recordings)))
		size = sample.Recordings
	}
	return size
}

// rows reads the manifest from start to end.
func (o *RolloutPlanOptions) rows(ctx context.Context, env environment, each func(manifest.Entry) error) error {
	m, err := manifest.Open(o.from, env.stdin, manifest.Options{})
	if err != nil {
		return err
	}
	defer m.Close()
	for e := range m.Entries() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := each(e); err != nil {
			return err
		}
	}
	return nil
}

// writeSample writes the chosen of the usable rows.
func (o *RolloutPlanOptions) writeSample(ctx context.Context, env environment, to io.Writer, chosen []int) error {
	m, err := manifest.Open(o.from, env.stdin, manifest.Options{})
	if err != nil {
		return err
	}
	defer m.Close()
	out := bufio.NewWriter(to)
	w, usable := manifest.NewWriter(out, m), -1
	for e := range m.Entries() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if e.Err != nil || isTestCall(e.Fields) {
			continue
		}
		if usable++; len(chosen) == 0 || chosen[0] != usable {
			continue
		}
		chosen = chosen[1:]
		if err := w.Write(e); err != nil {
			return err
		}
	}
	return out.Flush()
}

// isTestCall reports whether a row says that it is of a test call, which no sample of customers'
// calls holds.
func isTestCall(f manifest.Fields) bool {
	var call declare.Call
	for _, fact := range declare.Table() {
		if fact.Name == "test_call" {
			// What cannot be read says nothing.
			_ = fact.Set(&call, f.Word(fact.Name))
		}
	}
	return call.Facts.TestCall
}

// columnOf is a row's word about a fact, or its value of a group.
func columnOf(f manifest.Fields, column string) string {
	for _, w := range f.Words {
		if name, value, _ := strings.Cut(w.Value, "="); w.Fact == "group" && name == column {
			return value
		}
	}
	if word := f.Word(column); word != "" || column != rollout.DayStratum {
		return word
	}
	if t, err := parseDay(f.Word("started")); err == nil {
		return t.UTC().Format(time.DateOnly)
	}
	return ""
}
