package batch

import (
	"os"
	"path/filepath"

	"github.com/otoscope/otoscope/audio/fetch"
)

// filePath returns the whole path of a recording that a manifest named by a path, which counts
// from the folder base; "" for every other recording.
func filePath(base, recording string) string {
	ref, err := fetch.ParseUntrusted(recording)
	if err != nil || !ref.IsPath() {
		return ""
	}
	return ref.Abs(base).Whole()
}

// baseOf is the folder from which the paths in a manifest count: where its path is not known, the
// working directory.
func baseOf(manifest string) string {
	if manifest == "" {
		return "."
	}
	path := filepath.FromSlash(manifest)
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return path
	}
	return filepath.Dir(path)
}
