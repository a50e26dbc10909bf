package manifest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/verify/declare"
)

// The results that otoscope writes as CSV and as JSON lines are manifests too: they list the
// same recordings, with their declarations. The findings are left out.

// isResults reports whether a header belongs to our own results.
func isResults(names []string) bool {
	for _, own := range []string{columnRecording, "outcome", "declared_left", "heard_left", "log10_lr"} {
		if !slices.Contains(names, own) {
			return false
		}
	}
	return true
}

// resultColumns are the columns of our own results that a manifest also has. Some of the
// other columns mean something else in a manifest: the profile's name is not a file.
func resultColumns(names, chosen []string) []string {
	columns := make([]string, len(names))
	for i, name := range names {
		switch {
		case name == "declared_left":
			columns[i] = columnDeclared
		case chosen[i] == columnRecording, chosen[i] == columnID, chosen[i] == "agent", strings.HasPrefix(chosen[i], GroupPrefix),
			slices.Contains(resultFiles(), name):
			columns[i] = plainCell(chosen[i])
		}
	}
	return columns
}

// fromResults reads a row of our own results.
func fromResults(f *Fields, columns, values []string) error {
	for i, v := range values {
		switch {
		case i >= len(columns) || columns[i] == "":
		case columns[i] == columnDeclared:
			f.setDeclared(v)
		default:
			f.set(columns[i], plainCell(strings.TrimSpace(v)))
		}
	}
	return f.settleFiles()
}

// resultFiles are the columns of our own results about a recording with a file a party.
func resultFiles() []string { return []string{"left", "right", "right_start"} }

// settleFiles leaves out what results call a recording with a file a party, and refuses addresses that
// cannot be fetched.
func (f *Fields) settleFiles() error {
	left, right := f.Word("left"), f.Word("right")
	if left != "" && right != "" {
		f.Recording = ""
	}
	return cmp.Or(masked(f.Recording), masked(left), masked(right))
}

// setDeclared stores who was declared to be on the left.
func (f *Fields) setDeclared(left string) {
	switch declare.Role(left) {
	case declare.Customer:
		f.set("channels", "customer,agent")
	case declare.Agent:
		f.set("channels", "agent,customer")
	}
}

// plainCell removes the apostrophe that escape.Cell put before text that looks like a
// formula to a spreadsheet.
func plainCell(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && escape.Cell(rest) == s {
		return rest
	}
	return s
}

// masked refuses an address whose secrets are missing from the results: it cannot be
// fetched.
func masked(recording string) error {
	if strings.Contains(recording, "=***") {
		return &RowError{
			Message: "the recording's address has secrets, which results do not repeat",
			Advice:  "use the manifest that the results came from",
		}
	}
	return nil
}

// resultRow reads a line of our own results, if it is one.
func resultRow(object map[string]json.RawMessage) (f Fields, is bool, err error) {
	for _, key := range []string{columnRecording, "schema", "outcome", "declared", "evidence", "findings"} {
		if _, has := object[key]; !has {
			return f, false, nil
		}
	}
	var line struct {
		ID        string            `json:"id"`
		Recording string            `json:"recording"`
		Declared  *declare.Sides    `json:"declared"`
		Agent     string            `json:"agent"`
		Groups    map[string]string `json:"groups"`
		Files     []struct {
			Recording string  `json:"recording"`
			StartS    float64 `json:"start_s"`
			Told      bool    `json:"start_told"`
		} `json:"files"`
	}
	for key, to := range map[string]any{
		"id": &line.ID, columnRecording: &line.Recording, "declared": &line.Declared, "agent": &line.Agent, "groups": &line.Groups, "files": &line.Files,
	} {
		if value, has := object[key]; has && json.Unmarshal(value, to) != nil {
			return f, false, nil // of somebody else
		}
	}
	f.set(columnRecording, line.Recording)
	f.set(columnID, line.ID)
	f.set("agent", line.Agent)
	if line.Declared != nil {
		f.setDeclared(string(line.Declared.Left))
	}
	for _, name := range sortedKeys(line.Groups) {
		f.set(GroupPrefix+name, line.Groups[name])
	}
	if len(line.Files) == 2 {
		l, r := line.Files[0], line.Files[1]
		f.set("left", l.Recording)
		f.set("right", r.Recording)
		if l.Told {
			f.set("right_start", fmt.Sprintf("%gs", r.StartS-l.StartS))
		}
	}
	return f, true, f.settleFiles()
}
