//go:build unix

package unnamed

import (
	"errors"
	"io/fs"
	"os"
)

// Create opens a new file in a folder for reading and writing; "" means the system's for temporary
// files. A process that is killed between making the file and taking its name away leaves it empty.
func Create(dir string) (*os.File, error) {
	f, err := os.CreateTemp(dir, Prefix+"*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		f.Close()
		return nil, err
	}
	return f, nil
}
