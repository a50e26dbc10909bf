package batch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/otoscope/otoscope/verify/batch/db"
	"github.com/otoscope/otoscope/verify/batch/db/dbtest"
	"github.com/otoscope/otoscope/verify/batch/manifest"
)

// childVariable makes this binary a process that works on a batch: its words
// are batch, worker or plain, rows, milliseconds for each, the lease, and the database.
const childVariable = "OTOSCOPE_TEST_CHILD"

func child() int {
	words := strings.Fields(os.Getenv(childVariable))
	rows, _ := strconv.Atoi(words[1])
	each, _ := time.ParseDuration(words[2])
	lease, _ := time.ParseDuration(words[3])
	if words[0] == "plain" { // the work without a batch, for comparison
		fmt.Println("working")
		for range rows {
			spin(each)
		}
		return 0
	}
	var taken sync.Once
	source := &fake{do: func(ctx context.Context, t Task) (Measured, error) {
		taken.Do(func() { fmt.Println("claimed") })
		select {
		case <-ctx.Done():
			return Measured{}, ctx.Err()
		case <-time.After(each):
		}
		return heard(t), nil
	}}
	o := fast(source)
	o.Lease = lease
	if kind, alone := strings.CutPrefix(words[0], "one-"); alone {
		// Busy, and on one processor, for the sake of the figures.
		words[0], o.Workers = kind, 1
		source.do = func(_ context.Context, t Task) (Measured, error) {
			spin(each)
			return heard(t), nil
		}
	}
	if kind, poisoned := strings.CutPrefix(words[0], "poisoned-"); poisoned {
		words[0] = kind
		source.do = func(_ context.Context, t Task) (Measured, error) {
			if strings.Contains(t.Reference, poison) {
				self, err := os.FindProcess(os.Getpid())
				if err == nil {
					err = self.Kill() // as a lack of memory does
				}
				if err != nil {
					panic(err)
				}
				select {}
			}
			return heard(t), nil
		}
	}
	kind, long := strings.CutPrefix(words[0], "generated-")
	if long {
		words[0], o.Workers, source.do = kind, 0, nil
	}
	ctx := context.Background()
	s, err := Open(ctx, words[4], OpenOptions{Create: true, Work: true})
	if err == nil {
		fmt.Println("working")
		if words[0] == "batch" {
			var m *manifest.Manifest
			if long {
				m, err = generated(rows)
			} else {
				m, err = manifest.Read("calls.csv", ".", strings.NewReader(rowsCSV(rows)))
			}
			if err == nil {
				_, err = s.Run(ctx, m, ReadOptions{}, o)
			}
		} else {
			_, err = s.Work(ctx, o, true)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if long {
		// What the parent is told of a child's memory has its own in it.
		status, _ := os.ReadFile("/proc/self/status")
		os.Stderr.Write(status)
	}
	return 0
}

// poison is in the reference of the recording that ends a process which is a
// "poisoned-" one.
const poison = "00137"

// spinSpeed is how often spin turns in a millisecond, on a processor that it has
// for itself.
var spinSpeed = sync.OnceValue(func() int {
	const turns = 1_000_000
	best := time.Hour
	for range 10 {
		began := time.Now()
		whirl(turns)
		best = min(best, time.Since(began))
	}
	return int(turns * time.Millisecond / best)
})

// spin keeps a processor busy as long as d takes on one that is free.
func spin(d time.Duration) { whirl(int(d/time.Millisecond) * spinSpeed()) }

func whirl(n int) {
	x := 1.0
	for range n {
		x = x*1.000001 + 1e-9
	}
	if x == 0 {
		panic("the work was optimised away")
	}
}

// generated is a manifest of n rows that is made while it is read.
func generated(n int) (*manifest.Manifest, error) {
	r, w := io.Pipe()
	go func() {
		fmt.Fprint(w, "id,recording,group.queue,group.region,agent\n")
		for i := range n {
			if _, err := fmt.Fprintf(w, "call-%08d,https://example.com/recordings/%08d.wav?token=%016x,q%d,r%d,agent %d\n", i, i, rand.Uint64(), i%20, i%4, i%500); err != nil {
				return // nobody reads on
			}
		}
		w.Close()
	}()
	return manifest.Read("calls.csv", ".", r)
}

// A process is a child.
type process struct {
	*exec.Cmd
	out   io.Reader
	said  bytes.Buffer
	ended chan error
}

func begin(t testing.TB, kind string, rows int, each, lease time.Duration, target string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(os.Args[0]), ended: make(chan error, 1)}
	p.Env = append(os.Environ(), fmt.Sprintf("%s=%s %d %v %v %s", childVariable, kind, rows, each, lease, target))
	p.Stderr = &p.said
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.out = out
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Process.Kill() })
	p.says(t, "working")
	go func() { p.ended <- p.Wait() }()
	return p
}

// says waits for a process to print a line.
func (p *process) says(t testing.TB, want string) {
	t.Helper()
	line := make([]byte, len(want)+1)
	if _, err := io.ReadFull(p.out, line); err != nil || string(line) != want+"\n" {
		t.Fatalf("the process said %q, want %q: %v: %s", line, want, err, p.said.String())
	}
}

func (p *process) kill() {
	p.Process.Signal(syscall.SIGKILL)
	<-p.ended
	p.ended <- nil // for the next to look
}

// A batch is killed again and again, and begun again and again.
func TestKilledAgainAndAgain(t *testing.T) {
	t.Parallel() // it waits more than it works
	const rows = 900
	onEach(t, func(t *testing.T, target string) {
		kills := 0
		for deadline := time.Now().Add(3 * time.Minute); ; {
			if time.Now().After(deadline) {
				t.Fatal("the batch did not come to its end")
			}
			p := begin(t, "batch", rows, 5*time.Millisecond, 20*time.Second, target)
			wait := time.Duration(50+rand.IntN(250)) * time.Millisecond
			if kills >= 8 {
				wait = time.Minute
			}
			select {
			case err := <-p.ended:
				if err != nil {
					t.Fatalf("%v: %s", err, p.said.String())
				}
				p.ended <- nil
			case <-time.After(wait):
				p.kill()
				kills++
				continue
			}
			break
		}
		t.Logf("killed %d times", kills)
		if kills < 3 {
			t.Errorf("only %d processes were killed while they worked", kills)
		}
		exactlyOne(t, open(t, target), rows)
	})
}

// Two processes work on PostgreSQL; one or the other is killed and started again.
func TestTwoKilledInTurn(t *testing.T) {
	t.Parallel() // it waits more than it works
	dbtest.Need(t)
	const rows, each, lease = 1500, 5 * time.Millisecond, 2 * time.Second
	target := dbtest.Schema(t)
	batch := begin(t, "batch", rows, each, lease, target)
	worker := begin(t, "worker", 0, each, lease, target)
	kills := 0
	for deadline := time.Now().Add(3 * time.Minute); ; {
		if time.Now().After(deadline) {
			t.Fatal("the batch did not come to its end")
		}
		wait := time.Duration(50+rand.IntN(250)) * time.Millisecond
		if kills >= 8 {
			wait = time.Minute
		}
		select {
		case err := <-batch.ended:
			batch.ended <- nil
			if err != nil {
				t.Fatalf("%v: %s", err, batch.said.String())
			}
		case <-time.After(wait):
			if kills%2 == 0 {
				worker.kill()
				worker = begin(t, "worker", 0, each, lease, target)
			} else {
				batch.kill()
				batch = begin(t, "batch", rows, each, lease, target)
			}
			kills++
			continue
		}
		break
	}
	worker.kill()
	t.Logf("killed %d times", kills)
	if kills < 3 {
		t.Errorf("only %d processes were killed while they worked", kills)
	}
	exactlyOne(t, open(t, target), rows)
}

// The next process to start takes over at once what a killed process held,
// however long the lease.
func TestTakenOverAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		p := begin(t, "batch", 40, time.Hour, time.Hour, target)
		p.says(t, "claimed")
		p.kill()
		s := open(t, target)
		if n := count(t, s, `SELECT count(*) FROM otoscope_chunks WHERE worker_id IS NOT NULL`); n == 0 {
			t.Fatal("the process was killed before it held anything")
		}
		began := time.Now()
		o := fast(&fake{})
		o.Lease = time.Hour
		run(t, s, manifestOf(t, "calls.csv", rowsCSV(40)), ReadOptions{}, o)
		if took := time.Since(began); took > time.Minute {
			t.Errorf("it took %v", took)
		}
		exactlyOne(t, s, 40)
	})
}

// The others take over what a killed process held when its lease
// has run out, and a beat later at most.
func TestTakenOverSoon(t *testing.T) {
	dbtest.Need(t)
	const lease = time.Second
	target := dbtest.Schema(t)
	s := open(t, target)
	hang := make(chan struct{})
	var once sync.Once
	defer once.Do(func() { close(hang) })
	// This process goes slowly until the other has had its share.
	o := fast(&fake{do: func(ctx context.Context, task Task) (Measured, error) {
		select {
		case <-hang:
		case <-ctx.Done():
			return Measured{}, ctx.Err()
		}
		return heard(task), nil
	}})
	o.Lease = lease
	ended := make(chan error, 1)
	go func() {
		_, err := s.Run(t.Context(), manifestOf(t, "calls.csv", rowsCSV(300)), ReadOptions{}, o)
		ended <- err
	}()
	p := begin(t, "worker", 0, time.Hour, lease, target)
	for count(t, s, `SELECT count(DISTINCT worker_id) FROM otoscope_chunks WHERE worker_id IS NOT NULL`) < 2 {
		time.Sleep(10 * time.Millisecond)
	}
	p.kill()
	once.Do(func() { close(hang) })
	began := time.Now()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	took := time.Since(began)
	t.Logf("taken over and done %v after the kill, with a lease of %v", took, lease)
	// The rest is for a machine that is busy; River by itself would take a minute.
	if bound := lease + lease/beatsPerTerm + 30*time.Second; took > bound {
		t.Errorf("it took %v, want at most %v", took, bound)
	}
	exactlyOne(t, s, 300)
}

// A download that takes much longer than a lease is no sign of a dead process.
func TestSlowIsNotDead(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		var slow atomic.Int64
		source := &fake{do: func(ctx context.Context, task Task) (Measured, error) {
			if strings.Contains(task.Reference, "00003.wav") {
				slow.Add(1)
				time.Sleep(1200 * time.Millisecond)
			}
			return heard(task), nil
		}}
		o := fast(source)
		o.Lease = 300 * time.Millisecond
		stop := func() {}
		if strings.Contains(target, "://") {
			stop = alsoWork(t, target, o) // who would take over
		}
		run(t, s, manifestOf(t, "calls.csv", rowsCSV(20)), ReadOptions{}, o)
		stop()
		exactlyOne(t, s, 20)
		if n := slow.Load(); n != 1 {
			t.Errorf("the slow recording was fetched %d times, want once", n)
		}
	})
}

// A process that was taken for dead and comes back late writes nothing.
func TestLateWriteIsRefused(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		arrived, release := make(chan struct{}), make(chan struct{})
		var calls atomic.Int64
		source := &fake{do: func(_ context.Context, task Task) (Measured, error) {
			m := heard(task)
			if calls.Add(1) == 1 {
				close(arrived)
				<-release // deaf to its context, like a process that was stopped and goes on
				m.SHA256 = "late"
			} else {
				m.SHA256 = "in time"
			}
			return m, nil
		}}
		o := fast(source)
		o.Lease = time.Hour // no beat of this process helps
		ended := make(chan error, 1)
		go func() {
			_, err := s.Run(t.Context(), manifestOf(t, "calls.csv", rowsCSV(1)), ReadOptions{}, o)
			ended <- err
		}()
		<-arrived
		if _, err := s.db.Exec(t.Context(), `UPDATE otoscope_workers SET lease_until = 0`); err != nil {
			t.Fatal(err)
		}
		other, err := newEngine(s, o)
		if err != nil {
			t.Fatal(err)
		}
		if err := other.reapDead(t.Context()); err != nil {
			t.Fatal(err)
		}
		for count(t, s, `SELECT count(*) FROM otoscope_results`) == 0 {
			time.Sleep(10 * time.Millisecond)
		}
		close(release)
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		exactlyOne(t, s, 1)
		var sum string
		if _, err := db.One(t.Context(), s.db, `SELECT sha256 FROM otoscope_results`, nil, &sum); err != nil {
			t.Fatal(err)
		}
		if sum != "in time" {
			t.Errorf("the result is that of the process that came %s", sum)
		}
	})
}

// alsoWork works on a database as another process does, until it is stopped.
func alsoWork(t *testing.T, target string, o WorkOptions) (stop func()) {
	s := open(t, target)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := s.Work(ctx, o, true)
		ended <- err
	}()
	return func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
}

func mustGenerate(t testing.TB, n int) *manifest.Manifest {
	t.Helper()
	m, err := generated(n)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
