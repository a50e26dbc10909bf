package batch

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"
	"golang.org/x/sync/semaphore"

	"github.com/otoscope/otoscope/audio/fingerprint"
	"github.com/otoscope/otoscope/verify/acquire"
	"github.com/otoscope/otoscope/verify/batch/db"
	"github.com/otoscope/otoscope/verify/words"
)

// How long an interrupted process lets running downloads continue, and how long it then
// takes at most to store finished results.
const (
	DefaultDrainTimeout = 5 * time.Second
	leaveTimeout        = 3 * time.Second
)

// checkpoint is how often the results of a long-running chunk are stored.
const checkpoint = 5 * time.Second

// defaultPatience is how long a database may be unavailable before the work stops.
const defaultPatience = time.Minute

// WorkOptions control the work.
type WorkOptions struct {
	// Source fetches and measures.
	Source Source
	// Recognizer adds words to verdicts; nil: nobody is asked.
	Recognizer *acquire.Recognizer
	// Workers is the number of recordings processed at once; 0: one per processor.
	Workers int
	// StopAfter is the number of errors that stops the batch; 0: no limit. Faulty rows of
	// the manifest do not count.
	StopAfter int
	// Logger receives log records; nil: nothing is logged.
	Logger *slog.Logger
	// Notice, if not nil, receives at once any news that might make a person stop the run,
	// with advice.
	Notice func(text, advice string)
	// Progress, if not nil, is called every ProgressEvery (0: half a second) and at the end,
	// never concurrently.
	Progress      func(Status)
	ProgressEvery time.Duration
	// Lease is the time without a sign of life after which others consider this process
	// dead; 0: DefaultLease. Every process on a database should have the same.
	Lease time.Duration
	// DrainTimeout is how long downloads may continue after ctx ends; 0:
	// DefaultDrainTimeout.
	DrainTimeout time.Duration
	// Patience is how long the database may be unavailable; 0: a minute.
	Patience time.Duration
	// RetryLate is how long to retry a recording that its server does not have yet; 0:
	// DefaultRetryLate; negative: no retry.
	RetryLate time.Duration
	// NoPaths leaves rows that name files to other processes. NoPrivate does the same for
	// rows whose batch allows private networks. Otherwise a process does what the batch
	// allows.
	NoPaths, NoPrivate bool
}

func (o WorkOptions) withDefaults() WorkOptions {
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{{&o.Lease, DefaultLease}, {&o.DrainTimeout, DefaultDrainTimeout}, {&o.Patience, defaultPatience}, {&o.RetryLate, DefaultRetryLate}, {&o.ProgressEvery, 500 * time.Millisecond}} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	return o
}

// An engine works on the chunks of one or more batches.
type engine struct {
	store  *Store
	queue  queue
	o      WorkOptions
	slots  *semaphore.Weighted // a recording in work holds one
	aside  *semaphore.Weighted // a recording that waits for a slow server without a slot holds one
	host   string              // what this machine is called
	client string              // what River calls this process
	runs   int64               // the batch that it runs; 0: it works on all

	engineVersion engineVersion
	registering   sync.Mutex

	// begin ends when no further recording may start; finish ends when running ones must
	// stop.
	begin, finish             context.Context
	stopBeginning, stopAtOnce context.CancelCauseFunc

	mu       sync.Mutex
	worker   int64
	claims   map[*claim]bool
	underWay map[*task]time.Time           // since when
	known    map[string]*fingerprint.Print // known audio at hand, by its id
	lists    map[phrases]*words.Lists      // of phrases, at hand
	knownS   float64                       // seconds of it
	served   map[string]bool               // queues; false: this process is leaving it
	probed   map[string]int64              // rows whose files were looked for, by queue: the last of them
	halt     error                         // why work was ended, nil while it is not or where ctx ended it

	errors, good, refused atomic.Int64 // recordings of this process
	first                 firstRows
	bytes                 atomic.Int64 // fetched by this process
}

func newEngine(s *Store, o WorkOptions) (*engine, error) {
	o = o.withDefaults()
	if o.Recognizer != nil {
		recognizer := *o.Recognizer
		recognizer.Aside = stepAside // a row that waits for the recogniser lends its slot
		o.Recognizer = &recognizer
	}
	e := &engine{store: s, o: o, engineVersion: currentEngine(), slots: semaphore.NewWeighted(int64(o.Workers)), aside: semaphore.NewWeighted(int64(asideRows(o.Workers))), host: hostname(), client: "otoscope-" + strings.ToLower(rand.Text()),
		claims: map[*claim]bool{}, underWay: map[*task]time.Time{}, known: map[string]*fingerprint.Print{}, lists: map[phrases]*words.Lists{}, served: map[string]bool{}, probed: map[string]int64{}}
	e.begin, e.stopBeginning = context.WithCancelCause(context.Background())
	e.finish, e.stopAtOnce = context.WithCancelCause(context.Background())
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, &chunkWorker{engine: e}); err != nil {
		return nil, err
	}
	var err error
	e.queue, err = newQueue(s.db, &river.Config{
		ID:      e.client,
		Logger:  riverLogger(o.Logger),
		Workers: workers,
		// Queues are added for each batch; River wants one from the start.
		Queues:        map[string]river.QueueConfig{"otoscope": {MaxWorkers: 1}},
		FetchCooldown: 5 * time.Millisecond,
		// River polls for jobs instead of listening: LISTEN needs a session, which a
		// transaction pooler does not provide, and a notification for each insertion.
		FetchPollInterval: s.db.PollInterval(),
		PollOnly:          true,
		// A chunk has no time limit: a slow download must not look like a dead worker. Our
		// own leases detect dead workers, and River does not rescue jobs without a limit.
		JobTimeout: -1,
		// Work returns an error only after a panic. A job that fails this often is
		// discarded, and the next beat makes it wait again.
		MaxAttempts:                 1000,
		CompletedJobRetentionPeriod: time.Minute,
		CancelledJobRetentionPeriod: time.Minute,
		DiscardedJobRetentionPeriod: time.Hour,
	})
	return e, err
}

// start begins the work. It first takes over the chunks of processes that are known to be
// dead.
func (e *engine) start(ctx context.Context) error {
	for _, step := range []struct {
		doing string
		do    func(context.Context) error
	}{
		{"starting to work", func(ctx context.Context) error { return e.register(ctx, 0) }},
		{"taking over what others left", func(ctx context.Context) error {
			if e.store.db.Exclusive() {
				return e.reapOthers(ctx)
			}
			return e.reapDead(ctx)
		}},
		{"taking over what others left", e.heal},
		{"starting the queue", func(ctx context.Context) error { return e.queue.start(context.WithoutCancel(ctx)) }},
	} {
		if err := e.store.retry(ctx, e.o.Patience, func() error { return step.do(ctx) }); err != nil {
			return e.store.storageError(step.doing, err)
		}
	}
	return nil
}

// slotsPerQueue is how many chunks are held at once: one for each recording in
// work, should each be the last and slowest of its chunk, and one to begin with;
// and enough for refusals that wait for each other; and one for each row that
// waits aside.
func (e *engine) slotsPerQueue() int { return max(e.o.Workers, refusals) + 1 + asideRows(e.o.Workers) }

// haltWith ends the work for a reason other than the end of ctx. It stops running work at
// once if that can no longer succeed.
func (e *engine) haltWith(err error, atOnce bool) {
	e.mu.Lock()
	if e.halt == nil {
		e.halt = err
	}
	e.mu.Unlock()
	e.stopBeginning(err)
	if atOnce {
		e.stopAtOnce(err)
	}
}

func (e *engine) haltedBy() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.halt
}

// errStopped is the reason for starting nothing more after ctx has ended.
var errStopped = errors.New("work was ended")

// end stops the engine. Nothing more starts; running work may continue for drain and then
// stops. When end returns, all finished results have been stored, if the database accepts
// them, and the next process continues with the rest.
func (e *engine) end(drain time.Duration) {
	e.stopBeginning(errStopped)
	timer := time.AfterFunc(drain, func() { e.stopAtOnce(errStopped) })
	defer timer.Stop()
	limit, cancel := context.WithTimeout(context.Background(), drain+leaveTimeout)
	defer cancel()
	if err := e.queue.stop(limit); err != nil {
		e.o.Logger.Warn("the queue did not stop in time", "error", err.Error())
	}
	e.stopAtOnce(errStopped)
	leave, cancel := context.WithTimeout(context.Background(), leaveTimeout)
	defer cancel()
	if err := e.reap(leave, e.id(), anyWorker, onLeave); err != nil {
		e.o.Logger.Warn("could not deregister this worker", "error", db.Reason(err))
	}
}
