package manifest

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode/utf8"
)

// readCSV reads the header and prepares to read the rows.
func (m *Manifest) readCSV(r *bufio.Reader) error {
	s := &splitter{lines: lines{r: r}}
	header, _, err := s.record()
	if err != nil {
		if errors.Is(err, io.EOF) {
			return &Error{Message: "the manifest is empty", Advice: Usage}
		}
		return &Error{Message: fmt.Sprintf("the manifest's header cannot be read: %v", err), Advice: Usage, Cause: err}
	}
	if utf8.Valid(header) && bytes.ContainsRune(bytes.ReplaceAll(header, []byte("\r\n"), nil), '\r') {
		return &Error{Message: "the manifest's lines end with a carriage return alone, as those of old Macs", Advice: "save it as \"CSV UTF-8\", or: tr '\\r' '\\n' < FILE | otoscope batch -"}
	}
	s.comma = separator(header)
	names, err := parse(header, s.comma)
	if err != nil {
		return &Error{Message: fmt.Sprintf("the manifest's header cannot be read: %v", err), Advice: Usage, Cause: err}
	}
	columns, err := m.columns(names)
	if err != nil {
		return err
	}
	m.entries = csvRows(s, columns)
	return nil
}

// separator finds what separates the columns of a header: of comma, semicolon
// and tab the one that it has most of outside of quotation marks.
func separator(header []byte) rune {
	best, most := ',', 0
	for _, c := range ",;\t" {
		count, quoted := 0, false
		for _, b := range header {
			switch {
			case b == '"':
				quoted = !quoted
			case rune(b) == c && !quoted:
				count++
			}
		}
		if count > most {
			best, most = c, count
		}
	}
	return best
}

// columns finds out what each column means.
func (m *Manifest) columns(names []string) ([]column, error) {
	columns := make([]column, len(names))
	seen := map[string]bool{}
	for i, name := range names {
		c, ok := columnNamed(name)
		if !ok {
			if strings.TrimSpace(name) != "" {
				m.Ignored = append(m.Ignored, name)
				if near := nearestColumn(name); near != "" && m.Hint == "" {
					m.Hint = fmt.Sprintf("was %q meant by %q?", near, name)
				}
			}
			continue
		}
		if err := cleanText(c.name); err != nil {
			return nil, &Error{Message: fmt.Sprintf("the name of the column %q is not UTF-8 text", c.name), Advice: utf8Advice, Cause: err}
		}
		if seen[c.name] {
			return nil, &Error{Message: fmt.Sprintf("the manifest has two columns %q", c.name), Advice: "leave one of them out"}
		}
		seen[c.name] = true
		columns[i] = c
	}
	if !seen["recording"] && !seen["attributes"] {
		hint := Usage
		if m.Hint != "" {
			hint = m.Hint
		}
		return nil, &Error{Message: "the manifest has no column \"recording\" (nor \"attributes\")", Advice: hint}
	}
	return columns, nil
}

func csvRows(s *splitter, columns []column) iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		row := int64(0)
		for {
			record, line, err := s.record()
			if errors.Is(err, io.EOF) {
				return
			}
			row++
			e := Entry{Row: row, Line: line}
			switch {
			case err == nil:
				e.Err = fill(&e.Fields, record, s.comma, columns)
			case fatal(err):
				e.Err = unreadable(err, s.n)
			case errors.Is(err, errOpen):
				e.Err = &RowError{Message: err.Error(), Advice: quotationHint, Cause: err}
			default:
				e.Err = &RowError{Message: err.Error(), Advice: "leave out of the row what is so long", Cause: err}
			}
			if !yield(e) || fatal(err) {
				return
			}
		}
	}
}

// fatal reports whether an error leaves nothing more to be read.
func fatal(err error) bool {
	return err != nil && !errors.Is(err, errTooLong) && !errors.Is(err, errOpen)
}

const quotationHint = `put a field that holds a quotation mark into quotation marks and double those in it: "5"" disk"`

// fill reads one record into fields.
func fill(f *Fields, record []byte, comma rune, columns []column) error {
	if err := cleanText(string(record)); err != nil {
		return err
	}
	values, err := parse(record, comma)
	if err != nil {
		return &RowError{Message: fmt.Sprintf("the row is not CSV: %v", err), Advice: quotationHint, Cause: err}
	}
	for i, v := range values {
		if i < len(columns) && columns[i].set != nil {
			columns[i].set(f, strings.TrimSpace(v))
		}
	}
	// Spreadsheets end rows early where the last cells are empty, but a row
	// that is longer than its header has been torn by an unquoted separator.
	if len(values) > len(columns) && strings.Join(values[len(columns):], "") != "" {
		return &RowError{Message: fmt.Sprintf("the row has %d fields, the header %d", len(values), len(columns)), Advice: "put fields that hold the separator into quotation marks"}
	}
	return nil
}

// parse reads the fields of one record.
func parse(record []byte, comma rune) ([]string, error) {
	r := csv.NewReader(bytes.NewReader(record))
	r.Comma, r.FieldsPerRecord = comma, -1
	values, err := r.Read()
	var at *csv.ParseError
	if errors.As(err, &at) {
		return nil, fmt.Errorf("column %d: %w", at.Column, at.Err)
	}
	return values, err
}

// A splitter cuts text into CSV records, which may hold line breaks in quotation
// marks. Where a quotation mark is not closed within maxRecord, only the line
// with it is given up: encoding/csv by itself would read the whole file into
// that one field.
type splitter struct {
	lines
	comma rune
}

// record gives the next record that is not blank and the line that it begins in.
func (s *splitter) record() ([]byte, int64, error) {
	line, err := s.next()
	for err == nil && blank(line) && s.comma != '\t' {
		line, err = s.next()
	}
	at := s.n
	if err != nil {
		return nil, at, err
	}
	record, open := line, s.open(line, false)
	var more [][]byte
	for open {
		line, err := s.next()
		if err == nil && len(record)+len(line) <= maxRecord {
			more = append(more, line)
			record = append(record, line...)
			open = s.open(line, true)
			continue
		}
		if err != nil && fatal(err) && !errors.Is(err, io.EOF) {
			return nil, at, err
		}
		if err == nil {
			more = append(more, line)
		}
		s.unread(more)
		return nil, at, errOpen
	}
	return record, at, nil
}

// open reports whether a quotation mark is left open at the end of a line.
// Marks count at the beginning of a field, and within one that began with one.
func (s *splitter) open(line []byte, quoted bool) bool {
	start := !quoted
	for i := 0; i < len(line); i++ {
		switch b := line[i]; {
		case quoted && b == '"' && i+1 < len(line) && line[i+1] == '"':
			i++
		case quoted && b == '"':
			quoted = false
		case quoted:
		case b == '"' && start:
			quoted, start = true, false
		default:
			// The header is split before its separator is known.
			start = rune(b) == s.comma || s.comma == 0 && strings.ContainsRune(",;\t", rune(b))
		}
	}
	return quoted
}
