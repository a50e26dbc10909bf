package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/pflag"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/verify/acquire"
	"github.com/otoscope/otoscope/verify/calibrate"
	"github.com/otoscope/otoscope/verify/evaluate"
	"github.com/otoscope/otoscope/verify/report"
	"github.com/otoscope/otoscope/verify/words"
)

// wordsOptions are the flags of "otoscope calibrate --transcripts".
type wordsOptions struct {
	transcripts bool
	base        string
	testOnly    []string
	licences    string
}

func (o *wordsOptions) add(f *pflag.FlagSet) {
	f.BoolVar(&o.transcripts, "transcripts", false, "learn what agents and customers say from transcripts, instead of fitting a profile to the sound")
	f.StringVar(&o.base, "base", "", "with --transcripts: start from the list of phrases in `FILE` (default: the built-in one of the language)")
	f.StringSliceVar(&o.testOnly, "test-only", nil, "with --transcripts: learn nothing from `SOURCE,...`, and only try the list on them")
	f.StringVar(&o.licences, "licences", "", "with --transcripts: write the licences of the sources into the list; `FILE` has lines such as \"- source: MIT\"")
}

// check refuses flags that go with --transcripts alone.
func (o *wordsOptions) check() error {
	if !o.transcripts && (o.base != "" || len(o.testOnly) > 0 || o.licences != "") {
		return &usageError{sentence{Message: "--base, --test-only and --licences go with --transcripts", Advice: "Add --transcripts, or leave them out"}}
	}
	return nil
}

func runCalibrateWords(ctx context.Context, env environment, o *CalibrateOptions, args []string) error {
	dialogues, err := o.readDialogues(ctx, env.stdin, args)
	if err != nil {
		return err
	}
	fit := calibrate.WordOptions{Name: o.name, TestOnly: o.words.testOnly, Workers: o.labels.workers}
	if fit.Name == "" {
		fit.Name = strings.TrimSuffix(filepath.Base(o.out), filepath.Ext(o.out))
	}
	if fit.Base, err = o.words.readBase(dialogues); err != nil {
		return err
	}
	if fit.Licences, err = readLicences(o.words.licences); err != nil {
		return err
	}
	if err := writable("out", o.out, args...); err != nil {
		return err
	}
	result, err := calibrate.FitWords(ctx, dialogues, fit)
	if err != nil {
		return err
	}
	if err := replaceFile(o.out, 0o644, result.List.Write); err != nil {
		return fmt.Errorf("writing the list: %w", err)
	}
	if err := write(env, report.Formats()[0].FitWords, result); err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.stdout, "\nWritten to %s. Use it: otoscope verify --phrases %[1]s --transcript call.json call.wav\n", escape.Text(quoted([]string{o.out})[0]))
	return err
}

// readDialogues reads labels that name transcripts, or dialogues of one turn a line.
func (o *CalibrateOptions) readDialogues(ctx context.Context, stdin io.Reader, args []string) ([]calibrate.Dialogue, error) {
	if len(args) != 1 {
		return nil, &usageError{sentence{Message: "calibrate --transcripts reads one file", Advice: "Give labels that name transcripts, or dialogues of one turn a line: otoscope help words"}}
	}
	f, err := openInput(ctx, args[0], stdin)
	if err != nil {
		return nil, fmt.Errorf("reading the dialogues: %w", err)
	}
	defer f.Close()
	name := args[0]
	if name == "-" {
		name = "standard input"
	}
	input := bufio.NewReader(f)
	begin, err := input.Peek(64)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading the dialogues: %w", err)
	}
	if !bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(begin, []byte("\uFEFF"))), []byte("{")) {
		return calibrate.ReadDialogues(input, name)
	}
	labels, err := evaluate.ReadLabels(input, name, acquire.AddressInLabel)
	if err != nil {
		return nil, err
	}
	return calibrate.Labelled(labels, o.labels.folder(args[0]))
}

// readBase reads the list from which is started: the one that is named, or the built-in one
// of the language that is spoken.
func (o *wordsOptions) readBase(dialogues []calibrate.Dialogue) (*words.List, error) {
	if o.base != "" {
		l, err := words.Open(o.base)
		if err != nil {
			return nil, flagValue("base", err)
		}
		return l, nil
	}
	var texts []string
	for i := range dialogues {
		for _, line := range dialogues[i].Lines {
			texts = append(texts, line.Text)
		}
	}
	lists := words.Builtin()
	language := lists.LanguageOf(texts)
	if language == "" {
		return nil, &usageError{sentence{
			Message: "the dialogues are of no language that there is a list for: " + strings.Join(lists.Languages(), ", "),
			Advice:  "Start from a list of phrases: --base FILE; see: otoscope help words",
		}}
	}
	return lists.Of(language), nil
}

// licenceLine is a line of the file of licences.
var licenceLine = regexp.MustCompile(`^- ([^:\s]+): (.+)$`)

func readLicences(path string) (map[string]string, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, flagValue("licences", err)
	}
	out := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if m := licenceLine.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			out[m[1]] = m[2]
		}
	}
	return out, nil
}
