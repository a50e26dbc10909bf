package manifest

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/verify/declare"
)

// A Writer writes rows as JSON lines, which batch reads as it reads the manifest that they come
// from.
type Writer struct {
	to   io.Writer
	base string // what relative paths of the rows start from
}

// NewWriter returns a writer of rows of a manifest. The paths that the rows name are written
// in full, so that they lead to the same files from any folder.
func NewWriter(to io.Writer, m *Manifest) *Writer { return &Writer{to, m.Base()} }

// Write writes a row, which must have no error.
func (w *Writer) Write(e Entry) error {
	row := map[string]any{}
	if e.Fields.Recording != "" {
		row[columnRecording] = w.reference(e.Fields.Recording)
	}
	if e.Fields.ID != "" {
		row[columnID] = e.Fields.ID
	}
	files, many, references := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, f := range declare.Table() {
		files[f.Name], many[f.Name], references[f.Name] = f.Files != nil, f.Many, f.Reference
	}
	for _, word := range e.Fields.Words {
		name, value := word.Fact, word.Value
		group, rest, _ := strings.Cut(value, "=")
		switch {
		case name == columnGroup:
			row[GroupPrefix+group] = rest
			continue
		case references[name]:
			row[name] = w.reference(value)
			continue
		case !files[name]:
			row[name] = value
			continue
		case !many[name]:
			if !strings.HasPrefix(strings.TrimSpace(value), "{") { // else the contents themselves
				value = w.whole(value)
			}
			row[name] = value
			continue
		}
		paths := []string{value}
		if strings.HasPrefix(value, "[") && json.Unmarshal([]byte(value), &paths) != nil {
			paths = []string{value}
		}
		list, _ := row[name].([]string)
		for _, path := range paths {
			list = append(list, w.whole(path))
		}
		row[name] = list
	}
	line, err := json.Marshal(row)
	if err != nil {
		return fmt.Errorf("writing row %d: %w", e.Row, err)
	}
	if _, err := w.to.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("writing row %d: %w", e.Row, err)
	}
	return nil
}

// reference names a recording so that it is found from any folder.
func (w *Writer) reference(recording string) string {
	if isPath(recording) {
		return w.whole(recording)
	}
	return recording
}

func (w *Writer) whole(path string) string {
	if !filepath.IsAbs(path) {
		path = filepath.Join(w.base, path)
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	return path
}

// isPath reports whether a recording is a file, not an address and not a provider's name.
func isPath(recording string) bool {
	ref, err := fetch.ParseUntrusted(recording)
	return err == nil && ref.IsPath()
}
