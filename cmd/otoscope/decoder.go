package main

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/decode/ffmpeg"
	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/audio/hint"
)

// decoderOption names a program that decodes what otoscope does not read.
type decoderOption struct{ name string }

func (o *decoderOption) add(f *pflag.FlagSet) {
	f.StringVar(&o.name, "decoder", "", "let `NAME` decode formats that otoscope does not read, such as AAC, AMR, GSM and WMA: ffmpeg, which must be installed")
}

func (o *decoderOption) complete(c *cobra.Command) { complete(c, "decoder", ffmpeg.Name) }

// decoder finds the program; nil if none is named.
func (o *decoderOption) decoder() (decode.Decoder, error) {
	switch o.name {
	case "":
		return nil, nil
	case ffmpeg.Name:
		d, err := ffmpeg.New()
		if err != nil {
			return nil, &usageError{sentence{Message: "--decoder: " + err.Error(), Advice: hint.Of(err)}}
		}
		return d, nil
	}
	return nil, &usageError{sentence{Message: "--decoder: " + escape.Quote(o.name, 60) + " is no decoder that is known", Advice: "Name ffmpeg"}}
}
