package db

import (
	"os"

	"golang.org/x/sys/unix"
)

// lockDatabase locks a database's file for as long as f is open. The lock is on
// the file itself, whatever it is called: on a byte that SQLite never locks (its own
// lie from 1 GiB on, https://sqlite.org/fileformat.html#the_lock_byte_page), by an
// open file description, so that SQLite's closing of the file does not end it.
func lockDatabase(f *os.File) (*os.File, error) {
	return f, unix.FcntlFlock(f.Fd(), unix.F_OFD_SETLK, &unix.Flock_t{Type: unix.F_WRLCK, Start: lockByte, Len: 1})
}
