package batch

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"

	"github.com/otoscope/otoscope/verify/batch/db"
)

// jobArgs are the arguments of a job: none. The job's key is that of its chunk.
type jobArgs struct{}

func (jobArgs) Kind() string { return "otoscope_chunk" }

// A newJob is a job to create.
type newJob struct {
	batch int64
	needs needs
	at    time.Time // not to be worked on before; zero: at once
}

// A queue is River on one database. Methods that take statements run in the transaction of
// those statements.
type queue interface {
	// insert creates jobs and returns their keys.
	insert(ctx context.Context, t db.Statements, jobs []newJob) ([]int64, error)
	// complete marks the job that ctx belongs to as done.
	complete(ctx context.Context, t db.Statements, job *river.Job[jobArgs]) error
	start(context.Context) error
	// serve starts to take jobs from a queue.
	serve(name string, slots int) error
	// leave stops taking jobs from a queue, and reports whether all its jobs in this process
	// are done. Until then the caller must repeat the call.
	leave(ctx context.Context, name string) (bool, error)
	// stop ends fetching and waits for the jobs that run.
	stop(context.Context) error
}

type riverQueue[D riverdriver.Driver[T], T any] struct{ client *river.Client[T] }

// newQueue creates River's client with the driver of the database.
func newQueue(d db.Database, c *river.Config) (queue, error) {
	switch handle := d.Handle().(type) {
	case *sql.DB:
		return newRiverQueue[*riversqlite.Driver](riversqlite.New(handle), c)
	case *pgxpool.Pool:
		return newRiverQueue[*riverpgxv5.Driver](riverpgxv5.New(handle), c)
	default:
		return nil, fmt.Errorf("no driver of the queue for %T", handle)
	}
}

func newRiverQueue[D riverdriver.Driver[T], T any](driver D, c *river.Config) (queue, error) {
	client, err := river.NewClient(driver, c)
	if err != nil {
		return nil, err
	}
	return &riverQueue[D, T]{client}, nil
}

func (q *riverQueue[D, T]) insert(ctx context.Context, t db.Statements, jobs []newJob) ([]int64, error) {
	if len(jobs) == 0 {
		return nil, nil
	}
	params := make([]river.InsertManyParams, len(jobs))
	for i, j := range jobs {
		params[i] = river.InsertManyParams{Args: jobArgs{}, InsertOpts: &river.InsertOpts{Queue: queueName(j.batch, j.needs), ScheduledAt: j.at}}
	}
	inserted, err := q.client.InsertManyTx(ctx, db.TxHandle(t).(T), params)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(inserted))
	for i, r := range inserted {
		ids[i] = r.Job.ID
	}
	return ids, nil
}

func (q *riverQueue[D, T]) complete(ctx context.Context, t db.Statements, job *river.Job[jobArgs]) error {
	_, err := river.JobCompleteTx[D](ctx, db.TxHandle(t).(T), job)
	if errors.Is(err, rivertype.ErrNotFound) {
		return nil // River has tidied it away
	}
	return err
}

func (q *riverQueue[D, T]) start(ctx context.Context) error { return q.client.Start(ctx) }

func (q *riverQueue[D, T]) serve(name string, slots int) error {
	err := q.client.Queues().Add(name, river.QueueConfig{MaxWorkers: slots})
	var already *river.QueueAlreadyAddedError
	if errors.As(err, &already) {
		return nil
	}
	return err
}

func (q *riverQueue[D, T]) leave(ctx context.Context, name string) (bool, error) {
	// Remove waits for running jobs, and the caller must not block.
	short, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
	defer cancel()
	err := q.client.Queues().Remove(short, name)
	var missing *river.QueueNotFoundError
	switch {
	case err == nil, errors.As(err, &missing):
		return true, nil
	case short.Err() != nil:
		return false, nil
	}
	return false, err
}

func (q *riverQueue[D, T]) stop(ctx context.Context) error { return q.client.Stop(ctx) }
