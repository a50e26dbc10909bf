package batch

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/otoscope/otoscope/audio/hint"
)

// readOnlyVariable names the database that TestReadOnlyChild reads.
const readOnlyVariable = "OTOSCOPE_TEST_READ_ONLY"

// TestReadOnlyChild is a process of TestResultsFromReadOnlyMedia's, in a separate
// mount namespace where the folder is read-only.
func TestReadOnlyChild(t *testing.T) {
	path := os.Getenv(readOnlyVariable)
	if path == "" {
		t.Skip("it is for another test")
	}
	dir := filepath.Dir(path)
	for _, flags := range []uintptr{syscall.MS_BIND, syscall.MS_BIND | syscall.MS_REMOUNT | syscall.MS_RDONLY} {
		if err := syscall.Mount(dir, dir, "", flags, ""); err != nil {
			fmt.Println("no mount:", err)
			return
		}
	}
	s, err := Open(t.Context(), path, OpenOptions{})
	if err != nil {
		fmt.Println("refused:", err, hint.Of(err))
		return
	}
	defer s.Close()
	fmt.Println("results:", len(verdicts(t, s)))
	_, err = s.Purge(t.Context(), Filter{})
	fmt.Println("purge:", err, hint.Of(err))
}

// Results can be read where nothing can be written, unless the last of them are in
// the WAL still; that is said.
func TestResultsFromReadOnlyMedia(t *testing.T) {
	read := func(path string) string {
		t.Helper()
		c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestReadOnlyChild$")
		c.Env = append(os.Environ(), readOnlyVariable+"="+path)
		c.SysProcAttr = &syscall.SysProcAttr{
			Cloneflags:  syscall.CLONE_NEWNS | syscall.CLONE_NEWUSER,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
		}
		out, err := c.CombinedOutput()
		if err != nil && len(out) == 0 || strings.Contains(string(out), "no mount") {
			t.Skipf("no mount namespaces here: %v %s", err, out)
		}
		return string(out)
	}
	path := filepath.Join(t.TempDir(), "d.db")
	s := open(t, path)
	run(t, s, manifestOf(t, "m", rowsCSV(7)), ReadOptions{}, fast(&fake{}))
	// Another folder has the database as a crash leaves it, its last pages in the WAL.
	crashed := filepath.Join(t.TempDir(), "d.db")
	copyFiles := func(ends ...string) {
		t.Helper()
		for _, end := range ends {
			b, err := os.ReadFile(path + end)
			if err == nil {
				err = os.WriteFile(crashed+end, b, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	copyFiles("", "-wal")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	said := read(path)
	if !strings.Contains(said, "results: 7\n") || !strings.Contains(said, "purge: deleting results: d.db does not allow it") {
		t.Errorf("it says %s", said)
	}
	if said := read(crashed); !strings.Contains(said, "refused: d.db cannot be read where it is") || !strings.Contains(said, "copy both files") {
		t.Errorf("of one with a WAL it says %s", said)
	}
	if files, err := os.ReadDir(filepath.Dir(path)); err != nil || len(files) != 1 {
		t.Errorf("there are %v, %v", files, err)
	}
}
