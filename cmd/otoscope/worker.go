package main

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/verify/acquire"
	"github.com/otoscope/otoscope/verify/batch"
)

// WorkerOptions are the flags of "otoscope worker".
type WorkerOptions struct {
	fetch fetchOptions
	store storeOptions
	work  workOptions
	stay  bool
	// Rows with these needs are left to other processes.
	noPaths, noPrivate bool
}

func newWorkerCommand(env environment) *cobra.Command {
	o := &WorkerOptions{}
	c := &cobra.Command{
		Use:   "worker [flags]",
		Short: "Add this machine to running batches",
		Long:  workerHelp,
		Example: `  otoscope worker --db postgres://otoscope@db.example.com/otoscope
  otoscope worker --stay --workers 16 --rate 20`,
		DisableFlagsInUseLine: true,
		ValidArgsFunction:     cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return &usageError{sentence{Message: "worker takes no arguments", Advice: "The manifest is read by: otoscope batch"}}
			}
			return runWorker(c.Context(), env, o)
		},
	}
	running := o.store.flags(env)
	running.AddFlagSet(o.work.flags())
	running.BoolVar(&o.stay, "stay", false, "wait for more when nothing is left to do")
	fetching := o.fetch.flags()
	fetching.BoolVar(&o.noPaths, "no-allow-paths", false, "skip rows that name files")
	fetching.BoolVar(&o.noPrivate, "no-allow-private", false, "skip rows of batches that allow private networks")
	for _, allow := range []string{"allow-paths", "allow-private"} {
		f := fetching.Lookup(allow)
		f.Hidden, f.Usage = true, "no effect: what a batch allows is stored with its rows"
	}
	groupFlags(c,
		flagGroup{groupFetching, fetching},
		flagGroup{"Running", running},
		flagGroup{"Words", o.work.recognizing.flags()},
		flagGroup{"Output", o.work.outputFlags()},
	)
	o.fetch.complete(c)
	o.work.complete(c)
	return c
}

const workerHelp = `Worker works on every batch that otoscope batch --db postgres://... has started in
a database, and ends when nothing is left to do. You can start and kill it at any
time: other workers take over its recordings within 25 seconds.

Credentials and limits are those of this machine, as for otoscope batch. What a
batch allows (--allow-paths, --allow-private) is stored with its rows and holds on
every machine. With --no-allow-paths or --no-allow-private, a worker leaves such
rows to others. A row that names a file runs on the machine that read the manifest,
and on others only if the file has the same path there. When the worker ends, it
reports the rows that wait for another machine.

EXIT STATUS

    0  nothing is left to do
    2  wrong usage, or the work was stopped
  130  interrupted; what it was working on goes on elsewhere`

func runWorker(ctx context.Context, env environment, o *WorkerOptions) error {
	if err := o.work.check(); err != nil {
		return err
	}
	target, err := o.store.target(env)
	if err != nil {
		return err
	}
	fetching, err := o.fetch.options(env)
	if err != nil {
		return err
	}
	fetching.Stdin = nil // rows cannot name it
	if o.work.recognizer, err = o.work.recognizing.recognizer(env, fetching); err != nil {
		return err
	}
	decoder, err := o.fetch.decoding.decoder()
	if err != nil {
		return err
	}
	console := newConsole(env, &o.work)
	source, err := o.work.source(fetching, decoder, console)
	if err != nil {
		return err
	}
	defer source.Close()
	return console.failed(ctx, o.run(ctx, console, target, source))
}

// run takes part until no work is left.
func (o *WorkerOptions) run(ctx context.Context, console *console, target string, source batch.Source) error {
	// A worker may start before the first batch, when no tables exist yet.
	store, err := batch.Open(ctx, target, batch.OpenOptions{Create: strings.Contains(target, "://"), Work: true})
	if err != nil {
		return err
	}
	defer store.Close()
	work := o.work.options(source, console)
	work.NoPaths, work.NoPrivate = o.noPaths, o.noPrivate
	status, err := store.Work(ctx, work, o.stay)
	console.end(status)
	switch {
	case err == nil && status.Left != "":
		console.note(status.Left)
	case err == nil && status.Done == 0:
		console.note("there was nothing to do; begin a batch with otoscope batch, or wait for one with --stay")
	}
	return err
}

// workOptions control how recordings are processed.
type workOptions struct {
	workers   int
	rate      float64
	bandwidth byteRate
	retryLate time.Duration
	logFormat string
	quiet     bool

	recognizing recognizeOptions
	recognizer  *acquire.Recognizer // nil: none is named
}

// maxWorkers bounds --workers: each worker needs memory and a connection.
const maxWorkers = 1000

func (o *workOptions) flags() *pflag.FlagSet {
	f := newFlagSet()
	f.IntVarP(&o.workers, "workers", "j", runtime.NumCPU(), "work on `N` recordings at once")
	f.Float64Var(&o.rate, "rate", 0, "send at most `N` requests a second to a host (default: no limit)")
	f.Var(&o.bandwidth, "bandwidth", "take at most `SIZE` a second from a host, such as 10MB (default: no limit)")
	f.DurationVar(&o.retryLate, "retry-late", batch.DefaultRetryLate, "try a recording that is not there (404) or not ready (202) again for `TIME`; 0: not at all")
	return f
}

func (o *workOptions) outputFlags() *pflag.FlagSet {
	f := newFlagSet()
	f.StringVar(&o.logFormat, "log-format", "text", "progress format on standard error, `FORMAT`: text or json")
	f.BoolVar(&o.quiet, "no-progress", false, "do not show progress")
	return f
}

func (o *workOptions) complete(c *cobra.Command) {
	complete(c, "log-format", "text", "json")
	o.recognizing.complete(c)
}

func (o *workOptions) check() error {
	switch {
	case o.workers < 1:
		return &usageError{sentence{Message: fmt.Sprintf("--workers must be at least 1, not %d", o.workers)}}
	case o.workers > maxWorkers:
		return &usageError{sentence{Message: fmt.Sprintf("--workers must be at most %d, not %d", maxWorkers, o.workers), Advice: "To work on more at once, start otoscope worker on more machines"}}
	case !(o.rate >= 0) || math.IsInf(o.rate, 1):
		return &usageError{sentence{Message: fmt.Sprintf("--rate %v: must be greater than 0", o.rate), Advice: "Give more than 0, such as 0.5 for one every two seconds"}}
	case o.retryLate < 0:
		return &usageError{sentence{Message: fmt.Sprintf("--retry-late %v: must not be negative", o.retryLate), Advice: "Give a time such as 10m, or 0"}}
	case o.logFormat != "text" && o.logFormat != "json":
		return &usageError{sentence{Message: fmt.Sprintf("unknown --log-format %q", o.logFormat), Advice: "The formats are text and json"}}
	}
	return nil
}

func (o *workOptions) source(f fetch.Options, d decode.Decoder, c *console) (*batch.Fetcher, error) {
	if f.Logger != nil {
		f.Logger = c.logger // that of --verbose, in the form of --log-format
	}
	f.Limits = fetch.NewLimits(o.rate, float64(o.bandwidth.byteSize))
	return batch.NewFetcher(f, d)
}

func (o *workOptions) options(s batch.Source, c *console) batch.WorkOptions {
	late := o.retryLate
	if late == 0 {
		late = -1 // because 0 means the default
	}
	return batch.WorkOptions{Source: s, Recognizer: o.recognizer, Workers: o.workers, Logger: c.logger, Progress: c.progress, Notice: c.notice, RetryLate: late}
}

// byteRate is a size per second, 0 for no limit.
type byteRate struct{ byteSize }

// Set also accepts "10MB/s".
func (r *byteRate) Set(text string) error { return r.byteSize.Set(strings.TrimSuffix(text, "/s")) }

func (r *byteRate) String() string {
	if r.byteSize == 0 {
		return ""
	}
	return r.byteSize.String()
}
