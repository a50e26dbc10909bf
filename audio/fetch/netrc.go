package fetch

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/jdx/go-netrc"
)

// maxNetrc bounds the netrc file, in bytes.
const maxNetrc = 1 << 20

// readNetrc reads the file that NETRC names or the usual one. Only a file that
// was asked for by name has to be there.
func readNetrc(getenv func(string) string) ([]machine, error) {
	if path := getenv("NETRC"); path != "" {
		text, err := readBounded(path, maxNetrc)
		if err != nil {
			return nil, &Error{message: "the netrc file that NETRC names cannot be read: " + reason(err), hint: "correct NETRC or unset it", cause: pathCause(err)}
		}
		return parseNetrc(text)
	}
	home := getenv("HOME")
	names := []string{".netrc"}
	if runtime.GOOS == "windows" {
		home = getenv("USERPROFILE")
		names = append(names, "_netrc")
	}
	if home == "" {
		return nil, nil
	}
	for _, name := range names {
		text, err := readBounded(filepath.Join(home, name), maxNetrc)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return nil, &Error{message: "the netrc file in the home directory cannot be read: " + reason(err), hint: "make it readable, or name another one in NETRC", cause: pathCause(err)}
		}
		return parseNetrc(text)
	}
	return nil, nil
}

// parseNetrc gives the complete entries in their order; the default entry is
// left out, because it would send its password to every host.
func parseNetrc(text string) (machines []machine, err error) {
	// The parser indexes past the end of a file that stops within an entry.
	defer func() {
		if recover() != nil {
			machines, err = nil, &Error{message: "the netrc file stops in the middle of an entry", hint: `complete it: "machine HOST login NAME password SECRET"`}
		}
	}()
	file, err := netrc.ParseString(plainNetrc(text))
	if err != nil {
		return nil, &Error{message: "the netrc file cannot be read", hint: `write its entries as "machine HOST login NAME password SECRET"`}
	}
	for _, m := range file.Machines() {
		user, password := m.Get("login"), m.Get("password")
		if m.IsDefault || user == "" || password == "" {
			continue
		}
		if err := checkBasic("the netrc login", user, "the netrc password", password); err != nil {
			return nil, err
		}
		machines = append(machines, machine{strings.ToLower(m.Name), basicLogin("netrc", user, password)})
	}
	return machines, nil
}

// plainNetrc takes out what the parser does not understand: several lines of
// comment in a row shift its reading of an entry, and the words of a macro
// (macdef, up to an empty line) would be read as entries.
func plainNetrc(text string) string {
	var kept []string
	inMacro := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case inMacro:
			inMacro = line != ""
		case strings.HasPrefix(line, "macdef"):
			inMacro = true
		case line != "" && !strings.HasPrefix(line, "#"):
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n") + "\n"
}

// readBounded reads a regular file of at most limit bytes.
func readBounded(path string, limit int64) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil {
		return "", err
	} else if info.IsDir() {
		return "", errors.New("it is a directory")
	}
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return "", err
	}
	if int64(len(b)) > limit {
		return "", fmt.Errorf("it is larger than %d bytes", limit)
	}
	return string(b), nil
}

// reason is why a file operation failed, without the path it failed on.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return printable(err.Error(), maxShown)
}

// pathCause keeps what errors.Is asks for and drops the path.
func pathCause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
