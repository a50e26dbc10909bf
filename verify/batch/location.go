package batch

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/verify/acquire"
	"github.com/otoscope/otoscope/verify/declare"
)

// location is where the recording of a row is: one file, or two.
type location struct {
	one   fetch.Reference
	files *acquire.Files // nil: it is one
}

// storedFiles is the stored reference of a recording of two files. No other reference begins with a
// brace: those of files are whole paths.
type storedFiles struct {
	Left   string        `json:"left"`
	Right  string        `json:"right"`
	Called [2]string     `json:"called"`
	Late   time.Duration `json:"right_late_ns,omitempty"`
	Told   bool          `json:"told,omitempty"`
	ByRole bool          `json:"by_role,omitempty"`
}

// storedForm is what locate reads. The references, which may be secrets, are whole.
func storedForm(f acquire.Files) string {
	text, _ := json.Marshal(storedFiles{f.Left.Whole(), f.Right.Whole(), f.Called, f.RightLate, f.Told, f.ByRole}) // plain types
	return string(text)
}

// locate reads a stored reference.
func locate(reference string) (location, error) {
	if !strings.HasPrefix(reference, "{") {
		ref, err := fetch.ParseUntrusted(reference)
		return location{one: ref}, err
	}
	var s storedFiles
	if err := json.Unmarshal([]byte(reference), &s); err != nil {
		return location{}, fmt.Errorf("reading where the two files of a recording are: %w", err)
	}
	files, err := acquire.ParseFiles(declare.Files{Left: s.Left, Right: s.Right, RightLate: s.Late, Told: s.Told, ByRole: s.ByRole}, fetch.ParseUntrusted)
	files.Called = s.Called
	return location{files: &files}, err
}

// all are the references of the recording's files.
func (l location) all() []fetch.Reference {
	if l.files != nil {
		return []fetch.Reference{l.files.Left, l.files.Right}
	}
	return []fetch.Reference{l.one}
}

// identity distinguishes recordings: two files are the same recording if each is the same, and begins
// when it did.
func (l location) identity() string {
	if l.files == nil {
		return l.one.Identity()
	}
	f := l.files
	return fmt.Sprintf("%q %q %d", f.Left.Identity(), f.Right.Identity(), f.RightLate)
}

// isPath reports whether all of the recording is on this computer.
func (l location) isPath() bool {
	for _, r := range l.all() {
		if !r.IsPath() {
			return false
		}
	}
	return true
}

// tellsAll reports whether the printed references leave out nothing but a signature.
func (l location) tellsAll() bool {
	for _, r := range l.all() {
		if !tellsAll(r) {
			return false
		}
	}
	return true
}
