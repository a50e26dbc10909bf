package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/otoscope/otoscope/verify/batch"
	"github.com/otoscope/otoscope/verify/cohort"
	"github.com/otoscope/otoscope/verify/cohort/discover"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/report"
)

// CohortOptions are the flags of "otoscope cohort".
type CohortOptions struct {
	store     storeOptions
	filter    filterOptions
	format    formatFlag
	caller    string
	seed      uint64
	recurring recurringOptions
}

func newCohortCommand(env environment) *cobra.Command {
	o := &CohortOptions{}
	c := &cobra.Command{
		Use:   "cohort [flags]",
		Short: "Find out what many results together say",
		Long: `Cohort looks at all results of a batch together. It finds sound that recurs, such as
greetings and recording notices: it belongs to the centre, so the channel that plays
it is the agent's side. It estimates how many recordings of each group are
exchanged, and since when. Every recording gets a second opinion in the key "cohort"
of its result; its own verdict stays as it is.

Batch does this at its end. Run cohort again at any time, also while a batch runs.

EXIT STATUS

    0  the opinions were stored
    2  there are no results; or wrong usage
  130  interrupted`,
		Example: `  otoscope cohort
  otoscope cohort --name calls.csv --caller from_number
  otoscope results --format json | jq 'select(.cohort.outcome == "swapped") | .id'`,
		DisableFlagsInUseLine: true,
		Args:                  cobra.NoArgs,
		RunE:                  func(c *cobra.Command, args []string) error { return runCohort(c.Context(), env, o) },
	}
	what, output := o.filter.flags(), newFlagSet()
	what.StringVar(&o.caller, "caller", "", "the group `NAME` says who calls; sound of one caller only is the caller's (default: caller, customer, from, number or phone, if there is one)")
	what.Uint64Var(&o.seed, "seed", 1, "draw the recordings that are compared by the random numbers that follow from `N`")
	o.format.can = func(f report.Format) bool { return f.Cohort != nil }
	o.format.add(output)
	o.recurring.flag(output)
	groupFlags(c, flagGroup{"Database", o.store.flags(env)}, flagGroup{"Which results", what}, flagGroup{"Output", output}, flagGroup{groupFetching + " (--recurring)", o.recurring.again.flags()})
	o.format.complete(c)
	o.filter.complete(c)
	o.recurring.again.fetch.complete(c)
	return c
}

func runCohort(ctx context.Context, env environment, o *CohortOptions) error {
	format, err := o.format.read()
	if err != nil {
		return err
	}
	if err := o.recurring.check(); err != nil {
		return err
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
	stored, err := store.Cohort(ctx, filter)
	if err != nil {
		return err
	}
	if stored.Len() == 0 {
		return &sentence{Message: "there are no results", Advice: "Run otoscope batch first, or choose fewer conditions"}
	}
	tellRepeated(env, stored.Repeated())
	r, err := judgeTogether(ctx, stored, cohort.Options{Seed: o.seed, Caller: o.caller})
	if err != nil {
		return err
	}
	if err := write(env, format.Cohort, r); err != nil || o.recurring.dir == "" {
		return err
	}
	return o.recurring.export(ctx, env, store, stored, r)
}

// judgeTogether judges results and keeps the opinions.
func judgeTogether(ctx context.Context, stored *batch.Cohort, o cohort.Options) (*cohort.Report, error) {
	r, opinions, err := cohort.Judge(ctx, stored, o)
	if err != nil {
		return nil, err
	}
	return r, stored.Keep(ctx, opinions)
}

// DiscoverOptions are the flags of "otoscope discover".
type DiscoverOptions struct {
	store  storeOptions
	filter filterOptions
	format formatFlag
}

func newDiscoverCommand(env environment) *cobra.Command {
	o := &DiscoverOptions{}
	c := &cobra.Command{
		Use:   "discover [flags]",
		Short: "Find out which rule puts the parties on the channels",
		Long: `Discover compares the results of a batch with every rule by which systems lay out
channels: by role, by who placed the call, by the leg that was recorded, by who
joined first, by who is heard first, in turns, or by configuration. It says how sure
the rule is, which recordings are exceptions, and what to set for each consumer.

Rules are told apart by what is known of the calls: give the batch directions,
recording methods and join times. Thirty decided calls usually suffice.

EXIT STATUS

    0  a rule was found
    2  there are no results; or wrong usage
    3  no rule is sure
  130  interrupted`,
		Example: `  otoscope discover
  otoscope discover --name calls.csv --format json | jq '.rules[0]'`,
		DisableFlagsInUseLine: true,
		Args:                  cobra.NoArgs,
		RunE:                  func(c *cobra.Command, args []string) error { return runDiscover(c.Context(), env, o) },
	}
	output := newFlagSet()
	o.format.can = func(f report.Format) bool { return f.Discovered != nil }
	o.format.add(output)
	groupFlags(c, flagGroup{"Database", o.store.flags(env)}, flagGroup{"Which results", o.filter.flags()}, flagGroup{"Output", output})
	o.format.complete(c)
	o.filter.complete(c)
	return c
}

func runDiscover(ctx context.Context, env environment, o *DiscoverOptions) error {
	format, err := o.format.read()
	if err != nil {
		return err
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
	var calls []discover.Call
	var repeats cohort.Repeats
	directions := map[declare.Direction]bool{}
	for k, err := range store.Known(ctx, filter) {
		if err != nil {
			return err
		}
		if repeats.Add(k.Batch, cohort.Identify(k.File, &k.Verdict)) {
			continue
		}
		if c, ok := discover.Heard(k.ID, len(calls), &k.Verdict, k.Facts); ok {
			calls, directions[c.Direction] = append(calls, c), true
		}
	}
	if len(calls) == 0 {
		return &sentence{Message: "there are no results with two sides", Advice: "Run otoscope batch first, or choose fewer conditions"}
	}
	tellRepeated(env, repeats.Count)
	d := report.Discovered{Schema: 1, Recordings: len(calls), Rules: discover.Rules(calls), Settings: []discover.Setting{}}
	found := d.Rules[0].Named()
	if found {
		direction := declare.UnknownDirection
		if len(directions) == 1 {
			direction = calls[0].Direction
		}
		d.Settings = d.Rules[0].Settings(direction)
	}
	if err := write(env, format.Discovered, d); err != nil {
		return err
	}
	if !found {
		return statusError(statusUndecided)
	}
	return nil
}
