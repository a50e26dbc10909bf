package batch

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
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

// statesOf is the states of all files that a reference names, which are files alone.
func statesOf(where location) (string, error) {
	var states []string
	for _, ref := range where.all() {
		state, err := fileState(ref.Whole())
		if err != nil {
			return "", err
		}
		states = append(states, state)
	}
	return strings.Join(states, ", "), nil
}

// replaced reports whether a file differs from the verified one. A file that is gone, or on
// another machine, was not replaced.
func (old *former) replaced(reference string) bool {
	where, err := locate(reference)
	if err != nil {
		return true
	}
	now, err := statesOf(where)
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	return err != nil || now != old.state
}

// pathState is the state of the files that a reference names, "" unless they are files alone.
func pathState(reference string) string {
	where, err := locate(reference)
	if err != nil || !where.isPath() {
		return ""
	}
	state, _ := statesOf(where) // what cannot be seen has none
	return state
}
