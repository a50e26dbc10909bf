package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/verify/acquire"
	"github.com/otoscope/otoscope/verify/evaluate"
)

// labelsOptions select the labelled recordings, and how to measure them.
type labelsOptions struct {
	dir      string
	cuts     bool
	metadata bool
	workers  int
	fetch    fetchOptions // of those that are named by address
}

// fetching gives the flags of how recordings are fetched, without those that labels have no use for.
func (o *labelsOptions) fetching() *pflag.FlagSet {
	f := newFlagSet()
	o.fetch.flags().VisitAll(func(flag *pflag.Flag) {
		switch flag.Name {
		case "allow-paths": // who names labels trusts the files that they name
		case "check-exposure": // no verdict is shown that could say so
		case "allow-private":
			flag.Usage = "let labels and redirects lead to private addresses, and through a proxy to any host (only the proxy sees where a name leads)"
			f.AddFlag(flag)
		default:
			flag.Usage = strings.ReplaceAll(flag.Usage, "what tables, attributes and redirects name", "what labels and redirects name")
			f.AddFlag(flag)
		}
	})
	return f
}

func (o *labelsOptions) addDir(f *pflag.FlagSet) {
	f.StringVar(&o.dir, "dir", "", "find the recordings in `DIR` (default: the folder of LABELS)")
}

func (o *labelsOptions) addMetadata(f *pflag.FlagSet) {
	f.BoolVar(&o.metadata, "use-metadata", false, "also use the labels' directions, recording methods and join times as evidence (default: only the sound)")
}

func (o *labelsOptions) addWorkers(f *pflag.FlagSet) {
	f.IntVarP(&o.workers, "workers", "j", 0, "check `N` recordings at once (default: one per processor)")
}

// read reads the labels named on the command line.
func (o *labelsOptions) read(ctx context.Context, stdin io.Reader, args []string) ([]evaluate.Label, error) {
	switch {
	case len(args) == 0:
		return nil, &usageError{sentence{Message: "which labels?", Advice: "Give a file with one JSON object per line: otoscope evaluate testdata/labels.jsonl"}}
	case len(args) > 1:
		return nil, &usageError{sentence{Message: fmt.Sprintf("evaluate and calibrate read one file of labels, not %d", len(args)), Advice: "Join them: cat a.jsonl b.jsonl > labels.jsonl"}}
	case o.workers < 0:
		return nil, &usageError{sentence{Message: fmt.Sprintf("--workers must be at least 1, not %d", o.workers)}}
	}
	f, err := openInput(ctx, args[0], stdin)
	if err != nil {
		return nil, fmt.Errorf("reading the labels: %w", err)
	}
	defer f.Close()
	name := args[0]
	if name == "-" {
		name = "standard input"
	}
	return evaluate.ReadLabels(f, name, acquire.AddressInLabel)
}

// measure measures the labelled recordings.
func (o *labelsOptions) measure(ctx context.Context, fetching fetch.Options, labels []evaluate.Label, from string, recognizer *acquire.Recognizer) ([]evaluate.Recording, error) {
	library, sources, err := o.sources(fetching, from, o.cuts)
	if err != nil {
		return nil, err
	}
	defer library.Close()
	listening := evaluate.ListenOptions{Sources: sources, Cuts: o.cuts, Workers: o.workers}
	if recognizer != nil {
		listening.Recognizer = recognizer
	}
	return evaluate.Listen(ctx, labels, listening)
}

// sources say where the labelled recordings are, and how they are decoded. The caller closes the library, which keeps
// recordings that are read again.
func (o *labelsOptions) sources(fetching fetch.Options, from string, again bool) (*acquire.Library, evaluate.Sources, error) {
	decoder, err := o.fetch.decoding.decoder()
	if err != nil {
		return nil, evaluate.Sources{}, err
	}
	library, err := acquire.NewLibrary(fetching, again)
	return library, evaluate.Sources{Dir: o.folder(from), Fetcher: library, Decoder: decoder}, err
}

// folder is the folder of the recordings whose labels were read from a file.
func (o *labelsOptions) folder(from string) string {
	if o.dir == "" && from != "-" {
		return filepath.Dir(from)
	}
	return o.dir
}
