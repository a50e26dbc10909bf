package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/consumer"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/report"
)

// A formatFlag chooses the format of one kind of output from the available ones.
type formatFlag struct {
	name string
	can  func(report.Format) bool
}

func (f *formatFlag) add(flags *pflag.FlagSet) {
	var words []string
	for _, x := range f.formats() {
		words = append(words, fmt.Sprintf("%s (%s)", x.Name, x.Doc))
	}
	flags.StringVar(&f.name, "format", f.formats()[0].Name, "write `FORMAT`: "+listed(words, "or"))
}

func (f *formatFlag) complete(c *cobra.Command) { complete(c, "format", f.names()...) }

// formats lists the available formats.
func (f *formatFlag) formats() []report.Format {
	return slices.DeleteFunc(report.Formats(), func(x report.Format) bool { return !f.can(x) })
}

func (f *formatFlag) names() []string {
	var names []string
	for _, x := range f.formats() {
		names = append(names, x.Name)
	}
	return names
}

// read returns the chosen format.
func (f *formatFlag) read() (report.Format, error) {
	for _, x := range f.formats() {
		if x.Name == f.name {
			return x, nil
		}
	}
	return report.Format{}, &usageError{sentence{Message: fmt.Sprintf("unknown --format %q", f.name), Advice: "Formats are " + listed(f.names(), "and")}}
}

func (f *formatFlag) text() bool { return f.name == "text" }
func (f *formatFlag) json() bool { return f.name == "json" || f.name == "jsonl" }

// listed formats words for a sentence: "a, b or c".
func listed(words []string, and string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + and + " " + words[len(words)-1]
}

func canResults(f report.Format) bool { return f.Results != nil }
func canSummary(f report.Format) bool { return f.Summary != nil }

// outputOptions control how verdicts are written.
type outputOptions struct {
	format        formatFlag
	detail, brief bool
	consumers     bool // verify alone has this flag
}

func (o *outputOptions) flags() *pflag.FlagSet {
	o.format.can = canResults
	f := newFlagSet()
	o.format.add(f)
	f.BoolVar(&o.detail, "detail", false, "print every measurement (text and json)")
	f.BoolVar(&o.brief, "brief", false, "print only the verdict, one line per recording (text)")
	return f
}

func (o *outputOptions) check() error {
	_, err := o.format.read()
	switch {
	case err != nil:
		return err
	case o.consumers && (o.brief || !o.format.text() && !o.format.json()):
		return &usageError{sentence{Message: "--consumers is for --format text and json, and not for --brief", Advice: "Leave out the other"}}
	case o.brief && o.detail:
		return &usageError{sentence{Message: "--brief and --detail contradict each other", Advice: "Give one of them"}}
	case o.brief && o.format.json():
		return &usageError{sentence{Message: "--brief is for --format text", Advice: "Each JSON object is one line already; pick its keys with jq"}}
	case o.brief && !o.format.text():
		return &usageError{sentence{Message: "--brief is for --format text", Advice: "Leave it out"}}
	case o.detail && !o.format.text() && !o.format.json():
		return &usageError{sentence{Message: "--detail is for --format text and json", Advice: "Add --format json"}}
	}
	return nil
}

// A verdictPrinter writes verdicts in sequence and counts their outcomes.
type verdictPrinter struct {
	results  report.Results
	readers  bool // say how each consumer would read a recording
	outcomes map[verify.Outcome]int64
	row      int64
}

func (o *outputOptions) verdictPrinter(env environment) (*verdictPrinter, error) {
	format, err := o.format.read()
	if err != nil {
		return nil, err
	}
	options := env.report()
	options.Detail, options.Brief = o.detail, o.brief
	return &verdictPrinter{results: format.Results(env.stdout, report.About{}, options), readers: o.consumers, outcomes: map[verify.Outcome]int64{}}, nil
}

// print writes one verdict.
func (t *verdictPrinter) print(v verify.Verdict) error {
	t.row++
	t.outcomes[v.Outcome]++
	r := report.Row{Row: t.row, Verdict: v}
	if t.readers {
		r.Consumers = consumer.Read(leftOf(v), v.Declared)
	}
	return t.results.Write(r)
}

// leftOf is who is on the left of a recording, "" if that is not decided.
func leftOf(v verify.Verdict) declare.Role {
	if v.Heard != nil && (v.Outcome == verify.Match || v.Outcome == verify.Swapped) {
		return v.Heard.Left
	}
	return ""
}

// verdictStatus is the exit status for the counted outcomes.
func verdictStatus(n map[verify.Outcome]int64) error {
	switch {
	case n[verify.Swapped]+n[verify.Unusable] > 0:
		return statusError(statusRefuted)
	case n[verify.Errored] > 0:
		return statusError(statusFailed)
	case n[verify.Undecided] > 0:
		return statusError(statusUndecided)
	}
	return nil
}

// report returns the report options for the current terminal.
func (e environment) report() report.Options {
	return report.Options{Color: e.color(), ASCII: e.ascii(), Width: e.width()}
}

// write writes a report to standard output.
func write[T any](env environment, to func(io.Writer, T, report.Options) error, v T) error {
	return to(env.stdout, v, env.report())
}
