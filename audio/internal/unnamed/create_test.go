package unnamed

import (
	"os"
	"runtime"
	"testing"
)

// The file keeps what is written, nobody finds it by a name, and nothing is left of it.
func TestAFileWithoutAName(t *testing.T) {
	dir := t.TempDir()
	f, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("sound"); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 5)
	if _, err := f.ReadAt(got, 0); err != nil || string(got) != "sound" {
		t.Errorf("it holds %q, %v", got, err)
	}
	if runtime.GOOS != "windows" {
		leaves(t, dir, "while it is open")
		if info, err := f.Stat(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("others may open it: %v, %v", info.Mode(), err)
		}
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	leaves(t, dir, "when it is closed")
	if _, err := Create(dir + "/missing"); !os.IsNotExist(err) {
		t.Errorf("in a folder that is not there: %v", err)
	}
}

// leaves says that nothing is in a folder.
func leaves(t *testing.T, dir, when string) {
	t.Helper()
	if names, err := os.ReadDir(dir); err != nil || len(names) > 0 {
		t.Errorf("%s, the folder holds %v, %v", when, names, err)
	}
}
