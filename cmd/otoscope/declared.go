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
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/evidence"
	"github.com/otoscope/otoscope/verify/transcript"
	"github.com/otoscope/otoscope/verify/words"
)

// declaredOptions are the declared and known facts about recordings: the facts of
// declare.Table, as flags of every command that judges recordings.
type declaredOptions struct {
	words []declare.Word // in the order of the command line
	many  bool           // the command judges many recordings, which name their own facts
	sid   bool           // a recording is named by its SID, so that Twilio may tell facts
}

// flags makes a flag of each fact about something, or only of those named.
func (o *declaredOptions) flags(about declare.About, only ...string) *pflag.FlagSet {
	f := newFlagSet()
	for _, fact := range declare.Table() {
		if fact.About == about && !(fact.Single && o.many) && (len(only) == 0 || slices.Contains(only, fact.Name)) {
			f.VarPF(&factFlag{fact: fact, to: o}, fact.Flag(), "", fact.Usage).NoOptDefVal = fact.Alone
		}
	}
	return f
}

// factFlag collects the words about one fact.
type factFlag struct {
	fact declare.Fact
	to   *declaredOptions
}

// Set stores a word. It is parsed later, together with those of other flags.
func (f *factFlag) Set(value string) error {
	if !f.fact.Many {
		f.to.forget(f.fact.Name) // of a flag that is given twice the last counts
	}
	f.to.words = append(f.to.words, declare.Word{Fact: f.fact.Name, Value: value})
	return nil
}

func (f *factFlag) String() string { return f.fact.Default }

// Type appears in the help only if the usage names no value. A flag that may stand alone is
// shown as one without a value.
func (f *factFlag) Type() string {
	if f.fact.Alone != "" {
		return "bool"
	}
	return "word"
}

func (o *declaredOptions) forget(fact string) {
	kept := o.words[:0]
	for _, w := range o.words {
		if w.Fact != fact {
			kept = append(kept, w)
		}
	}
	o.words = kept
}

// word returns the words about a fact, "" if there are none.
func (o *declaredOptions) word(fact string) string {
	for _, w := range o.words {
		if w.Fact == fact {
			return w.Value
		}
	}
	return ""
}

// saidOf are the facts about something of which words were said.
func (o *declaredOptions) saidOf(about declare.About) []declare.Fact {
	return slices.DeleteFunc(declare.Table(), func(f declare.Fact) bool { return f.About != about || o.word(f.Name) == "" })
}

// references are the words that name recordings.
func (o *declaredOptions) references() []string {
	var all []string
	for _, f := range o.saidOf(declare.AboutFiles) {
		if f.Reference {
			all = append(all, o.word(f.Name))
		}
	}
	return all
}

// complete offers the words and the files that the flags accept.
func (o *declaredOptions) complete(c *cobra.Command) {
	for _, fact := range declare.Table() {
		if c.Flags().Lookup(fact.Flag()) == nil {
			continue
		}
		if len(fact.Words) > 0 {
			complete(c, fact.Flag(), fact.Words...)
		}
		if len(fact.Files) > 0 {
			completeFiles(c, fact.Flag(), eitherCase(fact.Files)...)
		}
	}
}

// call parses the words of the flags. Its errors are about the command line. It does not
// open the files that they name.
func (o *declaredOptions) call() (declare.Call, error) {
	var call declare.Call
	if declaring := declare.Declaring(o.words); len(declaring) > 1 {
		return call, &usageError{sentence{
			Message: "--" + strings.Join(declaring, " and --") + " each declare who is on which channel",
			Advice:  "Give one of them",
		}}
	}
	for _, fact := range declare.Table() {
		for _, w := range o.words {
			// The default adds no information.
			if w.Fact != fact.Name || w.Value == "" || w.Value == fact.Default {
				continue
			}
			if err := fact.Set(&call, w.Value); err != nil {
				return call, flagValue(fact.Flag(), err)
			}
		}
	}
	return call, nil
}

// A declaredCase is the part of a verify.Case that is the same for every
// recording on a command line, with the findings of reading it.
type declaredCase struct {
	verify.Case
	measure verify.MeasureOptions
	// transcript is where the transcript is, if it has to be fetched. The case has one that is a
	// file.
	transcript transcript.Source
	// files are the two files of the recording; nil if it is one file.
	files *declare.Files
	// twilioFacts says whether Twilio is asked; nil: of recordings named by their SID.
	twilioFacts *bool
	// failure is why the attributes cannot be used. It concerns the recordings, not the
	// command line, and appears in their verdicts.
	failure error
}

// read turns the flags into a case. d reads formats that have no reader of their own; nil: they are errors.
// Its errors are about the command line.
func (o *declaredOptions) read(ctx context.Context, stdin io.Reader, d decode.Decoder) (declaredCase, error) {
	var c declaredCase
	call, err := o.call()
	if err != nil {
		return c, err
	}
	audio, err := readKnownAudio(ctx, call, d)
	if err != nil {
		return c, err
	}
	if c.Profile, err = readProfile(call.Profile); err != nil {
		return c, err
	}
	if c.Words, err = readPhrases(call.Phrases); err != nil {
		return c, err
	}
	if c.Transcript, err = readTranscript(call.Transcript); err != nil {
		return c, err
	}
	c.transcript = call.Transcript
	if call.Attributes != "" {
		call.Declaration, c.failure = readAttributes(ctx, call.Attributes, stdin)
	}
	if c.failure == nil {
		call.ToldLater = o.sid && call.TwilioFacts == nil || call.TwilioFacts != nil && *call.TwilioFacts
		err = call.Complete()
	}
	if err == nil {
		c.files, err = call.Files()
	}
	var fact *declare.FactError
	switch {
	case errors.As(err, &fact):
		return c, flagValue(fact.Fact, fact.Err)
	case err != nil && call.Attributes != "":
		c.failure = err
	case err != nil:
		return c, err
	}
	call.Facts.AgentAudio, call.Facts.CustomerAudio = audio.agent, audio.customer
	c.Case.Say(call)
	c.twilioFacts = call.TwilioFacts
	c.measure.Pick, c.measure.Raw, c.measure.Decoder, c.measure.Known = call.Pick, call.Raw, d, audio.references
	return c, nil
}

// checkWord refuses text that databases or JSON cannot hold.
func checkWord(flag, value string) error {
	if strings.ToValidUTF8(value, "") != value {
		return &usageError{sentence{Message: fmt.Sprintf("--%s %q is not UTF-8 text", flag, value), Advice: "Write it in UTF-8, as the locale of your terminal should"}}
	}
	return nil
}

// readProfile reads the profile in a file; nil if none is named.
func readProfile(path string) (*evidence.Profile, error) {
	if path == "" {
		return nil, nil
	}
	p, _, err := evidence.OpenProfile(path)
	if err != nil {
		return nil, flagValue("profile", err)
	}
	return &p, nil
}

// readPhrases reads the list in a file, with the built-in ones; nil if none is named.
func readPhrases(path string) (*words.Lists, error) {
	if path == "" {
		return nil, nil
	}
	own, err := words.Open(path)
	if err != nil {
		return nil, flagValue("phrases", err)
	}
	return words.Builtin().With(own), nil
}

// readTranscript reads the transcript in the files of a source; nil if it names none.
func readTranscript(source transcript.Source) (*transcript.Transcript, error) {
	if len(source.Files()) == 0 {
		return nil, nil
	}
	t, err := source.Read(transcript.ReadFile)
	if err != nil {
		return nil, flagValue("transcript", err)
	}
	return t, nil
}

// readAttributes reads a file of task attributes, or standard input.
func readAttributes(ctx context.Context, path string, stdin io.Reader) (declare.Declaration, error) {
	text, err := attributesText(ctx, path, stdin)
	if err != nil {
		return declare.Declaration{}, err
	}
	return declare.ParseAttributes([]byte(text))
}

// attributesText reads the raw text of a file of task attributes.
func attributesText(ctx context.Context, path string, stdin io.Reader) (string, error) {
	f, err := openInput(ctx, path, stdin)
	if err != nil {
		return "", attributesError(err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, declare.MaxAttributes+1))
	if err != nil {
		return "", attributesError(err)
	}
	return string(text), nil
}

// attributesError is the error for a file of task attributes that cannot be read.
func attributesError(err error) error {
	return &hint.Error{
		Message: fmt.Sprintf("reading the task attributes: %s", err),
		Advice:  "give --attributes a file with the JSON of the task's attributes, or - for standard input",
		Cause:   err,
	}
}

// flagValue names the flag of a wrong value.
func flagValue(flag string, err error) error {
	return &usageError{sentence{Message: "--" + strings.ReplaceAll(flag, "_", "-") + ": " + err.Error(), Advice: hint.Of(err)}}
}
