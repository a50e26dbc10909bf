//go:build unix

package batch

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/otoscope/otoscope/verify/batch/db/dbtest"
)

// A batch and a worker work behind a pooler that gives each transaction another
// session, whatever the address says of how statements are sent.
func TestTransactionPooler(t *testing.T) {
	t.Parallel() // it waits more than it works
	dbtest.Need(t)
	bouncer, err := exec.LookPath("pgbouncer")
	if err != nil {
		t.Skip("there is no pgbouncer")
	}
	for _, mode := range []string{"", "exec", "simple_protocol"} {
		t.Run("mode "+mode, func(t *testing.T) {
			direct := dbtest.Database(t)
			u, err := url.Parse(direct)
			if err != nil {
				t.Fatal(err)
			}
			u.Host = startPooler(t, bouncer, u)
			if mode != "" {
				u.RawQuery = url.Values{"default_query_exec_mode": {mode}}.Encode()
			}
			s := open(t, u.String())
			stop := alsoWork(t, u.String(), fast(&fake{}))
			run(t, s, manifestOf(t, "calls.csv", rowsCSV(900)), ReadOptions{}, fast(&fake{}))
			stop()
			exactlyOne(t, s, 900)
			if n := count(t, open(t, direct), `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'
				AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`); n != 0 {
				t.Errorf("%d advisory locks are left in sessions of the pooler", n)
			}
		})
	}
}

// startPooler starts a pgbouncer in front of a database and gives its host and port.
func startPooler(t *testing.T, bouncer string, to *url.URL) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	dir := t.TempDir()
	password, _ := to.User.Password()
	toPort := to.Port()
	if toPort == "" {
		toPort = "5432"
	}
	config := filepath.Join(dir, "pgbouncer.ini")
	users := filepath.Join(dir, "users")
	for path, text := range map[string]string{
		config: fmt.Sprintf("[databases]\n* = host=%s port=%s\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = %d\nunix_socket_dir =\nauth_type = trust\nauth_file = %s\npool_mode = transaction\ndefault_pool_size = 5\nlogfile = %s\n",
			to.Hostname(), toPort, port, users, filepath.Join(dir, "log")),
		users: fmt.Sprintf("%q %q\n", to.User.Username(), password),
	} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	c := exec.Command(bouncer, config)
	if os.Getuid() == 0 { // which it refuses
		nobody, err := user.Lookup("nobody")
		if err != nil {
			t.Skip("pgbouncer does not run as root, and there is no nobody")
		}
		uid, _ := strconv.Atoi(nobody.Uid)
		gid, _ := strconv.Atoi(nobody.Gid)
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
		for path := dir; path != os.TempDir() && path != "/"; path = filepath.Dir(path) {
			if err := os.Chmod(path, 0o777); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Process.Signal(syscall.SIGTERM)
		c.Wait()
	})
	host := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	for deadline := time.Now().Add(10 * time.Second); ; {
		conn, err := net.Dial("tcp", host)
		if err == nil {
			conn.Close()
			return host
		}
		if time.Now().After(deadline) {
			log, _ := os.ReadFile(filepath.Join(dir, "log"))
			t.Fatalf("pgbouncer does not listen: %s", log)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
