package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/lint"
	"github.com/otoscope/otoscope/verify/report"
)

// MendOptions are the flags of "otoscope mend".
type MendOptions struct {
	judgeOptions
	format   formatFlag
	out      string
	exchange bool
}

func newMendCommand(env environment) *cobra.Command {
	o := &MendOptions{}
	c := &cobra.Command{
		Use:   "mend [flags] REF",
		Short: "Write a copy with the channels in the declared order",
		Long: `Mend verifies a recording and writes a copy whose channels are in the declared
order: exchanged if they were the other way round, as they are if they match.
Every sample keeps its bits; what is stored otherwise, as in MP3, is decoded to
16-bit PCM. The copy names its source in an INFO list. The original is never
touched, and no file is overwritten.

If --out ends in .json, mend writes the attributes of --attributes instead, with
the channels in the order that the recording has.

A recording with a file a party becomes one file with two channels. Its samples
keep their bits if both files store them alike, at one rate.

Nothing is written if the verdict is unusable or undecided. --exchange exchanges
the channels whatever is heard.

EXIT STATUS

    0  the file was written
    1  the recording is unusable: nothing was written
    2  it could not be read or written; or wrong usage
    3  undecided: nothing was written
  130  interrupted`,
		Example: `  otoscope mend --direction inbound call.wav --out call.mended.wav
  otoscope mend --attributes task.json --out task.mended.json
  otoscope mend --exchange --format json call.wav --out call.mended.wav
  otoscope mend --left customer.wav --right agent.wav --out call.wav`,
		DisableFlagsInUseLine: true,
		ValidArgsFunction:     completeRecordings(),
		RunE:                  func(c *cobra.Command, args []string) error { return runMend(c.Context(), env, o, args) },
	}
	output := newFlagSet()
	output.StringVarP(&o.out, "out", "o", "", "write to `FILE`, which must not exist yet: the recording, or with .json the attributes")
	output.BoolVar(&o.exchange, "exchange", false, "exchange the channels, whatever is heard")
	o.format.can = func(f report.Format) bool { return f.Mended != nil }
	o.format.add(output)
	o.flags(c, o.declared.flags(declare.AboutReading), flagGroup{"Output", output})
	o.format.complete(c)
	completeFiles(c, "out", "wav", "json")
	return c
}

// attributes reports whether the attributes are mended, not the recording.
func (o *MendOptions) attributes() bool { return strings.EqualFold(filepath.Ext(o.out), ".json") }

func (o *MendOptions) check(refs []string) error {
	if err := o.judgeOptions.check("mend", refs); err != nil {
		return err
	}
	attributes := o.declared.word("attributes")
	switch {
	case len(refs) > 1:
		return &usageError{sentence{Message: "one recording is mended at a time, and several are given", Advice: "Mend them one by one"}}
	case o.out == "":
		return &usageError{sentence{Message: "where to?", Advice: "Name the file: otoscope mend call.wav --out call.mended.wav"}}
	case slices.Contains(append(o.declared.references(), refs...), "-"):
		return &usageError{sentence{Message: "the recording is read twice, which standard input (-) cannot be", Advice: "Save it as a file first"}}
	case o.attributes() && (attributes == "" || attributes == "-"):
		return &usageError{sentence{Message: "--out ends in .json, but no file of attributes is given", Advice: "Add --attributes task.json"}}
	}
	if _, err := os.Lstat(o.out); err == nil {
		return &usageError{sentence{Message: fmt.Sprintf("--out %s is there already, and is not overwritten", escape.Text(o.out)), Advice: "Name a file that is not there yet"}}
	}
	return writable("out", o.out)
}

func runMend(ctx context.Context, env environment, o *MendOptions, refs []string) error {
	format, err := o.format.read()
	if err != nil {
		return err
	}
	if err := o.check(refs); err != nil {
		return err
	}
	defer lean(env)()
	v, err := o.verifier(ctx, env, refs, measurement.OnRequest{})
	if err != nil {
		return err
	}
	verdict, _, err := v.one(ctx)
	if err != nil {
		return err
	}
	if err := o.mendable(verdict); err != nil {
		return err
	}
	m := report.Mended{
		Schema: 1, Recording: verdict.Recording, Out: o.out, Is: "recording", Outcome: verdict.Outcome, Confidence: verdict.Confidence,
		Exchanged: o.exchange || verdict.Outcome == verify.Swapped, Sides: verdict.Declared,
		SourceSHA256: verdict.SHA256, Files: verdict.Files, Alike: true, Format: verdict.Format, Version: version().Version,
	}
	if o.exchange && verdict.Outcome != verify.Swapped {
		m.Confidence = nil
	}
	if o.attributes() {
		err = o.mendAttributes(ctx, env, verdict, &m)
	} else {
		err = v.mend(ctx, &m)
	}
	if err != nil {
		return err
	}
	return write(env, format.Mended, m)
}

// mendable says why nothing is written.
func (o *MendOptions) mendable(v verify.Verdict) error {
	const byHand = "; --exchange exchanges the channels whatever is heard"
	switch {
	case v.Outcome == verify.Errored:
		e := verify.Error{Message: "the recording could not be read"}
		if v.Error != nil {
			e = *v.Error
		}
		return &hint.Error{Message: fmt.Sprintf("%s: %s", v.Recording, e.Message), Advice: e.Hint}
	case o.exchange:
		return nil
	case v.Outcome == verify.Unusable:
		return &unmended{sentence{Message: v.Recording + " is unusable, so no order of its channels is right", Advice: "otoscope verify says why"}, statusRefuted}
	case v.Outcome == verify.Undecided:
		return &unmended{sentence{Message: "who is on which channel of " + v.Recording + " is undecided, so nothing was written", Advice: "give more facts, such as --direction" + byHand}, statusUndecided}
	}
	return nil
}

// unmended is why nothing was written, with the exit status.
type unmended struct {
	sentence
	status statusError
}

// mendAttributes writes attributes that declare what is heard, or with --exchange the reverse of what
// they declare.
func (o *MendOptions) mendAttributes(ctx context.Context, env environment, v verify.Verdict, m *report.Mended) error {
	m.Is, m.Sides = "attributes", v.Heard
	if o.exchange && v.Declared != nil {
		flipped := v.Declared.Flip()
		m.Sides = &flipped
	}
	if m.Sides == nil {
		return &hint.Error{Message: "the attributes declare no party, and nothing is heard", Advice: "write the channels by hand"}
	}
	text, err := attributesText(ctx, o.declared.word("attributes"), env.stdin)
	if err != nil {
		return err
	}
	if text, err = lint.Redeclare([]byte(text), m.Sides.Left); err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(text))
	m.SHA256 = hex.EncodeToString(sum[:])
	return newFile(o.out, func(f *os.File) error {
		_, err := io.WriteString(f, text)
		return err
	})
}

// mend fetches the recording again and writes the copy.
func (v *verifier) mend(ctx context.Context, m *report.Mended) error {
	client, err := fetch.New(v.fetch)
	if err != nil {
		return err
	}
	defer client.Close()
	comment := "Channels as recorded."
	if m.Exchanged {
		comment = "Channels exchanged."
	}
	if m.Sides != nil {
		comment += fmt.Sprintf(" Left: %s. Right: %s.", m.Sides.Left, m.Sides.Right)
	}
	copying := decode.Copying{
		Exchange: m.Exchanged, Software: "otoscope " + m.Version, Source: m.Recording,
		Comment: comment + " SHA-256 of the source: " + m.SourceSHA256,
	}
	return newFile(m.Out, func(f *os.File) error {
		sum, err := v.copyTo(ctx, client, f, m, copying)
		var sink *fetch.SinkError
		switch {
		case errors.As(err, &sink):
			return sink.Err
		case err != nil:
			return err
		case sum != m.SourceSHA256:
			return &hint.Error{Message: "the recording changed while it was mended", Advice: "run otoscope mend again"}
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return err
		}
		written := sha256.New()
		if _, err := io.Copy(written, f); err != nil {
			return err
		}
		m.SHA256 = hex.EncodeToString(written.Sum(nil))
		return nil
	})
}

// copyTo fetches the recording and copies it to a file. It returns the SHA-256 of the recording.
func (v *verifier) copyTo(ctx context.Context, client *fetch.Client, f *os.File, m *report.Mended, copying decode.Copying) (sum string, err error) {
	files := v.jobs[0].files
	write := func(recording decode.ReadCloser, err error) error {
		if err != nil {
			return err
		}
		defer recording.Close()
		if err := f.Truncate(0); err != nil { // a download that broke off begins again
			return err
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return err
		}
		m.Frames, err = decode.CopyTo(f, recording, copying)
		m.Alike, m.Rate = decode.Alike(recording), recording.Format().SampleRate
		return err
	}
	options := v.declared.measure.Options
	if files == nil {
		_, err = client.Get(ctx, v.jobs[0].ref, func(r io.Reader) error {
			read := newHashed(r)
			if err := write(decode.Open(ctx, read, options)); err != nil {
				return err
			}
			var err error
			sum, err = read.finish()
			return err
		})
		return sum, err
	}
	_, err = files.Get(ctx, client, [2]string{}, func(r [2]io.Reader) error {
		left, right := newHashed(r[0]), newHashed(r[1])
		joined, err := files.Join(ctx, [2]io.Reader{left, right}, options)
		if err := write(joined, err); err != nil {
			return err
		}
		leftSum, err := left.finish()
		if err != nil {
			return err
		}
		rightSum, err := right.finish()
		sum = verify.SumOfFiles(leftSum, rightSum)
		return err
	})
	return sum, err
}

// hashed computes the SHA-256 of what is read.
type hashed struct {
	io.Reader
	sum hash.Hash
}

func newHashed(r io.Reader) *hashed {
	h := &hashed{sum: sha256.New()}
	h.Reader = io.TeeReader(r, h.sum)
	return h
}

// finish reads the rest, and gives the sum in hexadecimal.
func (h *hashed) finish() (string, error) {
	_, err := io.Copy(io.Discard, h)
	return hex.EncodeToString(h.sum.Sum(nil)), err
}
