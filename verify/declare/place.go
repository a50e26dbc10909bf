package declare

import (
	"fmt"
	"strings"

	"github.com/otoscope/otoscope/verify/finding"
)

// place is where in the attributes something stands: for a person, and as a pointer.
type place struct{ text, pointer string }

func (p place) String() string { return p.text }

// key is the place of a member of the object that stands here.
func (p place) key(key string) place {
	return place{p.text + "." + key, p.pointer + "/" + escapePointer(key)}
}

// index is the place of an item of the list that stands here.
func (p place) index(i int) place {
	return place{fmt.Sprintf("%s[%d]", p.text, i), fmt.Sprintf("%s/%d", p.pointer, i)}
}

// named is the place of a member that a person calls by another text.
func (p place) named(text, key string) place { return place{text, p.key(key).pointer} }

// as is the same place under another text.
func (p place) as(text string) place { return place{text, p.pointer} }

// inString is the place of the JSON in the string that stands here.
func (p place) inString() place { return place{p.text, p.pointer + InString} }

// InString is the step of a pointer from a string to the JSON that it holds. No key can look like
// it, since steps into objects and lists begin with a slash.
const InString = "#"

// escapePointer writes a key in a JSON pointer (RFC 6901, section 3), also where it has a #.
func escapePointer(key string) string {
	return strings.NewReplacer("~", "~0", "/", "~1", InString, "~2").Replace(key)
}

// A Located is a finding of attributes with the place of what it is about: a JSON pointer (RFC 6901),
// "" for the whole text. [InString] leads into JSON that is in a string; "~2" stands for "#" in keys.
type Located struct {
	finding.Finding
	Pointer string
}

// add notes a finding at a place.
func (r *reader) add(at place, code finding.Code, detail string) {
	r.d.add(code, detail)
	r.located = append(r.located, Located{r.d.Findings[len(r.d.Findings)-1], at.pointer})
}
