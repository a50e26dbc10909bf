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
)

// jsonLines reads one object a line. A list around them, one element a line as
// many exports have it, is read through: brackets alone on a line and commas at
// the end of a line do no harm.
func jsonLines(r *bufio.Reader) iter.Seq[Entry] {
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
				e.Fields, e.Err = jsonRow(line)
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

// element takes off what belongs to a list around the objects.
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
func jsonRow(line []byte) (Fields, error) {
	var f Fields
	if err := cleanText(string(line)); err != nil {
		return f, err
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(line, &object); err != nil {
		return f, notAnObject(line, err)
	}
	_, isRow := object["recording"]
	if !isRow {
		// "attributes" beside other columns of ours is a row; a Task resource
		// has the key too, but none of those.
		if _, has := object["attributes"]; has {
			for key := range object {
				if c, ok := columnNamed(key); ok && c.name != "attributes" && c.name != "direction" {
					isRow = true
				}
			}
		}
	}
	if !isRow {
		f.Inline = bytes.Clone(line)
		return f, nil
	}
	// What else the row says is read too: it names the row that is bad.
	var bad error
	set := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if c, ok := columnNamed(key); ok {
			if other, twice := set[c.name]; twice {
				bad = cmp.Or(bad, error(&RowError{Message: fmt.Sprintf("%q and %q are the same column", other, key), Advice: "leave one of them out"}))
				continue
			}
			set[c.name] = key
		}
		bad = cmp.Or(bad, setJSON(&f, key, object[key]))
	}
	return f, bad
}

// notAnObject says why a line is no row.
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

func setJSON(f *Fields, key string, value json.RawMessage) error {
	if key == "groups" {
		var groups map[string]json.RawMessage
		if err := json.Unmarshal(value, &groups); err != nil {
			return &RowError{Message: "groups is not an object", Advice: `write "groups": {"queue": "billing"}`, Cause: err}
		}
		for name, v := range groups {
			s, err := plain("groups."+name, v)
			if err != nil {
				return err
			}
			f.setGroup(name, s)
		}
		return nil
	}
	c, ok := columnNamed(key)
	if !ok {
		return nil // of other programs
	}
	if c.name == "attributes" && len(value) > 0 && (value[0] == '{' || value[0] == '[') {
		f.Inline = bytes.Clone(value)
		return nil
	}
	if strings.HasSuffix(c.name, "_audio") && len(value) > 0 && value[0] == '[' {
		c.set(f, string(value)) // a path may hold commas
		return nil
	}
	s, err := plain(key, value)
	if err != nil {
		return err
	}
	c.set(f, s)
	return nil
}

// plain reads a value as the text that a CSV column would hold: lists of words,
// such as channels, with commas.
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
