package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"

	"github.com/go-audio/audio"
	"github.com/spf13/cobra"

	"github.com/otoscope/otoscope/audio/decode/wav"
	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/audio/ident"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/planted"
	"github.com/otoscope/otoscope/verify/report"
)

func newIdentCommand(env environment) *cobra.Command {
	c := &cobra.Command{
		Use:   "ident",
		Short: "Make test signals for a test call",
		Long: `Idents are signals that you play into a test call from each side. Verify then
knows who is on which channel, and need not infer it. See otoscope help idents.`,
		Example: `  otoscope ident make --side customer --out customer.wav
  otoscope ident make --side agent --out agent.wav
  otoscope verify --test-call call.wav`,
		SuggestionsMinimumDistance: 2,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(c, "otoscope ident", args)
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			return &usageError{sentence{Message: "make?", Advice: "To make the customer's ident: otoscope ident make --side customer --out customer.wav"}}
		},
	}
	c.AddCommand(newIdentMakeCommand(env))
	return c
}

// IdentMakeOptions are the flags of "otoscope ident make".
type IdentMakeOptions struct {
	side   string
	id     int
	rate   int
	out    string
	format formatFlag
}

// identRates are the rates in Hz of idents, those that telephones and browsers play.
func identRates() []int { return []int{8000, 16000, 48000} }

func newIdentMakeCommand(env environment) *cobra.Command {
	o := &IdentMakeOptions{}
	c := &cobra.Command{
		Use:   "make [flags]",
		Short: "Write one side's test signal as a WAV file",
		Long: fmt.Sprintf(`Make writes the ident of one side as a WAV file: one channel, 16-bit PCM, %.1f s,
at an active speech level of %.0f dBov. The same ident is always the same file. No
file is overwritten.

Play it for ten seconds and more while both sides are connected and recorded. It
may be played over and over.

EXIT STATUS

    0  the file was written
    2  it could not be written; or wrong usage
  130  interrupted`, ident.Words*ident.WordS, ident.Level),
		Example: `  otoscope ident make --side customer --out customer.wav
  otoscope ident make --side agent --id 2 --rate 48000 --out agent-2.wav`,
		DisableFlagsInUseLine: true,
		Args:                  cobra.NoArgs,
		RunE:                  func(c *cobra.Command, args []string) error { return runIdentMake(env, o) },
	}
	which := newFlagSet()
	which.StringVar(&o.side, "side", "", "whose ident; `SIDE` is customer or agent")
	which.IntVar(&o.id, "id", 1, fmt.Sprintf("which of the side's idents; `N` is 1 to %d", ident.IDs))
	which.IntVar(&o.rate, "rate", identRates()[0], "samples a second; `HZ` is "+listed(rateWords(), "or"))
	output := newFlagSet()
	output.StringVarP(&o.out, "out", "o", "", "write to `FILE`, which must not exist yet")
	o.format.can = func(f report.Format) bool { return f.Made != nil }
	o.format.add(output)
	groupFlags(c, flagGroup{"Which ident", which}, flagGroup{"Output", output})
	o.format.complete(c)
	complete(c, "side", string(declare.Customer), string(declare.Agent))
	complete(c, "id", "1", "2", "3", "4")
	complete(c, "rate", rateWords()...)
	completeFiles(c, "out", "wav")
	return c
}

func rateWords() (words []string) {
	for _, r := range identRates() {
		words = append(words, strconv.Itoa(r))
	}
	return words
}

// read checks the flags.
func (o *IdentMakeOptions) read() (ident.Ident, error) {
	role := declare.Role(o.side)
	i := ident.Ident{Party: planted.PartyOf(role), ID: o.id}
	switch {
	case role != declare.Customer && role != declare.Agent:
		return i, &usageError{sentence{Message: fmt.Sprintf("--side %q is not a side of the call", o.side), Advice: "Give --side customer or --side agent"}}
	case !i.Valid():
		return i, &usageError{sentence{Message: fmt.Sprintf("there is no ident %d", o.id), Advice: fmt.Sprintf("Give --id 1 to --id %d", ident.IDs)}}
	case !slices.Contains(identRates(), o.rate):
		return i, &usageError{sentence{Message: fmt.Sprintf("--rate %d is none of the rates", o.rate), Advice: "Give " + listed(rateWords(), "or")}}
	case o.out == "":
		return i, &usageError{sentence{Message: "where to?", Advice: fmt.Sprintf("Name the file: otoscope ident make --side %s --out %[1]s.wav", o.side)}}
	}
	if _, err := os.Lstat(o.out); err == nil {
		return i, &usageError{sentence{Message: fmt.Sprintf("--out %s is there already, and is not overwritten", escape.Text(o.out)), Advice: "Name a file that is not there yet"}}
	}
	return i, writable("out", o.out)
}

func runIdentMake(env environment, o *IdentMakeOptions) error {
	format, err := o.format.read()
	if err != nil {
		return err
	}
	i, err := o.read()
	if err != nil {
		return err
	}
	samples := ident.Make(i, o.rate)
	sum := sha256.New()
	err = newFile(o.out, func(f *os.File) error {
		w := wav.NewWriter(f, audio.Format{SampleRate: o.rate, NumChannels: 1})
		if err := w.Write(&audio.Float32Buffer{Data: samples}); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return err
		}
		_, err := io.Copy(sum, f)
		return err
	})
	if err != nil {
		return fmt.Errorf("writing the ident: %w", err)
	}
	return write(env, format.Made, report.Made{
		Schema: 1, Out: o.out, Side: declare.Role(o.side), ID: i.ID, SampleRate: o.rate,
		DurationS: float64(len(samples)) / float64(o.rate), ActiveSpeechLevel: ident.Level, SHA256: hex.EncodeToString(sum.Sum(nil)),
	})
}
