package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"
)

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
