package batch

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/otoscope/otoscope/verify/batch/db"
	"github.com/otoscope/otoscope/verify/batch/db/dbtest"
)

// A cable leads to a database and can be cut.
type cable struct {
	listener net.Listener
	to       string

	mu    sync.Mutex
	cut   bool
	conns map[net.Conn]bool
	all   sync.WaitGroup
}

func newCable(t *testing.T, to string) *cable {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cable{listener: l, to: to, conns: map[net.Conn]bool{}}
	c.all.Go(c.accept)
	t.Cleanup(func() {
		l.Close()
		c.set(true)
		c.all.Wait()
	})
	return c
}

func (c *cable) accept() {
	for {
		in, err := c.listener.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", c.to)
		if err != nil {
			in.Close()
			continue
		}
		c.mu.Lock()
		if c.cut {
			in.Close()
			out.Close()
			c.mu.Unlock()
			continue
		}
		c.conns[in], c.conns[out] = true, true
		c.mu.Unlock()
		for _, p := range [][2]net.Conn{{in, out}, {out, in}} {
			c.all.Go(func() {
				io.Copy(p[0], p[1]) // ends with either
				p[0].Close()
				p[1].Close()
			})
		}
	}
}

// set cuts the cable, or mends it.
func (c *cable) set(cut bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cut = cut; cut {
		for conn := range c.conns {
			conn.Close()
			delete(c.conns, conn)
		}
	}
}

// The connection to the database is cut again and again, and stays cut for a while.
// Between two cuts the work gets on, however slow the machine is.
func TestConnectionCut(t *testing.T) {
	t.Parallel() // it waits more than it works
	dbtest.Need(t)
	direct := dbtest.Schema(t)
	u, err := url.Parse(direct)
	if err != nil {
		t.Fatal(err)
	}
	host := u.Host
	if u.Port() == "" {
		host = net.JoinHostPort(u.Hostname(), "5432")
	}
	c := newCable(t, host)
	u.Host = c.listener.Addr().String()
	s, err := Open(t.Context(), u.String(), OpenOptions{Create: true, Work: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const rows, cutEvery = 1200, 150 // recordings
	due := make(chan struct{}, 1)
	source := &fake{}
	source.do = func(_ context.Context, task Task) (Measured, error) {
		if source.calls.Load()%cutEvery == 1 {
			select {
			case due <- struct{}{}:
			default: // the last cut is not over
			}
		}
		time.Sleep(time.Millisecond) // a recording takes a while
		return heard(task), nil
	}
	o := fast(source)
	o.Patience = 30 * time.Second
	stop := make(chan struct{})
	var cutting sync.WaitGroup
	cuts := 0
	cutting.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-due:
			}
			c.set(true)
			cuts++
			time.Sleep(100 * time.Millisecond)
			c.set(false)
		}
	})
	_, err = s.Run(t.Context(), manifestOf(t, "m", rowsCSV(rows)), ReadOptions{}, o)
	close(stop)
	cutting.Wait()
	if err != nil {
		t.Fatalf("after %d cuts: %v", cuts, err)
	}
	t.Logf("cut %d times", cuts)
	if cuts < 3 { // of at least rows/cutEvery
		t.Errorf("the connection was cut only %d times", cuts)
	}
	exactlyOne(t, open(t, direct), rows)
}

// A database that does not come back ends the work with a sentence, not a hang.
func TestConnectionLost(t *testing.T) {
	t.Parallel() // it waits more than it works
	dbtest.Need(t)
	u, err := url.Parse(dbtest.Schema(t))
	if err != nil {
		t.Fatal(err)
	}
	c := newCable(t, u.Host)
	u.Host = c.listener.Addr().String()
	s, err := Open(t.Context(), u.String(), OpenOptions{Create: true, Work: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var once sync.Once
	o := fast(&fake{do: func(_ context.Context, task Task) (Measured, error) {
		once.Do(func() { c.set(true) })
		time.Sleep(5 * time.Millisecond)
		return heard(task), nil
	}})
	o.Patience = time.Second
	began := time.Now()
	_, err = s.Run(t.Context(), manifestOf(t, "m", rowsCSV(500)), ReadOptions{}, o)
	var storage *db.Error
	if !errors.As(err, &storage) || !strings.Contains(storage.Hint(), "run the same command again") {
		t.Errorf("it ended with %v", err)
	}
	if took := time.Since(began); took > time.Minute {
		t.Errorf("it took %v", took)
	}
}

// A disk without room ends the work with a sentence. With room again, the same
// run goes on.
func TestDiskFull(t *testing.T) {
	t.Parallel() // it waits more than it works
	path := t.TempDir() + "/otoscope.db"
	s := open(t, path)
	const rows = 2000
	// SQLite's own limit fails as a full disk does.
	var pages int64
	if _, err := db.One(t.Context(), s.db, `PRAGMA page_count`, nil, &pages); err != nil {
		t.Fatal(err)
	}
	if _, err := s.db.Exec(t.Context(), `PRAGMA max_page_count = 400`); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	_, err := s.Run(t.Context(), manifestOf(t, "m", rowsCSV(rows)), ReadOptions{}, fast(&fake{}))
	var storage *db.Error
	if !errors.As(err, &storage) || !strings.Contains(err.Error(), "no room left") || !strings.Contains(storage.Hint(), "free some space") {
		t.Fatalf("it ended with %v", err)
	}
	if took := time.Since(began); took > time.Minute {
		t.Errorf("it took %v", took)
	}
	if n := count(t, s, `SELECT count(*) FROM otoscope_results`); n == rows {
		t.Error("the disk was not full")
	}
	if _, err := s.db.Exec(t.Context(), `PRAGMA max_page_count = 1000000`); err != nil {
		t.Fatal(err)
	}
	run(t, s, manifestOf(t, "m", rowsCSV(rows)), ReadOptions{}, fast(&fake{}))
	exactlyOne(t, s, rows)
}
