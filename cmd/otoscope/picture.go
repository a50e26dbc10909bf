package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/report"
)

// PictureOptions are the flags of "otoscope picture".
type PictureOptions struct {
	judgeOptions
	out string
}

func newPictureCommand(env environment) *cobra.Command {
	o := &PictureOptions{}
	c := &cobra.Command{
		Use:   "picture [flags] REF",
		Short: "Draw a call: waveforms, who speaks when, what is heard",
		Long: `Picture draws one recording: both channels as waveforms on one time axis, speech
in the colour of the party heard, and below it what else is heard and found. The
title is the verdict. It is the picture of otoscope verify --html as a file, for a
ticket or a slide.

A name that ends in .svg gives an SVG file, one in .png a PNG file of 2,400 pixels
across. Facts and declarations are those of otoscope verify.

EXIT STATUS

    0  the picture was written, whatever the verdict is
    2  the recording could not be read; or wrong usage
  130  interrupted`,
		Example: `  otoscope picture call.wav --out call.svg
  otoscope picture --direction inbound --out call.png RE0123456789abcdef0123456789abcdef
  otoscope picture --out - call.wav > call.svg`,
		DisableFlagsInUseLine: true,
		ValidArgsFunction:     completeRecordings(),
		RunE:                  func(c *cobra.Command, args []string) error { return runPicture(c.Context(), env, o, args) },
	}
	output := newFlagSet()
	output.StringVarP(&o.out, "out", "o", "", "write the picture to `FILE`: .svg or .png; - is standard output, as SVG")
	o.flags(c, o.declared.flags(declare.AboutReading), flagGroup{"Output", output})
	completeFiles(c, "out", "svg", "png")
	return c
}

func (o *PictureOptions) check(refs []string) error {
	if err := o.judgeOptions.check("picture", refs); err != nil {
		return err
	}
	switch ending := strings.ToLower(filepath.Ext(o.out)); {
	case len(refs) > 1:
		return &usageError{sentence{Message: "a picture shows one recording, and several are given", Advice: "Draw them one by one"}}
	case o.out == "":
		return &usageError{sentence{Message: "where to?", Advice: "Name the file: otoscope picture call.wav --out call.svg"}}
	case o.out == "-":
		return nil
	case ending != ".svg" && ending != ".png":
		return &usageError{sentence{Message: fmt.Sprintf("--out %s ends neither in .svg nor in .png", o.out), Advice: "The ending says which kind of picture it is, as in --out call.svg"}}
	}
	return writable("out", o.out, o.read(refs)...)
}

func runPicture(ctx context.Context, env environment, o *PictureOptions, refs []string) error {
	if err := o.check(refs); err != nil {
		return err
	}
	defer lean(env)()
	v, err := o.verifier(ctx, env, refs, measurement.OnRequest{Waveform: true})
	if err != nil {
		return err
	}
	verdict, facts, err := v.one(ctx)
	if err != nil {
		return err
	}
	if verdict.Outcome == verify.Errored {
		e := verify.Error{Message: "the recording could not be read"}
		if verdict.Error != nil {
			e = *verdict.Error
		}
		return &hint.Error{Message: fmt.Sprintf("%s: %s", verdict.Recording, e.Message), Advice: e.Hint}
	}
	picture := report.Picture(verdict, facts)
	if o.out == "-" {
		_, err := io.WriteString(env.stdout, picture.SVG())
		return err
	}
	err = replaceFile(o.out, pageMode, func(w io.Writer) error {
		if strings.EqualFold(filepath.Ext(o.out), ".png") {
			return picture.PNG(w)
		}
		_, err := io.WriteString(w, picture.SVG())
		return err
	})
	if err != nil {
		return fmt.Errorf("writing --out %s: %w", o.out, err)
	}
	return nil
}

// one judges the only recording, and gives the facts that the verdict rests on.
func (v *verifier) one(ctx context.Context) (verify.Verdict, declare.Facts, error) {
	defer v.progress.close()
	track := v.progress.track()
	options := v.fetch
	options.Progress = track.report
	client, err := fetch.New(options)
	if err != nil {
		return verify.Verdict{}, declare.Facts{}, err
	}
	defer client.Close()
	track.begin(v.jobs[0].name)
	defer track.end()
	verdict, facts := v.verify(ctx, client, v.jobs[0], nil)
	return verdict, facts, ctx.Err()
}
