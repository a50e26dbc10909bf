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
)

// maxNetrc limits the size of the netrc file, in bytes.
const maxNetrc = 1 << 20

// readNetrc reads the file that NETRC names, or the usual one. Only the file in NETRC must exist.
func readNetrc(getenv func(string) string) ([]machine, error) {
	if path := getenv("NETRC"); path != "" {
		text, err := readBounded(path, maxNetrc)
		if err != nil {
			return nil, &Error{words: words{Message: "the netrc file that NETRC names cannot be read: " + reason(err), Advice: "correct NETRC or unset it", Cause: pathCause(err)}}
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
			return nil, &Error{words: words{Message: "the netrc file in the home directory cannot be read: " + reason(err), Advice: "make it readable, or name another one in NETRC", Cause: pathCause(err)}}
		}
		return parseNetrc(text)
	}
	return nil, nil
}

// parseNetrc returns the complete entries in their order. It leaves out the default entry,
// which would send its password to every host. It reads values as curl does since 7.84: a
// value in double quotes may contain blanks, and \n, \r, \t, \" and \\ in it are escapes.
// An error names the line that cannot be read, but nothing of its content.
func parseNetrc(text string) ([]machine, error) {
	p := netrcParser{words: netrcWords{text: text, line: 1}}
	if err := p.parse(); err != nil {
		return nil, err
	}
	var machines []machine
	for _, e := range p.entries {
		if e.user == "" || e.password == "" {
			continue
		}
		if err := checkBasic("the netrc login", e.user, "the netrc password", e.password); err != nil {
			return nil, err
		}
		machines = append(machines, machine{strings.ToLower(e.host), basicLogin("netrc", e.user, e.password)})
	}
	return machines, nil
}

type netrcEntry struct{ host, user, password string }

// netrcParser reads a file entry by entry.
type netrcParser struct {
	words   netrcWords
	entries []netrcEntry
}

func (p *netrcParser) parse() error {
	var current *netrcEntry // nil before the first entry, and in the default entry
	for {
		word, line := p.words.next()
		if word == "" {
			return nil
		}
		switch word {
		case "default":
			current = nil
			continue
		case "macdef": // a macro ends with an empty line
			p.words.skipMacro()
			continue
		case "machine", "login", "password", "account":
		default:
			return netrcError(line, "there is a word that does not belong there")
		}
		value, err := p.words.value()
		switch {
		case err != nil:
			return err
		case value == nil:
			return netrcError(line, "the file stops in the middle of an entry: nothing follows "+word)
		case word == "machine":
			p.entries = append(p.entries, netrcEntry{host: *value})
			current = &p.entries[len(p.entries)-1]
		case current == nil:
			// The default entry's, which is not used.
		case word == "login":
			current.user = *value
		case word == "password":
			current.password = *value
		}
	}
}

func netrcError(line int, what string) error {
	return problem(
		fmt.Sprintf("the netrc file cannot be read in line %d: %s", line, what),
		`write its entries as machine HOST login NAME password SECRET; a value with blanks goes in double quotes, with \" and \\ for " and \`,
	)
}

// netrcWords cuts a netrc file into words.
type netrcWords struct {
	text string
	line int // of what comes next, from 1
}

// next gives the next word of the file's own, with its line, "" at the end. A
// word that begins with # makes the rest of its line a comment.
func (w *netrcWords) next() (word string, line int) {
	for {
		w.blanks()
		if !strings.HasPrefix(w.text, "#") {
			break
		}
		w.skipLine()
	}
	line = w.line
	return w.bare(), line
}

// value gives the value that follows a word, nil at the end of the file.
func (w *netrcWords) value() (*string, error) {
	w.blanks()
	if w.text == "" {
		return nil, nil
	}
	if w.text[0] != '"' {
		v := w.bare()
		return &v, nil
	}
	v, err := w.quoted()
	return &v, err
}

func (w *netrcWords) blanks() {
	rest := strings.TrimLeft(w.text, " \t\r\n\f\v")
	w.line += strings.Count(w.text[:len(w.text)-len(rest)], "\n")
	w.text = rest
}

func (w *netrcWords) bare() string {
	end := strings.IndexAny(w.text, " \t\r\n\f\v")
	if end < 0 {
		end = len(w.text)
	}
	word := w.text[:end]
	w.text = w.text[end:]
	return word
}

func (w *netrcWords) skipLine() {
	if end := strings.IndexByte(w.text, '\n'); end >= 0 {
		w.text = w.text[end:]
		return
	}
	w.text = ""
}

// skipMacro passes over a macro: all up to the next empty line.
func (w *netrcWords) skipMacro() {
	w.skipLine()
	for w.text != "" {
		w.text = w.text[1:] // the end of the line before
		w.line++
		line, _, _ := strings.Cut(w.text, "\n")
		if strings.TrimSpace(line) == "" {
			return
		}
		w.skipLine()
	}
}

// quoted reads a value in double quotes, which ends in its own line.
func (w *netrcWords) quoted() (string, error) {
	var b strings.Builder
	for i := 1; i < len(w.text); i++ {
		switch c := w.text[i]; c {
		case '"':
			w.text = w.text[i+1:]
			if w.text != "" && !strings.ContainsRune(" \t\r\n\f\v", rune(w.text[0])) {
				return "", netrcError(w.line, "something follows the quotation mark that ends a value")
			}
			return b.String(), nil
		case '\n':
			return "", netrcError(w.line, "a quotation mark is opened and not closed")
		case '\\':
			i++
			if i == len(w.text) {
				return "", netrcError(w.line, "a quotation mark is opened and not closed")
			}
			switch c := w.text[i]; c {
			case 'n':
				b.WriteByte('\n')
			case 'r':
				b.WriteByte('\r')
			case 't':
				b.WriteByte('\t')
			default:
				b.WriteByte(c)
			}
		default:
			b.WriteByte(c)
		}
	}
	return "", netrcError(w.line, "a quotation mark is opened and not closed")
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
