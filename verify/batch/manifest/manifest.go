// Package manifest reads lists of recordings for batches: CSV, JSON lines, exported task
// attributes, or the files of a folder. It returns a manifest as a stream of rows, each with
// its words or with an error. It never holds the whole manifest in memory, and a bad row
// does not affect the others.
package manifest

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

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/sniff"
)

// An Entry is one row of a manifest.
type Entry struct {
	Row    int64 // counted from 1, the header not counted
	Line   int64 // where the row begins, counted from 1; 0 if there are no lines
	Fields Fields
	Err    error // why the row cannot be used; nil if it can
}

// A Manifest lists the recordings of a batch. It is read once, from start to end, and never
// held in memory.
type Manifest struct {
	// Name is the name of the manifest: its file's name, or "stdin".
	Name string
	// Path is its absolute path without symbolic links; "" if it came through a pipe.
	Path string
	// Folder reports whether the rows are the files of a folder that a person named. Their
	// paths then need no further permission.
	Folder bool
	// Ignored are the columns without a meaning here.
	Ignored []string
	// Hint suggests the intended meaning of one of them.
	Hint string
	// LeftOut are the files of a folder that are named like recordings, of formats that were not asked for.
	// It is complete once all entries have been read.
	LeftOut LeftOut

	base     string
	own      string
	headings *columnsOf
	entries  iter.Seq[Entry]
	checked  bool
	stop     func() // ends reading the rest, if Check has begun it
	closer   io.Closer
	abort    func(error) error // ends a read that waits for more; nil if none does
}

// Base is the folder that the paths of the rows are relative to.
func (m *Manifest) Base() string { return m.base }

// Own is the folder that contains the manifest, or is the manifest. Rows may name its files.
// It is "" for standard input.
func (m *Manifest) Own() string { return m.own }

// Entries returns the rows. They can be iterated once.
func (m *Manifest) Entries() iter.Seq[Entry] { return m.entries }

// Abort ends, with an error, a read that waits for more input. It does nothing if the input
// cannot be aborted.
func (m *Manifest) Abort(err error) {
	if m.abort != nil {
		m.abort(err)
	}
}

// Close ends reading.
func (m *Manifest) Close() error {
	if m.stop != nil {
		m.stop()
	}
	if m.closer == nil {
		return nil
	}
	return m.closer.Close()
}

// Options say how a manifest is read.
type Options struct {
	// Mappings name the column of a heading that is not a known one.
	Mappings []Mapping
	// Others takes the files of a folder that are named like recordings which only a decode.Decoder reads, too.
	Others bool
}

// LeftOut counts files that were left out.
type LeftOut struct {
	Files   int64
	Endings []string // of their names, without the dot, each once
}

// emptyFolder says what is wrong with a folder.
func emptyFolder(name string, others LeftOut) *Error {
	if others.Files > 0 {
		return &Error{words{
			Message: fmt.Sprintf("the folder %s holds no recording of a format that is read, but files that end in .%s", name, strings.Join(others.Endings, ", .")),
			Advice:  "let ffmpeg decode them: otoscope batch --decoder ffmpeg; or convert them, or name another folder",
		}}
	}
	return &Error{words{
		Message: fmt.Sprintf("the folder %s holds no recording: no file that ends in .%s", name, strings.Join(decode.Endings(), ", .")),
		Advice:  "name another folder, or a manifest that says where the recordings are",
	}}
}

// Usage describes a manifest, for an error about a file that is not one.
const Usage = `a manifest is CSV with a header that names a column "recording", JSON lines, or a folder; see: otoscope help batch`

// Open opens a file or a folder; "-" is stdin, which stays open. If stdin may stay silent it
// should have a method CloseWithError, as an io.PipeReader has; Abort calls it. The error
// for a file that is not a manifest is an *Error.
func Open(path string, stdin io.Reader, o Options) (*Manifest, error) {
	if path == "-" {
		return read("stdin", ".", stdin, nil, o.Mappings)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, &Error{words{Message: fmt.Sprintf("the manifest cannot be opened: %v", err), Advice: Usage, Cause: err}}
	}
	name := filepath.Base(path)
	if abs, err := filepath.Abs(path); err == nil {
		name = filepath.Base(abs) // "." has a name too
	}
	name = strings.ToValidUTF8(name, "\uFFFD") // a file's may be any bytes
	whole := wholePath(path)
	if info.IsDir() {
		m := &Manifest{Name: name, Path: whole, Folder: true, base: path, own: path}
		m.entries = folder(path, o.Others, &m.LeftOut)
		for range m.entries {
			return m, nil
		}
		return nil, emptyFolder(name, m.LeftOut)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, &Error{words{Message: fmt.Sprintf("the manifest cannot be opened: %v", err), Advice: "make it readable", Cause: err}}
	}
	m, err := Read(name, filepath.Dir(path), f, o.Mappings...)
	if err != nil {
		f.Close()
		return nil, err
	}
	m.Path = whole
	return m, nil
}

// wholePath returns the one path that identifies a file, from any folder and through any
// link.
func wholePath(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	return strings.ToValidUTF8(filepath.ToSlash(path), "\uFFFD")
}

// Read reads a text and detects its form from its beginning. Paths in it are relative to the
// folder base. Closing the manifest closes r if r is a closer.
func Read(name, base string, r io.Reader, mappings ...Mapping) (*Manifest, error) {
	closer, _ := r.(io.Closer)
	m, err := read(name, base, r, closer, mappings)
	if err == nil {
		m.own = base
	}
	return m, err
}

func read(name, base string, r io.Reader, closer io.Closer, mappings []Mapping) (*Manifest, error) {
	columns, err := newColumns(mappings)
	if err != nil {
		return nil, err
	}
	// Spreadsheets write UTF-16 as "Unicode text"; its byte order mark says so.
	decoded := bufio.NewReaderSize(transform.NewReader(r, unicode.BOMOverride(transform.Nop)), 64<<10)
	m := &Manifest{Name: name, base: base, headings: columns, closer: closer}
	if p, waits := r.(interface{ CloseWithError(error) error }); waits {
		m.abort = p.CloseWithError
	}
	start, err := firstByte(decoded)
	if err != nil {
		if errors.Is(err, io.EOF) {
			return nil, &Error{words{Message: "the manifest is empty", Advice: Usage}}
		}
		return nil, fmt.Errorf("reading the manifest: %w", err)
	}
	head, _ := decoded.Peek(16) // what there is serves
	if what, hint := foreign(head, name); what != "" {
		return nil, &Error{words{Message: fmt.Sprintf("%s is %s, not a manifest", name, what), Advice: hint}}
	}
	if start == '{' || start == '[' {
		m.entries = m.jsonLines(decoded)
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

// foreign recognises files that people submit by mistake.
func foreign(head []byte, name string) (what, hint string) {
	switch found := sniff.Head(head); {
	case found.Kind == sniff.WAV, found.Kind == sniff.Audio:
		return "a recording", "to verify one recording: otoscope verify " + name
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return "compressed", "unpack it, or: gzip -dc FILE | otoscope batch -"
	case found.Kind == sniff.Archive:
		return "a spreadsheet or an archive", "save it as CSV (UTF-8)"
	case found.Kind == sniff.Database:
		return "a database", "to see what it holds: otoscope results --db " + name
	case bytes.IndexByte(head, 0) >= 0:
		return "no text", Usage
	}
	return "", ""
}
