package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify/report"
)

func newRootCommand(env environment) *cobra.Command {
	wantsVersion := false
	root := &cobra.Command{
		Use:   "otoscope",
		Short: "Find out who is on which channel of a recording",
		Long: `Otoscope listens to both channels of a contact-centre recording and says, with
reasons and a stated confidence, whether the customer and the agent are on the
channels they were declared on.`,
		Example: `  otoscope verify call.wav
  otoscope verify --attributes task.json
  otoscope verify --format json https://recordings.example.com/17.wav`,
		SilenceErrors:              true,
		SilenceUsage:               true,
		SuggestionsMinimumDistance: 2,
		Args:                       cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case len(args) > 0:
				return unknownCommand(c, "otoscope", args)
			case wantsVersion:
				return write(env, report.Formats()[0].Build, version())
			}
			c.SetOut(env.stderr)
			if err := c.Help(); err != nil {
				return err
			}
			return statusError(statusFailed)
		},
	}
	root.Flags().BoolVarP(&wantsVersion, "version", "V", false, "print the version, as otoscope version does")
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(newVerifyCommand(env), newPictureCommand(env), newBatchCommand(env), newWorkerCommand(env), newResultsCommand(env), newReviewCommand(env), newListCommand(env), newVersionCommand(env), newConventionsTopic())
	root.AddCommand(newLintCommand(env), newIdentCommand(env), newMendCommand(env))
	root.AddCommand(newCohortCommand(env), newDiscoverCommand(env), newRolloutCommand(env), newEvaluateCommand(env), newCalibrateCommand(env))
	root.AddCommand(newTopicCommands(env)...)
	root.SetHelpCommand(newHelpCommand(root))
	root.SetUsageFunc(rootUsage)
	root.InitDefaultCompletionCmd()
	return root
}

// unknownCommand suggests a replacement for a command that does not exist; before is the
// text in front of it.
func unknownCommand(root *cobra.Command, before string, args []string) error {
	e := &usageError{sentence{Message: "there is no command " + quoted(args[:1])[0]}}
	names := root.SuggestionsFor(args[0])
	if before == "otoscope help" { // which knows topics too
		var all []string
		for _, c := range root.Commands() {
			all = append(all, c.Name())
		}
		names = alike(args[0], all)
	}
	if len(names) > 0 {
		e.Advice = "Did you mean this? " + before + " " + strings.Join(append(names[:1], quoted(args[1:])...), " ")
	} else if looksLikeRecording(args[0]) {
		e.Advice = "To check a recording: otoscope verify " + strings.Join(quoted(args), " ")
	}
	return e
}

// looksLikeRecording reports whether somebody who typed s probably left out "verify".
func looksLikeRecording(s string) bool {
	ref, err := fetch.Parse(s)
	if err != nil || !ref.IsPath() || decode.HasEnding(s) || decode.HasOtherEnding(s) {
		return s != ""
	}
	_, err = os.Stat(s)
	return !errors.Is(err, fs.ErrNotExist)
}

// quoted quotes arguments for a shell. Addresses may hold secrets, so they are not repeated.
func quoted(args []string) []string {
	var words []string
	for _, a := range args {
		switch {
		case strings.Contains(a, "://"):
			a = "URL"
		case strings.ContainsAny(a, " \t\n'\"$`\\&|;<>()*?[]#~!{}"):
			a = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
		words = append(words, a)
	}
	return words
}

// flagError turns the flag parser's errors into sentences with advice.
func flagError(c *cobra.Command, err error) error {
	var (
		unknown *pflag.NotExistError
		missing *pflag.ValueRequiredError
		invalid *pflag.InvalidValueError
	)
	switch {
	case errors.Is(err, pflag.ErrHelp):
		return err
	case errors.As(err, &unknown):
		return unknownFlag(c, unknown.GetSpecifiedName(), unknown.GetSpecifiedShortnames())
	case errors.As(err, &missing):
		return &usageError{sentence{Message: fmt.Sprintf("--%s needs a value", missing.GetFlag().Name)}}
	case errors.As(err, &invalid):
		return &usageError{sentence{Message: fmt.Sprintf("--%s %q: %s", invalid.GetFlag().Name, invalid.GetValue(), reason(invalid.Unwrap())), Advice: hint.Of(err)}}
	default:
		return &usageError{sentence{Message: err.Error()}}
	}
}

// reason removes the function's name from the errors of package strconv.
func reason(err error) string {
	var number interface{ Unwrap() error }
	if errors.As(err, &number) && strings.HasPrefix(err.Error(), "strconv.") {
		return "not a number"
	}
	return err.Error()
}

// unknownFlag suggests a flag with a similar spelling, or the command that has it.
func unknownFlag(c *cobra.Command, name, shorthands string) error {
	if shorthands != "" {
		return &usageError{sentence{Message: fmt.Sprintf("there is no flag -%.1s", shorthands)}}
	}
	e := &usageError{sentence{Message: fmt.Sprintf("there is no flag --%s", name)}}
	var owners []string
	for _, sub := range c.Commands() {
		if sub.Flags().Lookup(name) != nil {
			owners = append(owners, fmt.Sprintf("otoscope %s --%s", sub.Name(), name))
		}
	}
	if len(owners) > 0 {
		e.Advice = "It belongs to a command: " + strings.Join(owners, " or ")
		return e
	}
	var known []string
	c.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
	if names := alike(name, known); len(names) > 0 {
		e.Advice = "Did you mean this? --" + strings.Join(names, " or --")
	}
	return e
}

// alike returns the words with a spelling similar to one. Cobra can suggest commands, so
// each word is passed to it as one.
func alike(word string, known []string) []string {
	c := &cobra.Command{SuggestionsMinimumDistance: 2}
	for _, k := range known {
		c.AddCommand(&cobra.Command{Use: k, Run: func(*cobra.Command, []string) {}})
	}
	return c.SuggestionsFor(word)
}
