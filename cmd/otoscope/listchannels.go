package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/report"
)

// ListChannelsOptions are the flags of "otoscope list channels".
type ListChannelsOptions struct {
	fetch    fetchOptions
	declared declaredOptions
	format   formatFlag
}

func newListChannelsCommand(env environment) *cobra.Command {
	o := &ListChannelsOptions{}
	c := &cobra.Command{
		Use:   "channels [flags] REF...",
		Short: "Say what each channel of a recording carries",
		Long: `Channels lists the channels of a recording with how long somebody speaks on each,
how loud, and from when on. Of a recording with more than two, it names the two that
most likely carry one party each, for --pick of otoscope verify. A channel that
repeats another one, or mixes others, is none of them.

A REF is one of otoscope verify. Each channel is measured by itself, up to 64.

EXIT STATUS

    0  the channels are listed
    2  a recording could not be read; or wrong usage
  130  interrupted`,
		Example: `  otoscope list channels conference.wav
  otoscope list channels --format json https://recordings.example.com/17.wav | jq .pick`,
		DisableFlagsInUseLine: true,
		ValidArgsFunction:     completeRecordings(),
		RunE:                  func(c *cobra.Command, args []string) error { return runListChannels(c.Context(), env, o, args) },
	}
	reading := o.declared.flags(declare.AboutReading, "raw")
	output := newFlagSet()
	o.format.can = func(f report.Format) bool { return f.Channels != nil }
	o.format.add(output)
	groupFlags(c, flagGroup{groupFetching, o.fetch.flags()}, flagGroup{"Reading", reading}, flagGroup{"Output", output})
	o.declared.complete(c)
	o.format.complete(c)
	o.fetch.complete(c)
	return c
}

func runListChannels(ctx context.Context, env environment, o *ListChannelsOptions, refs []string) error {
	format, err := o.format.read()
	if err != nil {
		return err
	}
	if len(refs) == 0 {
		return &usageError{sentence{Message: "which recording?", Advice: "Give a URL, a path, a recording SID or - : otoscope list channels call.wav"}}
	}
	call, err := o.declared.call()
	if err != nil {
		return err
	}
	options, err := o.fetch.options(env)
	if err != nil {
		return err
	}
	client, err := fetch.New(options)
	if err != nil {
		return err
	}
	defer client.Close()
	decoding := decode.Options{Raw: call.Raw}
	if decoding.Decoder, err = o.fetch.decoding.decoder(); err != nil {
		return err
	}
	for _, name := range refs {
		ref, err := fetch.Parse(name)
		if err != nil {
			return err
		}
		var channels verify.Channels
		_, err = client.Get(ctx, ref, func(r io.Reader) error {
			var err error
			channels, err = verify.Survey(ctx, r, decoding)
			return err
		})
		if err != nil {
			var sink *fetch.SinkError
			if errors.As(err, &sink) {
				err = &hint.Error{Message: fmt.Sprintf("%s: %s", ref, sink.Err), Advice: hint.Of(sink.Err), Cause: sink.Err}
			}
			return err
		}
		channels.Recording = ref.String()
		if err := write(env, format.Channels, channels); err != nil {
			return err
		}
	}
	return nil
}
