package batch

import (
	"cmp"
	"context"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch/db"
)

// writes are the statements that store a slice.
type writes struct {
	in      *intake
	slice   []row
	fresh   []*row
	again   []revisit
	repeats []repeated
	reused  int64
}

// job is a row that needs a chunk.
type job struct {
	key   int64
	row   *row
	work  int // judge, fetchAgain or ask
	fresh bool
	// waited says that the row was in a chunk before and has been counted.
	waited bool
}

// How many rows are stored in one transaction, and the largest chunk. The first chunks are
// smaller, so that a short manifest is also spread over all workers.
const (
	intakeRows = 1000
	chunkRows  = 200
)

// chunkSize is the size of the next chunk when n rows have been put into some.
func chunkSize(n int64) int { return int(min(chunkRows, 1+n/32)) }

func (w *writes) store(ctx context.Context, t db.Statements, report *ManifestStats) error {
	// Before the facts: a process that purges unused facts waits for this key.
	first, err := keys(ctx, t, "row", len(w.fresh))
	if err != nil {
		return err
	}
	facts, err := w.facts(ctx, t)
	if err != nil {
		return err
	}
	var bad []finished
	var jobs []job
	for i, r := range w.fresh {
		key := first + int64(i)
		if r.err != nil {
			bad = append(bad, badRow(key, r))
		}
		jobs = append(jobs, job{key: key, row: r, work: fetchAgain, fresh: true})
	}
	changes, more := w.revisits(facts, &bad)
	jobs = append(jobs, more...)
	var work []job
	counted := 0
	for _, j := range jobs {
		if j.row.err == nil {
			work = append(work, j)
			if !j.waited {
				counted++
			}
		}
	}
	chunks, err := w.chunks(ctx, t, work, report)
	if err != nil {
		return err
	}
	inserts, groups, waiting, moved := w.placed(jobs, chunks, facts)
	for _, s := range []struct {
		query string
		args  [][]any
	}{
		{`UPDATE otoscope_rows SET id = ?, identity = ?, row = ?, recording = ?, pick = ?, agent = ?, facts_id = ?, facts_digest = ?, revision = ?, repeated = 0 WHERE row_key = ?`, changes.rows},
		{`UPDATE otoscope_rows SET revision = ?, repeated = 0 WHERE row_key = ?`, changes.seen},
		{`UPDATE otoscope_rows SET id = ?, identity = ?, row = ?, recording = ?, pick = ? WHERE row_key = ?`, changes.places},
		{`UPDATE otoscope_waiting SET reference = ? WHERE row_key = ?`, changes.references},
		{`UPDATE otoscope_waiting SET refetch = ? WHERE row_key = ? AND refetch <> 1`, changes.fetches},
		{`UPDATE otoscope_rows SET chunk_id = NULL WHERE row_key = ?`, changes.dropped},
		{`DELETE FROM otoscope_waiting WHERE row_key = ?`, changes.dropped},
		{`DELETE FROM otoscope_groups WHERE row_key = ?`, changes.groups},
		{`INSERT INTO otoscope_rows (row_key, batch_id, id, identity, row, recording, pick, agent, facts_id, facts_digest, revision, repeated, chunk_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)`, inserts},
		{`INSERT INTO otoscope_groups (row_key, name, value) VALUES (?, ?, ?)`, groups},
		{`INSERT INTO otoscope_groups (row_key, name, value) VALUES (?, ?, ?)`, changes.newGroups},
		{`INSERT INTO otoscope_waiting (row_key, reference, refetch) VALUES (?, ?, ?)
			ON CONFLICT (row_key) DO UPDATE SET reference = excluded.reference, refetch = excluded.refetch, tries = 0`, waiting},
		{`UPDATE otoscope_rows SET chunk_id = ? WHERE row_key = ?`, moved},
		{`UPDATE otoscope_rows SET repeated = repeated + 1 WHERE row_key = ?`, w.repeatedKeys(first)},
	} {
		if err := t.ExecMany(ctx, s.query, s.args); err != nil {
			return err
		}
	}
	if err := w.in.store.writeResults(ctx, t, w.in.batch, bad); err != nil {
		return err
	}
	return w.in.store.tally(ctx, t, w.in.batch, w.in.revision, map[string]int64{tallyWaiting: int64(counted), tallyBad: int64(len(bad)), tallyReused: w.reused})
}

// repeatedKeys returns the rows that were repeated, given the key of the first new row.
func (w *writes) repeatedKeys(first int64) [][]any {
	if len(w.repeats) == 0 {
		return nil
	}
	keys := map[rowIdentity]int64{}
	for i, r := range w.fresh {
		keys[r.is()] = first + int64(i)
	}
	for _, a := range w.again {
		keys[a.row.is()] = a.old.key
	}
	var args [][]any
	for _, x := range w.repeats {
		key := x.key
		if x.inSlice {
			key = keys[w.slice[x.index].is()]
		}
		args = append(args, []any{key})
	}
	return args
}

// changes are the arguments for the rows that the batch already had.
type changes struct {
	rows, seen, places, references, fetches, dropped, groups, newGroups [][]any
}

func (w *writes) revisits(facts map[string]int64, bad *[]finished) (changes, []job) {
	var c changes
	var jobs []job
	for _, a := range w.again {
		r, key := a.row, a.old.key
		changed := a.old.digest != r.digest
		if changed {
			c.rows = append(c.rows, []any{r.id, r.identity, r.number, r.recording, r.pick, r.agent, facts[r.factsDigest], r.digest, w.in.revision, key})
			c.groups = append(c.groups, []any{key})
			for name, value := range r.groups {
				c.newGroups = append(c.newGroups, []any{key, name, value})
			}
		} else {
			c.seen = append(c.seen, []any{w.in.revision, key})
		}
		if !changed && (a.old.identity != r.identity || a.old.recording != r.recording || a.old.pick != r.pick || a.old.number != r.number) {
			c.places = append(c.places, []any{r.id, r.identity, r.number, r.recording, r.pick, key})
		}
		switch {
		case r.err != nil && (changed || a.old.outcome == nil):
			c.dropped = append(c.dropped, []any{key})
			*bad = append(*bad, badRow(key, r))
		case r.err != nil:
		case a.old.waiting && !changed && r.same(&a.old) && a.old.pick == r.pick && a.old.needs == w.needs(r):
			// The manifest's present address replaces a presigned one that has expired.
			c.references = append(c.references, []any{r.reference, key})
			if a.work >= fetchAgain {
				c.fetches = append(c.fetches, []any{refetch(a.work), key})
			}
		case a.old.waiting:
			// Another chunk, so that a process that may be working on the former row cannot
			// store its result for this one.
			jobs = append(jobs, job{key: key, row: r, work: fetchAgain, waited: true})
		case a.work != nothing:
			jobs = append(jobs, job{key: key, row: r, work: a.work})
		}
	}
	return c, jobs
}

// chunks divides the work into chunks with one need each, whose jobs wait, and returns the
// chunk of each row.
func (w *writes) chunks(ctx context.Context, t db.Statements, work []job, report *ManifestStats) ([]int64, error) {
	var fresh []newJob
	of := make([]int, len(work)) // index of the chunk
	open := map[needs]struct{ chunk, room int }{}
	for i, j := range work {
		n := w.needs(j.row)
		c := open[n]
		if c.room == 0 {
			c.chunk, c.room = len(fresh), chunkSize(report.Waiting)
			fresh = append(fresh, newJob{batch: w.in.batch, needs: n})
		}
		c.room--
		open[n], of[i] = c, c.chunk
		report.Waiting++
	}
	ids, err := w.in.queue.insert(ctx, t, fresh)
	if err != nil {
		return nil, err
	}
	args := make([][]any, len(ids))
	for i, j := range fresh {
		args[i] = []any{ids[i], j.batch, string(j.needs)}
	}
	chunks := make([]int64, len(of))
	for i, c := range of {
		chunks[i] = ids[c]
	}
	return chunks, t.ExecMany(ctx, `INSERT INTO otoscope_chunks (chunk_id, batch_id, needs, token) VALUES (?, ?, ?, 0)`, args)
}

// needs returns the needs of a row, under the permissions of this reading.
func (w *writes) needs(r *row) needs {
	n := needsNothing
	if where, err := locate(r.reference); err == nil {
		allowed := true
		for _, ref := range where.all() {
			if ref.IsPath() {
				_, err := w.in.rows.paths.follow("the recording", ref.Whole())
				allowed = allowed && err == nil
			}
		}
		n = needsOf(r.reference, w.in.host, allowed, w.in.rows.allowPrivate)
	}
	if t := r.facts.Transcript; t != nil && len(t.Source.Files()) > 0 || r.facts.Phrases != nil {
		n = n.withFiles(w.in.host)
	}
	return n
}

// What a row waits for, in otoscope_waiting. An earlier version fetches a row unless it is
// marked for judging.
const (
	refetchNot = iota
	refetchAll
	refetchChanged
)

func refetch(work int) int {
	switch work {
	case fetchAgain:
		return refetchAll
	case ask:
		return refetchChanged
	}
	return refetchNot
}

// placed returns the arguments that store new rows and put all rows into their chunks.
func (w *writes) placed(jobs []job, chunks []int64, facts map[string]int64) (inserts, groups, waiting, moved [][]any) {
	for _, j := range jobs {
		var chunk *int64
		if j.row.err == nil {
			c := chunks[0]
			chunk, chunks = &c, chunks[1:]
			waiting = append(waiting, []any{j.key, j.row.reference, refetch(j.work)})
			if !j.fresh {
				moved = append(moved, []any{c, j.key})
			}
		}
		if !j.fresh {
			continue
		}
		r := j.row
		inserts = append(inserts, []any{j.key, w.in.batch, r.id, r.identity, r.number, r.recording, r.pick, r.agent, facts[r.factsDigest], r.digest, w.in.revision, chunk})
		for name, value := range r.groups {
			groups = append(groups, []any{j.key, name, value})
		}
	}
	return inserts, groups, waiting, moved
}

// badRowKind is the kind of error of unusable rows.
const badRowKind = "manifest"

// badRow is the result of an unusable row.
func badRow(key int64, r *row) finished {
	c := verify.Case{Reference: r.recording, Agent: r.agent, Groups: r.groups}
	r.facts.onto(&c)
	return finished{key: key, digest: r.digest, verdict: verify.ErrorVerdict(c, r.stage, r.err), kind: cmp.Or(r.kind, badRowKind)}
}
