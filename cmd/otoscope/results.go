package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch"
	"github.com/otoscope/otoscope/verify/cohort"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/report"
)

// ResultsOptions are the flags of "otoscope results".
type ResultsOptions struct {
	store   storeOptions
	filter  filterOptions
	format  formatFlag
	out     string
	detail  bool
	summary bool
	rows    bool
	talk    bool
	page    batchPageOptions
	// recurring is where the sounds that recur are written.
	recurring recurringOptions
}

// filterOptions select results.
type filterOptions struct {
	batch                           string
	outcomes, findings, groups, ids []string
	human                           string
}

func (o *filterOptions) flags() *pflag.FlagSet {
	f := newFlagSet()
	f.StringVar(&o.batch, "name", "", "only results of the batch `NAME`")
	f.StringSliceVar(&o.outcomes, "outcome", nil, "only results with `OUTCOME`; separate several with commas")
	f.StringSliceVar(&o.findings, "finding", nil, "only results with the finding `CODE`; separate several with commas")
	f.StringArrayVar(&o.groups, "group", nil, "only results of the group `NAME=VALUE`; repeat for several, all must match")
	f.StringArrayVar(&o.ids, "id", nil, "only the row `ID`; repeat for several")
	return f
}

// flagsOfResults are the flags, and the choice by what people said.
func (o *filterOptions) flagsOfResults() *pflag.FlagSet {
	f := o.flags()
	f.StringVar(&o.human, "human", "", "only results of which people said `WHAT`: verified (what is on the channels), unclear (they cannot tell) or none (nobody has listened)")
	return f
}

func outcomeWords() []string {
	return []string{string(verify.Match), string(verify.Swapped), string(verify.Unusable), string(verify.Undecided), string(verify.Errored)}
}

func findingCodes() []string {
	var codes []string
	for _, k := range finding.All() {
		codes = append(codes, string(k.Code))
	}
	return codes
}

func (o *filterOptions) complete(c *cobra.Command) {
	complete(c, "outcome", outcomeWords()...)
	complete(c, "finding", findingCodes()...)
	if c.Flags().Lookup("human") != nil {
		complete(c, "human", humanWords()...)
	}
}

func humanWords() []string {
	var words []string
	for _, h := range batch.Humans() {
		words = append(words, string(h))
	}
	return words
}

func (o *filterOptions) read() (batch.Filter, error) {
	f := batch.Filter{Batch: o.batch, Findings: o.findings, IDs: o.ids, Human: batch.Human(o.human)}
	if o.human != "" && !slices.Contains(humanWords(), o.human) {
		return f, &usageError{sentence{Message: fmt.Sprintf("unknown --human %q", o.human), Advice: "Values are " + strings.Join(humanWords(), ", ")}}
	}
	for _, words := range []struct {
		flag   string
		values []string
	}{{"name", []string{o.batch}}, {"group", o.groups}, {"id", o.ids}} {
		for _, value := range words.values {
			if err := checkWord(words.flag, value); err != nil {
				return f, err
			}
		}
	}
	for _, word := range o.outcomes {
		if !slices.Contains(outcomeWords(), word) {
			return f, &usageError{sentence{Message: fmt.Sprintf("unknown --outcome %q", word), Advice: "Outcomes are " + strings.Join(outcomeWords(), ", ")}}
		}
		f.Outcomes = append(f.Outcomes, verify.Outcome(word))
	}
	for _, code := range o.findings {
		if !slices.Contains(findingCodes(), code) {
			e := &usageError{sentence{Message: fmt.Sprintf("unknown --finding %q", code), Advice: "otoscope help findings lists all"}}
			if near := alike(code, findingCodes()); len(near) > 0 {
				e.Advice = "Did you mean this? --finding " + strings.Join(near, " or --finding ")
			}
			return f, e
		}
	}
	for _, g := range o.groups {
		name, value, ok := strings.Cut(g, "=")
		if !ok || name == "" {
			return f, &usageError{sentence{Message: fmt.Sprintf("--group %q is not NAME=VALUE", g), Advice: "Write --group NAME=VALUE, such as --group queue=billing"}}
		}
		f.Groups = append(f.Groups, batch.Group{Name: name, Value: value})
	}
	return f, nil
}

func newResultsCommand(env environment) *cobra.Command {
	o := &ResultsOptions{}
	c := &cobra.Command{
		Use:   "results [flags]",
		Short: "Show batch results as a summary, rows, CSV, JUnit or a web page",
		Long:  resultsHelp,
		Example: `  otoscope results
  otoscope results --outcome swapped,unusable --group queue=billing
  otoscope results --format json | jq 'select(.confidence < 0.999) | .id'
  otoscope results --format csv > results.csv
  otoscope results --format html --out results.html --cohort --rollout
  otoscope results --talk --format csv > talk.csv
  otoscope results purge --before 2026-10-01`,
		DisableFlagsInUseLine: true,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return &usageError{sentence{Message: fmt.Sprintf("results takes no argument %q", args[0]), Advice: "To choose rows use --name, --outcome, --finding, --group, --id and --human; to delete them: otoscope results purge"}}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return runResults(c.Context(), env, o) },
	}
	output := newFlagSet()
	o.format.can = func(f report.Format) bool { return canResults(f) || f.Batch != nil || f.Labels != nil }
	o.format.add(output)
	output.StringVarP(&o.out, "out", "o", "", "write to `FILE` instead of standard output")
	output.BoolVar(&o.rows, "rows", false, "also list the rows, one line each (text)")
	output.BoolVar(&o.summary, "summary", false, "write the summary instead of the rows (json)")
	output.BoolVar(&o.detail, "detail", false, "add every measurement (json)")
	output.BoolVar(&o.talk, "talk", false, "write talk measures by group instead, as declared and as heard (text, json, csv)")
	o.recurring.flag(output)
	groupFlags(c,
		flagGroup{"Database", o.store.flags(env)},
		flagGroup{"Which results", o.filter.flagsOfResults()},
		flagGroup{"Output", output},
		flagGroup{"A page to look at (html)", o.page.flags()},
		flagGroup{groupFetching + " (--recurring)", o.recurring.again.flags()},
	)
	o.format.complete(c)
	o.filter.complete(c)
	o.recurring.again.fetch.complete(c)
	completeFiles(c, "out", "html", "csv", "json")
	c.AddCommand(newPurgeCommand(env))
	return c
}

const resultsHelp = `Results shows what a batch found, also while it runs. The summary counts
outcomes, findings and groups, with rates and their 95 % intervals
(Clopper-Pearson). The worst groups come first, ordered by the lower bound of
the refuted share of decided recordings. Rows come in the order of the manifest.
With --outcome, --finding, --id or --human, the text lists the rows too, with what
people said at otoscope review.

json writes one object per row: that of otoscope verify, with id and row. junit
reports refuted recordings as failures, unchecked ones as errors and undecided
ones as skipped. In csv, an apostrophe stands before text that a spreadsheet
would take for a formula. --talk compares, for all recordings and by group, the
agent's share of the talk as declared with that as heard: what wrong declarations
cost. Recordings count that are decided, by themselves or by the opinion that
otoscope cohort stored. html is one file that needs nothing but a browser: see
otoscope help pages.

EXIT STATUS

    0  the results were written, whatever they are
    2  there are none; or wrong usage
  130  interrupted`

func (o *ResultsOptions) check(env environment) error {
	format, err := o.format.read()
	switch {
	case err != nil:
		return err
	case o.rows && !o.format.text():
		return &usageError{sentence{Message: "--rows is for --format text", Advice: "The other formats list the rows anyway"}}
	case o.page.asked() && format.Batch == nil:
		return &usageError{sentence{Message: "--cohort and --rollout are for --format html", Advice: "Elsewhere these are commands: otoscope cohort, and otoscope rollout check"}}
	case o.talk && format.Talk == nil:
		return &usageError{sentence{Message: "--talk cannot be written as " + format.Name, Advice: "Use --format text, json or csv"}}
	case o.talk && (o.rows || o.summary || o.detail):
		return &usageError{sentence{Message: "--talk is written instead of rows and summary", Advice: "Leave out --rows, --summary and --detail"}}
	case o.summary && o.format.text():
		return &usageError{sentence{Message: "--summary is for --format json", Advice: "The text is the summary"}}
	case o.summary && format.Summary == nil:
		return &usageError{sentence{Message: "--format " + format.Name + " has no summary", Advice: "Use --format json --summary"}}
	case o.detail && (!o.format.json() || o.summary):
		return &usageError{sentence{Message: "--detail is for rows in JSON", Advice: "Add --format json"}}
	case o.out != "" && o.out != "-":
		db, err := o.store.target(env)
		if err != nil {
			return err
		}
		if err := writable("out", o.out, db); err != nil {
			return err
		}
	}
	return o.recurring.check()
}

func runResults(ctx context.Context, env environment, o *ResultsOptions) error {
	if err := o.check(env); err != nil {
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
	write := func(w io.Writer) error {
		out := bufio.NewWriterSize(w, 64<<10)
		if err := o.write(ctx, env, store, filter, out); err != nil {
			return err
		}
		return out.Flush()
	}
	if o.out == "" || o.out == "-" {
		err = write(env.stdout)
	} else {
		err = replaceFile(o.out, pageMode, write)
	}
	if err != nil || o.recurring.dir == "" {
		return err
	}
	return o.writeRecurring(ctx, env, store, filter)
}

// writeRecurring looks for the sounds that recur and writes them.
func (o *ResultsOptions) writeRecurring(ctx context.Context, env environment, store *batch.Store, f batch.Filter) error {
	stored, err := store.Cohort(ctx, f)
	if err != nil {
		return err
	}
	found, _, err := cohort.Judge(ctx, stored, cohort.Options{})
	if err != nil {
		return err
	}
	return o.recurring.export(ctx, env, store, stored, found)
}

// write writes the requested output: the summary, the rows, or both.
func (o *ResultsOptions) write(ctx context.Context, env environment, store *batch.Store, f batch.Filter, out io.Writer) error {
	format, err := o.format.read()
	if err != nil {
		return err
	}
	if o.talk {
		stored, err := store.Cohort(ctx, f)
		if err != nil {
			return err
		}
		all, err := stored.Recordings(ctx)
		if err != nil {
			return err
		}
		return format.Talk(out, cohort.CompareTalk(all, stored.Opinions()), env.report())
	}
	groups, err := store.GroupNames(ctx)
	if err != nil {
		return err
	}
	summary, err := store.Summarise(ctx, f)
	if err != nil {
		return err
	}
	if f.Batch == "" {
		names, err := store.Batches(ctx)
		if err != nil {
			return err
		}
		summary.Name = strings.Join(names, ", ")
	}
	options := env.report()
	options.Detail, options.Brief = o.detail, o.format.text()
	if format.Batch != nil {
		page, err := o.page.batch(ctx, store, f, summary)
		if err != nil {
			return err
		}
		return format.Batch(out, page, options)
	}
	if o.summary || o.format.text() {
		if err := format.Summary(out, summary, options); err != nil || o.summary {
			return err
		}
		switch {
		case summary.Results == 0 && !f.IsEmpty():
			return report.NothingChosen(out, len(f.Groups) > 0, groups, options)
		case !o.rows && len(f.Outcomes) == 0 && len(f.Findings) == 0 && len(f.IDs) == 0 && f.Human == "":
			return nil
		}
		fmt.Fprintln(out)
	}
	about := report.About{Groups: groups, Summary: &summary}
	if format.Labels != nil {
		return writeRows(format.Labels(out, about, options), store.Known(ctx, f))
	}
	return writeRows(format.Results(out, about, options), store.Results(ctx, f, o.detail))
}

// writeRows writes results one after the other.
func writeRows(results report.Results, rows iter.Seq2[report.Row, error]) error {
	for r, err := range rows {
		if err != nil {
			return err
		}
		if err := results.Write(r); err != nil {
			return err
		}
	}
	return results.Close()
}

func (o *storeOptions) open(ctx context.Context, env environment) (*batch.Store, error) {
	target, err := o.target(env)
	if err != nil {
		return nil, err
	}
	return batch.Open(ctx, target, batch.OpenOptions{})
}

// PurgeOptions are the flags of "otoscope results purge".
type PurgeOptions struct {
	store  storeOptions
	filter filterOptions
	before string
	all    bool
}

func newPurgeCommand(env environment) *cobra.Command {
	o := &PurgeOptions{}
	c := &cobra.Command{
		Use:   "purge [flags]",
		Short: "Delete results permanently",
		Long: `Purge deletes rows and everything known about them from every table. It then
rewrites the database, so that nothing of them is left in its files. If a manifest
lists a deleted recording again, batch verifies it again.

On PostgreSQL, purge locks the tables while it rewrites them. It does not touch
PostgreSQL's own logs and backups.

EXIT STATUS

    0  the chosen rows are gone, if there were any
    2  the database refused; or wrong usage
  130  interrupted`,
		Example: `  otoscope results purge --id call-17
  otoscope results purge --before 2026-10-01 --group queue=billing
  otoscope results purge --all`,
		DisableFlagsInUseLine: true,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return &usageError{sentence{Message: fmt.Sprintf("purge takes no argument %q", args[0]), Advice: "Choose rows with --id"}}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return runPurge(c.Context(), env, o) },
	}
	which := o.filter.flagsOfResults()
	which.StringVar(&o.before, "before", "", "only results older than `TIME`: 2026-10-01 (UTC) or 2026-10-01T08:00:00Z")
	which.BoolVar(&o.all, "all", false, "everything, or everything of the batch that --name names")
	groupFlags(c,
		flagGroup{"Database", o.store.flags(env)},
		flagGroup{"Which results", which},
	)
	o.filter.complete(c)
	return c
}

func runPurge(ctx context.Context, env environment, o *PurgeOptions) error {
	filter, err := o.filter.read()
	if err != nil {
		return err
	}
	chosen := !filter.IsEmpty() || o.before != ""
	switch {
	case o.all && chosen:
		return &usageError{sentence{Message: "--all and a choice of rows contradict each other", Advice: "Leave one of them out"}}
	case !o.all && !chosen:
		return &usageError{sentence{Message: "which results?", Advice: "Choose with --id, --before, --group, --outcome, --finding or --human, or give --all"}}
	}
	if o.before != "" {
		if filter.Before, err = time.Parse(time.DateOnly, o.before); err != nil {
			if filter.Before, err = time.Parse(time.RFC3339, o.before); err != nil {
				return &usageError{sentence{Message: fmt.Sprintf("--before %q is not a time", o.before), Advice: "Write 2026-10-01, or 2026-10-01T08:00:00Z"}}
			}
		}
	}
	store, err := o.store.open(ctx, env)
	if err != nil {
		return err
	}
	defer store.Close()
	n, err := store.Purge(ctx, filter)
	if err != nil {
		return err
	}
	return report.Deleted(env.stdout, n)
}
