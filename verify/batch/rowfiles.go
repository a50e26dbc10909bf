package batch

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/otoscope/otoscope/verify/batch/manifest"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/evidence"
)

// paths decides which files an untrusted manifest may refer to: those in its own folder, and
// others only if the user allows it.
type paths struct {
	base    string // what relative paths start from
	own     string // the manifest's own folder, symbolic links resolved; "" if it has none
	allowed bool   // all paths
}

func newPaths(m *manifest.Manifest, allowed bool) paths {
	p := paths{base: m.Base(), allowed: allowed || m.Folder}
	if own := m.Own(); own != "" {
		if abs, err := filepath.Abs(own); err == nil {
			p.own, _ = filepath.EvalSymlinks(abs) // "" leaves every path to the user
		}
	}
	return p
}

// follow returns the file at the end of a path. Its noun stands for the file in errors, as
// in "the recording".
func (p paths) follow(what, name string) (string, error) {
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(p.base, path)
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	if p.allowed {
		return path, nil
	}
	if p.own != "" {
		if real, ok := resolve(path); ok && within(p.own, real) {
			return real, nil
		}
		return "", &manifest.RowError{
			Message: what + " is a file outside the manifest's own folder, which needs --allow-paths",
			Advice:  "if you trust where the manifest comes from, add --allow-paths; or move the file into the manifest's folder",
		}
	}
	return "", &manifest.RowError{
		Message: what + " is a file, which a manifest from standard input may name only with --allow-paths",
		Advice:  "if you trust where the manifest comes from, add --allow-paths",
	}
}

// resolve follows all symbolic links of a path. If the file does not exist yet, it follows
// those of the folders above it. It does not resolve a dangling link.
func resolve(path string) (string, bool) {
	real, err := filepath.EvalSymlinks(path)
	if err == nil {
		return real, true
	}
	if _, there := os.Lstat(path); there == nil || !errors.Is(err, fs.ErrNotExist) {
		return "", false
	}
	above, name := filepath.Split(path)
	if above = filepath.Clean(above); above == path {
		return "", false
	}
	above, ok := resolve(above)
	return filepath.Join(above, name), ok
}

// within reports whether a path lies in a folder; both are absolute.
func within(folder, path string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && filepath.IsLocal(rel)
}

// cacheLimit bounds the cached attributes, in bytes of their text.
const cacheLimit = 4 << 20

// attributes reads attributes from the field itself, or from the file that it names.
func (r *reader) attributes(field string) (declare.Declaration, error) {
	text := []byte(field)
	if first := strings.TrimLeft(field, " \t\r\n"); !strings.HasPrefix(first, "{") && !strings.HasPrefix(first, "[") {
		path, err := r.paths.follow("attributes", field)
		if err != nil {
			return declare.Declaration{}, err
		}
		if text, err = readSmall(path, declare.MaxAttributes); err != nil {
			return declare.Declaration{}, &manifest.RowError{Message: fmt.Sprintf("reading the attributes: %v", err), Advice: "name a file with the JSON of the task's attributes, relative to the manifest", Cause: err}
		}
	}
	sum := sha256.Sum256(text)
	key := string(sum[:])
	if d, ok := r.cached[key]; ok {
		return d, nil
	}
	d, err := declare.ParseAttributes(text)
	if err != nil {
		return d, err
	}
	if r.cachedBytes += len(text); r.cachedBytes > cacheLimit {
		clear(r.cached)
		r.cachedBytes = len(text)
	}
	r.cached[key] = d
	return d, nil
}

// rowProfile reads the profile that a row names. Results refer to the built-in profile by
// its name.
func (r *reader) rowProfile(field string) (*profile, error) {
	if field == evidence.Builtin().Name {
		return nil, nil
	}
	path, err := r.paths.follow("profile", field)
	if err != nil {
		return nil, err
	}
	if p := r.profiles[path]; p != nil {
		return p, nil
	}
	text, err := readSmall(path, maxProfile)
	if err != nil {
		return nil, &manifest.RowError{Message: fmt.Sprintf("reading the profile: %v", err), Advice: "name a file that otoscope calibrate wrote, relative to the manifest", Cause: err}
	}
	p, _, err := evidence.ReadProfile(bytes.NewReader(text))
	if err != nil {
		return nil, named("profile", err)
	}
	if len(r.profiles) >= keptProfiles {
		clear(r.profiles)
	}
	r.profiles[path] = newProfile(&p)
	return r.profiles[path], nil
}

const (
	maxProfile   = 1 << 20 // bytes of a profile
	keptProfiles = 100     // of rows, that a reading remembers
)

// readSmall reads a regular file; of a file larger than limit it reads one byte more.
// Opening does not block, as it would on a pipe without a writer. The checks apply to the
// opened file, not to what the name referred to before.
func readSmall(path string, limit int64) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("that is not a regular file")
	}
	return io.ReadAll(io.LimitReader(f, limit+1))
}
