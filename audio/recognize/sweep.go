package recognize

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/otoscope/otoscope/audio/internal/unnamed"
)

// wordsPrefix begins the names of folders for the words of a recogniser.
const wordsPrefix = "otoscope-words-"

// Sweep removes the files that killed processes left in a folder; "" means the system's for
// temporary files.
func Sweep(dir string) {
	if dir == "" {
		dir = os.TempDir()
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return // then nothing was left there either
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), unnamed.Prefix) && !strings.HasPrefix(e.Name(), wordsPrefix) {
			continue
		}
		if path := filepath.Join(dir, e.Name()); abandoned(path) {
			os.RemoveAll(path)
		}
	}
}

// private makes a folder that only this user may open, and that Sweep leaves alone until the
// returned function removes it.
func private(dir string) (path string, remove func(), err error) {
	if path, err = os.MkdirTemp(dir, wordsPrefix+"*"); err != nil {
		return "", nil, err
	}
	release, ok := lock(path)
	if !ok {
		release = func() {}
	}
	return path, func() {
		os.RemoveAll(path)
		release()
	}, nil
}
