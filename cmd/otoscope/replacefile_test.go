package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/otoscope/otoscope/audio/hint"
)

// What goes wrong with a file on its way is told under the name that the user typed, nothing is left
// beside it, and what it replaces stays.
func TestFilesThatCannotBeWrittenKeepTheirNames(t *testing.T) {
	path := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(path, []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	for cause, want := range map[error]string{syscall.ENOSPC: "there is no room left on the disk of " + path, syscall.EIO: path + ": " + syscall.EIO.Error()} {
		err := replaceFile(path, 0o600, func(w io.Writer) error {
			return fmt.Errorf("writing the page: %w", &os.PathError{Op: "write", Path: w.(*os.File).Name(), Err: cause})
		})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), ".page.html-") || !errors.Is(err, cause) {
			t.Errorf("of %v it says %v", cause, err)
		}
		if errors.Is(err, syscall.ENOSPC) && hint.Of(err) == "" {
			t.Error("no way out of a full disk")
		}
	}
	files, err := os.ReadDir(filepath.Dir(path))
	if text, e := os.ReadFile(path); err != nil || e != nil || len(files) != 1 || string(text) != "before" {
		t.Errorf("there are %v with %q, %v, %v", files, text, err, e)
	}
}

// A device or a link is written to. As root, a rename would take /dev/null away from everybody.
func TestWhatIsNoFileIsNotReplaced(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link")
	if err := os.WriteFile(target, []byte("a longer text"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, link); err != nil {
		t.Skip("no symbolic links here: ", err)
	}
	device := filepath.Join(dir, "device") // a link to it: the test must not risk the machine's own
	if err := os.Symlink(os.DevNull, device); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{link, device} {
		if err := writable("out", path); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		err := replaceFile(path, 0o644, func(w io.Writer) error {
			_, err := io.WriteString(w, "short")
			return err
		})
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if info, err := os.Lstat(path); err != nil || info.Mode()&os.ModeSymlink == 0 {
			t.Errorf("%s was replaced: %v, %v", path, info, err)
		}
	}
	if text, err := os.ReadFile(target); err != nil || string(text) != "short" {
		t.Errorf("the target of the link has %q, %v", text, err)
	}
	if !written(os.DevNull) {
		t.Errorf("%s would be replaced", os.DevNull)
	}
}
