package listing

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/otoscope/otoscope/audio/hint"
)

// A Table is a CSV file that grows. Whatever ends a program, the rows before stay whole: a
// piece of a row is cut off when the table is opened again.
type Table struct {
	to   io.Writer
	file *os.File // nil: another writer, which cannot be resumed
	has  map[string]bool
}

// New begins a table on a writer.
func New(w io.Writer) (*Table, error) {
	t := &Table{to: w, has: map[string]bool{}}
	return t, t.put([][]string{columns()})
}

// Open opens the table in a file, or begins one. It refuses a file that is another table.
func Open(path string) (*Table, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, &hint.Error{Message: fmt.Sprintf("opening the list: %v", err), Advice: "name a file in a folder that you may write to", Cause: err}
	}
	t := &Table{to: f, file: f, has: map[string]bool{}}
	if err := t.resume(path); err != nil {
		f.Close()
		return nil, err
	}
	return t, nil
}

// resume reads what the file has, and cuts off a row that was not written whole.
func (t *Table) resume(path string) error {
	text, err := io.ReadAll(t.file)
	if err != nil {
		return fmt.Errorf("reading the list: %w", err)
	}
	header := strings.Join(columns(), ",") + "\n"
	if len(text) < len(header) && strings.HasPrefix(header, string(text)) {
		if err := t.cut(0); err != nil {
			return err
		}
		return t.put([][]string{columns()})
	}
	if !bytes.HasPrefix(text, []byte(header)) {
		return &hint.Error{
			Message: path + " is there already, and is no list that this version of otoscope wrote",
			Advice:  "name another file, or remove this one",
		}
	}
	whole := bytes.LastIndexByte(text, '\n') + 1
	rows := csv.NewReader(bytes.NewReader(text[len(header):whole]))
	rows.FieldsPerRecord = len(columns())
	for {
		record, err := rows.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return &hint.Error{Message: fmt.Sprintf("the list cannot be read: %v", err), Advice: "name another file, or mend this one", Cause: err}
		}
		t.has[record[0]] = true
	}
	return t.cut(int64(whole))
}

// cut ends the file at a byte, where the next row goes.
func (t *Table) cut(at int64) error {
	if err := t.file.Truncate(at); err != nil {
		return fmt.Errorf("continuing the list: %w", err)
	}
	if _, err := t.file.Seek(at, io.SeekStart); err != nil {
		return fmt.Errorf("continuing the list: %w", err)
	}
	return nil
}

// Has reports whether the table has a recording.
func (t *Table) Has(recording string) bool { return t.has[recording] }

// Write adds rows. After it returns, they are on the disk.
func (t *Table) Write(rows [][]string) error {
	if err := t.put(rows); err != nil {
		return err
	}
	for _, r := range rows {
		t.has[r[0]] = true
	}
	if t.file != nil {
		if err := t.file.Sync(); err != nil {
			return fmt.Errorf("writing the list: %w", err)
		}
	}
	return nil
}

func (t *Table) put(rows [][]string) error {
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	if err := w.WriteAll(slices.Clone(rows)); err != nil {
		return fmt.Errorf("writing the list: %w", err)
	}
	if _, err := t.to.Write(text.Bytes()); err != nil {
		return fmt.Errorf("writing the list: %w", err)
	}
	return nil
}

// Close closes the file of the table.
func (t *Table) Close() error {
	if t.file == nil {
		return nil
	}
	return t.file.Close()
}
