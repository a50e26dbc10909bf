package batch

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"
	"golang.org/x/sync/semaphore"

	"github.com/otoscope/otoscope/audio/fingerprint"
)

// How long an interrupted process lets downloads go on that are under way, and
// how long it then takes at most to write down what is done.
const (
	DefaultGrace = 5 * time.Second
	farewell     = 3 * time.Second
)

// checkpoint is how often the results of a chunk that is long under way are stored.
const checkpoint = 5 * time.Second

// defaultPatience is how long a database may be away before work is given up.
const defaultPatience = time.Minute

// WorkOptions say how work is done.
type WorkOptions struct {
	// Source fetches and measures.
	Source Source
	// Workers is how many recordings are worked on at once; 0: one a processor.
	Workers int
	// StopAfter is how many errors stop the batch; 0: none do. Rows that the
	// manifest has wrong do not count.
	StopAfter int
	// Logger is told of what goes on; nil: nobody is.
	Logger *slog.Logger
	// Progress, if not nil, is called every ProgressEvery (0: half a second)
	// and at the end, never twice at once.
	Progress      func(Status)
	ProgressEvery time.Duration
	// Lease is after how long without a sign of life this process is taken for
	// dead; 0: DefaultLease. Every process on a database should have the same.
	Lease time.Duration
	// Grace is how long downloads may go on when ctx has ended; 0: DefaultGrace.
	Grace time.Duration
	// Patience is how long the database may be away; 0: a minute.
	Patience time.Duration
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
	}{{&o.Lease, DefaultLease}, {&o.Grace, DefaultGrace}, {&o.Patience, defaultPatience}, {&o.ProgressEvery, 500 * time.Millisecond}} {
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
	making making
	slots  *semaphore.Weighted // a recording in work holds one
	aside  *semaphore.Weighted // a recording that waits for a slow server without a slot holds one

	// begin ends when no further recording is to be begun, finish when those
	// under way are to be given up.
	begin, finish             context.Context
	stopBeginning, stopAtOnce context.CancelCauseFunc

	mu     sync.Mutex
	worker int64
	hands  map[turnArgs]*hand
	known  map[string]*fingerprint.Print // known audio at hand, by its id
	knownS float64                       // seconds of it
	halt   error                         // why work was ended, nil while it is not or where ctx ended it

	errors, good, refused atomic.Int64 // recordings of this process
	bytes                 atomic.Int64 // fetched by this process
}

func newEngine(s *Store, o WorkOptions) (*engine, error) {
	o = o.withDefaults()
	e := &engine{store: s, o: o, making: currentMaking(), slots: semaphore.NewWeighted(int64(o.Workers)), aside: semaphore.NewWeighted(int64(asideRows(o.Workers))), hands: map[turnArgs]*hand{}, known: map[string]*fingerprint.Print{}}
	e.begin, e.stopBeginning = context.WithCancelCause(context.Background())
	e.finish, e.stopAtOnce = context.WithCancelCause(context.Background())
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, &chunkWorker{engine: e}); err != nil {
		return nil, err
	}
	var err error
	e.queue, err = s.db.newQueue(&river.Config{
		Logger:  riverLogger(o.Logger),
		Workers: workers,
		// A queue of its own is added for each batch; River wants one from the start.
		Queues:        map[string]river.QueueConfig{"otoscope": {MaxWorkers: 1}},
		FetchCooldown: 5 * time.Millisecond,
		// Where nothing tells of new jobs they are looked for as often. On SQLite
		// telling would itself be looking, twenty times a second.
		FetchPollInterval: s.db.pollInterval(),
		PollOnly:          s.db.pollInterval() < time.Second/2,
		// No limit to how long a chunk takes: that a download is slow must not
		// look like a dead worker. Leases of our own say who is dead.
		JobTimeout:           -1,
		RescueStuckJobsAfter: time.Minute,
		// River's own repetition is not used: a chunk that was not finished gets a new job.
		MaxAttempts:                 1,
		CompletedJobRetentionPeriod: time.Minute,
		CancelledJobRetentionPeriod: time.Minute,
		DiscardedJobRetentionPeriod: time.Hour,
	})
	return e, err
}

// start begins to work. What processes that are known to be dead had in hand is
// taken over before.
func (e *engine) start(ctx context.Context) error {
	if err := e.store.retry(ctx, e.o.Patience, func() error { return e.register(ctx) }); err != nil {
		return e.store.storageError("starting to work", err)
	}
	if err := e.store.retry(ctx, e.o.Patience, func() error { return e.buryUnheld(ctx) }); err != nil {
		return e.store.storageError("taking over what others left", err)
	}
	err := e.store.retry(ctx, e.o.Patience, func() error { return e.queue.start(context.WithoutCancel(ctx)) })
	return e.store.storageError("starting the queue", err)
}

// slotsPerQueue is how many chunks are held at once: one for each recording in
// work, should each be the last and slowest of its chunk, and one to begin with;
// and enough for refusals that wait for each other; and one for each row that
// waits aside.
func (e *engine) slotsPerQueue() int { return max(e.o.Workers, refusals) + 1 + asideRows(e.o.Workers) }

// haltWith ends the work for a reason of its own. What is under way is given up
// at once where it can no longer succeed.
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

// errStopped is why nothing more is begun when ctx has ended.
var errStopped = errors.New("work was ended")

// end stops: nothing is begun any more, what is under way may go on for grace,
// and is then given up. All that is done has been stored when end returns, as
// far as the database takes it, and the rest waits for whoever goes on.
func (e *engine) end(grace time.Duration) {
	e.stopBeginning(errStopped)
	timer := time.AfterFunc(grace, func() { e.stopAtOnce(errStopped) })
	defer timer.Stop()
	limit, cancel := context.WithTimeout(context.Background(), grace+farewell)
	defer cancel()
	if err := e.queue.stop(limit); err != nil {
		e.o.Logger.Warn("the queue did not stop in time", "error", err.Error())
	}
	e.stopAtOnce(errStopped)
	leave, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	if err := e.bury(leave, e.worker, left, `DELETE FROM otoscope_workers WHERE worker_id = ?`); err != nil {
		e.o.Logger.Warn("this process could not take its leave", "error", connectReason(err))
	}
}
