//go:build !unix

package recognize

import (
	"errors"
	"os"
	"time"
)

// unnamed opens a private file. It keeps its name until it is closed.
func unnamed(dir string) (*os.File, error) { return os.CreateTemp(dir, soundPrefix+"*") }

func forget(f *os.File) error { return errors.Join(f.Close(), os.Remove(f.Name())) }

func lock(string) (release func(), ok bool) { return func() {}, true }

// abandoned reports whether a folder or a file is older than anything that a recogniser takes.
func abandoned(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode()&os.ModeSymlink == 0 && time.Since(info.ModTime()) > 24*time.Hour
}
