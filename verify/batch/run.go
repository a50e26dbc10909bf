package batch

import (
	"context"
	"time"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch/db"
	"github.com/otoscope/otoscope/verify/batch/manifest"
)

// A Report is the result of a run.
type Report struct {
	Batch    string
	Renamed  string // the name from an earlier version, if the batch now has its manifest's path as name
	Manifest ManifestStats
	Status   Status
	// Outcomes counts the results of the whole batch, including those of earlier runs; nil
	// if the run was interrupted and there was no time to count.
	Outcomes map[verify.Outcome]int64
	// Unheard is the number of rows of this reading that have neither a result from their
	// own recording nor an error. It is 0, unless results were deleted meanwhile or there is
	// a defect.
	Unheard int64
	// Left is the number of rows that still wait if the run did not finish.
	Left int64
}

// Run reads a manifest into its batch and works on it until all is done, ctx ends, or an
// error stops it. Finished results are stored in any case, and the same call continues with
// the rest. When ctx ends, Run returns within WorkOptions.DrainTimeout and some seconds; its
// error is then that of ctx.
func (s *Store) Run(ctx context.Context, m *manifest.Manifest, r ReadOptions, o WorkOptions) (Report, error) {
	rows := newReader(ctx, m, r)
	if err := rows.check(ctx, m); err != nil {
		return Report{}, err
	}
	e, err := newEngine(s, o)
	if err != nil {
		return Report{}, err
	}
	name := batchName{name: r.Name, former: m.Name}
	if r.Name == "" {
		name.name, name.path = m.Name, m.Path
		if m.Path != "" {
			name.name = bounded(m.Path)
		}
	}
	report := Report{Batch: name.name}
	in := &intake{store: s, queue: e.queue, again: r.Recheck, engineVersion: e.engineVersion, rows: rows, host: e.host, failed: e.noteFailure}
	if err := s.beginReading(ctx, in, name, &report, o.StopAfter); err != nil {
		return report, s.storageError("beginning the batch", err)
	}
	err = e.during(ctx, func(ctx context.Context) error {
		return s.runBatch(ctx, e, in, m, &report)
	})
	if err == nil {
		err = s.storageError("forgetting the references", s.db.Renew(ctx, "otoscope_waiting"))
	}
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveTimeout)
	if err == nil {
		after, cancel = context.WithCancel(ctx) // there is time to count millions
	}
	defer cancel()
	if countErr := s.retry(after, e.o.Patience, func() error { return s.countResults(after, in, &report) }); err == nil {
		err = s.storageError("counting the results", countErr)
	}
	if err == nil {
		err = s.storageError("counting the results", s.retry(ctx, e.o.Patience, func() error { return s.countUnheard(ctx, in, &report) }))
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return report, err
}

// during starts the engine, calls f and ends the engine.
func (e *engine) during(ctx context.Context, f func(context.Context) error) error {
	if err := e.start(ctx); err != nil {
		return err
	}
	// A working process is alive: it renews its lease until the end.
	beating, stopBeating := context.WithCancel(context.WithoutCancel(ctx))
	beaten := make(chan struct{})
	go func() {
		defer close(beaten)
		e.run(beating)
	}()
	// An error that stops the work also ends f.
	inner, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(e.begin, func() { cancel(context.Cause(e.begin)) })
	err := f(inner)
	stop()
	cancel(nil)
	e.end(e.o.DrainTimeout)
	stopBeating()
	<-beaten
	if halt := e.haltedBy(); halt != nil {
		return halt
	}
	return err
}

// beginReading creates or finds the batch.
func (s *Store) beginReading(ctx context.Context, in *intake, name batchName, report *Report, stopAfter int) error {
	return s.retry(ctx, defaultPatience, func() error {
		return s.db.Tx(ctx, func(t db.Statements) error {
			var err error
			if in.key, err = s.secretKey(ctx, t); err != nil {
				return err
			}
			if report.Renamed, err = s.adopt(ctx, t, name); err != nil {
				return err
			}
			found, err := db.One(ctx, t, `UPDATE otoscope_batches SET revision = revision + 1, read_whole = 0, stopped = NULL, stop_after = ?
				WHERE name = ? RETURNING batch_id, revision`, []any{stopAfter, name.name}, &in.batch, &in.revision)
			if err != nil {
				return err
			}
			if !found {
				if in.batch, err = keys(ctx, t, "batch", 1); err != nil {
					return err
				}
				in.revision = 1
				_, err = t.Exec(ctx, `INSERT INTO otoscope_batches (batch_id, name, manifest, created_at, revision, read_whole, stop_after) VALUES (?, ?, ?, ?, 1, 0, ?)`,
					in.batch, name.name, name.path, s.db.Time(time.Now()), stopAfter)
				return err
			}
			var waiting int64
			if _, err := db.One(ctx, t, `SELECT count(*) FROM otoscope_rows WHERE batch_id = ? AND chunk_id IS NOT NULL`, []any{in.batch}, &waiting); err != nil {
				return err
			}
			if _, err := t.Exec(ctx, `DELETE FROM otoscope_tallies WHERE batch_id = ?`, in.batch); err != nil {
				return err
			}
			return s.tally(ctx, t, in.batch, in.revision, map[string]int64{tallyWaiting: waiting})
		})
	})
}

// runBatch reads the manifest and waits for the end of the batch.
func (s *Store) runBatch(ctx context.Context, e *engine, in *intake, m *manifest.Manifest, report *Report) error {
	if err := e.healAllRows(ctx, in.batch); err != nil {
		return s.storageError("going on with the batch", err)
	}
	e.runs = in.batch
	// The batch's other queues are found while it runs.
	first := needsNothing
	if in.rows.allowPrivate {
		first = needsPrivate
	}
	if err := e.serve(queueName(in.batch, first)); err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { m.Abort(context.Cause(ctx)) })()
	follow := &following{engine: e, intake: in, report: report, began: time.Now()}
	read := make(chan error, 1)
	go func() {
		reading, err := in.read(ctx, m.Entries(), e.o.Patience)
		report.Manifest = reading
		if err == nil {
			err = s.retry(ctx, e.o.Patience, func() error {
				return s.db.Tx(ctx, func(t db.Statements) error {
					if _, err := t.Exec(ctx, `UPDATE otoscope_batches SET read_whole = 1 WHERE batch_id = ?`, in.batch); err != nil {
						return err
					}
					return s.dropMended(ctx, t, in.batch, in.revision)
				})
			})
		}
		read <- err
	}()
	err := e.watch(ctx, read, func(ctx context.Context) (bool, error) {
		done, err := follow.status(ctx)
		if err == nil && done && report.Status.Read {
			// No waiting row was left behind.
			healed, err := e.healRows(ctx, in.batch)
			return healed == 0, err
		}
		return done, err
	})
	if err != nil {
		// The end of ctx, or of the work, ends the reading too.
		e.stopBeginning(err)
	}
	return err
}
