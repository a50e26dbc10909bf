package batch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"
	"golang.org/x/sync/semaphore"

	"github.com/otoscope/otoscope/audio/known"
)

// The times after which a worker is taken for dead, and how often it says that
// it is alive. What a dead worker had in hand is taken over after DefaultLease
// and a beat more at the latest; by a process that starts, at once.
const (
	DefaultLease = 20 * time.Second
	beatsPerTerm = 4 // so that three in a row can be lost
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

	// begin ends when no further recording is to be begun, finish when those
	// under way are to be given up.
	begin, finish             context.Context
	stopBeginning, stopAtOnce context.CancelCauseFunc

	mu     sync.Mutex
	worker int64
	hands  map[turnArgs]*hand
	known  map[string]*known.Reference // known audio at hand, by its id
	knownS float64                     // seconds of it
	halt   error                       // why work was ended, nil while it is not or where ctx ended it

	errors, good, refused atomic.Int64 // recordings of this process
	bytes                 atomic.Int64 // fetched by this process
}

// A hand is a chunk that this process holds.
type hand struct {
	chunk, batch, reading, turn int64
	suspect                     bool               // its rows are worked on alone
	lose                        context.CancelFunc // what it does is no longer wanted
}

func newEngine(s *Store, o WorkOptions) (*engine, error) {
	o = o.withDefaults()
	e := &engine{store: s, o: o, making: currentMaking(), slots: semaphore.NewWeighted(int64(o.Workers)), hands: map[turnArgs]*hand{}, known: map[string]*known.Reference{}}
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

// riverLogger lets only what is wrong through: River tells of every start and stop.
func riverLogger(l *slog.Logger) *slog.Logger { return slog.New(warnings{l.Handler()}) }

type warnings struct{ slog.Handler }

func (h warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}
func (h warnings) WithAttrs(a []slog.Attr) slog.Handler { return warnings{h.Handler.WithAttrs(a)} }
func (h warnings) WithGroup(name string) slog.Handler   { return warnings{h.Handler.WithGroup(name)} }

// register enters this process among the workers.
func (e *engine) register(ctx context.Context) error {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	var id int64
	err = e.store.db.tx(ctx, func(t statements) error {
		var err error
		id, err = keys(ctx, t, "worker", 1)
		return err
	})
	if err != nil {
		return err
	}
	// In this order: who is entered and not held is taken for dead.
	if err := e.store.db.hold(ctx, id); err != nil {
		return err
	}
	_, err = e.store.db.exec(ctx, `INSERT INTO otoscope_workers (worker_id, description, lease_until) VALUES (?, ?, `+e.store.db.now()+` + ?)`,
		id, fmt.Sprintf("%s, process %d", host, os.Getpid()), e.o.Lease.Seconds())
	if err != nil {
		return err
	}
	e.mu.Lock()
	e.worker = id
	e.mu.Unlock()
	return nil
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
// and enough for refusals that wait for each other.
func (e *engine) slotsPerQueue() int { return max(e.o.Workers, refusals) + 1 }

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

// run renews the lease and watches over others until ctx ends.
func (e *engine) run(ctx context.Context) {
	beat := time.NewTicker(e.o.Lease / beatsPerTerm)
	defer beat.Stop()
	for beats := 0; ; beats++ {
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
		}
		// An attempt that hangs must not keep the next from being made.
		attempt, cancel := context.WithTimeout(ctx, e.o.Lease/2)
		err := e.beat(attempt)
		if err == nil {
			err = e.buryExpired(attempt)
		}
		if err == nil && beats%beatsPerTerm == 0 {
			err = e.repairAll(attempt)
		}
		cancel()
		if err == nil || ctx.Err() != nil {
			continue
		}
		e.o.Logger.Warn("the database did not answer", "error", err.Error())
		if e.store.db.why(err) == full {
			e.haltWith(e.store.storageError("renewing the lease", err), false)
		}
	}
}

// beat renews the lease, and gives up and gives back what this process holds
// without reason.
func (e *engine) beat(ctx context.Context) error {
	e.mu.Lock()
	me := e.worker
	e.mu.Unlock()
	n, err := e.store.db.exec(ctx, `UPDATE otoscope_workers SET lease_until = `+e.store.db.now()+` + ? WHERE worker_id = ?`, e.o.Lease.Seconds(), me)
	if err != nil {
		return err
	}
	if n == 0 {
		// Others took this process for dead, and have what it had.
		e.o.Logger.Warn("this process was taken for dead by another and begins anew")
		e.mu.Lock()
		for _, h := range e.hands {
			h.lose()
		}
		e.mu.Unlock()
		return e.register(ctx)
	}
	if err := e.store.db.hold(ctx, me); err != nil {
		return err
	}
	e.mu.Lock()
	before := map[*hand]int64{} // those that had been taken by now, with the turn
	for _, h := range e.hands {
		if h.turn != 0 {
			before[h] = h.turn
		}
	}
	e.mu.Unlock()
	owned := map[int64]int64{} // turn by chunk
	err = each(ctx, e.store.db, `SELECT chunk_id, turn FROM otoscope_chunks WHERE worker_id = ?`, []any{me}, func(c cursor) error {
		var chunk, turn int64
		if err := c.Scan(&chunk, &turn); err != nil {
			return err
		}
		owned[chunk] = turn
		return nil
	})
	if err != nil {
		return err
	}
	for h, turn := range before {
		if owned[h.chunk] != turn {
			h.lose()
		}
	}
	e.mu.Lock()
	for _, h := range e.hands {
		delete(owned, h.chunk)
	}
	e.mu.Unlock()
	if len(owned) == 0 {
		return nil
	}
	// These were taken, and then something went wrong on this side.
	return e.store.db.tx(ctx, func(t statements) error { return e.free(ctx, t, me, slices.Sorted(maps.Keys(owned))) })
}

// buryUnheld frees what was in the hands of processes that no longer exist.
func (e *engine) buryUnheld(ctx context.Context) error {
	workers, err := queryKeys(ctx, e.store.db, `SELECT worker_id FROM otoscope_workers WHERE worker_id <> ? ORDER BY worker_id`, e.worker)
	if err != nil || len(workers) == 0 {
		return err
	}
	held, err := e.store.db.held(ctx, workers)
	if err != nil {
		return err
	}
	for _, w := range workers {
		if !held[w] {
			if err := e.bury(ctx, w, e.died, `DELETE FROM otoscope_workers WHERE worker_id = ?`); err != nil {
				return err
			}
		}
	}
	return nil
}

// buryExpired frees what was in the hands of those whose lease has run out.
func (e *engine) buryExpired(ctx context.Context) error {
	workers, err := queryKeys(ctx, e.store.db, `SELECT worker_id FROM otoscope_workers WHERE lease_until < `+e.store.db.now()+` ORDER BY worker_id`)
	if err != nil {
		return err
	}
	for _, w := range workers {
		if err := e.bury(ctx, w, e.died, `DELETE FROM otoscope_workers WHERE worker_id = ? AND lease_until < `+e.store.db.now()); err != nil {
			return err
		}
	}
	return nil
}

// left is for bury: a process that ends by itself leaves nothing to be noted.
func left(context.Context, statements, int64) error { return nil }

// bury removes a worker and frees what it had in hand, after note has noted how
// it came to its end.
func (e *engine) bury(ctx context.Context, worker int64, note func(context.Context, statements, int64) error, remove string) error {
	return e.store.retry(ctx, e.o.Patience, func() error {
		return e.store.db.tx(ctx, func(t statements) error {
			n, err := t.exec(ctx, remove, worker)
			if err != nil || n == 0 {
				return err // renewed, or buried by another
			}
			if err := note(ctx, t, worker); err != nil {
				return err
			}
			chunks, err := queryKeys(ctx, t, `SELECT chunk_id FROM otoscope_chunks WHERE worker_id = ? ORDER BY chunk_id`, worker)
			if err != nil || len(chunks) == 0 {
				return err
			}
			e.o.Logger.Info("taking over what a dead process had in hand", "worker", worker, "chunks", len(chunks))
			return e.free(ctx, t, worker, chunks)
		})
	})
}

// free lets chunks of a worker's wait for whoever takes them next. Who had them
// can no longer write.
func (e *engine) free(ctx context.Context, t statements, worker int64, chunks []int64) error {
	cond, list := e.store.db.inKeys("chunk_id", chunks)
	var turns []turn
	var old []int64
	err := each(ctx, t, `UPDATE otoscope_chunks SET turn = turn + 1, worker_id = NULL, row_key = NULL WHERE worker_id = ? AND `+cond+` RETURNING chunk_id, turn, batch_id, coalesce(job_id, 0)`, []any{worker, list}, func(c cursor) error {
		var u turn
		var job int64
		if err := c.Scan(&u.Chunk, &u.Turn, &u.batch, &job); err != nil {
			return err
		}
		turns, old = append(turns, u), append(old, job)
		return nil
	})
	if err != nil {
		return err
	}
	for _, job := range old {
		if job != 0 {
			if err := e.queue.cancel(ctx, t, job); err != nil {
				return err
			}
		}
	}
	return e.enqueue(ctx, t, turns)
}

// enqueue makes jobs of turns and notes which.
func (e *engine) enqueue(ctx context.Context, t statements, turns []turn) error {
	jobs, err := e.queue.enqueue(ctx, t, turns)
	if err != nil {
		return err
	}
	args := make([][]any, len(turns))
	for i, u := range turns {
		args[i] = []any{jobs[i], u.Chunk}
	}
	return t.execMany(ctx, `UPDATE otoscope_chunks SET job_id = ? WHERE chunk_id = ?`, args)
}

// repairSlice is how many chunks are repaired in one transaction.
const repairSlice = 500

func (e *engine) repairAll(ctx context.Context) error {
	batches, err := queryKeys(ctx, e.store.db, `SELECT batch_id FROM otoscope_batches WHERE stopped IS NULL ORDER BY batch_id`)
	if err != nil {
		return err
	}
	for _, b := range batches {
		if err := e.repair(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

// repair makes jobs for chunks that wait without one: those of a batch that was
// stopped, and those whose job was fetched by a process that died before it
// took the chunk. A job too many does no harm: only one finds its turn.
func (e *engine) repair(ctx context.Context, batch int64) error {
	for after := int64(0); ; {
		var turns []turn
		err := e.store.db.tx(ctx, func(t statements) error {
			turns = nil
			err := each(ctx, t, `SELECT c.chunk_id, c.turn FROM otoscope_chunks c
				WHERE c.batch_id = ? AND c.chunk_id > ? AND c.worker_id IS NULL AND NOT EXISTS (
					SELECT 1 FROM river_job j WHERE j.id = c.job_id AND j.state IN ('available', 'pending', 'retryable', 'scheduled'))
				ORDER BY c.chunk_id LIMIT ?`, []any{batch, after, repairSlice}, func(c cursor) error {
				u := turn{batch: batch}
				if err := c.Scan(&u.Chunk, &u.turnArgs.Turn); err != nil {
					return err
				}
				turns = append(turns, u)
				return nil
			})
			if err != nil {
				return err
			}
			return e.enqueue(ctx, t, turns)
		})
		if err != nil {
			return err
		}
		if len(turns) < repairSlice {
			return nil
		}
		after = turns[len(turns)-1].Chunk
	}
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
		e.o.Logger.Warn("this process could not take its leave", "error", err.Error())
	}
}
