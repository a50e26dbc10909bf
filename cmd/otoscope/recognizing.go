package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/audio/recognize"
	"github.com/otoscope/otoscope/verify/acquire"
)

// keyVariable is the environment variable with a recogniser's key.
const keyVariable = "OTOSCOPE_RECOGNIZER_KEY"

// recognizeOptions name a recogniser, and say when it is asked.
type recognizeOptions struct {
	name, model, when string
	atOnce            int
	timeout           time.Duration
}

func (o *recognizeOptions) flags() *pflag.FlagSet {
	f := newFlagSet()
	f.StringVar(&o.name, "recognizer", "", "let `NAME` turn speech into words: pocketsphinx, whisper-cli, or the https URL of your own server with OpenAI's API (its key in "+keyVariable+")")
	f.StringVar(&o.when, "recognize", string(acquire.Undecided), "recognise `WHICH` recordings: undecided (by their sound), always or never")
	f.StringVar(&o.model, "recognizer-model", "", "use `MODEL`: a file for whisper-cli, a name for a server")
	f.IntVar(&o.atOnce, "recognizers", 1, "recognise `N` recordings at once")
	f.DurationVar(&o.timeout, "recognizer-timeout", recognize.DefaultTimeout, "give up a channel that takes longer than `TIME`")
	return f
}

func (o *recognizeOptions) complete(c *cobra.Command) {
	complete(c, "recognizer", recognize.Words()...)
	complete(c, "recognize", acquire.When("").Words()...)
}

// recognizer makes the recogniser, which reaches a server as fetches do; nil if none is named. In
// any case it removes the sound that recognisers of killed processes left.
func (o *recognizeOptions) recognizer(env environment, f fetch.Options) (*acquire.Recognizer, error) {
	recognize.Sweep("")
	when, err := acquire.ParseWhen(o.when)
	switch {
	case err != nil:
		return nil, flagValue("recognize", err)
	case o.atOnce < 1:
		return nil, &usageError{sentence{Message: fmt.Sprintf("--recognizers must be at least 1, not %d", o.atOnce)}}
	case o.timeout <= 0:
		return nil, &usageError{sentence{Message: fmt.Sprintf("--recognizer-timeout must be greater than 0, not %v", o.timeout)}}
	case o.name == "" || when == acquire.Never:
		return nil, nil
	}
	engine, err := recognize.New(o.name, recognize.Options{
		Model: o.model, Key: strings.TrimSpace(env.getenv(keyVariable)), RootCAs: f.RootCAs, Proxy: f.Proxy, Timeout: o.timeout,
	})
	if err != nil {
		return nil, &usageError{sentence{Message: "--recognizer: " + err.Error(), Advice: hint.Of(err)}}
	}
	return acquire.NewRecognizer(engine, when, o.atOnce), nil
}
