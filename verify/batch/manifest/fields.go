package manifest

import (
	"encoding/json"
	"maps"
	"strings"
)

// Fields are the words of one row, named like the flags of otoscope verify.
// Those of the command line are the defaults of all rows.
type Fields struct {
	Recording, ID, Agent             string
	Channels, Convention, Attributes string // Attributes: a file's path, or JSON
	RecordedBy, Direction, Joined    string
	MinConfidence, Prior, Pick       string
	AgentAudio, CustomerAudio        []string // paths
	Profile                          string   // a path
	Groups                           map[string]string

	Inline []byte // attributes that stand in the manifest itself
	Shown  string // what a result calls the recording, where not as it is named
}

// A column is a way to set a field.
type column struct {
	name string
	set  func(*Fields, string)
}

func columns() []column {
	return []column{
		{"recording", func(f *Fields, s string) { f.Recording = s }},
		{"id", func(f *Fields, s string) { f.ID = s }},
		{"agent", func(f *Fields, s string) { f.Agent = s }},
		{"channels", func(f *Fields, s string) { f.Channels = s }},
		{"convention", func(f *Fields, s string) { f.Convention = s }},
		{"attributes", func(f *Fields, s string) { f.Attributes = s }},
		{"recorded_by", func(f *Fields, s string) { f.RecordedBy = s }},
		{"direction", func(f *Fields, s string) { f.Direction = s }},
		{"joined", func(f *Fields, s string) { f.Joined = s }},
		{"min_confidence", func(f *Fields, s string) { f.MinConfidence = s }},
		{"prior", func(f *Fields, s string) { f.Prior = s }},
		{"profile", func(f *Fields, s string) { f.Profile = s }},
		{"pick", func(f *Fields, s string) { f.Pick = s }},
		{"agent_audio", func(f *Fields, s string) { f.AgentAudio = paths(s) }},
		{"customer_audio", func(f *Fields, s string) { f.CustomerAudio = paths(s) }},
		{"group", func(f *Fields, s string) {
			name, value, ok := strings.Cut(s, "=")
			if !ok || name == "" {
				name, value = "group", s
			}
			f.setGroup(name, value)
		}},
	}
}

// GroupPrefix begins the name of a column that a group is named in.
const GroupPrefix = "group."

// columnNamed finds a column by its name, however it is capitalised and joined.
func columnNamed(name string) (column, bool) {
	name = strings.TrimSpace(name)
	if len(name) > len(GroupPrefix) && strings.EqualFold(name[:len(GroupPrefix)], GroupPrefix) {
		group := name[len(GroupPrefix):]
		return column{GroupPrefix + group, func(f *Fields, s string) { f.setGroup(group, s) }}, true
	}
	folded := strings.NewReplacer("-", "_", " ", "_").Replace(strings.ToLower(name))
	for _, c := range columns() {
		if c.name == folded {
			return c, true
		}
	}
	return column{}, false
}

// nearestColumn guesses which column was meant: same letters but for one.
func nearestColumn(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	for _, c := range columns() {
		if len(c.name) > 3 && oneApart(name, c.name) {
			return c.name
		}
	}
	switch name {
	case "url", "file", "path", "recording_url", "recordingurl", "media_url", "sid", "recording_sid":
		return "recording"
	}
	return ""
}

// oneApart reports whether one letter more, less or other makes b of a.
func oneApart(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) == len(b) {
		return i < len(a) && a[i+1:] == b[i+1:]
	}
	return a[i:] == b[i+1:]
}

func (f *Fields) setGroup(name, value string) {
	if value == "" {
		return
	}
	if f.Groups == nil {
		f.Groups = map[string]string{}
	}
	f.Groups[name] = value
}

// Over gives the fields with those of the defaults where they are empty. A
// row's own declaration takes the place of the default one, whichever of the
// three ways it is made in.
func (f Fields) Over(d Fields) Fields {
	if f.Channels == "" && f.Convention == "" && f.Attributes == "" && f.Inline == nil {
		f.Channels, f.Convention, f.Attributes = d.Channels, d.Convention, d.Attributes
	}
	for _, p := range []struct {
		own *string
		def string
	}{
		{&f.Agent, d.Agent}, {&f.RecordedBy, d.RecordedBy}, {&f.Direction, d.Direction}, {&f.Joined, d.Joined},
		{&f.MinConfidence, d.MinConfidence}, {&f.Prior, d.Prior}, {&f.Pick, d.Pick},
	} {
		if *p.own == "" {
			*p.own = p.def
		}
	}
	if len(d.Groups) > 0 {
		groups := maps.Clone(d.Groups)
		maps.Copy(groups, f.Groups)
		f.Groups = groups
	}
	return f
}

// paths reads a field: a path, or a JSON list of them.
func paths(field string) []string {
	var list []string
	switch {
	case field == "":
		return nil
	case strings.HasPrefix(field, "[") && json.Unmarshal([]byte(field), &list) == nil:
		return list
	}
	return []string{field}
}
