package batch

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch/db"
)

// historiesVariable is how many histories TestHistories goes through on SQLite; on
// PostgreSQL it is a twentieth.
const historiesVariable = "OTOSCOPE_TEST_HISTORIES"

// Whatever the order in which processes take, claim, store, give back, renew, reap,
// heal, are killed, sleep past their leases and lose answers, and batches are stopped
// and jobs tidied away: a beat later every row comes to exactly one result. The
// statements are the real ones; what River does with a job is done step by step.
func TestHistories(t *testing.T) {
	histories := 200
	if text := os.Getenv(historiesVariable); text != "" {
		var err error
		if histories, err = strconv.Atoi(text); err != nil {
			t.Fatalf("%s: %v", historiesVariable, err)
		}
	}
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		n := histories
		if !s.db.Exclusive() {
			n = histories / 20
		}
		seen := map[string]int{}
		for seed := range n {
			h := &history{t: t, s: s, rand: rand.New(rand.NewPCG(uint64(seed), 7)), seen: seen}
			h.run()
			if t.Failed() {
				t.Fatalf("in the history of seed %d: %v", seed, h.steps)
			}
		}
		t.Logf("%d histories: %v", n, seen)
	})
}

type history struct {
	t     *testing.T
	s     *Store
	rand  *rand.Rand
	procs []*modelProcess
	steps []string
	seen  map[string]int
}

// A modelProcess is an engine whose queue is not started.
type modelProcess struct {
	*engine
	jobs []*modelJob
}

// A modelJob is a job that River gave to a process.
type modelJob struct {
	claim  *claim
	rows   []int64
	report string // what the process tells River at last; "" while it works
}

const modelRows = 12

func (h *history) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatalf("%v: %v", h.steps, err)
	}
}

func (h *history) exec(query string, args ...any) int64 {
	h.t.Helper()
	n, err := h.s.db.Exec(h.t.Context(), query, args...)
	h.must(err)
	return n
}

func (h *history) enter() *modelProcess {
	e, err := newEngine(h.s, fast(&fake{}))
	h.must(err)
	h.must(e.register(h.t.Context(), 0))
	p := &modelProcess{engine: e}
	h.procs = append(h.procs, p)
	return p
}

func (h *history) run() {
	ctx := h.t.Context()
	for _, table := range append(tablesOfRows(), "otoscope_chunks", "otoscope_workers", "otoscope_tallies", "otoscope_batches", "river_job") {
		h.exec(`DELETE FROM ` + table)
	}
	h.exec(`INSERT INTO otoscope_batches (batch_id, name, created_at, revision, read_whole, stop_after) VALUES (1, 'm', ?, 1, 1, 0)`, h.s.db.Time(time.Now()))
	first := h.enter()
	h.must(h.s.db.Tx(ctx, func(t db.Statements) error {
		for row := range int64(modelRows) {
			if _, err := t.Exec(ctx, `INSERT INTO otoscope_rows (row_key, batch_id, id, row, recording, pick, agent, facts_id, facts_digest, revision, repeated) VALUES (?, 1, ?, ?, '', '', '', 0, 'd', 1, 0)`,
				row+1, fmt.Sprint(row), row+1); err != nil {
				return err
			}
			if _, err := t.Exec(ctx, `INSERT INTO otoscope_waiting (row_key, reference, refetch) VALUES (?, 'https://example.com', 1)`, row+1); err != nil {
				return err
			}
			if row%3 == 2 {
				if _, err := first.moveToChunk(ctx, t, newJob{batch: 1}, []int64{row - 1, row, row + 1}); err != nil {
					return err
				}
			}
		}
		return nil
	}))
	h.enter()
	for range 15 + h.rand.IntN(40) {
		h.step()
	}
	h.exec(`UPDATE otoscope_batches SET stopped = NULL`)
	// Those that live end with what they know; one that starts comes a lease later.
	h.procs = nil
	last := h.enter()
	for range 200 {
		h.time()
		h.beat(last)
		for h.fetch(last) {
			j := last.jobs[0]
			for j.report == "" {
				h.work(last, j, true)
			}
			h.report(last, j)
		}
		if count(h.t, h.s, `SELECT count(*) FROM otoscope_chunks`) == 0 {
			break
		}
	}
	exactlyOneHistory(h)
}

func exactlyOneHistory(h *history) {
	for what, c := range map[string]struct {
		query string
		want  int64
	}{
		"results":               {`SELECT count(*) FROM otoscope_results`, modelRows},
		"results stored":        {`SELECT coalesce(sum(n), 0) FROM otoscope_tallies WHERE name = 'match'`, modelRows},
		"rows that wait":        {`SELECT count(*) FROM otoscope_waiting`, 0},
		"rows in chunks":        {`SELECT count(*) FROM otoscope_rows WHERE chunk_id IS NOT NULL`, 0},
		"chunks":                {`SELECT count(*) FROM otoscope_chunks`, 0},
		"jobs that still exist": {`SELECT count(*) FROM river_job WHERE state = 'running'`, 0},
	} {
		if got := count(h.t, h.s, c.query); got != c.want {
			h.t.Errorf("%d %s, want %d", got, what, c.want)
		}
	}
}

// step does one thing of what can happen.
func (h *history) step() {
	p := h.procs[h.rand.IntN(len(h.procs))]
	var j *modelJob
	if len(p.jobs) > 0 {
		j = p.jobs[h.rand.IntN(len(p.jobs))]
	}
	note := func(what string) {
		h.steps = append(h.steps, fmt.Sprintf("%s by %d", what, p.id()))
		h.seen[what]++
	}
	switch dice := h.rand.IntN(100); {
	case dice < 20:
		note("take")
		h.fetch(p)
	case dice < 50 && j != nil && j.report == "":
		note("work")
		h.work(p, j, false)
	case dice < 60 && j != nil && j.report != "":
		note("report")
		h.report(p, j)
	case dice < 72:
		note("beat")
		h.beat(p)
	case dice < 79:
		note("time")
		h.time()
	case dice < 87:
		note("kill")
		h.procs = slices.DeleteFunc(h.procs, func(o *modelProcess) bool { return o == p })
		h.enter()
	case dice < 90:
		note("leave")
		h.must(p.reap(h.t.Context(), p.id(), anyWorker, onLeave))
		h.procs = slices.DeleteFunc(h.procs, func(o *modelProcess) bool { return o == p })
		h.enter()
	case dice < 93:
		note("stop")
		h.exec(`UPDATE otoscope_batches SET stopped = CASE WHEN stopped IS NULL THEN 'so' END`)
	case dice < 96:
		note("tidy")
		h.exec(`DELETE FROM river_job WHERE state IN (` + finalized + `)`)
	case dice < 98:
		note("discard")
		h.exec(`UPDATE river_job SET state = 'discarded', finalized_at = ` + h.s.db.RiverTime() + ` WHERE state = 'running'`)
	default:
		note("rescue")
		h.exec(`UPDATE river_job SET state = 'available' WHERE state = 'running'`)
	}
}

// fetch is what River's producer does.
func (h *history) fetch(p *modelProcess) bool {
	by := `jsonb(json_array(?))`
	if !h.s.db.Exclusive() {
		by = `ARRAY[?]`
	}
	ids, err := db.Keys(h.t.Context(), h.s.db, `UPDATE river_job SET state = 'running', attempt = attempt + 1, attempted_at = `+h.s.db.RiverTime()+`, attempted_by = `+by+`
		WHERE id = (SELECT id FROM river_job WHERE state = 'available' AND scheduled_at <= `+h.s.db.RiverTime()+` ORDER BY scheduled_at, id LIMIT 1) RETURNING id`, p.client)
	h.must(err)
	if len(ids) == 0 {
		return false
	}
	c := &claim{chunk: ids[0], worker: p.id(), lose: func() {}}
	p.claims[c] = true
	p.jobs = append(p.jobs, &modelJob{claim: c})
	return true
}

// work does the next step of engine.work.
func (h *history) work(p *modelProcess, j *modelJob, whole bool) {
	ctx := h.t.Context()
	if j.claim.token == 0 {
		err := p.claim(ctx, j.claim)
		if err == nil && !whole && h.rand.IntN(12) == 0 {
			j.claim.token, j.claim.tried = 0, true // the answer was lost
			return
		}
		switch {
		case err == nil:
			j.rows, err = db.Keys(ctx, h.s.db, `SELECT row_key FROM otoscope_rows WHERE chunk_id = ? ORDER BY row_key`, j.claim.chunk)
			h.must(err)
		case err == errDone, err == errLost:
			j.report = "completed"
		case err == errStoppedBatch:
			j.report = "snoozed"
		case h.s.db.Why(err) == db.Unregistered:
			h.must(p.register(ctx, j.claim.worker))
			j.report = "snoozed"
		default:
			h.must(err)
		}
		return
	}
	if !whole && h.rand.IntN(8) == 0 {
		j.report = "completed" // it went wrong, and the chunk stays in this name
		return
	}
	end := ending(h.rand.IntN(3))
	n := h.rand.IntN(len(j.rows) + 1)
	if whole || end == allDone {
		end, n = allDone, len(j.rows)
	}
	var all []finished
	for _, row := range j.rows[:n] {
		all = append(all, finished{key: row, digest: "d", text: "{}", verdict: verify.Verdict{Outcome: verify.Match}})
	}
	j.claim.batch, j.claim.revision = 1, 1
	err := h.s.db.Tx(ctx, func(t db.Statements) error {
		if err := p.writeIn(ctx, t, j.claim, all, end); err != nil || end != allDone {
			return err
		}
		_, err := t.Exec(ctx, `UPDATE river_job SET state = 'completed', finalized_at = `+h.s.db.RiverTime()+` WHERE id = ? AND state = 'running'`, j.claim.chunk)
		return err
	})
	switch {
	case err == errLost, err == nil && end == allDone:
		j.report = "completed"
	case err == nil && end == givenBack:
		j.report = "snoozed"
	case err == nil:
		j.rows = j.rows[n:]
	default:
		h.must(err)
	}
}

// report is what River's completer does.
func (h *history) report(p *modelProcess, j *modelJob) {
	if j.report == "completed" {
		h.exec(`UPDATE river_job SET state = 'completed', finalized_at = `+h.s.db.RiverTime()+` WHERE id = ? AND state = 'running'`, j.claim.chunk)
	} else {
		h.exec(`UPDATE river_job SET state = 'available', scheduled_at = `+h.s.db.RiverTime()+` WHERE id = ? AND state = 'running'`, j.claim.chunk)
	}
	delete(p.claims, j.claim)
	p.jobs = slices.DeleteFunc(p.jobs, func(o *modelJob) bool { return o == j })
}

func (h *history) beat(p *modelProcess) {
	ctx := h.t.Context()
	h.must(p.beat(ctx))
	h.must(p.reapDead(ctx))
	h.must(p.heal(ctx))
}

// time lets more than a lease pass.
func (h *history) time() {
	h.exec(`UPDATE otoscope_workers SET lease_until = lease_until - 3`)
	ago := `datetime(%s, 'subsec', '-3 seconds')`
	if !h.s.db.Exclusive() {
		ago = `%s - interval '3 seconds'`
	}
	h.exec(`UPDATE river_job SET scheduled_at = ` + fmt.Sprintf(ago, "scheduled_at") + `, attempted_at = ` + fmt.Sprintf(ago, "attempted_at"))
}
