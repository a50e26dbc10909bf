//go:build unix

package batch

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// killsVariable is how many processes TestKillRun kills on each database: some in
// any case, and 1000 before a release.
const killsVariable = "OTOSCOPE_TEST_KILLS"

// Processes are killed, stopped past their lease and cut off from a server that is
// restarted, at random; no row is lost, and none is there twice.
func TestKillRun(t *testing.T) {
	kills := 15
	if text := os.Getenv(killsVariable); text != "" {
		var err error
		if kills, err = strconv.Atoi(text); err != nil {
			t.Fatalf("%s: %v", killsVariable, err)
		}
	} else if testing.Short() {
		t.Skip("a run of kills; run it without -short")
	}
	t.Run("sqlite", func(t *testing.T) {
		r := &killRun{t: t, target: freshSQLite(t), kinds: []string{"batch"}, kills: kills}
		r.run()
	})
	t.Run("postgres", func(t *testing.T) {
		c := startCluster(t)
		r := &killRun{t: t, target: c.address(), kinds: []string{"batch", "worker", "worker"}, kills: kills, cluster: c}
		r.run()
	})
}

type killRun struct {
	t       *testing.T
	target  string
	kinds   []string
	kills   int
	cluster *cluster // nil: SQLite

	processes []*process
	stopped   map[int]time.Time // until when, by index

	killed, stops, storms, restarts int
}

// runLease is the lease of a run's processes.
const runLease = 2 * time.Second

func (r *killRun) start(i int) *process {
	// A row takes long enough that the processes never run out of them.
	return begin(r.t, r.kinds[i], 40*r.kills, 10*time.Millisecond, runLease, r.target)
}

func (r *killRun) run() {
	r.stopped = map[int]time.Time{}
	for i := range r.kinds {
		r.processes = append(r.processes, r.start(i))
	}
	began := time.Now()
	for r.killed < r.kills {
		time.Sleep(time.Duration(20+rand.IntN(120)) * time.Millisecond) // a process has some time to live
		for i, until := range r.stopped {
			if time.Now().After(until) {
				r.processes[i].Process.Signal(syscall.SIGCONT)
				delete(r.stopped, i)
			}
		}
		r.replaceEnded()
		i := rand.IntN(len(r.processes))
		switch p := rand.IntN(100); {
		case r.cluster == nil || p < 80:
			if _, is := r.stopped[i]; !is {
				r.processes[i].kill()
				r.killed++
				r.processes[i] = r.start(i)
			}
		case p < 90:
			if len(r.stopped) == 0 {
				r.processes[i].Process.Signal(syscall.SIGSTOP)
				r.stopped[i] = time.Now().Add(runLease + runLease/2)
				r.stops++
			}
		case p < 99:
			r.cluster.terminate(r.t)
			r.storms++
		case r.restarts < r.kills/100+1:
			r.cluster.restart(r.t)
			r.restarts++
		}
	}
	for i := range r.stopped {
		r.processes[i].Process.Signal(syscall.SIGCONT)
	}
	for _, p := range r.processes {
		p.kill()
	}
	r.t.Logf("%d killed, %d stopped past the lease, %d storms of terminated sessions, %d restarts in %v",
		r.killed, r.stops, r.storms, r.restarts, time.Since(began).Round(time.Second))
	s := open(r.t, r.target)
	before := count(r.t, s, `SELECT count(*) FROM otoscope_results`)
	o := fast(&fake{})
	o.Lease = runLease
	rows := int64(40 * r.kills)
	run(r.t, s, manifestOf(r.t, "calls.csv", rowsCSV(int(rows))), ReadOptions{}, o)
	r.t.Logf("%d results before the last run, %d after it", before, count(r.t, s, `SELECT count(*) FROM otoscope_results`))
	exactlyOne(r.t, s, rows)
}

// replaceEnded starts processes in place of those that ended by themselves: the
// database was away for too long, or all is done.
func (r *killRun) replaceEnded() {
	for i, p := range r.processes {
		select {
		case <-p.ended:
			p.ended <- nil
			r.processes[i] = r.start(i)
		default:
		}
	}
}

// A cluster is a PostgreSQL server of the test's own, which it can restart.
type cluster struct {
	bin, data, socket string
	port              int
	owner             *syscall.SysProcAttr
}

func startCluster(t *testing.T) *cluster {
	t.Helper()
	c := &cluster{}
	all, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if path, err := exec.LookPath("initdb"); err == nil {
		all = append(all, path)
	}
	if len(all) == 0 {
		t.Skip("there is no initdb of PostgreSQL")
	}
	c.bin = filepath.Dir(all[len(all)-1])
	dir, err := os.MkdirTemp("", "otoscope-cluster")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if os.Getuid() == 0 { // which PostgreSQL refuses
		nobody, err := user.Lookup("nobody")
		if err != nil {
			t.Skip("PostgreSQL does not run as root, and there is no nobody")
		}
		uid, _ := strconv.Atoi(nobody.Uid)
		gid, _ := strconv.Atoi(nobody.Gid)
		c.owner = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
		if err := os.Chown(dir, uid, gid); err != nil {
			t.Fatal(err)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c.port = l.Addr().(*net.TCPAddr).Port
	l.Close()
	c.data, c.socket = filepath.Join(dir, "data"), dir
	c.command(t, "initdb", "-D", c.data, "-U", "otoscope", "-A", "trust", "-E", "UTF8", "--locale=C")
	c.ctl(t, "start")
	t.Cleanup(func() { c.ctl(t, "stop") })
	return c
}

func (c *cluster) command(t *testing.T, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(filepath.Join(c.bin, name), args...)
	cmd.SysProcAttr, cmd.Dir = c.owner, c.socket
	// A server keeps what it inherits open, so that its output is no pipe.
	out, err := os.CreateTemp("", "")
	if err != nil {
		t.Fatal(err)
	}
	defer os.Remove(out.Name())
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		said, _ := os.ReadFile(out.Name())
		t.Fatalf("%s %s: %v: %s", name, strings.Join(args, " "), err, said)
	}
}

func (c *cluster) ctl(t *testing.T, action string) {
	t.Helper()
	c.command(t, "pg_ctl", "-D", c.data, "-w", "-m", "immediate", "-l", filepath.Join(c.socket, "log"),
		"-o", fmt.Sprintf("-p %d -c listen_addresses=127.0.0.1 -c unix_socket_directories=%s -c fsync=off", c.port, c.socket), action)
}

func (c *cluster) restart(t *testing.T) { c.ctl(t, "restart") }

func (c *cluster) address() string {
	return fmt.Sprintf("postgres://otoscope@127.0.0.1:%d/postgres", c.port)
}

// terminate ends all sessions of otoscope, or some of them.
func (c *cluster) terminate(t *testing.T) {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), c.address())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	share := []float64{0.3, 1}[rand.IntN(2)]
	if _, err := conn.Exec(context.Background(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'otoscope' AND random() < $1`, share); err != nil {
		t.Fatal(err)
	}
}
