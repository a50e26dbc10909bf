package manifest

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/internal/object"
)

// jsonLines reads one object per line. It also accepts a list with one element per line, as
// many exports have it: brackets alone on a line and commas at the end of a line do no harm.
func (m *Manifest) jsonLines(r *bufio.Reader) iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		l := &lines{r: r}
		row := int64(0)
		for {
			line, err := l.next()
			if errors.Is(err, io.EOF) {
				return
			}
			line = bytes.TrimSpace(line)
			if err == nil {
				if line = element(line); len(line) == 0 {
					continue
				}
			}
			row++
			e := Entry{Row: row, Line: l.n}
			switch {
			case err == nil:
				e.Fields, e.Err = m.jsonRow(line)
			case fatal(err):
				e.Err = unreadable(err, l.n)
			default:
				e.Err = &RowError{Message: err.Error(), Advice: "write one JSON object a line", Cause: err}
			}
			if !yield(e) || fatal(err) {
				return
			}
		}
	}
}

// element removes the punctuation of a list around the objects.
func element(line []byte) []byte {
	line = bytes.TrimSuffix(line, []byte(","))
	if bytes.HasPrefix(line, []byte("[")) && !json.Valid(line) {
		line = bytes.TrimSpace(line[1:])
	}
	if bytes.HasSuffix(line, []byte("]")) && !json.Valid(line) {
		line = bytes.TrimSpace(line[:len(line)-1])
	}
	if string(line) == "[" || string(line) == "]" || string(line) == "[]" {
		return nil
	}
	return line
}

// jsonRow reads a row, or attributes as they were exported.
func (m *Manifest) jsonRow(line []byte) (Fields, error) {
	var f Fields
	if err := cleanText(string(line)); err != nil {
		return f, err
	}
	var values map[string]json.RawMessage
	if err := json.Unmarshal(line, &values); err != nil {
		return f, notAnObject(line, err)
	}
	if f, is, err := resultRow(values); is {
		return f, err
	}
	var keys []string
	for _, m := range object.Members(line) { // a key that is there twice is twice here
		keys = append(keys, m.Key)
	}
	chosen, err := m.headings.choose(keys)
	if !m.isRow(line, keys, chosen.columns, values) {
		f.set(factAttributes, string(line))
		return f, nil
	}
	// Read the rest of the row too: it identifies the bad row.
	var bad error
	if err != nil {
		bad = &RowError{Message: err.Error(), Advice: "leave one of them out", Cause: err}
	}
	for i, key := range keys {
		column := chosen.columns[i]
		if column == "" && key != "groups" {
			continue // of other programs
		}
		bad = cmp.Or(bad, f.setJSON(key, column, values[key]))
	}
	return f, bad
}

// isRow distinguishes a row from attributes. A Task resource also has the keys "attributes"
// and "direction", and attributes may have any key.
func (m *Manifest) isRow(line []byte, keys, columns []string, values map[string]json.RawMessage) bool {
	for i, column := range columns {
		r, _ := m.headings.find(keys[i])
		switch {
		case column == "":
		case (column == columnRecording || namesFiles([]string{column})) && r.rank < rankKnown:
			return true
		case column == columnRecording:
			var s string
			if json.Unmarshal(values[keys[i]], &s) == nil && (isSID(s) || looksLikeFile(s) && !declare.HoldsMedia(line)) {
				return true
			}
		case r.rank < rankKnown && column != factAttributes && column != "direction" && values[factAttributes] != nil:
			return true
		}
	}
	return false
}

func looksLikeFile(s string) bool {
	return strings.Contains(s, "://") || decode.HasEnding(s) || decode.HasOtherEnding(s)
}

func isSID(s string) bool {
	ref, err := fetch.ParseUntrusted(s)
	return err == nil && ref.IsSID()
}

// notAnObject explains why a line is not a row.
func notAnObject(line []byte, err error) error {
	e := &RowError{Advice: "write one JSON object a line (jq -c . does)", Cause: err}
	var kind *json.UnmarshalTypeError
	switch {
	case line[0] == '[':
		e.Message, e.Advice = "the row is a JSON list, not an object", "write one JSON object a line (jq -c '.[]' does)"
	case errors.As(err, &kind):
		e.Message = fmt.Sprintf("the row is a JSON %s, not an object", kind.Value)
	default:
		e.Message = fmt.Sprintf("the row is not a JSON object on one line: %v", err)
	}
	return e
}

// setJSON stores a value. The key groups has an object of several.
func (f *Fields) setJSON(key, column string, value json.RawMessage) error {
	if key == "groups" {
		var groups map[string]json.RawMessage
		if err := json.Unmarshal(value, &groups); err != nil {
			return &RowError{Message: "groups is not an object", Advice: `write "groups": {"queue": "billing"}`, Cause: err}
		}
		for _, name := range sortedKeys(groups) {
			s, err := plain("groups."+name, groups[name])
			if err != nil {
				return err
			}
			f.set(GroupPrefix+name, s)
		}
		return nil
	}
	list := len(value) > 0 && value[0] == '['
	if column == factAttributes && len(value) > 0 && (value[0] == '{' || list) || list && slices.Contains(manyFiles(), column) {
		f.set(column, string(value)) // a path may hold commas
		return nil
	}
	s, err := plain(key, value)
	if err == nil {
		f.set(column, s)
	}
	return err
}

// manyFiles are the facts that name several files.
func manyFiles() []string {
	var names []string
	for _, f := range declare.Table() {
		if f.Many && f.Files != nil {
			names = append(names, f.Name)
		}
	}
	return names
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// plain converts a value to the text of a CSV cell: lists of words, such as channels, get
// commas.
func plain(key string, value json.RawMessage) (string, error) {
	var s string
	var words []string
	switch {
	case string(value) == "null":
		return "", nil
	case json.Unmarshal(value, &s) == nil:
		if err := cleanText(s); err != nil {
			return "", err
		}
		return strings.TrimSpace(s), nil
	case len(value) > 0 && value[0] == '[' && json.Unmarshal(value, &words) == nil:
		s = strings.Join(words, ",")
		return s, cleanText(s)
	case len(value) > 0 && (value[0] == '{' || value[0] == '['):
		return "", &RowError{Message: fmt.Sprintf("%q is neither text nor a number", key), Advice: "write it as in the flags of otoscope verify"}
	}
	return string(value), nil
}
