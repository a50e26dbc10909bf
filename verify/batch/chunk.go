package batch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/riverqueue/river"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/finding"
)

// chunkWorker is what River calls.
type chunkWorker struct {
	river.WorkerDefaults[turnArgs]
	engine *engine
}

// Work works on one chunk in one turn.
func (w *chunkWorker) Work(ctx context.Context, job *river.Job[turnArgs]) error {
	return w.engine.work(ctx, job)
}

// errLost says that a chunk is no longer this process's.
var errLost = errors.New("the chunk has changed hands")

func (e *engine) work(ctx context.Context, job *river.Job[turnArgs]) error {
	if e.begin.Err() != nil {
		return river.JobSnooze(0) // it is for others, or for the next start
	}
	// Storing what is done goes on when River's patience has ended.
	kept := context.WithoutCancel(ctx)
	ctx, lose := context.WithCancel(ctx)
	defer lose()
	defer context.AfterFunc(e.finish, lose)()

	h := &hand{chunk: job.Args.Chunk, lose: lose}
	e.mu.Lock()
	if e.hands[job.Args] != nil {
		e.mu.Unlock()
		return nil // two jobs for one turn
	}
	e.hands[job.Args] = h
	worker := e.worker
	e.mu.Unlock()
	defer func() {
		e.mu.Lock()
		delete(e.hands, job.Args)
		e.mu.Unlock()
	}()

	err := e.store.retry(ctx, e.o.Patience, func() error { return e.take(ctx, h, worker, job.Args.Turn) })
	var tasks []*task
	if err == nil {
		err = e.store.retry(ctx, e.o.Patience, func() error {
			var err error
			tasks, err = e.load(ctx, h.chunk)
			return err
		})
	}
	if err == nil {
		err = e.carryOut(ctx, kept, h, worker, job, tasks)
	}
	switch {
	case err == nil, errors.Is(err, errLost):
		return nil
	case e.finish.Err() != nil:
		return nil // end gives back what is still in this process's name
	}
	e.o.Logger.Warn("a chunk could not be worked on", "chunk", h.chunk, "error", err.Error())
	if e.store.db.why(err) == full || e.store.db.why(err) == transient {
		e.haltWith(e.store.storageError("storing results", err), false)
	}
	return err
}

// take makes a chunk this process's own, if it is still its turn.
func (e *engine) take(ctx context.Context, h *hand, worker, turn int64) error {
	var taken, deaths int64
	err := e.store.db.tx(ctx, func(t statements) error {
		taken = 0
		found, err := queryOne(ctx, t, `UPDATE otoscope_chunks SET worker_id = ?, turn = turn + 1
			WHERE chunk_id = ? AND turn = ? AND worker_id IS NULL
			AND EXISTS (SELECT 1 FROM otoscope_batches b WHERE b.batch_id = otoscope_chunks.batch_id AND b.stopped IS NULL)
			RETURNING turn, batch_id, deaths`, []any{worker, h.chunk, turn}, &taken, &h.batch, &deaths)
		if err != nil || !found {
			return err
		}
		_, err = queryOne(ctx, t, `SELECT reading FROM otoscope_batches WHERE batch_id = ?`, []any{h.batch}, &h.reading)
		return err
	})
	if err != nil {
		return err
	}
	if taken == 0 {
		// Where the answer to the commit was lost, the turn is ours after all.
		found, err := queryOne(ctx, e.store.db, `SELECT c.turn, c.batch_id, b.reading, c.deaths FROM otoscope_chunks c JOIN otoscope_batches b ON b.batch_id = c.batch_id
			WHERE c.chunk_id = ? AND c.worker_id = ? AND c.turn = ?`, []any{h.chunk, worker, turn + 1}, &taken, &h.batch, &h.reading, &deaths)
		if err != nil {
			return err
		}
		if !found {
			return errLost
		}
	}
	h.suspect = deaths >= deathsOfSuspect
	e.mu.Lock()
	h.turn = taken
	e.mu.Unlock()
	return nil
}

// A task is a row of a chunk.
type task struct {
	key       int64
	digest    string
	reference string
	pick      string
	fetch     bool
	sounds    []string // known audio to look for, by its id
	asked     asked
	deaths    int64 // processes that died while they worked on it alone
	c         verify.Case
	recording []byte          // what is stored of it; nil where nothing is
	before    *verify.Verdict // the one that is to be replaced without a fetch
	measured  *measured
}

// load reads the rows of a chunk.
func (e *engine) load(ctx context.Context, chunk int64) ([]*task, error) {
	db := e.store.db
	var tasks []*task
	byKey := map[int64]*task{}
	known := map[string]facts{}
	err := each(ctx, db, `SELECT r.row_key, r.recording, r.pick, r.agent, r.facts_digest, f.facts, w.reference, w.anew, w.deaths,
			d.recording, d.verdict, s.measured_by, s.measurements_schema
		FROM otoscope_rows r
		JOIN otoscope_facts f ON f.facts_id = r.facts_id
		JOIN otoscope_waiting w ON w.row_key = r.row_key
		LEFT JOIN otoscope_details d ON d.row_key = r.row_key AND w.anew = 0
		LEFT JOIN otoscope_results s ON s.row_key = r.row_key AND w.anew = 0
		WHERE r.chunk_id = ? ORDER BY r.row, r.row_key`, []any{chunk}, func(c cursor) error {
		t := &task{}
		var text string
		var recording, verdict, by *string
		var schema *int64
		var fetch int64
		if err := c.Scan(&t.key, &t.c.Reference, &t.pick, &t.c.Agent, &t.digest, &text, &t.reference, &fetch, &t.deaths, &recording, &verdict, &by, &schema); err != nil {
			return err
		}
		f, seen := known[text]
		if !seen {
			if err := json.Unmarshal([]byte(text), &f); err != nil {
				return fmt.Errorf("reading what is known of row %d: %w", t.key, err)
			}
			known[text] = f
		}
		f.onto(&t.c)
		t.sounds, t.asked = f.soundIDs(), f.Asked
		t.fetch = fetch != 0 || verdict == nil
		if recording != nil {
			t.recording = []byte(*recording)
		}
		if by != nil && schema != nil {
			t.measured = &measured{*by, *schema}
		}
		if !t.fetch {
			t.before = &verify.Verdict{}
			if err := json.Unmarshal([]byte(*verdict), t.before); err != nil {
				return fmt.Errorf("reading the verdict on row %d: %w", t.key, err)
			}
		}
		tasks, byKey[t.key] = append(tasks, t), t
		return nil
	})
	if err != nil || len(tasks) == 0 {
		return tasks, err
	}
	all := make([]int64, len(tasks))
	for i, t := range tasks {
		all[i] = t.key
	}
	cond, list := db.inKeys("row_key", all)
	return tasks, each(ctx, db, `SELECT row_key, name, value FROM otoscope_groups WHERE `+cond, []any{list}, func(c cursor) error {
		var key int64
		var name, value string
		if err := c.Scan(&key, &name, &value); err != nil {
			return err
		}
		t := byKey[key]
		if t.c.Groups == nil {
			t.c.Groups = map[string]string{}
		}
		t.c.Groups[name] = value
		return nil
	})
}

// carryOut works on the rows of a chunk and stores what came of them: now and
// then while it takes long, and at last with the job's completion. Rows that
// were not got to wait for the next turn.
func (e *engine) carryOut(ctx, kept context.Context, h *hand, worker int64, job *river.Job[turnArgs], tasks []*task) error {
	all := int64(e.o.Workers)
	alone := h.suspect && e.room(ctx, all)
	if alone {
		// Until the results are stored: as long as they are not, the chunk says that
		// its last row is in hand, which would be blamed for what another does.
		defer e.slots.Release(all)
	}
	done := make(chan finished)
	var running sync.WaitGroup
	running.Go(func() {
		if h.suspect {
			if alone {
				e.oneByOne(ctx, h, worker, tasks, done)
			}
			return
		}
		for _, t := range tasks {
			if !e.room(ctx, 1) {
				return
			}
			running.Go(func() {
				f, ok := e.one(ctx, t)
				e.slots.Release(1)
				if ok {
					done <- f
				}
			})
		}
	})
	go func() {
		running.Wait()
		close(done)
	}()

	tick := time.NewTicker(checkpoint)
	defer tick.Stop()
	var pending []finished
	stored := 0
	for open := true; open; {
		select {
		case f, more := <-done:
			if open = more; more {
				pending = append(pending, f)
			}
		case <-tick.C:
			if len(pending) == 0 || e.doubtful() {
				continue
			}
			if err := e.write(kept, h, worker, pending, written{}, nil); err != nil {
				h.lose()
				for range done { // until all have noticed
				}
				return err
			}
			stored, pending = stored+len(pending), nil
		}
	}
	if slices.ContainsFunc(pending, func(f finished) bool { return f.refused }) {
		e.settleDoubt()
	}
	if e.refusedThroughout() {
		// The rows are to be tried again once the credentials are right.
		pending = slices.DeleteFunc(pending, func(f finished) bool { return f.refused })
	}
	if stored+len(pending) == len(tasks) {
		return e.write(kept, h, worker, pending, written{all: true}, job)
	}
	return e.write(kept, h, worker, pending, written{giveBack: true}, job)
}

// room waits for room for n recordings, and reports whether there is any: whoever
// is to end does not begin.
func (e *engine) room(ctx context.Context, n int64) bool {
	begin, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(e.begin, cancel)()
	if e.slots.Acquire(begin, n) != nil {
		return false
	}
	if e.begin.Err() != nil || ctx.Err() != nil {
		e.slots.Release(n)
		return false
	}
	return true
}

// one works on one row; ok is false where it was given up.
func (e *engine) one(ctx context.Context, t *task) (f finished, ok bool) {
	if f, ok = e.settle(ctx, t); ok {
		if err := f.seal(); err != nil {
			e.o.Logger.Error("a verdict could not be written down", "recording", t.c.Reference, "error", err.Error())
		}
	}
	return f, ok
}

// settle comes to what is to be stored of one row.
func (e *engine) settle(ctx context.Context, t *task) (f finished, ok bool) {
	f = finished{key: t.key, digest: t.digest}
	if !t.fetch {
		e.rejudge(t, &f)
		return f, true
	}
	if t.deaths >= deathsAlone {
		e.failed(t, deadly(t), &f)
		return f, true
	}
	m, err := e.measure(ctx, t)
	if ctx.Err() != nil {
		return f, false // whatever else went wrong may be for that reason
	}
	if err == nil {
		err = e.judge(t, m, &f)
	}
	if err != nil {
		e.failed(t, err, &f)
		return f, true
	}
	e.good.Add(1)
	return f, true
}

// measure keeps a recording that trips the program from ending it.
func (e *engine) measure(ctx context.Context, t *task) (m Measured, err error) {
	defer func() {
		if p := recover(); p != nil {
			e.o.Logger.Error("a recording tripped the program", "recording", t.c.Reference, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = &TaskError{Stage: verify.StageDecode, Kind: "defect", Err: &RowError{
				message: fmt.Sprintf("otoscope has a defect that this recording shows: %v", p),
				hint:    "please report it, with the recording if it can be shared",
			}}
		}
	}()
	references, err := e.references(ctx, t.sounds)
	if err != nil {
		return m, err
	}
	return e.o.Source.Measure(ctx, Task{Reference: t.reference, Pick: t.pick, Voice: t.asked.Voice, Peaks: t.asked.Peaks, Known: references})
}

// judge comes to a verdict on what was measured.
func (e *engine) judge(t *task, m Measured, f *finished) error {
	text, err := json.Marshal(storedRecording{
		Format: m.Format, SHA256: m.SHA256, Bytes: m.Bytes, Findings: m.Findings, Fetched: m.Fetched, Measurements: m.Measurements,
	})
	var stored storedRecording
	if err == nil {
		err = json.Unmarshal(text, &stored)
	}
	if err != nil {
		return fmt.Errorf("keeping the measurements: %w", err)
	}
	f.recording, f.bytes = text, m.Bytes
	f.measured = &measured{e.making.version, e.making.schema}
	f.verdict = stored.verdict(t.c)
	e.bytes.Add(m.Bytes)
	return nil
}

// rejudge comes to a verdict on what is stored.
func (e *engine) rejudge(t *task, f *finished) {
	f.kept, f.measured = true, t.measured
	var stored storedRecording
	usable := t.recording != nil && t.measured != nil && t.measured.schema == e.making.schema && json.Unmarshal(t.recording, &stored) == nil
	switch {
	case usable:
		f.verdict = stored.verdict(t.c)
		f.stale = t.measured.version != e.making.version
	case t.before.Error != nil:
		was := t.before.Error
		f.verdict = verify.Fail(t.c, was.Stage, &RowError{message: was.Message, hint: was.Hint})
		f.kind = string(was.Stage)
		return
	default:
		f.verdict, f.stale = *t.before, true
		f.verdict.Agent, f.verdict.Groups = t.c.Agent, t.c.Groups
	}
	f.verdict.Findings = slices.DeleteFunc(f.verdict.Findings, func(x finding.Finding) bool { return x.Code == finding.Stale })
	if f.stale {
		f.verdict.Findings = append(f.verdict.Findings, staleFinding(t.measured, e.making, usable))
	}
}

func staleFinding(m *measured, now making, judged bool) finding.Finding {
	by := "another version"
	if m != nil {
		by = "version " + m.version
	}
	if judged {
		return finding.New(finding.Stale, fmt.Sprintf("The recording was measured by %s and judged from that by version %s; --again stale measures it anew.", by, now.version))
	}
	return finding.New(finding.Stale, fmt.Sprintf("The recording was measured by %s in a form that version %s does not judge from, so the verdict is the one of then; --again stale measures it anew.", by, now.version))
}

// Refusals in a row, from the first on, that end the work, and how long the
// first wait for those that follow.
const (
	refusals = 3
	doubt    = 2 * time.Second
)

// failed makes an error of the row, and sees to it that errors end the work
// that no further row would escape.
func (e *engine) failed(t *task, err error, f *finished) {
	f.kind = "error"
	stage := verify.StageFetch
	var failure *TaskError
	if errors.As(err, &failure) {
		stage, f.kind, f.refused = failure.Stage, failure.Kind, failure.Refused
		err = failure.Err
	}
	f.verdict = verify.Fail(t.c, stage, err)
	n := e.errors.Add(1)
	if f.refused && e.refused.Add(1) >= refusals && e.good.Load() == 0 {
		e.haltWith(&RefusedError{cause: err, hint: hintOf(err)}, true)
		return
	}
	if e.o.StopAfter > 0 && n >= int64(e.o.StopAfter) {
		e.haltWith(&StoppedError{errors: n, last: err}, false)
	}
}

// doubtful reports whether what has come so far may yet turn out to be due to
// credentials that nobody accepts.
func (e *engine) doubtful() bool { return e.good.Load() == 0 && e.refused.Load() > 0 }

// settleDoubt waits until it has turned out whether nobody accepts the
// credentials: not for long, since there may be no further row to tell.
func (e *engine) settleDoubt() {
	for limit := time.Now().Add(doubt); e.doubtful() && e.begin.Err() == nil && time.Now().Before(limit); {
		time.Sleep(5 * time.Millisecond)
	}
}

func (e *engine) refusedThroughout() bool {
	var refused *RefusedError
	return errors.As(e.haltedBy(), &refused)
}

// A RefusedError ends a batch whose first recordings were all refused.
type RefusedError struct {
	cause error
	hint  string
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("the first recordings were all refused, so the batch was stopped: %v", e.cause)
}

// Hint says what to do about it.
func (e *RefusedError) Hint() string { return e.hint }

// Unwrap gives the last refusal.
func (e *RefusedError) Unwrap() error { return e.cause }

// A StoppedError ends a batch that has had as many errors as it may.
type StoppedError struct {
	errors int64
	last   error
	said   string
}

func (e *StoppedError) Error() string {
	if e.said != "" {
		return "the batch was stopped: " + e.said
	}
	return fmt.Sprintf("the batch was stopped after %d errors, the last of them: %v", e.errors, e.last)
}

// Hint says how to go on.
func (e *StoppedError) Hint() string {
	return "once the cause is gone, run the same command with --again errors: it goes on where it was, and tries the errors anew"
}

// Unwrap gives the last error.
func (e *StoppedError) Unwrap() error { return e.last }

// written says what writing is to come to besides the results.
type written struct {
	all      bool // the chunk is done
	giveBack bool // the rest of it waits for the next turn
}

// write stores results, in the transaction that completes the job where it is
// the last of them. It is repeated where the database was away: what was stored
// already is not stored again.
func (e *engine) write(ctx context.Context, h *hand, worker int64, all []finished, w written, job *river.Job[turnArgs]) error {
	patience := e.o.Patience
	if e.begin.Err() != nil {
		patience = farewell
	}
	return e.store.retry(ctx, patience, func() error {
		attempt, cancel := context.WithTimeout(ctx, e.o.Patience)
		defer cancel()
		return e.store.db.tx(attempt, func(t statements) error { return e.writeIn(attempt, t, h, worker, all, w, job) })
	})
}

func (e *engine) writeIn(ctx context.Context, t statements, h *hand, worker int64, all []finished, w written, job *river.Job[turnArgs]) error {
	// The chunk's row stays locked until the end, so that nobody takes it over
	// between this and the commit.
	n, err := t.exec(ctx, `UPDATE otoscope_chunks SET turn = turn WHERE chunk_id = ? AND worker_id = ? AND turn = ?`, h.chunk, worker, h.turn)
	if err != nil {
		return err
	}
	if n == 0 {
		return errLost
	}
	accepted, err := e.accept(ctx, t, h, all)
	if err != nil {
		return err
	}
	if err := e.store.writeResults(ctx, t, h.batch, accepted); err != nil {
		return err
	}
	counts := map[string]int64{}
	for _, f := range accepted {
		counts[string(f.verdict.Outcome)]++
		counts[tallyBytes] += f.bytes
		if f.verdict.Outcome == verify.Failed {
			counts[tallyError+f.kind]++
		}
	}
	if err := e.store.tally(ctx, t, h.batch, h.reading, counts); err != nil {
		return err
	}
	if counts[string(verify.Failed)] > 0 {
		if err := stopAtErrors(ctx, t, h); err != nil {
			return err
		}
	}
	switch {
	case w.all:
		_, err = t.exec(ctx, `DELETE FROM otoscope_chunks WHERE chunk_id = ?`, h.chunk)
	case w.giveBack:
		if _, err = t.exec(ctx, `UPDATE otoscope_chunks SET turn = turn + 1, worker_id = NULL, row_key = NULL WHERE chunk_id = ?`, h.chunk); err == nil {
			err = e.enqueue(ctx, t, []turn{{turnArgs{Chunk: h.chunk, Turn: h.turn + 1}, h.batch}})
		}
	}
	if err != nil || job == nil {
		return err
	}
	return e.queue.complete(ctx, t, job)
}

// stopAtErrors stops a batch, for every process that works on it, that has come
// to as many errors as it may.
func stopAtErrors(ctx context.Context, t statements, h *hand) error {
	_, err := t.exec(ctx, `UPDATE otoscope_batches SET stopped = 'it came to ' || stop_after || ' errors'
		WHERE batch_id = ? AND reading = ? AND stop_after > 0 AND stopped IS NULL
		AND stop_after <= (SELECT n FROM otoscope_tallies y WHERE y.batch_id = otoscope_batches.batch_id AND y.reading = otoscope_batches.reading AND y.name = ?)`,
		h.batch, h.reading, string(verify.Failed))
	return err
}

// accept marks rows as done and gives those that were not yet, nor taken out of
// the chunk, and whose references go.
func (e *engine) accept(ctx context.Context, t statements, h *hand, all []finished) ([]finished, error) {
	if len(all) == 0 {
		return nil, nil
	}
	rowKeys := make([]int64, len(all))
	for i, f := range all {
		rowKeys[i] = f.key
	}
	cond, list := e.store.db.inKeys("row_key", rowKeys)
	open, err := queryKeys(ctx, t, `UPDATE otoscope_rows SET chunk_id = NULL WHERE chunk_id = ? AND `+cond+` RETURNING row_key`, h.chunk, list)
	if err != nil {
		return nil, err
	}
	isOpen := make(map[int64]bool, len(open))
	for _, key := range open {
		isOpen[key] = true
	}
	accepted := slices.DeleteFunc(slices.Clone(all), func(f finished) bool { return !isOpen[f.key] })
	cond, list = e.store.db.inKeys("row_key", open)
	_, err = t.exec(ctx, `DELETE FROM otoscope_waiting WHERE `+cond, list)
	return accepted, err
}
