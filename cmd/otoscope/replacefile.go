package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
)

// writable fails if replaceFile could not write the file that a flag names, before the work begins, or
// if that would replace one of the files that are read.
func writable(flag, path string, read ...string) error {
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		return &usageError{sentence{Message: fmt.Sprintf("--%s %s is a folder", flag, path), Advice: "Name a file in it"}}
	}
	for _, name := range read {
		if input, missing := os.Stat(name); err == nil && missing == nil && os.SameFile(info, input) {
			return &usageError{sentence{Message: fmt.Sprintf("--%s %s would replace a file that is read", flag, path), Advice: "Name another file"}}
		}
	}
	if written(path) {
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		var at *os.PathError
		if errors.As(err, &at) {
			err = at.Err // without the file name, which the user did not type
		}
		return &usageError{sentence{Message: fmt.Sprintf("--%s %s cannot be written: %v", flag, path, err), Advice: "Name a file in a folder that you may write to"}}
	}
	f.Close()
	return os.Remove(f.Name())
}

// written reports whether a path is written to and not replaced: a device, a pipe, or a link, such as
// /dev/null and /dev/stdout.
func written(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && !info.Mode().IsRegular()
}

// replaceFile writes a file next to the one that it replaces, so that no half-written file
// ever exists. Devices, pipes and the targets of links are written to.
func replaceFile(path string, mode os.FileMode, write func(io.Writer) error) error {
	if written(path) {
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
		if err != nil {
			return err
		}
		return errors.Join(write(f), f.Close())
	}
	return placed(path, mode, func(f *os.File) error { return write(f) }, func(whole string) error { return os.Rename(whole, path) })
}

// newFile writes a file that must not exist yet. It appears only when it is whole.
func newFile(path string, write func(*os.File) error) error {
	return placed(path, newFileMode, write, func(whole string) error {
		err := os.Link(whole, path) // fails if there is a file
		if errors.Is(err, errors.ErrUnsupported) {
			if _, missing := os.Lstat(path); !errors.Is(missing, os.ErrNotExist) {
				return &os.PathError{Op: "write", Path: path, Err: os.ErrExist}
			}
			err = os.Rename(whole, path)
		}
		return err
	})
}

// placed writes a file beside a path, and puts it in its place once it is whole.
func placed(path string, mode os.FileMode, write func(*os.File) error, put func(whole string) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	err = write(f)
	if err == nil {
		err = f.Chmod(mode)
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return shownAs(path, f.Name(), err)
	}
	return put(f.Name())
}

// shownAs tells of a temporary file's error under the name that the user typed, and of a full disk with
// a way out.
func shownAs(path, temporary string, err error) error {
	var at *os.PathError
	switch {
	case !errors.As(err, &at) || at.Path != temporary:
		return err
	case errors.Is(at.Err, syscall.ENOSPC):
		return &sentence{Message: "there is no room left on the disk of " + path, Advice: "Free some space, or name a file on another disk", Cause: err}
	}
	return &os.PathError{Op: at.Op, Path: path, Err: at.Err}
}

// newFileMode keeps a recording to its owner.
const newFileMode = 0o600
