//go:build unix

package batch

import (
	"io/fs"
	"syscall"
)

// inode gives a file's number, 0 where it has none.
func inode(_ string, info fs.FileInfo) uint64 {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(s.Ino)
	}
	return 0
}
