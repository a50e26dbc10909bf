package batch

import (
	"context"
	"errors"
	"fmt"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"
)

// turnArgs are the arguments of a job: a chunk, and the turn in which it was
// enqueued. Nothing of a recording is among them.
type turnArgs struct {
	Chunk int64 `json:"chunk"`
	Turn  int64 `json:"turn"`
}

func (turnArgs) Kind() string { return "otoscope_chunk" }

// A turn is a chunk to be enqueued.
type turn struct {
	turnArgs
	batch int64
}

// queueName gives every batch a queue of its own: who runs a batch takes no
// recording of another's, under other credentials and limits.
func queueName(batch int64) string { return fmt.Sprintf("otoscope_batch_%d", batch) }

// A queue is River on one database. Its methods with statements take part in
// the transaction that those belong to.
type queue interface {
	// enqueue gives the jobs' keys.
	enqueue(ctx context.Context, t statements, turns []turn) ([]int64, error)
	// cancel takes a job back. Where it is running, its worker learns of it.
	cancel(ctx context.Context, t statements, job int64) error
	// complete marks the job that ctx belongs to as done.
	complete(ctx context.Context, t statements, job *river.Job[turnArgs]) error
	start(context.Context) error
	// serve begins to work on a batch.
	serve(batch int64, slots int) error
	// stop ends fetching and waits for the jobs that run.
	stop(context.Context) error
}

// riverDriver shortens River's name.
type riverDriver[T any] = riverdriver.Driver[T]

type riverQueue[D riverdriver.Driver[T], T any] struct {
	client *river.Client[T]
	raw    func(statements) T
}

func newRiverQueue[D riverdriver.Driver[T], T any](driver D, c *river.Config, raw func(statements) T) (queue, error) {
	client, err := river.NewClient(driver, c)
	if err != nil {
		return nil, err
	}
	return &riverQueue[D, T]{client, raw}, nil
}

func (q *riverQueue[D, T]) enqueue(ctx context.Context, t statements, turns []turn) ([]int64, error) {
	if len(turns) == 0 {
		return nil, nil
	}
	params := make([]river.InsertManyParams, len(turns))
	for i, turn := range turns {
		params[i] = river.InsertManyParams{Args: turn.turnArgs, InsertOpts: &river.InsertOpts{Queue: queueName(turn.batch)}}
	}
	inserted, err := q.client.InsertManyTx(ctx, q.raw(t), params)
	if err != nil {
		return nil, err
	}
	jobs := make([]int64, len(inserted))
	for i, r := range inserted {
		jobs[i] = r.Job.ID
	}
	return jobs, nil
}

func (q *riverQueue[D, T]) cancel(ctx context.Context, t statements, job int64) error {
	_, err := q.client.JobCancelTx(ctx, q.raw(t), job)
	if errors.Is(err, rivertype.ErrNotFound) {
		return nil
	}
	return err
}

func (q *riverQueue[D, T]) complete(ctx context.Context, t statements, job *river.Job[turnArgs]) error {
	_, err := river.JobCompleteTx[D](ctx, q.raw(t), job)
	if errors.Is(err, rivertype.ErrNotFound) {
		return nil // River has tidied it away
	}
	return err
}

func (q *riverQueue[D, T]) start(ctx context.Context) error { return q.client.Start(ctx) }

func (q *riverQueue[D, T]) serve(batch int64, slots int) error {
	err := q.client.Queues().Add(queueName(batch), river.QueueConfig{MaxWorkers: slots})
	var already *river.QueueAlreadyAddedError
	if errors.As(err, &already) {
		return nil
	}
	return err
}

func (q *riverQueue[D, T]) stop(ctx context.Context) error { return q.client.Stop(ctx) }
