package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch"
	"github.com/otoscope/otoscope/verify/batch/manifest"
	"github.com/otoscope/otoscope/verify/cohort"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/evidence"
)

// BatchOptions are the flags of "otoscope batch".
type BatchOptions struct {
	declared declaredOptions
	fetch    fetchOptions
	store    storeOptions
	work     workOptions
	measurement.OnRequest
	noFingerprint bool
	noCohort      bool
	quick         bool
	headings      []string
	name          string
	again         string
	stop          int
	format        formatFlag
}

func newBatchCommand(env environment) *cobra.Command {
	o := &BatchOptions{}
	c := &cobra.Command{
		Use:   "batch [flags] MANIFEST",
		Short: "Check many recordings, resumably, on one machine or many",
		Long:  batchHelp(),
		Example: `  otoscope batch calls.csv
  otoscope batch --allow-paths --workers 8 exported.jsonl
  otoscope batch recordings/
  otoscope batch --again errors calls.csv
  otoscope batch --db postgres://otoscope@db.example.com/otoscope calls.csv`,
		DisableFlagsInUseLine: true,
		ValidArgsFunction:     cobra.FixedCompletions([]string{"csv", "tsv", "jsonl", "ndjson", "json"}, cobra.ShellCompDirectiveFilterFileExt),
		RunE: func(c *cobra.Command, args []string) error {
			return runBatch(c.Context(), env, o, args)
		},
	}
	o.declared.many = true
	declaration := o.declared.flags(declare.AboutChannels)
	declaration.Lookup("attributes").Usage += " (- for standard input)"
	reading := o.declared.flags(declare.AboutReading)
	reading.StringArrayVar(&o.headings, "map", nil, "read a column from another heading; `COLUMN=HEADING` is such as recording=\"Recording Link\"; may be given again")
	reading.BoolVar(&o.quick, "quick", false, quickUsage)
	reading.BoolVar(&o.Voice, "voices", false, "also keep a summary of each channel's voice, so that otoscope cohort can tell agents by their other calls (personal data; purge removes it; never compared outside this database)")
	reading.BoolVar(&o.Voice, "voice", false, "the same as --voices")
	reading.MarkHidden("voice") // has the flag
	reading.BoolVar(&o.noCohort, "no-cohort", false, "do not look at all results together at the end, as otoscope cohort does")
	reading.BoolVar(&o.noFingerprint, "no-fingerprint", false, "keep no fingerprint of each channel, by which otoscope cohort finds sound that recurs")
	reading.BoolVar(&o.Waveform, "peaks", false, "also store each channel's waveform, for pictures")
	reading.StringVar(&o.again, "again", "", "fetch finished rows again: `WHICH` is errors, undecided, stale, changed or all")
	reading.StringVar(&o.name, "name", "", "store the results under `NAME` (default: the manifest's path)")
	fetching := o.fetch.flags()
	fetching.AddFlagSet(o.declared.flags(declare.AboutFetching))
	running := o.store.flags(env)
	running.AddFlagSet(o.work.flags())
	running.IntVar(&o.stop, "stop-after", 0, "stop after `N` recordings that could not be checked (default: never)")
	output := o.work.outputFlags()
	o.format.can = canSummary
	o.format.add(output)
	groupFlags(c,
		flagGroup{"Who is declared to be on which channel, for rows that do not say", declaration},
		flagGroup{"What is known of the calls, for rows that do not say", o.declared.flags(declare.AboutCall)},
		flagGroup{groupFetching, fetching},
		flagGroup{"Reading the manifest", reading},
		flagGroup{"Running", running},
		flagGroup{"Words", o.work.recognizing.flags()},
		flagGroup{"Output", output},
	)
	o.declared.complete(c)
	o.fetch.complete(c)
	o.work.complete(c)
	complete(c, "again", againWords()...)
	o.format.complete(c)
	return c
}

// batchHelp explains batches. Its columns are those of the facts.
func batchHelp() string {
	var rest []string
	for _, f := range declare.Table() {
		if f.Name != "attributes" && f.Name != "group" && f.Name != "transcript" && !strings.HasSuffix(f.Name, "_audio") {
			rest = append(rest, f.Name)
		}
	}
	return `Batch verifies every recording that a manifest lists and stores the results. You
can stop it at any time: the same command continues where it stopped. At the end
it prints a summary; otoscope results shows more.

MANIFESTS

  CSV         with a header; separated by commas, semicolons or tabs
  JSON lines  one object per line: a row, or exported task attributes
  a folder    every file below it that is named like a recording: .wav and so on
  -           CSV or JSON lines from standard input

Columns have the names of the flags of otoscope verify. A value in the row
overrides the flag:
  recording       URL, path (from the manifest's folder) or recording SID
  id              the name of the result (default: the recording)
  attributes      task attributes: a file, or the JSON itself
  group.NAME      a group to count results by, such as group.queue
  agent_audio, customer_audio   a file of known audio, or a JSON list of files
  transcript      the words: a file, left=FILE,right=FILE, or GT... (at Twilio)
` + indented(strings.Join(rest, ", "), 2, 78) + `
Headings are read in any case, with blanks, hyphens or underscores, and under the
names that known systems export, such as "Recording SID". For others, use --map.
A table that otoscope results --format csv wrote is a manifest too.
Attributes and known audio are stored in the database, so other machines need no
local files; transcripts are not, and a row waits for a machine that has its own. Adding known audio to a row fetches its recording again.
Manifests are not trusted. They may name files in their own folder and below it;
--allow-paths lets them name others, and --allow-private hosts in private
networks. What is allowed travels with the rows, to every machine that works on
them. A row that cannot be used gets a result that says why.

RESULTS

Results are stored in otoscope.db, or where --db says. An SQLite file serves one
process at a time. With PostgreSQL, any number of machines can help: see
otoscope worker. Put the database's password into PGPASSWORD, ~/.pgpass or
OTOSCOPE_DB.

Running a manifest again verifies its new rows. If a declaration or the weights
have changed, the stored measurements are judged again; nothing is fetched.

EXIT STATUS

    0  every recording matches its declaration
    1  at least one recording is swapped or unusable
    2  none is, but at least one could not be checked; or the batch stopped
    3  none of these, but at least one recording is undecided
  130  interrupted; the same command continues`
}

// indented breaks a text into lines of at most width columns, each indented.
func indented(text string, by, width int) string {
	margin := strings.Repeat(" ", by)
	var lines []string
	line := margin
	for _, word := range strings.Fields(text) {
		if len(line) > by && len(line)+1+len(word) > width {
			lines, line = append(lines, line), margin
		}
		if len(line) > by {
			line += " "
		}
		line += word
	}
	return strings.Join(append(lines, line), "\n")
}

func againWords() []string {
	return []string{string(batch.RecheckErrors), string(batch.RecheckUndecided), string(batch.RecheckStale), string(batch.RecheckChanged), string(batch.RecheckAll)}
}

func (o *BatchOptions) check(args []string) error {
	switch {
	case len(args) == 0:
		return &usageError{sentence{Message: "which manifest?", Advice: "Give a CSV file, JSON lines, a folder or - : otoscope batch calls.csv"}}
	case len(args) > 1:
		return &usageError{sentence{Message: "batch takes one manifest", Advice: "Name the folder, or list the recordings in a file: ls calls/*.wav | sed '1i recording' | otoscope batch --allow-paths -"}}
	case args[0] == "-" && o.declared.word("attributes") == "-":
		return &usageError{sentence{Message: "standard input (-) is named twice, but can be read only once", Advice: "Name - once, and the others by path"}}
	case o.again != "" && !slices.Contains(againWords(), o.again):
		return &usageError{sentence{Message: fmt.Sprintf("unknown --again %q", o.again), Advice: "Values are " + strings.Join(againWords(), ", ")}}
	case o.stop < 0:
		return &usageError{sentence{Message: fmt.Sprintf("--stop-after must be at least 1, not %d", o.stop), Advice: "Leave it out to never stop"}}
	case len(o.name) > batch.MaxKeyBytes:
		return &usageError{sentence{Message: fmt.Sprintf("--name is longer than %d bytes", batch.MaxKeyBytes), Advice: "Use a short name"}}
	case checkWord("name", o.name) != nil:
		return checkWord("name", o.name)
	}
	if err := checkQuick(o.quick, &o.work.recognizing, map[string]bool{"peaks": o.Waveform}); err != nil {
		return err
	}
	if _, err := o.format.read(); err != nil {
		return err
	}
	return o.work.check()
}

// defaults are the declared and known facts, and the profile, for rows that do not state
// their own. An error here would affect every row.
func (o *BatchOptions) defaults(ctx context.Context, stdin io.Reader, d decode.Decoder) (declare.Call, *evidence.Profile, error) {
	call, err := o.declared.call()
	if err != nil {
		return call, nil, err
	}
	if _, err := readKnownAudio(ctx, call, d); err != nil {
		return call, nil, err
	}
	profile, err := readProfile(call.Profile)
	if err != nil || call.Attributes == "" {
		return call, profile, err
	}
	if call.Attributes, err = attributesText(ctx, call.Attributes, stdin); err == nil {
		_, err = declare.ParseAttributes([]byte(call.Attributes))
	}
	return call, profile, err
}

// mappings reads which headings name which columns.
func (o *BatchOptions) mappings() ([]manifest.Mapping, error) {
	var all []manifest.Mapping
	for _, m := range o.headings {
		column, heading, ok := strings.Cut(m, "=")
		if !ok || column == "" || heading == "" {
			return nil, &usageError{sentence{Message: fmt.Sprintf("--map %q names no column and heading", m), Advice: `Write --map COLUMN=HEADING, such as --map recording="Recording Link"`}}
		}
		all = append(all, manifest.Mapping{Column: column, Heading: heading})
	}
	return all, nil
}

func runBatch(ctx context.Context, env environment, o *BatchOptions, args []string) error {
	if err := o.check(args); err != nil {
		return err
	}
	decoder, err := o.fetch.decoding.decoder()
	if err != nil {
		return err
	}
	defaults, profile, err := o.defaults(ctx, env.stdin, decoder)
	if err != nil {
		return err
	}
	mappings, err := o.mappings()
	if err != nil {
		return err
	}
	target, err := o.store.target(env)
	if err != nil {
		return err
	}
	m, err := openManifest(ctx, args[0], env.stdin, manifest.Options{Mappings: mappings, Others: decoder != nil})
	if err != nil {
		return err
	}
	defer m.Close()
	fetching, err := o.fetch.options(env)
	if err != nil {
		return err
	}
	if o.work.recognizer, err = o.work.recognizing.recognizer(env, fetching); err != nil {
		return err
	}
	fetching.Stdin = nil       // it belongs to the manifest, or is unused
	fetching.AllowPaths = true // the reading of the manifest refuses those that its rows may not name
	console := newConsole(env, &o.work)
	source, err := o.work.source(fetching, decoder, console)
	if err != nil {
		return err
	}
	defer source.Close()
	reading := batch.ReadOptions{Name: o.name, Defaults: defaults, AllowPaths: o.fetch.allowPaths, AllowPrivate: o.fetch.allowPrivate, OnRequest: o.OnRequest, NoFingerprint: o.noFingerprint, Quick: o.quick, Recheck: batch.Recheck(o.again), Profile: profile, Decoder: decoder}
	return console.failed(ctx, o.run(ctx, env, console, target, m, reading, source))
}

// openManifest opens a manifest. A pipe counts as standard input: the shell gives it a
// different name each time, but the name of the batch must stay the same.
func openManifest(ctx context.Context, path string, stdin io.Reader, o manifest.Options) (*manifest.Manifest, error) {
	if path != "-" && isPipe(path) {
		r, err := openInput(ctx, path, stdin)
		if err != nil {
			return nil, err
		}
		path, stdin = "-", r
	}
	return manifest.Open(path, stdin, o)
}

// run verifies the new rows of a manifest.
func (o *BatchOptions) run(ctx context.Context, env environment, console *console, target string, m *manifest.Manifest, reading batch.ReadOptions, source batch.Source) error {
	if err := batch.Check(ctx, m, reading); err != nil { // before a database is made
		return err
	}
	store, err := batch.Open(ctx, target, batch.OpenOptions{Create: true, Work: true})
	if err != nil {
		return err
	}
	defer store.Close()
	console.ignored(m)

	work := o.work.options(source, console)
	work.StopAfter = o.stop
	report, err := store.Run(ctx, m, reading, work)
	console.end(report.Status)
	console.read(report)
	console.leftOut(m)
	if err != nil {
		console.resume(ctx, err, report, o.again != "")
		return err
	}
	if !o.noCohort {
		if err := console.cohort(ctx, store, batch.Filter{Batch: report.Batch}); err != nil {
			return err
		}
	}
	summary, err := store.Summarise(ctx, batch.Filter{Batch: report.Batch})
	if err != nil {
		return err
	}
	format, err := o.format.read()
	if err != nil {
		return err
	}
	if err := write(env, format.Summary, summary); err != nil {
		return err
	}
	return console.batchStatus(report)
}

// cohort looks at all results of a batch together. What it says stands beside the verdicts, which
// are stored already, so its failure is not the batch's.
func (c *console) cohort(ctx context.Context, store *batch.Store, f batch.Filter) error {
	stored, err := store.Cohort(ctx, f)
	var r *cohort.Report
	if err == nil && stored.Len() > 1 {
		r, err = judgeTogether(ctx, stored, cohort.Options{Seed: 1})
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		c.note("the results could not be looked at together: "+err.Error(), "hint", "to try again: otoscope cohort")
	case r != nil:
		if more := r.Own[verify.Undecided] - r.Cohort[verify.Undecided]; more > 0 {
			c.note(fmt.Sprintf("together, the recordings decide %d of those that stay undecided by themselves; to see why: otoscope cohort", more))
		}
	}
	return nil
}

// batchStatus is the exit status of a finished batch. Rows whose recording was never heard
// are not a success.
func (c *console) batchStatus(r batch.Report) error {
	err := verdictStatus(r.Outcomes)
	if r.Unheard == 0 {
		return err
	}
	c.note(fmt.Sprintf("of %d of the manifest's rows there is no result from their own recording", r.Unheard),
		"hint", "if nobody has purged results meanwhile, this is a defect: please report it, and run the same command with --again all")
	if err == statusError(statusRefuted) {
		return err
	}
	return statusError(statusFailed)
}

// resume explains how to continue an interrupted batch.
func (c *console) resume(ctx context.Context, err error, r batch.Report, again bool) {
	if ctx.Err() == nil && !errors.As(err, new(*batch.RefusedError)) && !errors.As(err, new(*batch.StoppedError)) {
		return // nothing has started, or the error already gives advice
	}
	hint := "run the same command again"
	if again {
		hint = "run the same command again, without --again"
	}
	var counts []any
	if r.Outcomes != nil {
		var done int64
		for _, n := range r.Outcomes {
			done += n
		}
		counts = append(counts, "results", done)
	}
	c.note("finished rows are kept; to continue, "+hint, append(counts, "waiting", r.Left)...)
}

// storeOptions state where results are kept.
type storeOptions struct {
	db string
}

func (o *storeOptions) flags(env environment) *pflag.FlagSet {
	f := newFlagSet()
	f.StringVar(&o.db, "db", "", "store results in `DB`: an SQLite file, or postgres://USER@HOST/NAME (default OTOSCOPE_DB, or else "+batch.DefaultDatabase+")")
	return f
}

// target is the database. A password does not belong on a command line, because the list of
// processes shows it.
func (o *storeOptions) target(env environment) (string, error) {
	if o.db == "" {
		if db := env.getenv("OTOSCOPE_DB"); db != "" {
			return db, nil
		}
		return batch.DefaultDatabase, nil
	}
	if batch.HoldsPassword(o.db) {
		return "", &usageError{sentence{
			Message: "--db contains a password, which would show in the list of processes",
			Advice:  "Put the address into OTOSCOPE_DB, or only the password into PGPASSWORD or ~/.pgpass: --db postgres://USER@HOST/NAME",
		}}
	}
	return o.db, nil
}
