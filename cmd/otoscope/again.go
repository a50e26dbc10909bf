package main

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/verify/batch"
	"github.com/otoscope/otoscope/verify/batch/manifest"
)

// againOptions say how the recordings of results are found and fetched again.
type againOptions struct {
	fetch     fetchOptions
	manifests []string
}

func (o *againOptions) flags() *pflag.FlagSet {
	f := o.fetch.flags()
	f.StringArrayVar(&o.manifests, "manifest", nil, "read the recordings' addresses from the manifest `FILE` again: signed addresses are not kept; may be given again")
	return f
}

// fetcher fetches the recordings of stored results, from where they are. keys are those of the results.
// The caller closes the fetcher.
func (o *againOptions) fetcher(ctx context.Context, env environment, store *batch.Store, keys func() ([]int64, error)) (*batch.Fetcher, batch.Whereabouts, error) {
	where := batch.Whereabouts{AllowPaths: o.fetch.allowPaths, AllowPrivate: o.fetch.allowPrivate}
	fetching, err := o.fetch.options(env)
	if err != nil {
		return nil, where, err
	}
	fetching.Stdin = nil // rows cannot name it
	decoder, err := o.fetch.decoding.decoder()
	if err != nil {
		return nil, where, err
	}
	if err := o.readManifests(ctx, env, store, keys, decoder, &where.Addresses); err != nil {
		return nil, where, err
	}
	fetcher, err := batch.NewFetcher(fetching, decoder)
	return fetcher, where, err
}

// readManifests reads the addresses of results that manifests name.
func (o *againOptions) readManifests(ctx context.Context, env environment, store *batch.Store, keys func() ([]int64, error), d decode.Decoder, into *batch.Addresses) error {
	if len(o.manifests) == 0 {
		return nil
	}
	wanted, err := keys()
	if err != nil {
		return err
	}
	for _, path := range o.manifests {
		if path == "-" {
			return &usageError{sentence{Message: "--manifest takes a file, not standard input", Advice: "Write the manifest to a file"}}
		}
		m, err := openManifest(ctx, path, env.stdin, manifest.Options{Others: d != nil})
		if err != nil {
			return err
		}
		found, err := store.ReadAddresses(ctx, m, batch.ReadOptions{AllowPaths: o.fetch.allowPaths, Decoder: d}, wanted)
		m.Close()
		if err != nil {
			return err
		}
		into.Add(found)
	}
	fmt.Fprintf(env.stderr, "otoscope: the manifests name %d of the %d recordings\n", into.Len(), len(wanted))
	return nil
}
