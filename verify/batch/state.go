package batch

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/otoscope/otoscope/audio/fetch"
)

// fileState reveals a replaced file by its size, its time and its inode, as git and rsync
// do. The device is left out: its number changes when a system restarts, and differs between
// machines that share a file. It is "" if the file cannot be seen.
func fileState(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("file %d %d %d", info.Size(), info.ModTime().UnixNano(), inode(path, info)), nil
}

// replaced reports whether a file differs from the verified one. A file that is gone, or on
// another machine, was not replaced.
func (old *former) replaced(path string) bool {
	now, err := fileState(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	return err != nil || now != old.state
}

// pathState is the state of the file that a reference names, "" if it names none.
func pathState(reference string) string {
	ref, err := fetch.ParseUntrusted(reference)
	if err != nil || !ref.IsPath() {
		return ""
	}
	state, _ := fileState(reference) // what cannot be seen has none
	return state
}
