package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/verify/batch/listing"
	"github.com/otoscope/otoscope/verify/declare"
)

// ListOptions are the flags of "otoscope list".
type ListOptions struct {
	fetch        fetchOptions
	since, until string
	sources      []string
	out          string
	rate         float64
}

// platforms are the systems whose recordings can be listed.
func platforms() []string { return []string{"twilio"} }

func newListCommand(env environment) *cobra.Command {
	o := &ListOptions{}
	c := &cobra.Command{
		Use:   "list [flags] twilio",
		Short: "Write a manifest of an account's recordings",
		Long:  listHelp,
		Example: `  otoscope list twilio --since 2026-11-01 --out calls.csv
  otoscope list twilio --since 2026-11-01 --until 2026-11-08 --source DialVerb,OutboundAPI --out calls.csv
  otoscope list twilio --since 2026-11-23 | otoscope batch -`,
		DisableFlagsInUseLine: true,
		Args:                  cobra.ArbitraryArgs,
		ValidArgsFunction:     cobra.FixedCompletions(platforms(), cobra.ShellCompDirectiveNoFileComp),
		RunE: func(c *cobra.Command, args []string) error {
			return runList(c.Context(), env, o, args)
		},
	}
	which := newFlagSet()
	which.StringVar(&o.since, "since", "", "list recordings created at `TIME` or later: 2026-11-01 or 2026-11-01T10:00:00Z")
	which.StringVar(&o.until, "until", "", "list recordings created before `TIME`")
	which.StringSliceVar(&o.sources, "source", nil, "list recordings started by `SOURCE` only: "+listed(listing.Sources(), "or")+"; may name several, with commas")
	output := newFlagSet()
	output.StringVar(&o.out, "out", "-", "write the manifest to `FILE`, or add to it what is new; - is standard output")
	groupFlags(c,
		flagGroup{"Which recordings", which},
		flagGroup{"Fetching", o.fetching()},
		flagGroup{"Output", output},
	)
	complete(c, "source", listing.Sources()...)
	completeFiles(c, "out", "csv")
	o.fetch.complete(c)
	c.AddCommand(newListChannelsCommand(env))
	return c
}

const listHelp = `List writes a manifest for otoscope batch: a CSV file with one row for each
recording of an account at Twilio, the newest first. TWILIO_ACCOUNT_SID names the
account; the credentials are those of otoscope verify. Recordings that are still
being made are left out.

Each row has the recording's SID, the facts that follow from what Twilio says (when
it began, the direction of the call, how it was recorded, who joined when, whether
it is an excerpt), and the groups source and direction, by which results can be
counted. No telephone number is written.

With --out FILE you can stop it at any time: the same command keeps the rows that
the file has, and adds those that it does not have yet.

EXIT STATUS

    0  all recordings are listed
    2  wrong usage, or Twilio could not be asked
  130  interrupted; with --out, the same command goes on`

// fetching are the flags of fetching that concern requests to Twilio.
func (o *ListOptions) fetching() *pflag.FlagSet {
	all, f := o.fetch.flags(), newFlagSet()
	f.Float64Var(&o.rate, "rate", 0, "send at most `N` requests a second (default: no limit)")
	for _, name := range []string{"ca-file", "verbose"} {
		f.AddFlag(all.Lookup(name))
	}
	return f
}

// read checks the flags.
func (o *ListOptions) read(args []string) (listing.Options, error) {
	var l listing.Options
	switch {
	case len(args) == 0:
		return l, &usageError{sentence{Message: "whose recordings?", Advice: "Name the system that keeps them: otoscope list twilio --out calls.csv"}}
	case len(args) > 1 || !slices.Contains(platforms(), args[0]):
		return l, &usageError{sentence{Message: "list knows no " + strings.Join(quoted(args), " "), Advice: "The recordings of these can be listed: " + listed(platforms(), "and")}}
	case !(o.rate >= 0) || math.IsInf(o.rate, 1):
		return l, &usageError{sentence{Message: fmt.Sprintf("--rate %v: must be greater than 0", o.rate), Advice: "Give more than 0, such as 0.5 for one every two seconds"}}
	}
	var err error
	if l.Since, err = listTime("since", o.since); err != nil {
		return l, err
	}
	if l.Until, err = listTime("until", o.until); err != nil {
		return l, err
	}
	if !l.Since.IsZero() && !l.Until.IsZero() && !l.Since.Before(l.Until) {
		return l, &usageError{sentence{Message: "--until is not after --since", Advice: "Give a later --until, or leave it out"}}
	}
	for _, s := range o.sources {
		i := slices.IndexFunc(listing.Sources(), func(known string) bool { return strings.EqualFold(known, s) })
		if i < 0 {
			return l, &usageError{sentence{Message: fmt.Sprintf("unknown --source %q", s), Advice: "Sources are " + listed(listing.Sources(), "and")}}
		}
		l.Sources = append(l.Sources, listing.Sources()[i])
	}
	return l, nil
}

// listTime reads a date, which means its beginning in UTC, or a point in time.
func listTime(flag, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t, nil
	}
	t, err := declare.ParseStarted(s)
	if err != nil {
		return t, flagValue(flag, err)
	}
	return t, nil
}

func runList(ctx context.Context, env environment, o *ListOptions, args []string) error {
	which, err := o.read(args)
	if err != nil {
		return err
	}
	fetching, err := o.fetch.options(env)
	if err != nil {
		return err
	}
	fetching.Limits = fetch.NewLimits(o.rate, 0)
	client, err := fetch.New(fetching)
	if err != nil {
		return err
	}
	defer client.Close()
	if _, err := client.TwilioAccount(); err != nil { // before a file is made
		return err
	}
	table, err := o.table(env)
	if err != nil {
		return err
	}
	defer table.Close()
	stats, err := listing.Run(ctx, client, which, table)
	o.report(env.stderr, stats, err)
	if err != nil {
		return err
	}
	return table.Close()
}

func (o *ListOptions) table(env environment) (*listing.Table, error) {
	if o.out == "-" {
		return listing.New(env.stdout)
	}
	return listing.Open(o.out)
}

// report says on standard error what was listed.
func (o *ListOptions) report(w io.Writer, s listing.Stats, err error) {
	said := fmt.Sprintf("otoscope list: %s listed", counted(s.Listed, "recording"))
	if s.Present > 0 {
		said += fmt.Sprintf(", %d there already", s.Present)
	}
	if s.Unfinished > 0 {
		said += fmt.Sprintf(", %d not finished yet", s.Unfinished)
	}
	fmt.Fprintln(w, said)
	if err != nil && o.out != "-" && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(w, "The rows are kept; the same command goes on from there.")
	}
}

// counted formats a number of things.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
