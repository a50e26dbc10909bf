//go:build unix && !linux

package db

import (
	"os"

	"golang.org/x/sys/unix"
)

// lockDatabase locks a file beside the database's for as long as it is open: here
// flock and SQLite's own locks would meet on one file. f has the database's real
// path and no second link, so that the file beside it is the same for all.
func lockDatabase(f *os.File) (*os.File, error) {
	path := f.Name() + "-lock"
	f.Close()
	lock, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	return lock, unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB)
}
