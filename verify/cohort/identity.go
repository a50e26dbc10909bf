package cohort

import (
	"strings"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
)

// Identity tells a recording from others, across batches: its whole path or its address, its bytes,
// and what was declared of it.
type Identity struct {
	Place  string
	SHA256 string // "" where not all of it was read
	Left   declare.Role
}

// Identify returns the identity of a verdict's recording. path is its whole path if it is a file.
func Identify(path string, v *verify.Verdict) Identity {
	id := Identity{Place: path, SHA256: v.SHA256}
	if path == "" {
		id.Place = v.Recording
	}
	if v.Declared != nil {
		id.Left = v.Declared.Left
	}
	return id
}

// masked stands in a place for what was kept secret. Places that differ in it look alike.
const masked = "***"

// Known reports whether no other recording has this identity.
func (i Identity) Known() bool {
	return i.Place != "" && (i.SHA256 != "" || !strings.Contains(i.Place, masked))
}

// Repeats finds recordings that several batches hold: a sample, say, and the manifest that it was drawn
// from. A recording that is heard twice is no more evidence than one that is heard once. Rows of one
// batch are different recordings, even if their bytes are the same: a broken recorder may write the
// same silence for every call.
type Repeats struct {
	first map[Identity]string
	Count int // of the results that repeat another one
}

// Add adds a result, and reports whether another batch before had its recording.
func (r *Repeats) Add(batch string, id Identity) bool {
	if !id.Known() {
		return false
	}
	if r.first == nil {
		r.first = map[Identity]string{}
	}
	first, known := r.first[id]
	switch {
	case !known:
		r.first[id] = batch
		return false
	case first == batch:
		return false
	}
	r.Count++
	return true
}
