package report

import (
	"fmt"
	"io"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/calibrate"
	"github.com/otoscope/otoscope/verify/cohort"
	"github.com/otoscope/otoscope/verify/cohort/rollout"
	"github.com/otoscope/otoscope/verify/evaluate"
	"github.com/otoscope/otoscope/verify/lint"
)

// A Format is one form of output, with a writer for each thing that it can
// hold; those it cannot hold are nil.
type Format struct {
	Name string
	Doc  string // what is peculiar to it, in a few words

	Results    func(io.Writer, About, Options) Results
	Labels     func(io.Writer, About, Options) Results // of what people said, with Row.Facts and Row.File
	Summary    func(io.Writer, Summary, Options) error
	Batch      func(io.Writer, Batch, Options) error
	Evaluation func(io.Writer, *evaluate.Report, Options) error
	Faults     func(io.Writer, *evaluate.FaultReport, Options) error
	Fit        func(io.Writer, *calibrate.Result, Options) error
	FitWords   func(io.Writer, *calibrate.WordResult, Options) error
	Build      func(io.Writer, Build, Options) error
	Plan       func(io.Writer, RolloutPlan, Options) error
	Decision   func(io.Writer, rollout.Decision, Options) error
	Alarm      func(io.Writer, rollout.Alarm, Options) error
	Cohort     func(io.Writer, *cohort.Report, Options) error
	Talk       func(io.Writer, cohort.Talk, Options) error
	Discovered func(io.Writer, Discovered, Options) error
	Lint       func(io.Writer, *lint.Report, Options) error
	Mended     func(io.Writer, Mended, Options) error
	Made       func(io.Writer, Made, Options) error
	Channels   func(io.Writer, verify.Channels, Options) error
}

// Formats lists every format there is, the usual one first. Flags, completion,
// help and checks are made from this table.
func Formats() []Format {
	json := Format{
		Name: "json", Doc: "one object a line",
		Results: newJSONResults, Summary: encode[Summary], Evaluation: encode[*evaluate.Report],
		Faults: encode[*evaluate.FaultReport], Build: encode[Build],
		Plan: encode[RolloutPlan], Decision: encode[rollout.Decision], Alarm: encode[rollout.Alarm],
		Cohort: encode[*cohort.Report], Talk: encode[cohort.Talk], Discovered: encode[Discovered], Lint: encode[*lint.Report], Mended: encode[Mended],
		Made: encode[Made], Channels: encode[verify.Channels],
	}
	jsonl := json
	jsonl.Name, jsonl.Doc = "jsonl", "the same as json"
	return []Format{
		{
			Name: "text", Doc: "for people",
			Results: newTextResults, Summary: summaryText, Evaluation: evaluationText,
			Faults: faultsText, Fit: fitText, FitWords: fitWordsText, Build: buildText,
			Plan: rolloutPlanText, Decision: rolloutText, Alarm: rolloutAlarmText,
			Cohort: cohortText, Talk: groupsTalkText, Discovered: discoveredText, Lint: lintText, Mended: mendedText,
			Made: madeText, Channels: channelsText,
		},
		json,
		jsonl,
		{Name: "csv", Doc: "for spreadsheets", Results: newCSVResults, Talk: groupsTalkCSV},
		{Name: "html", Doc: "a page for a browser", Batch: batchPage},
		{Name: "labels", Doc: "what people said, for evaluate and calibrate", Labels: newLabelResults},
		{Name: "junit", Doc: "for continuous integration", Results: newJUnitResults},
		{Name: "sarif", Doc: "SARIF 2.1.0, for code scanning", Lint: lintSARIF},
	}
}

// encode writes any value as JSON on one line.
func encode[T any](w io.Writer, v T, _ Options) error {
	if err := escape.Encode(w, v); err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	return nil
}
