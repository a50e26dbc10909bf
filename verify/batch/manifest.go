package batch

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// maxRecord bounds one row of a manifest, in bytes, so that a quotation mark
// that is never closed costs one row and no memory. A task's attributes are
// far smaller.
const maxRecord = 1 << 20

// headRows is how many rows are looked at before a manifest is believed in: if
// all of them are bad, the manifest is, and nothing has been stored yet.
const headRows = 1000

// An Entry is one row of a manifest.
type Entry struct {
	Row    int64 // counted from 1, the header not counted
	Line   int64 // where the row begins, counted from 1; 0 where there are no lines
	Fields Fields
	Err    error // why the row cannot be used; nil where it can
}

// A Manifest lists the recordings of a batch. It is read once, from its start
// to its end, and never held in memory.
type Manifest struct {
	// Name is what the manifest is called: its file's name, or "stdin".
	Name string
	// Folder reports whether the rows are the files of a folder that a person
	// named, whose paths therefore need no further permission.
	Folder bool
	// Ignored are the columns that mean nothing here.
	Ignored []string
	// Hint says what may have been meant by one of them.
	Hint string

	base    string // the folder that paths are relative to
	entries iter.Seq[Entry]
	close   func() error
}

// Close ends reading.
func (m *Manifest) Close() error { return m.close() }

// A ManifestError is a manifest of which nothing can be used.
type ManifestError struct {
	message, hint string
	cause         error
}

func (e *ManifestError) Error() string { return e.message }

// Hint says what to do about it.
func (e *ManifestError) Hint() string { return e.hint }

// Unwrap gives the error underneath, nil where there is none.
func (e *ManifestError) Unwrap() error { return e.cause }

const manifestHint = `a manifest is CSV with a header that names a column "recording", JSON lines, or a folder; see: otoscope help batch`

// OpenManifest opens a file or a folder; "-" is stdin.
func OpenManifest(path string, stdin io.Reader) (*Manifest, error) {
	if path == "-" {
		return newManifest("stdin", ".", stdin, func() error { return nil })
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, &ManifestError{message: fmt.Sprintf("the manifest cannot be opened: %v", err), hint: manifestHint, cause: err}
	}
	name := filepath.Base(path)
	if abs, err := filepath.Abs(path); err == nil {
		name = filepath.Base(abs) // "." has a name too
	}
	if info.IsDir() {
		entries := folder(path)
		for range entries {
			return &Manifest{Name: name, Folder: true, base: path, entries: entries, close: func() error { return nil }}, nil
		}
		return nil, &ManifestError{message: fmt.Sprintf("the folder %s holds no file that ends in .wav", name), hint: "name another folder, or a manifest that says where the recordings are"}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, &ManifestError{message: fmt.Sprintf("the manifest cannot be opened: %v", err), hint: "make it readable", cause: err}
	}
	m, err := newManifest(name, filepath.Dir(path), f, f.Close)
	if err != nil {
		f.Close()
	}
	return m, err
}

// newManifest finds out by its beginning of what form a manifest is.
func newManifest(name, base string, r io.Reader, closer func() error) (*Manifest, error) {
	// Spreadsheets write UTF-16 as "Unicode text"; its byte order mark says so.
	decoded := bufio.NewReaderSize(transform.NewReader(r, unicode.BOMOverride(transform.Nop)), 64<<10)
	m := &Manifest{Name: name, base: base, close: closer}
	start, err := firstByte(decoded)
	if err != nil {
		if errors.Is(err, io.EOF) {
			return nil, &ManifestError{message: "the manifest is empty", hint: manifestHint}
		}
		return nil, fmt.Errorf("reading the manifest: %w", err)
	}
	head, _ := decoded.Peek(8) // what there is serves
	if what, hint := foreign(head, name); what != "" {
		return nil, &ManifestError{message: fmt.Sprintf("%s is %s, not a manifest", name, what), hint: hint}
	}
	if start == '{' || start == '[' {
		m.entries = jsonLines(decoded)
		return m, nil
	}
	if err := m.readCSV(decoded); err != nil {
		return nil, err
	}
	return m, nil
}

// firstByte skips blank space.
func firstByte(r *bufio.Reader) (byte, error) {
	for {
		b, err := r.ReadByte()
		if err != nil {
			return 0, err
		}
		// A tab or a separator can be the first column's empty name.
		if b != ' ' && b != '\r' && b != '\n' {
			return b, r.UnreadByte()
		}
	}
}

// foreign recognises what people hand over by mistake.
func foreign(head []byte, name string) (what, hint string) {
	switch {
	case bytes.HasPrefix(head, []byte("RIFF")), bytes.HasPrefix(head, []byte("RF64")), bytes.HasPrefix(head, []byte("RIFX")):
		return "a recording", "to verify one recording: otoscope verify " + name
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return "a spreadsheet or an archive", "save it as CSV (UTF-8)"
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return "compressed", "unpack it, or: gzip -dc FILE | otoscope batch -"
	case bytes.HasPrefix(head, []byte("SQLite")):
		return "a database", "to see what it holds: otoscope results --db " + name
	case bytes.IndexByte(head, 0) >= 0:
		return "no text", manifestHint
	}
	return "", ""
}

// check holds a manifest's first rows back until one of them is good, and
// refuses a manifest of which none is. It returns what was held back with the
// rest.
func check(entries iter.Seq[Entry], usable func(Entry) error) (iter.Seq[Entry], func(), error) {
	next, stop := iter.Pull(entries)
	var held []Entry
	var first error
	for len(held) < headRows {
		e, ok := next()
		if !ok {
			break
		}
		held = append(held, e)
		err := usable(e)
		if err == nil {
			first = nil
			break
		}
		if first == nil {
			first = err
		}
	}
	switch {
	case len(held) == 0:
		stop()
		return nil, nil, &ManifestError{message: "the manifest has a header and no rows", hint: manifestHint}
	case first != nil:
		stop()
		message := fmt.Sprintf("no row of the manifest can be used; the first: %v", first)
		if len(held) == headRows {
			message = fmt.Sprintf("none of the first %d rows of the manifest can be used; the first: %v", headRows, first)
		}
		hint := hintOf(first)
		if hint == "" {
			hint = manifestHint
		}
		return nil, nil, &ManifestError{message: message, hint: hint, cause: first}
	}
	return func(yield func(Entry) bool) {
		for _, e := range held {
			if !yield(e) {
				return
			}
		}
		held = nil
		for {
			e, ok := next()
			if !ok || !yield(e) {
				return
			}
		}
	}, stop, nil
}

func hintOf(err error) string {
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) {
		return hinted.Hint()
	}
	return ""
}

// lines reads physical lines of bounded length. A longer one is cut and
// reported once.
type lines struct {
	r    *bufio.Reader
	n    int64 // lines read
	back [][]byte
}

// next gives a line with its end. It fails with errTooLong after having skipped
// the rest of a line that is too long.
func (l *lines) next() ([]byte, error) {
	if len(l.back) > 0 {
		line := l.back[0]
		l.back = l.back[1:]
		l.n++
		return line, nil
	}
	var line []byte
	for {
		part, err := l.r.ReadSlice('\n')
		if len(line)+len(part) > maxRecord {
			for errors.Is(err, bufio.ErrBufferFull) {
				_, err = l.r.ReadSlice('\n')
			}
			l.n++
			if err != nil && !errors.Is(err, io.EOF) {
				return nil, err
			}
			return nil, errTooLong
		}
		line = append(line, part...)
		switch {
		case err == nil:
			l.n++
			return line, nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(line) > 0:
			l.n++
			return line, nil
		default:
			return nil, err
		}
	}
}

// unread gives lines back to be read again.
func (l *lines) unread(all [][]byte) {
	l.back = append(all, l.back...)
	l.n -= int64(len(all))
}

var errTooLong = errors.New("the row is longer than 1 MiB")

func blank(line []byte) bool { return len(bytes.TrimSpace(line)) == 0 }

// cleanText refuses what no database and no JSON can hold.
func cleanText(s string) error {
	if strings.ContainsRune(s, 0) {
		return &RowError{message: "the row holds a zero byte", hint: "export the manifest anew as UTF-8 text"}
	}
	if strings.ToValidUTF8(s, "") != s {
		return &RowError{message: "the row is not UTF-8 text", hint: "save the manifest as UTF-8, in a spreadsheet as \"CSV UTF-8\""}
	}
	return nil
}
