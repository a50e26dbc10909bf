//go:build unix

package batch

import (
	"io/fs"
	"syscall"
)

// inode returns a file's number, 0 if it has none.
func inode(_ string, info fs.FileInfo) uint64 {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(s.Ino)
	}
	return 0
}
