package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/evaluate"
	"github.com/otoscope/otoscope/verify/report"
	"github.com/otoscope/otoscope/verify/transcript"
)

// EvaluateOptions are the flags of "otoscope evaluate".
type EvaluateOptions struct {
	labels  labelsOptions
	format  formatFlag
	judging declaredOptions // the profile, the confidence
	plots   string
	// transcripts says that words count too.
	transcripts bool
	faults      faultOptions
	recognizing recognizeOptions
}

// faultOptions select the faults to add to the labelled recordings.
type faultOptions struct {
	kinds []string // nil: none
	per   int
	seed  uint64
}

// allFaults is the value of --faults without kinds.
const allFaults = "all"

func (o *faultOptions) add(f *pflag.FlagSet) {
	f.StringSliceVar(&o.kinds, "faults", nil, "make faults in the recordings and judge those instead: late channels, lost legs, exchanged channels, ...; `KIND,...` chooses (default: all)")
	f.Lookup("faults").NoOptDefVal = allFaults
	f.IntVar(&o.per, "faults-per", 0, "make each fault in at most `N` recordings, drawn by --seed (default: in all)")
	f.Uint64Var(&o.seed, "seed", 1, "seed the random choices of --faults with `N`")
}

// check refuses faults that cannot be made.
func (o *faultOptions) check() error {
	known := evaluate.FaultKinds()
	for _, k := range o.kinds {
		if k != allFaults && !slices.Contains(known, k) {
			return &usageError{sentence{Message: fmt.Sprintf("unknown --faults %q", k), Advice: "Kinds are " + strings.Join(known, ", ")}}
		}
	}
	if o.per < 0 {
		return &usageError{sentence{Message: fmt.Sprintf("--faults-per must be at least 1, not %d", o.per), Advice: "Leave it out to make each fault in all recordings"}}
	}
	return nil
}

// wanted returns the kinds to make; none means all.
func (o *faultOptions) wanted() []string {
	if slices.Contains(o.kinds, allFaults) {
		return nil
	}
	return o.kinds
}

func newEvaluateCommand(env environment) *cobra.Command {
	o := &EvaluateOptions{}
	c := &cobra.Command{
		Use:   "evaluate [flags] LABELS",
		Short: "Measure how often verdicts are right, on labelled recordings",
		Long:  evaluateHelp(),
		Example: `  otoscope evaluate testdata/labels.jsonl
  otoscope evaluate --cuts --plots plots labels.jsonl
  otoscope evaluate --faults --faults-per 20 labels.jsonl
  otoscope evaluate --faults=delay_zeros,mailbox labels.jsonl
  otoscope evaluate --format json --profile acme.json labels.jsonl | jq .cllr`,
		DisableFlagsInUseLine: true,
		ValidArgsFunction:     cobra.FixedCompletions([]string{"jsonl", "json"}, cobra.ShellCompDirectiveFilterFileExt),
		RunE:                  func(c *cobra.Command, args []string) error { return runEvaluate(c.Context(), env, o, args) },
	}
	what, output := newFlagSet(), newFlagSet()
	judging := o.judging.flags(declare.AboutCall, "min_confidence", "profile", "phrases")
	o.labels.addDir(what)
	what.BoolVar(&o.labels.cuts, "cuts", false, "also judge hard cases cut from the recordings: without their beginning, 10 s only, a transfer, ...")
	o.faults.add(what)
	o.labels.addWorkers(what)
	o.labels.addMetadata(judging)
	judging.BoolVar(&o.transcripts, "transcripts", false, "also weigh the words of the transcripts that the labels name (default: only the sound)")
	o.format.can = func(f report.Format) bool { return f.Evaluation != nil && f.Faults != nil }
	o.format.add(output)
	output.StringVar(&o.plots, "plots", "", "write plots of reliability, ratios (Tippett) and Cllr by source to `DIR`, as SVG")
	groupFlags(c, flagGroup{"Which recordings", what}, flagGroup{"How they are judged", judging}, flagGroup{"Words", o.recognizing.flags()}, flagGroup{groupFetching, o.labels.fetching()}, flagGroup{"Output", output})
	o.recognizing.complete(c)
	o.labels.fetch.complete(c)
	o.judging.complete(c)
	o.format.complete(c)
	return c
}

func evaluateHelp() string {
	return `Evaluate judges recordings of which the truth is known, and counts how often the
verdicts are right, whether their confidence is justified, and what each kind
of evidence contributes.

LABELS has one JSON object per line (- is standard input):

  {"file": "call.wav", "left": "customer", "agent": "kim"}

  file     the recording: a path, relative to the labels or to --dir, an https
           URL, or the SID of a Twilio recording (RE...)
  left_file, right_file
           in its place, the two files of a recording with a file a party
  left     who really is on the left: customer, agent or mixed (both, or
           nobody can tell)
  fault    what is wrong with it: none, swapped, mono_file, dual_mono,
           dual_mono_delayed, dual_mono_gain, inverted, dead_left, dead_right,
           one_missing_left, one_missing_right, both_parties, bleed,
           orientation_changes, channel_offset, unrelated_legs
  talk     who speaks when: [["a", start s, length s], ["c", ...], ...]
  ` + strings.Join(labelFacts(declare.AboutCall), ", ") + `,
  agent_joined_s, customer_joined_s
           what is known of the call, as in the flags of verify; evidence
           only with --use-metadata
  ` + strings.Join(labelFacts(declare.AboutReading, declare.AboutFiles), ", ") + `
           how it is read, as in the flags of verify
  transcript
           a file with what was said, by channel; evidence only with
           --transcripts
  agent, call, source, maker, codec_agent, codec_customer
           what the recordings have in common
  sha256   of the bytes that were labelled: others are not judged

Only file, or both files, and left are required. Other keys are ignored.

With --faults, evaluate makes faults in the recordings, in memory, and judges
those: channels that are late, step, drift or run at another speed; legs that
are missing, exchanged, of other calls or of machines; sound that is lost. Each
is made in several strengths, on the channel of either party where it concerns
one, and judged straight and with the channels exchanged. The table says how
many are decided rightly and wrongly, and how many carry a warning that the
recording does not have without the fault. Kinds of faults:

` + faultsHelp() + `

EXIT STATUS

    0  all recordings were judged, rightly or wrongly
    2  at least one could not be read; or wrong usage
  130  interrupted`
}

// faultsHelp lists the kinds of faults in lines of at most 80 columns.
func faultsHelp() string {
	var b strings.Builder
	line := " "
	for _, k := range evaluate.FaultKinds() {
		if len(line)+1+len(k)+1 > 80 {
			b.WriteString(line + "\n")
			line = " "
		}
		line += " " + k + ","
	}
	b.WriteString(strings.TrimSuffix(line, ","))
	return b.String()
}

// labelFacts are the facts about something that labels may have.
func labelFacts(about ...declare.About) []string {
	var names []string
	for _, f := range declare.Table() {
		if f.Label && slices.Contains(about, f.About) {
			names = append(names, f.Name)
		}
	}
	return names
}

func runEvaluate(ctx context.Context, env environment, o *EvaluateOptions, args []string) error {
	format, err := o.format.read()
	if err != nil {
		return err
	}
	call, err := o.judging.call()
	if err != nil {
		return err
	}
	if err := o.faults.check(); err != nil {
		return err
	}
	if len(o.faults.kinds) > 0 && (o.transcripts || o.recognizing.name != "") {
		return &usageError{sentence{Message: "--faults does not go with --transcripts or --recognizer: faults are made in the sound alone", Advice: "Run evaluate without it, or with --cuts"}}
	}
	if len(o.faults.kinds) > 0 && (o.labels.cuts || o.plots != "") {
		return &usageError{sentence{Message: "--faults goes with neither --cuts nor --plots", Advice: "Run evaluate twice"}}
	}
	profile, err := readProfile(call.Profile)
	if err != nil {
		return err
	}
	phrases, err := readPhrases(call.Phrases)
	if err != nil {
		return err
	}
	fetching, err := o.labels.fetch.options(env)
	if err != nil {
		return err
	}
	labels, err := o.labels.read(ctx, env.stdin, args)
	if err != nil {
		return err
	}
	if o.plots != "" { // before minutes of listening
		if err := os.MkdirAll(o.plots, 0o755); err != nil {
			return &usageError{sentence{Message: fmt.Sprintf("--plots %s cannot be created: %v", o.plots, errors.Unwrap(err)), Advice: "Name a folder that you may write to"}}
		}
		if err := writable("plots", filepath.Join(o.plots, "reliability.svg")); err != nil {
			return err
		}
	}
	judging := evaluate.JudgeOptions{Profile: profile, MinConfidence: cmp.Or(call.MinConfidence, declare.DefaultMinConfidence), UseMetadata: o.labels.metadata, UseTranscripts: o.transcripts || o.recognizing.name != "", Words: phrases}
	if len(o.faults.kinds) > 0 {
		return runFaults(ctx, env, o, fetching, format, labels, args[0], judging)
	}
	recognizer, err := o.recognizing.recognizer(env, fetching)
	if err != nil {
		return err
	}
	if !o.transcripts { // those of the labels do not count
		for i := range labels {
			labels[i].Transcript = transcript.Source{}
		}
	}
	recordings, err := o.labels.measure(ctx, fetching, labels, args[0], recognizer)
	if err != nil {
		return err
	}
	evaluation := evaluate.Judge(recordings, judging)
	if o.plots != "" {
		if err := report.Plots(o.plots, evaluation); err != nil {
			return err
		}
	}
	err = write(env, format.Evaluation, evaluation)
	if err == nil && evaluation.Failed() {
		err = statusError(statusFailed)
	}
	return err
}

// runFaults adds faults to the recordings and prints the verdicts.
func runFaults(ctx context.Context, env environment, o *EvaluateOptions, fetching fetch.Options, format report.Format, labels []evaluate.Label, from string, judging evaluate.JudgeOptions) error {
	library, sources, err := o.labels.sources(fetching, from, true)
	if err != nil {
		return err
	}
	defer library.Close()
	counter := newCounter(env.stderr, "recordings")
	faults, err := evaluate.JudgeFaults(ctx, labels, evaluate.FaultOptions{
		Sources: sources, Kinds: o.faults.wanted(), Per: o.faults.per, Seed: o.faults.seed,
		Workers: o.labels.workers, Judge: judging, Progress: counter.show,
	})
	counter.close()
	if err != nil {
		return err
	}
	err = write(env, format.Faults, faults)
	if err == nil && faults.Failed() {
		err = statusError(statusFailed)
	}
	return err
}
