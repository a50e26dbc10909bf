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

// readOnlyVariable names the database that TestReadOnlyChild reads, and fullVariable the one that
// TestFullDiskChild copies to a disk that it then fills.
const (
	readOnlyVariable = "OTOSCOPE_TEST_READ_ONLY"
	fullVariable     = "OTOSCOPE_TEST_FULL_DISK"
)

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
	read := func(path string) string { return withMounts(t, "TestReadOnlyChild", readOnlyVariable, path) }
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

// withMounts runs a test of a child in a process with mounts of its own, and returns what it says.
func withMounts(t *testing.T, child, variable, path string) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+child+"$")
	c.Env = append(os.Environ(), variable+"="+path)
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

// TestFullDiskChild is a process of TestResultsFromAFullDisk's.
func TestFullDiskChild(t *testing.T) {
	path := os.Getenv(fullVariable)
	if path == "" {
		t.Skip("it is for another test")
	}
	stored, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=4m"); err != nil {
		fmt.Println("no mount:", err)
		return
	}
	defer syscall.Unmount(dir, 0)
	full := filepath.Join(dir, "d.db")
	if err := os.WriteFile(full, stored, 0o600); err != nil {
		t.Fatal(err)
	}
	_ = os.WriteFile(filepath.Join(dir, "filler"), make([]byte, 8<<20), 0o600) // it ends where the disk is full
	if s, err := Open(t.Context(), full, OpenOptions{}); err != nil {
		fmt.Println("refused:", err, hint.Of(err))
	} else {
		fmt.Println("results:", len(verdicts(t, s)))
		s.Close()
	}
	for _, name := range []string{full, filepath.Join(dir, "new.db")} {
		s, err := Open(t.Context(), name, OpenOptions{Create: true, Work: true})
		if err == nil {
			s.Close()
		}
		fmt.Println("work:", err, hint.Of(err))
	}
}

// Results can be read where the disk is full, and a batch says that it is.
func TestResultsFromAFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "d.db")
	s := open(t, path)
	run(t, s, manifestOf(t, "m", rowsCSV(7)), ReadOptions{}, fast(&fake{}))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	said := withMounts(t, "TestFullDiskChild", fullVariable, path)
	if !strings.Contains(said, "results: 7\n") || strings.Count(said, "there is no room left on the disk of") != 2 || strings.Count(said, "free some space") != 2 {
		t.Errorf("it says %s", said)
	}
}
