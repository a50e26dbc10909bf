package batch

import (
	"context"
	"time"

	"github.com/otoscope/otoscope/verify/batch/db"
)

// following reports the progress of a batch, and handles events while it runs.
type following struct {
	engine              *engine
	intake              *intake
	report              *Report
	began, told, looked time.Time
	halted              stall
}

// status counts the finished rows, and reports whether no chunk is left.
func (f *following) status(ctx context.Context) (bool, error) {
	e := f.engine
	var chunks int64
	st, stopped, err := e.store.status(ctx, f.intake.batch, f.intake.revision, &chunks)
	if err != nil {
		return false, err
	}
	st.Elapsed = time.Since(f.began)
	f.report.Status = st
	if e.o.Progress != nil && time.Since(f.told) >= e.o.ProgressEvery {
		f.told = time.Now()
		e.o.Progress(st)
	}
	if stopped != nil {
		return false, &StoppedError{said: *stopped}
	}
	if time.Since(f.looked) >= min(serveEvery, e.o.Lease/beatsPerTerm) {
		if _, err := e.serveAll(ctx); err != nil {
			return false, err
		}
		if err := f.halted.note(ctx, e, st.Done); err != nil {
			return false, err
		}
		f.looked = time.Now()
	}
	return chunks == 0, nil
}

// watch waits until the manifest is read and no work is left.
func (e *engine) watch(ctx context.Context, read chan error, status func(context.Context) (bool, error)) error {
	// A short batch should not wait for the next check, and a long one should not spend its
	// time on checks.
	tick := time.NewTicker(min(e.o.ProgressEvery, 50*time.Millisecond))
	defer tick.Stop()
	calm := time.AfterFunc(2*time.Second, func() { tick.Reset(min(e.o.ProgressEvery, 500*time.Millisecond)) })
	defer calm.Stop()
	reading := true
	var awaySince time.Time
	for {
		select {
		case <-ctx.Done():
			if reading {
				<-read
			}
			return context.Cause(ctx)
		case err := <-read:
			if reading = false; err != nil {
				return e.store.storageError("reading the manifest", err)
			}
		case <-tick.C:
		}
		done, err := status(ctx)
		switch {
		case err == nil:
			awaySince = time.Time{}
			if done && !reading {
				return nil
			}
			continue
		case ctx.Err() != nil:
			continue
		case e.store.db.Why(err) == db.Transient && awaySince.IsZero():
			awaySince = time.Now()
			continue
		case e.store.db.Why(err) == db.Transient && time.Since(awaySince) < e.o.Patience:
			continue
		}
		if reading {
			e.stopBeginning(err)
			<-read
		}
		return e.store.storageError("following the batch", err)
	}
}
