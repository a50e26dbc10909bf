package manifest

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/verify/declare"
)

// readCSV reads the header and prepares to read the rows.
func (m *Manifest) readCSV(r *bufio.Reader) error {
	s := &splitter{lines: lines{r: r}}
	header, _, err := s.record()
	if err != nil {
		if errors.Is(err, io.EOF) {
			return &Error{words{Message: "the manifest is empty", Advice: Usage}}
		}
		return &Error{words{Message: fmt.Sprintf("the manifest's header cannot be read: %v", err), Advice: Usage, Cause: err}}
	}
	if utf8.Valid(header) && bytes.ContainsRune(bytes.ReplaceAll(header, []byte("\r\n"), nil), '\r') {
		return &Error{words{Message: "the manifest's lines end with a carriage return alone, as those of old Macs", Advice: "save it as \"CSV UTF-8\", or: tr '\\r' '\\n' < FILE | otoscope batch -"}}
	}
	if comma, is := separatorLine(header); is {
		if s.comma = comma; comma == 0 {
			s.comma = '\t'
		}
		if header, _, err = s.record(); err != nil {
			return &Error{words{Message: "the manifest has no header after the line that names its separator", Advice: Usage, Cause: err}}
		}
	} else {
		s.comma = separator(header)
	}
	names, err := parse(header, s.comma)
	if err != nil {
		return &Error{words{Message: fmt.Sprintf("the manifest's header cannot be read: %v", err), Advice: Usage, Cause: err}}
	}
	chosen, err := m.choose(names)
	if err != nil {
		return err
	}
	if !slices.Contains(chosen, columnRecording) && !slices.Contains(chosen, factAttributes) && !namesFiles(chosen) {
		var first []string
		if record, _, err := s.record(); err == nil {
			first, _ = parse(record, s.comma) // an unreadable row gives no information
		}
		return noRecording(names, first)
	}
	t := &table{splitter: s, columns: chosen}
	if isResults(names) {
		t.results = resultColumns(names, chosen)
		m.Ignored, m.Hint = nil, ""
	}
	m.entries = t.rows
	return nil
}

// factAttributes is the fact that may replace a recording, because it names one.
const factAttributes = "attributes"

// namesFiles reports whether columns name the files of recordings with a file a party.
func namesFiles(columns []string) bool {
	return slices.ContainsFunc(declare.Table(), func(f declare.Fact) bool { return f.Reference && slices.Contains(columns, f.Name) })
}

// separatorLine returns the separator that a first line such as "sep=;" names, in the form
// that spreadsheets write.
func separatorLine(record []byte) (rune, bool) {
	line := strings.Trim(strings.TrimSpace(string(record)), `"`)
	if len(line) == len("sep=;") && strings.EqualFold(line[:4], "sep=") && strings.Contains(separators, line[4:]) {
		return rune(line[4]), true
	}
	return 0, strings.EqualFold(line, "sep=") // a tab, which was trimmed
}

// separators are the characters that can separate columns.
const separators = ",;\t|"

// separator finds the separator of a header's columns: of comma, semicolon, tab and bar, the
// one that occurs most often outside quotation marks.
func separator(header []byte) rune {
	best, most := ',', 0
	for _, c := range separators {
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

// choose finds the meaning of each column, and notes those without one.
func (m *Manifest) choose(names []string) ([]string, error) {
	chosen, err := m.headings.choose(names)
	if err != nil {
		return nil, &Error{words{Message: "the manifest has a column twice: " + err.Error(), Advice: "leave one of them out", Cause: err}}
	}
	for _, name := range names {
		if err := cleanText(name); err != nil {
			return nil, &Error{words{Message: fmt.Sprintf("the name of the column %s is not UTF-8 text", escape.Quote(name, shownHeading)), Advice: utf8Advice, Cause: err}}
		}
	}
	if absent := m.headings.absent(names); absent != "" {
		return nil, noHeading(absent, names)
	}
	m.Ignored = chosen.unused
	for _, name := range chosen.unused {
		if near := m.headings.nearest(name); near != "" && m.Hint == "" {
			m.Hint = fmt.Sprintf("was %q meant by %q?", near, name)
		}
	}
	return chosen.columns, nil
}

// A table is CSV whose header has been read.
type table struct {
	*splitter
	columns []string // of each field; "" if it has no meaning
	results []string // as columns, where the table is one of our own results; nil where it is not
}

func (t *table) rows(yield func(Entry) bool) {
	row := int64(0)
	for {
		record, line, err := t.record()
		if errors.Is(err, io.EOF) {
			return
		}
		e := Entry{Row: row + 1, Line: line}
		switch {
		case err == nil:
			var empty bool
			if empty, e.Err = t.fill(&e.Fields, record); empty {
				continue
			}
		case fatal(err):
			e.Err = unreadable(err, t.n)
		case errors.Is(err, errOpen):
			e.Err = &RowError{Message: err.Error(), Advice: quotationHint, Cause: err}
		default:
			e.Err = &RowError{Message: err.Error(), Advice: "shorten the row", Cause: err}
		}
		row++
		if !yield(e) || fatal(err) {
			return
		}
	}
}

// fatal reports whether nothing more can be read after an error.
func fatal(err error) bool {
	return err != nil && !errors.Is(err, errTooLong) && !errors.Is(err, errOpen)
}

const quotationHint = `put a field that holds a quotation mark into quotation marks and double those in it: "5"" disk"`

// fill reads one record into fields. Spreadsheets end with rows whose cells are all empty.
func (t *table) fill(f *Fields, record []byte) (empty bool, err error) {
	if err := cleanText(string(record)); err != nil {
		return false, err
	}
	values, err := parse(record, t.comma)
	if err != nil {
		return false, &RowError{Message: fmt.Sprintf("the row is not CSV: %v", err), Advice: quotationHint, Cause: err}
	}
	if strings.TrimSpace(strings.Join(values, "")) == "" {
		return true, nil
	}
	if t.results != nil {
		return false, fromResults(f, t.results, values)
	}
	for i, v := range values {
		if i < len(t.columns) && t.columns[i] != "" {
			f.set(t.columns[i], strings.TrimSpace(v))
		}
	}
	// Spreadsheets shorten rows whose last cells are empty. But an unquoted separator has
	// split a row that is longer than its header.
	if len(values) > len(t.columns) && strings.Join(values[len(t.columns):], "") != "" {
		return false, &RowError{
			Message: fmt.Sprintf("the row has %d fields, the header %d", len(values), len(t.columns)),
			Advice:  "put fields that hold the separator into quotation marks",
		}
	}
	return false, nil
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

// A splitter cuts text into CSV records, which may contain line breaks in quotation marks.
// If a quotation mark is not closed within maxRecord, only its line is lost: encoding/csv
// alone would read the whole file into that one field.
type splitter struct {
	lines
	comma rune
}

// record returns the next record that is not blank, and the line where it begins.
func (s *splitter) record() ([]byte, int64, error) {
	line, err := s.next()
	for err == nil && blank(line) {
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
			start = rune(b) == s.comma || s.comma == 0 && strings.ContainsRune(separators, rune(b))
		}
	}
	return quoted
}
