package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/lint"
	"github.com/otoscope/otoscope/verify/report"
)

// LintOptions are the flags of "otoscope lint".
type LintOptions struct {
	declared     declaredOptions
	format       formatFlag
	storage      string
	intelligence bool
	consumers    bool
	fix          bool
}

func newLintCommand(env environment) *cobra.Command {
	o := &LintOptions{}
	c := &cobra.Command{
		Use:   "lint [flags] FILE...",
		Short: "Check task attributes and Studio flows before any call",
		Long: `Lint checks what will declare the channels of recordings: the attributes of a task
or of a Send To Flex widget, whole Studio flows (export the flow's JSON), the
configuration of the dual-channel plugin, transcript requests, and manifests. It
finds out by itself what a FILE is; - is standard input. Give files that belong
together in one command: some mistakes show only there.

Each finding names its place, why it matters, what to do, and the corrected text
where that is certain.

EXIT STATUS

    0  clean: no findings, or information only
    1  at least one warning
    2  a file could not be read; or wrong usage
  130  interrupted`,
		Example: `  otoscope lint flow.json
  otoscope lint --direction outbound --recorded-by dial task.json
  otoscope lint flow.json ui_attributes.prod.json
  otoscope lint --fix flow.json
  otoscope lint --format sarif flows/*.json > lint.sarif`,
		DisableFlagsInUseLine: true,
		ValidArgsFunction:     cobra.FixedCompletions([]string{"json", "csv", "jsonl"}, cobra.ShellCompDirectiveFilterFileExt),
		RunE:                  func(c *cobra.Command, args []string) error { return runLint(c.Context(), env, o, args) },
	}
	known := o.declared.flags(declare.AboutCall, "direction", "recorded_by", "joined", "started")
	known.StringVar(&o.storage, "storage", "", "how the account stores recordings, if not as usual: `HOW` is encrypted (with a public key) or external (outside Twilio)")
	known.BoolVar(&o.intelligence, "intelligence", false, "Conversational Intelligence reads the recordings, too, without participants")
	output := newFlagSet()
	o.format.can = func(f report.Format) bool { return f.Lint != nil }
	o.format.add(output)
	output.BoolVar(&o.consumers, "consumers", false, "also say who would read recordings rightly that are made and declared so (text)")
	output.BoolVar(&o.fix, "fix", false, "write the corrected text beside each file, as NAME.fixed.json; never over a file")
	groupFlags(c, flagGroup{"What is known of the calls", known}, flagGroup{"Output", output})
	o.declared.complete(c)
	o.format.complete(c)
	complete(c, "storage", string(lint.Encrypted), string(lint.External))
	return c
}

func runLint(ctx context.Context, env environment, o *LintOptions, names []string) error {
	format, err := o.format.read()
	if err != nil {
		return err
	}
	stdin := 0
	for _, n := range names {
		if n == "-" {
			stdin++
		}
	}
	switch {
	case len(names) == 0:
		return &usageError{sentence{Message: "which file?", Advice: "Give task attributes, a Studio flow, the plugin's configuration or a manifest: otoscope lint flow.json"}}
	case stdin > 0 && o.fix:
		return &usageError{sentence{Message: "--fix writes beside a file, and standard input (-) is none", Advice: "Save it as a file first"}}
	case stdin > 1:
		return &usageError{sentence{Message: "standard input (-) is named twice, but can be read only once", Advice: "Name - once, and the others by path"}}
	case o.storage != "" && !slices.Contains([]string{string(lint.Encrypted), string(lint.External)}, o.storage):
		return &usageError{sentence{Message: fmt.Sprintf("unknown --storage %q", o.storage), Advice: "Write encrypted or external, or leave it out"}}
	}
	call, err := o.declared.call()
	if err != nil {
		return err
	}
	var fact *declare.FactError
	switch err := call.Complete(); {
	case errors.As(err, &fact):
		return flagValue(fact.Fact, fact.Err)
	case err != nil:
		return err
	}
	files := make([]lint.File, len(names))
	for i, name := range names {
		if files[i], err = readLintFile(ctx, env, name); err != nil {
			return err
		}
	}
	r := lint.Check(files, lint.Options{Facts: call.Facts, Storage: lint.Storage(o.storage), Intelligence: o.intelligence})
	options := env.report()
	options.Consumers = o.consumers
	if err := format.Lint(env.stdout, r, options); err != nil {
		return err
	}
	if o.fix {
		for _, f := range files {
			if err := writeFixed(env, r, f.Name); err != nil {
				return err
			}
		}
	}
	if r.Counts.Warning > 0 {
		return statusError(statusRefuted)
	}
	return nil
}

// readLintFile reads a file, a little more than lint allows at most.
func readLintFile(ctx context.Context, env environment, name string) (lint.File, error) {
	f, err := openInput(ctx, name, env.stdin)
	if err != nil {
		return lint.File{}, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, lint.MaxFile+1))
	if err != nil {
		return lint.File{}, fmt.Errorf("reading %s: %w", escape.Text(name), err)
	}
	if name == "-" {
		name = "stdin"
	}
	return lint.File{Name: name, Text: text}, nil
}

// writeFixed writes the corrected text beside a file.
func writeFixed(env environment, r *lint.Report, name string) error {
	text, ok := r.Fixed(name)
	if !ok {
		return nil
	}
	ext := filepath.Ext(name)
	path := strings.TrimSuffix(name, ext) + ".fixed" + ext
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return &sentence{Message: fmt.Sprintf("%s is there already, and is not overwritten", escape.Text(path)), Advice: "Move it away, and run lint --fix again", Cause: err}
	}
	if err != nil {
		return fmt.Errorf("writing the corrected text: %w", err)
	}
	if _, err := io.WriteString(f, text); err != nil {
		f.Close()
		return fmt.Errorf("writing the corrected text: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("writing the corrected text: %w", err)
	}
	_, err = fmt.Fprintf(env.stderr, "otoscope lint: wrote %s\n", escape.Text(path))
	return err
}
