package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/go-audio/audio"
	"github.com/spf13/pflag"

	"github.com/otoscope/otoscope/audio/decode/wav"
	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify/acquire"
	"github.com/otoscope/otoscope/verify/batch"
	"github.com/otoscope/otoscope/verify/cohort"
)

// recurringOptions say where the sounds that recur are written, and how their recordings are
// fetched again.
type recurringOptions struct {
	dir   string
	again againOptions
}

func (o *recurringOptions) flag(f *pflag.FlagSet) {
	f.StringVar(&o.dir, "recurring", "", "write each sound that recurs into the folder `DIR`, from a recording that is fetched again, to be given as --agent-audio")
}

// check finds what is wrong on the command line.
func (o *recurringOptions) check() error {
	_, err := o.again.fetch.decoding.decoder()
	return err
}

// export writes the sounds that recur. A sound whose recording cannot be had any more is told, and
// the others are written.
func (o *recurringOptions) export(ctx context.Context, env environment, store *batch.Store, stored *batch.Cohort, r *cohort.Report) error {
	if len(r.Sounds) == 0 {
		fmt.Fprintln(env.stderr, "otoscope: no sound recurs, so none was written")
		return nil
	}
	if err := os.MkdirAll(o.dir, 0o700); err != nil { // it is speech
		return &usageError{sentence{Message: fmt.Sprintf("--recurring %s cannot be made: %v", o.dir, err), Advice: "Name a folder that you may write to"}}
	}
	keys := make([]int64, len(r.Sounds))
	for i, s := range r.Sounds {
		keys[i] = stored.Key(s.Example.Number)
	}
	fetcher, where, err := o.again.fetcher(ctx, env, store, func() ([]int64, error) {
		return slices.Compact(slices.Sorted(slices.Values(keys))), nil
	})
	if err != nil {
		return err
	}
	defer fetcher.Close()
	written, failed := 0, 0
	for i, s := range r.Sounds {
		name := filepath.Join(o.dir, fmt.Sprintf("recurring-%02d.wav", i+1))
		c, there, err := store.Case(ctx, keys[i], where)
		switch {
		case err != nil:
			return err
		case !there:
			err = &sentence{Message: "its result was purged meanwhile", Advice: "Run the command again"}
		default:
			err = writeSound(ctx, fetcher, c.Place, s.Example, name)
		}
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			failed++
			fmt.Fprintf(env.stderr, "otoscope: sound %d, from %s: %s\n", i+1, escape.Text(s.Example.ID), escape.Text(err.Error()))
			if advice := hint.Of(err); advice != "" {
				fmt.Fprintf(env.stderr, "%s\n", escape.Text(capitalised(advice)))
			}
			continue
		}
		written++
		fmt.Fprintf(env.stderr, "otoscope: wrote %s\n", escape.Text(name))
	}
	if written == 0 && failed > 0 {
		return statusError(statusFailed)
	}
	return nil
}

// writeSound writes the example of a sound as a WAV file.
func writeSound(ctx context.Context, fetcher *batch.Fetcher, from batch.Place, p cohort.Place, name string) error {
	channel := 0
	if p.Channel == "right" {
		channel = 1
	}
	stretch := acquire.Stretch{Channel: channel, From: p.StartS, To: min(p.EndS, p.StartS+acquire.MaxExcerpt)}
	samples, rate, err := fetcher.Excerpt(ctx, from, stretch)
	if err != nil {
		return err
	}
	file, err := wav.Encode(&audio.Float32Buffer{Format: &audio.Format{NumChannels: 1, SampleRate: rate}, Data: samples})
	if err != nil {
		return err
	}
	if err := os.WriteFile(name, file, 0o600); err != nil {
		var at *os.PathError
		if errors.As(err, &at) {
			return fmt.Errorf("writing it: %w", at.Err)
		}
		return err
	}
	return nil
}
