//go:build unix

package recognize

import (
	"os"
	"syscall"
	"time"
)

// lock takes a folder or a file, until the returned function is called; ok is false if another
// process has it.
func lock(path string) (release func(), ok bool) {
	f, err := os.Open(path)
	if err != nil {
		return nil, false
	}
	if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		f.Close()
		return nil, false
	}
	return func() { f.Close() }, true
}

// fresh is the age in which a folder may not be locked yet.
const fresh = time.Minute

// abandoned reports whether a folder or a file is the user's own, and of a process that is gone.
func abandoned(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || info.Mode()&os.ModeSymlink != 0 || time.Since(info.ModTime()) < fresh {
		return false
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); !ok || int(stat.Uid) != os.Geteuid() {
		return false
	}
	release, ok := lock(path)
	if ok {
		release()
	}
	return ok
}
