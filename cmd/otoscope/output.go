package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/report"
)

// outputOptions say how verdicts are told.
type outputOptions struct {
	format        string
	detail, brief bool
}

func (o *outputOptions) flags() *pflag.FlagSet {
	f := newFlagSet()
	f.StringVar(&o.format, "format", "text", "write `FORMAT`: text, json (one object a line) or jsonl (the same)")
	f.BoolVar(&o.detail, "detail", false, "print every measurement")
	f.BoolVar(&o.brief, "brief", false, "print only the verdict, one line a recording")
	return f
}

func (o *outputOptions) complete(c *cobra.Command) {
	complete(c, "format", "text", "json", "jsonl")
}

func (o *outputOptions) check() error {
	switch {
	case o.format != "text" && !o.json():
		return &usageError{message: fmt.Sprintf("--format %q is not known", o.format), hint: "Formats are text, json and jsonl"}
	case o.brief && o.detail:
		return &usageError{message: "--brief and --detail contradict each other", hint: "Give one of them"}
	case o.brief && o.json():
		return &usageError{message: "--brief is for --format text", hint: "Each JSON object is one line already; pick its keys with jq"}
	}
	return nil
}

func (o *outputOptions) json() bool { return o.format == "json" || o.format == "jsonl" }

// A teller prints verdicts one after the other and keeps count of them.
type teller struct {
	w       io.Writer
	json    bool
	options report.Options
	told    []verify.Verdict // recording and outcome only
}

func (o *outputOptions) teller(env environment) *teller {
	return &teller{w: env.stdout, json: o.json(), options: report.Options{
		Detail: o.detail, Brief: o.brief, Color: env.color(), ASCII: env.ascii(), Width: env.width(),
	}}
}

// tell prints one verdict.
func (t *teller) tell(v verify.Verdict) error {
	separate := len(t.told) > 0 && !t.json && !t.options.Brief
	t.told = append(t.told, verify.Verdict{Recording: v.Recording, Outcome: v.Outcome})
	if t.json {
		return report.JSON(t.w, v, t.options)
	}
	if separate {
		if _, err := fmt.Fprint(t.w, "\n\n"); err != nil {
			return err
		}
	}
	return report.Text(t.w, v, t.options)
}

// summarise counts the outcomes where the text told of several recordings.
func (t *teller) summarise() error {
	if len(t.told) < 2 || t.json || t.options.Brief {
		return nil
	}
	var counts []string
	for _, o := range []verify.Outcome{verify.Match, verify.Swapped, verify.Unusable, verify.Undecided, verify.Errored} {
		if n := t.count(o); n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n, o))
		}
	}
	_, err := fmt.Fprintf(t.w, "\n\n%d recordings: %s\n", len(t.told), strings.Join(counts, ", "))
	return err
}

func (t *teller) count(outcomes ...verify.Outcome) int {
	n := 0
	for _, v := range t.told {
		for _, o := range outcomes {
			if v.Outcome == o {
				n++
			}
		}
	}
	return n
}

// status is the exit status that the verdicts told so far amount to.
func (t *teller) status() error {
	switch {
	case t.count(verify.Swapped, verify.Unusable) > 0:
		return statusError(statusRefuted)
	case t.count(verify.Errored) > 0:
		return statusError(statusFailed)
	case t.count(verify.Undecided) > 0:
		return statusError(statusUndecided)
	}
	return nil
}
