package main

import (
	"bufio"
	"fmt"
	"io"

	"github.com/spf13/pflag"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/report"
	"github.com/otoscope/otoscope/verify/report/html"
)

// defaultSound is how much sound a page holds: eleven minutes of two channels at 8 kHz, 28 MB of
// the page.
const defaultSound = 20 << 20

// pageMode keeps pages from other users of the computer: they may hold names and sound.
const pageMode = 0o600

// pageOptions control the web page for one recording.
type pageOptions struct {
	file      string
	withAudio bool
	limit     byteSize
}

func (o *pageOptions) flags() *pflag.FlagSet {
	o.limit = defaultSound
	f := newFlagSet()
	f.StringVar(&o.file, "html", "", "also write a web page for the recording to `FILE`")
	f.BoolVar(&o.withAudio, "with-audio", false, "put the sound itself on the page, to be played (personal data)")
	f.Var(&o.limit, "audio-limit", "leave out sound of more than `SIZE` (as 16-bit WAV)")
	return f
}

// check is about a page for some of the references, made with the files that are read.
func (o *pageOptions) check(refs int, read []string) error {
	switch {
	case o.file == "" && o.withAudio:
		return &usageError{sentence{Message: "--with-audio is for the page, and no page is asked for", Advice: "Add --html FILE"}}
	case !o.withAudio && o.limit != defaultSound:
		return &usageError{sentence{Message: "--audio-limit is for sound on the page, and none is asked for", Advice: "Add --with-audio"}}
	case o.file != "" && refs > 1:
		return &usageError{sentence{Message: "--html makes the page for one recording, and several are given", Advice: "Verify them one by one, or in a batch, and show that with otoscope results --format html"}}
	case o.file == "-":
		return &usageError{sentence{Message: "--html takes a file, not standard output, which has the verdict", Advice: "Give a name, such as --html call.html"}}
	case o.file != "":
		return writable("html", o.file, read...)
	}
	return nil
}

// recorder keeps the sound for the page; nil if none is wanted.
func (o *pageOptions) recorder() *html.Recorder {
	if !o.withAudio {
		return nil
	}
	return html.NewRecorder(int64(o.limit))
}

// write writes the page, if one is asked for.
func (o *pageOptions) write(v verify.Verdict, facts declare.Facts, recorder *html.Recorder) error {
	if o.file == "" {
		return nil
	}
	err := replaceFile(o.file, pageMode, func(w io.Writer) error {
		b := bufio.NewWriterSize(w, 64<<10)
		if err := report.Page(b, v, facts, report.Sound(v, recorder, int64(o.limit))); err != nil {
			return err
		}
		return b.Flush()
	})
	if err != nil {
		return fmt.Errorf("writing --html %s: %w", o.file, err)
	}
	return nil
}
