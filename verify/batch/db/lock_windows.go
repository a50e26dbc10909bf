package db

import (
	"os"

	"golang.org/x/sys/windows"
)

// lockDatabase locks a database's file for as long as f is open. The lock is on
// the file itself, whatever it is called, on a byte that SQLite neither locks nor
// reads.
func lockDatabase(f *os.File) (*os.File, error) {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	place := windows.Overlapped{Offset: uint32(lockByte & 0xffffffff), OffsetHigh: uint32(lockByte >> 32)}
	return f, windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, &place)
}
