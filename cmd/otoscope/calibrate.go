package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/verify/calibrate"
	"github.com/otoscope/otoscope/verify/evidence"
	"github.com/otoscope/otoscope/verify/report"
)

// CalibrateOptions are the flags of "otoscope calibrate".
type CalibrateOptions struct {
	labels    labelsOptions
	words     wordsOptions
	out, name string
}

func newCalibrateCommand(env environment) *cobra.Command {
	o := &CalibrateOptions{labels: labelsOptions{cuts: true}}
	c := &cobra.Command{
		Use:   "calibrate [flags] LABELS --out FILE",
		Short: "Fit the evidence weights to your own recordings",
		Long:  calibrateHelp,
		Example: `  otoscope calibrate labels.jsonl --out acme.json
  otoscope verify --profile acme.json call.wav
  otoscope evaluate --profile acme.json other-labels.jsonl
  otoscope calibrate --transcripts labels.jsonl --out acme.tsv`,
		DisableFlagsInUseLine: true,
		ValidArgsFunction:     cobra.FixedCompletions([]string{"jsonl", "json"}, cobra.ShellCompDirectiveFilterFileExt),
		RunE:                  func(c *cobra.Command, args []string) error { return runCalibrate(c.Context(), env, o, args) },
	}
	what, output := newFlagSet(), newFlagSet()
	o.labels.addDir(what)
	o.labels.addMetadata(what)
	o.labels.addWorkers(what)
	o.words.add(what)
	output.StringVar(&o.out, "out", "", "write the profile, or the list of words, to `FILE`")
	output.StringVar(&o.name, "name", "", "call it `NAME` in results (default: from FILE, a profile with the date)")
	groupFlags(c, flagGroup{"Which recordings", what}, flagGroup{groupFetching, o.labels.fetching()}, flagGroup{"Output", output})
	o.labels.fetch.complete(c)
	return c
}

const calibrateHelp = `Calibrate fits the weights of the evidence to recordings that you have labelled,
and writes a profile for the --profile flag of verify, batch and evaluate.

LABELS is as for evaluate; see: otoscope help evaluate. Calibrate uses
recordings with one party on each channel, whole and in pieces cut from them.
Label the agent of each recording, and give recordings of one call the same
"call".

Few calls change the built-in weights little. The weights are tested on calls
that they were not fitted on, and the profile claims no more than the number of
calls supports: odds of n+1 to 1 for n calls without a mistake. Calibrate needs
20 calls, and 98 for a confidence of 99 %.

With --transcripts, calibrate learns which words tell an agent from a customer,
and writes a list for the --phrases flag. It reads labels that name a
"transcript" and the centre ("source") or the "agent", or dialogues of one turn
a line: source, dialogue, a or c, text, divided by tabs (.gz too). Claims are
tried on each source by weights learnt from the others; three sources of 20
dialogues are the fewest. See: otoscope help words

EXIT STATUS

    0  the profile was written
    2  it was not: too few recordings, an unreadable one, or wrong usage
  130  interrupted`

func runCalibrate(ctx context.Context, env environment, o *CalibrateOptions, args []string) error {
	if o.out == "" {
		return &usageError{sentence{Message: "where to write the profile?", Advice: "Name a file: otoscope calibrate labels.jsonl --out profile.json"}}
	}
	if err := o.words.check(); err != nil {
		return err
	}
	if o.words.transcripts {
		return runCalibrateWords(ctx, env, o, args)
	}
	fetching, err := o.labels.fetch.options(env)
	if err != nil {
		return err
	}
	labels, err := o.labels.read(ctx, env.stdin, args)
	if err != nil {
		return err
	}
	day := time.Now()
	name := o.name
	if name == "" {
		name = strings.TrimSuffix(filepath.Base(o.out), filepath.Ext(o.out)) + "-" + day.UTC().Format(time.DateOnly)
	}
	if err := evidence.CheckProfileName(name); err != nil {
		return flagValue("name", err)
	}
	if err := writable("out", o.out, args...); err != nil { // before minutes of listening
		return err
	}
	recordings, err := o.labels.measure(ctx, fetching, labels, args[0], nil)
	if err != nil {
		return err
	}
	result, err := calibrate.Fit(ctx, recordings, calibrate.Options{Name: name, Day: day, UseMetadata: o.labels.metadata, Workers: o.labels.workers})
	if err != nil {
		return err
	}
	err = replaceFile(o.out, 0o644, func(w io.Writer) error {
		return evidence.WriteProfile(w, result.Profile, result.Provenance)
	})
	if err != nil {
		return fmt.Errorf("writing the profile: %w", err)
	}
	if err := write(env, report.Formats()[0].Fit, result); err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.stdout, "\nWritten to %s. Use it: otoscope verify --profile %[1]s call.wav\n", escape.Text(quoted([]string{o.out})[0]))
	return err
}
