package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/report"
)

// ResultsOptions are the flags of "otoscope results".
type ResultsOptions struct {
	store   storeOptions
	filter  filterOptions
	format  string
	detail  bool
	summary bool
	rows    bool
}

// filterOptions choose results.
type filterOptions struct {
	batch                           string
	outcomes, findings, groups, ids []string
}

func (o *filterOptions) flags() *pflag.FlagSet {
	f := newFlagSet()
	f.StringVar(&o.batch, "name", "", "only those of the batch `NAME`")
	f.StringSliceVar(&o.outcomes, "outcome", nil, "only those with the `OUTCOME`; several are separated by commas")
	f.StringSliceVar(&o.findings, "finding", nil, "only those with the finding `CODE`; several are separated by commas")
	f.StringArrayVar(&o.groups, "group", nil, "only those of the group `NAME=VALUE`; may be given again, and all must hold")
	f.StringArrayVar(&o.ids, "id", nil, "only the row `ID`; may be given again")
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
}

func (o *filterOptions) read() (batch.Filter, error) {
	f := batch.Filter{Batch: o.batch, Findings: o.findings, IDs: o.ids}
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
			return f, &usageError{message: fmt.Sprintf("--outcome %q is not known", word), hint: "Outcomes are " + strings.Join(outcomeWords(), ", ")}
		}
		f.Outcomes = append(f.Outcomes, verify.Outcome(word))
	}
	for _, code := range o.findings {
		if !slices.Contains(findingCodes(), code) {
			e := &usageError{message: fmt.Sprintf("--finding %q is not known", code), hint: "The summary of otoscope results lists those that there are"}
			if near := alike(code, findingCodes()); len(near) > 0 {
				e.hint = "Did you mean this? --finding " + strings.Join(near, " or --finding ")
			}
			return f, e
		}
	}
	for _, g := range o.groups {
		name, value, ok := strings.Cut(g, "=")
		if !ok || name == "" {
			return f, &usageError{message: fmt.Sprintf("--group %q has no name and value", g), hint: "Write --group NAME=VALUE, such as --group queue=billing"}
		}
		f.Groups = append(f.Groups, batch.Group{Name: name, Value: value})
	}
	return f, nil
}

func newResultsCommand(env environment) *cobra.Command {
	o := &ResultsOptions{}
	c := &cobra.Command{
		Use:   "results [flags]",
		Short: "Say what came of batches: a summary, the rows, a table, JUnit",
		Long:  resultsHelp,
		Example: `  otoscope results
  otoscope results --outcome swapped,unusable --group queue=billing
  otoscope results --format json | jq 'select(.confidence < 0.999) | .id'
  otoscope results --format csv > results.csv
  otoscope results purge --before 2026-10-01`,
		DisableFlagsInUseLine: true,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return &usageError{message: fmt.Sprintf("results knows no %q", args[0]), hint: "To choose rows use --name, --outcome, --finding, --group and --id; to delete them: otoscope results purge"}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return runResults(c.Context(), env, o) },
	}
	output := newFlagSet()
	output.StringVar(&o.format, "format", "text", "write `FORMAT`: text (the summary), json or jsonl (a row a line), csv, junit")
	output.BoolVar(&o.rows, "rows", false, "list the rows too, one line each (text)")
	output.BoolVar(&o.summary, "summary", false, "write the summary instead of the rows (json)")
	output.BoolVar(&o.detail, "detail", false, "add every measurement (json)")
	groupFlags(c,
		flagGroup{"Where they are kept", o.store.flags(env)},
		flagGroup{"Which", o.filter.flags()},
		flagGroup{"Output", output},
	)
	complete(c, "format", "text", "json", "jsonl", "csv", "junit")
	o.filter.complete(c)
	c.AddCommand(newPurgeCommand(env))
	return c
}

const resultsHelp = `Results tells what is known of the recordings of a batch, while it runs too. The
summary counts outcomes, findings and groups, with rates and their 95 % intervals
(Clopper-Pearson), the worst groups first: by the lower bound of the share that
is refuted of those decided. Rows come in the order of the manifest. With a
choice of rows (--outcome, --finding, --id) the text lists them.

As json each row is one object a line, that of otoscope verify with id and row.
As junit what is refuted is a failure, what could not be checked an error, and
what is undecided is skipped. In csv, text that a spreadsheet would take for a
formula begins with an apostrophe.

EXIT STATUS

    0  the results were told, whatever they are
    2  wrong usage, or there are none`

func (o *ResultsOptions) check() error {
	switch {
	case !slices.Contains([]string{"text", "json", "jsonl", "csv", "junit"}, o.format):
		return &usageError{message: fmt.Sprintf("--format %q is not known", o.format), hint: "Formats are text, json, jsonl, csv and junit"}
	case o.rows && o.format != "text":
		return &usageError{message: "--rows is for --format text", hint: "The other formats have the rows anyway"}
	case o.summary && o.format != "json" && o.format != "jsonl":
		return &usageError{message: "--summary is for --format json", hint: "The text is the summary"}
	case o.detail && (o.format != "json" && o.format != "jsonl" || o.summary):
		return &usageError{message: "--detail is for the rows as json", hint: "Add --format json"}
	}
	return nil
}

func runResults(ctx context.Context, env environment, o *ResultsOptions) error {
	if err := o.check(); err != nil {
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
	out := bufio.NewWriterSize(env.stdout, 64<<10)
	if err := o.tell(ctx, env, store, filter, out); err != nil {
		return err
	}
	return out.Flush()
}

func (o *ResultsOptions) tell(ctx context.Context, env environment, store *batch.Store, f batch.Filter, out io.Writer) error {
	switch {
	case o.format == "csv":
		groups, err := store.GroupNames(ctx)
		if err != nil {
			return err
		}
		return batch.WriteCSV(out, store.Results(ctx, f, false), groups)
	case o.format != "text" && o.format != "junit" && !o.summary:
		return batch.WriteJSON(out, store.Results(ctx, f, o.detail))
	}
	summary, err := store.Summarise(ctx, f)
	if err != nil {
		return err
	}
	switch {
	case o.format == "junit":
		return batch.WriteJUnit(out, summary, store.Results(ctx, f, false))
	case o.summary:
		return escape.Encode(out, summary)
	}
	title := f.Batch
	if title == "" {
		names, err := store.Batches(ctx)
		if err != nil {
			return err
		}
		title = strings.Join(names, ", ")
	}
	if err := summaryText(out, env, summary, title); err != nil {
		return err
	}
	if summary.Results == 0 && f.Chooses() {
		return tellNothing(ctx, store, f, out)
	}
	if !o.rows && len(f.Outcomes) == 0 && len(f.Findings) == 0 && len(f.IDs) == 0 {
		return nil
	}
	fmt.Fprintln(out)
	options := report.Options{Brief: true, Color: env.color(), ASCII: env.ascii(), Width: env.width()}
	for r, err := range store.Results(ctx, f, false) {
		if err != nil {
			return err
		}
		v, err := r.Verdict()
		if err != nil {
			return err
		}
		switch v.Recording {
		case r.ID:
		case "":
			v.Recording = r.ID
		default:
			v.Recording = r.ID + " (" + v.Recording + ")"
		}
		if err := report.Text(out, v, options); err != nil {
			return err
		}
	}
	return nil
}

// tellNothing says that nothing was chosen, and what there would have been to choose.
func tellNothing(ctx context.Context, store *batch.Store, f batch.Filter, out io.Writer) error {
	text := "Nothing matches the choice."
	if len(f.Groups) > 0 {
		switch names, err := store.GroupNames(ctx); {
		case err != nil:
			return err
		case len(names) == 0:
			text += " No row has a group."
		default:
			text += " Groups have the names " + strings.Join(names, ", ") + "; otoscope results lists the values."
		}
	}
	_, err := fmt.Fprintf(out, "\n%s\n", escape.Text(text))
	return err
}

func (o *storeOptions) open(ctx context.Context, env environment) (*batch.Store, error) {
	target, err := o.target(env)
	if err != nil {
		return nil, err
	}
	return batch.Open(ctx, target, batch.OpenOptions{})
}

// tellSummary writes a summary to standard output.
func tellSummary(env environment, s batch.Summary, title, format string) error {
	out := bufio.NewWriter(env.stdout)
	var err error
	if format == "json" {
		err = escape.Encode(out, s)
	} else {
		err = summaryText(out, env, s, title)
	}
	if err != nil {
		return err
	}
	return out.Flush()
}

// Rows of the summary's tables that a person is shown.
const shownGroups = 20

func summaryText(w io.Writer, env environment, s batch.Summary, title string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", escape.Text(title), plural(s.Results, "result"))
	if s.Waiting > 0 {
		fmt.Fprintf(&b, ", %s still to be done", plural(s.Waiting, "row"))
	}
	fmt.Fprintf(&b, "; %.1f hours of sound, %s\n", s.DurationS/3600, bytesText(s.Bytes))
	if s.Repeated > 0 {
		fmt.Fprintf(&b, "not verified again: %s of the manifest that repeated an id\n", plural(s.Repeated, "row"))
	}
	if s.Stale > 0 {
		fmt.Fprintf(&b, "%s measured by another version of otoscope; --again stale measures them anew\n", plural(s.Stale, "result"))
	}
	if s.Results > 0 {
		t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
		fmt.Fprintf(t, "\noutcome\tresults\trate\t95 %% interval\n")
		for _, o := range s.Outcomes {
			fmt.Fprintf(t, "%s\t%d\t%s\t%s\n", o.Outcome, o.N, percent(o.Rate), interval(o.Rate))
		}
		fmt.Fprintf(t, "refuted of those decided\t%d of %d\t%s\t%s\n", s.Refuted.N, s.Refuted.Of, percent(s.Refuted), interval(s.Refuted))
		t.Flush()
	}
	if len(s.Errors) > 0 {
		t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
		fmt.Fprintf(t, "\nerror\tresults\n")
		for _, e := range s.Errors {
			fmt.Fprintf(t, "%s\t%d\n", escape.Text(e.Kind), e.N)
		}
		t.Flush()
		b.WriteString("otoscope results --outcome error tells each; otoscope batch --again errors tries them again\n")
	}
	if len(s.Findings) > 0 {
		t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
		fmt.Fprintf(t, "\nfinding\tseverity\tresults\trate\t95 %% interval\n")
		for _, f := range s.Findings {
			fmt.Fprintf(t, "%s\t%s\t%d\t%s\t%s\n", escape.Text(f.Code), escape.Text(f.Severity), f.N, percent(f.Rate), interval(f.Rate))
		}
		t.Flush()
	}
	if len(s.Groups) > 0 {
		t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
		fmt.Fprintf(t, "\ngroup, worst first\tresults\trefuted of decided\trate\t95 %% interval\tundecided\terror\n")
		for _, g := range s.Groups[:min(shownGroups, len(s.Groups))] {
			fmt.Fprintf(t, "%s\t%d\t%d of %d\t%s\t%s\t%d\t%d\n", escape.Text(g.Name+"="+g.Value), g.Results, g.Refuted.N, g.Refuted.Of,
				percent(g.Refuted), interval(g.Refuted), g.Outcomes[verify.Undecided], g.Outcomes[verify.Errored])
		}
		t.Flush()
		if more := int64(len(s.Groups)-min(shownGroups, len(s.Groups))) + s.MoreGroups; more > 0 {
			fmt.Fprintf(&b, "and %s more; --format json --summary has them\n", plural(more, "group"))
		}
	}
	text := b.String()
	if env.ascii() {
		text = report.ASCII(text)
	}
	_, err := io.WriteString(w, text)
	return err
}

func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// percent writes a rate. Nothing has none.
func percent(r batch.Rate) string {
	if r.Of == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f %%", 100*r.Rate)
}

func interval(r batch.Rate) string {
	return fmt.Sprintf("%.2f-%.2f %%", 100*r.Low, 100*r.High)
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
		Short: "Delete results for good",
		Long: `Purge deletes rows and all that is known of them from every table, and rewrites
the database so that nothing of them is left in its files. What has been deleted
is verified anew if a manifest with it is run again.

On PostgreSQL the tables are locked while they are rewritten, and its own logs
and backups are not touched.

EXIT STATUS

  0  what was asked for is gone, if it was there
  2  wrong usage, or the database did not take it`,
		Example: `  otoscope results purge --id call-17
  otoscope results purge --before 2026-10-01 --group queue=billing
  otoscope results purge --all`,
		DisableFlagsInUseLine: true,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return &usageError{message: fmt.Sprintf("purge knows no %q", args[0]), hint: "Name rows with --id"}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return runPurge(c.Context(), env, o) },
	}
	which := o.filter.flags()
	which.StringVar(&o.before, "before", "", "only results from before `TIME`: 2026-10-01 (UTC) or 2026-10-01T08:00:00Z")
	which.BoolVar(&o.all, "all", false, "all that there is, or all of the batch that --name names")
	groupFlags(c,
		flagGroup{"Where they are kept", o.store.flags(env)},
		flagGroup{"Which", which},
	)
	o.filter.complete(c)
	return c
}

func runPurge(ctx context.Context, env environment, o *PurgeOptions) error {
	filter, err := o.filter.read()
	if err != nil {
		return err
	}
	chosen := filter.Chooses() || o.before != ""
	switch {
	case o.all && chosen:
		return &usageError{message: "--all and a choice contradict each other", hint: "Leave one of them out"}
	case !o.all && !chosen:
		return &usageError{message: "what is to be deleted?", hint: "Choose with --id, --before, --group, --outcome or --finding, or say --all"}
	}
	if o.before != "" {
		if filter.Before, err = time.Parse(time.DateOnly, o.before); err != nil {
			if filter.Before, err = time.Parse(time.RFC3339, o.before); err != nil {
				return &usageError{message: fmt.Sprintf("--before %q is no time", o.before), hint: "Write 2026-10-01, or 2026-10-01T08:00:00Z"}
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
	_, err = fmt.Fprintf(env.stdout, "%s deleted\n", plural(n, "row"))
	return err
}
