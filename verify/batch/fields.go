package batch

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/audio/wave"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/evidence"
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

	inline []byte // attributes that stand in the manifest
	shown  string // what a result calls the recording, where not as it is named
}

// A RowError says what is wrong with one row.
type RowError struct {
	message, hint string
	cause         error
}

func (e *RowError) Error() string { return e.message }

// Hint says what to do about it.
func (e *RowError) Hint() string { return e.hint }

// Unwrap gives the error underneath, nil where there is none.
func (e *RowError) Unwrap() error { return e.cause }

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
		{"agent_audio", func(f *Fields, s string) { f.AgentAudio = soundPaths(s) }},
		{"customer_audio", func(f *Fields, s string) { f.CustomerAudio = soundPaths(s) }},
		{"group", func(f *Fields, s string) {
			name, value, ok := strings.Cut(s, "=")
			if !ok || name == "" {
				name, value = "group", s
			}
			f.setGroup(name, value)
		}},
	}
}

const groupPrefix = "group."

// columnNamed finds a column by its name, however it is capitalised and joined.
func columnNamed(name string) (column, bool) {
	name = strings.TrimSpace(name)
	if len(name) > len(groupPrefix) && strings.EqualFold(name[:len(groupPrefix)], groupPrefix) {
		group := name[len(groupPrefix):]
		return column{groupPrefix + group, func(f *Fields, s string) { f.setGroup(group, s) }}, true
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

// over gives the fields with those of the defaults where they are empty. A
// row's own declaration takes the place of the default one, whichever of the
// three ways it is made in.
func (f Fields) over(d Fields) Fields {
	if f.Channels == "" && f.Convention == "" && f.Attributes == "" && f.inline == nil {
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

// facts are what is stored of a row's case, without what names the row itself.
type facts struct {
	Declaration   declare.Declaration `json:"declaration"`
	Facts         declare.Facts       `json:"facts"`
	Prior         float64             `json:"prior,omitempty"`
	MinConfidence float64             `json:"min_confidence,omitempty"`
	Profile       *profile            `json:"profile,omitempty"` // null: the one built in
	Asked         asked               `json:"asked,omitzero"`
}

// profile is an evidence.Profile with its name.
type profile struct {
	Name    string           `json:"name"`
	Weights evidence.Profile `json:"weights"`
}

func newProfile(p *evidence.Profile) *profile {
	if p == nil {
		return nil
	}
	return &profile{p.Name, *p}
}

// name is that of the profile, or of the one built in.
func (p *profile) name() string {
	if p == nil {
		return evidence.Builtin().Name
	}
	return p.Name
}

// onto completes a case.
func (f facts) onto(c *verify.Case) {
	c.Declaration, c.Facts, c.Prior, c.MinConfidence = f.Declaration, f.Facts, f.Prior, f.MinConfidence
	if f.Profile != nil {
		c.Profile = new(f.Profile.Weights)
		c.Profile.Name = f.Profile.Name
	}
}

// A row is an entry made ready to be stored.
type row struct {
	id, recording string // recording: secrets removed
	number        int64
	reference     string // the whole of it: a secret
	pick          string
	agent         string
	groups        map[string]string
	facts         facts
	factsJSON     []byte
	factsDigest   string
	sounds        []sound // known audio that the facts name
	digest        string  // of all that a verdict says besides the sound
	err           error   // why there is nothing to verify
	stage         verify.Stage
}

// reader makes rows of entries.
type reader struct {
	defaults   Fields
	base       string
	allowPaths bool
	profile    *profile
	asked      asked
	// Known audio of rows that name none, and all that has been heard of, by path.
	agentAudio, customerAudio []sound
	heard                     map[string]sound
	profiles                  map[string]*profile // of rows, by path

	// Manifests name the same few attributes again and again.
	cached      map[string]declare.Declaration
	cachedBytes int
}

func newReader(m *Manifest, o ReadOptions) *reader {
	r := &reader{
		defaults: o.Defaults, base: m.base, allowPaths: o.AllowPaths || m.Folder, profile: newProfile(o.Profile),
		asked: asked{Voice: o.Voice, Peaks: o.Peaks}, heard: map[string]sound{}, profiles: map[string]*profile{}, cached: map[string]declare.Declaration{},
	}
	for _, path := range o.Defaults.AgentAudio {
		r.agentAudio = append(r.agentAudio, r.sound(path))
	}
	for _, path := range o.Defaults.CustomerAudio {
		r.customerAudio = append(r.customerAudio, r.sound(path))
	}
	return r
}

// row reads an entry. What is wrong with it is in the row.
func (r *reader) row(e Entry) row {
	f := e.Fields.over(r.defaults)
	out := row{id: f.ID, number: e.Row, agent: f.Agent, groups: f.Groups, pick: f.Pick, err: e.Err, stage: verify.StageDeclare}
	out.facts.Profile, out.facts.Asked = r.profile, r.asked
	if out.err == nil {
		out.err = r.fill(&out, f)
	}
	if out.err != nil {
		out.err = located(out.err, e)
		if out.recording == "" {
			out.recording = f.shown
		}
	}
	if out.id == "" {
		out.id = out.recording
	}
	if out.id == "" {
		out.id = fmt.Sprintf("row %d", e.Row)
	}
	out.id, out.agent = bounded(out.id), bounded(out.agent)
	out.seal()
	return out
}

// maxWord bounds, in bytes, the words of a row that are stored as they are and
// searched by: PostgreSQL indexes no text beyond some 2,700 bytes.
const maxWord = 1000

// bounded cuts what is too long for an index; what is cut keeps its identity by
// a hash of the whole.
func bounded(s string) string {
	if len(s) <= maxWord {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	cut := maxWord - 24
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "..." + hex.EncodeToString(sum[:8])
}

// located says where in the manifest a row is bad.
func located(err error, e Entry) error {
	place := fmt.Sprintf("row %d", e.Row)
	if e.Line > 0 {
		place += fmt.Sprintf(" (line %d)", e.Line)
	}
	return &RowError{message: place + ": " + err.Error(), hint: hintOf(err), cause: err}
}

// fill makes a case of the words.
func (r *reader) fill(out *row, f Fields) error {
	for name, value := range f.Groups {
		if len(name) > maxWord || len(value) > maxWord {
			return &RowError{message: fmt.Sprintf("the group %q is longer than %d bytes", bounded(name), maxWord), hint: "name groups by a word"}
		}
	}
	declaration, err := r.declaration(f)
	recording := f.Recording
	if recording == "" && err == nil {
		recording = declaration.Recording
	}
	declaration.Recording = "" // a secret, and stored elsewhere
	if recording != "" {
		ref, refErr := fetch.ParseUntrusted(recording)
		if refErr != nil {
			out.stage = verify.StageFetch
			return refErr
		}
		out.recording, out.reference = ref.String(), r.absolute(recording)
		if f.shown != "" {
			out.recording = f.shown
		}
	}
	switch {
	case err != nil:
		return err
	case recording == "":
		return &RowError{message: "the row names no recording", hint: "give its URL, path or SID in the column \"recording\", or attributes that name one"}
	}
	out.facts.Declaration = declaration
	if out.facts.Facts.Direction, err = declare.ParseDirection(f.Direction); err != nil {
		return named("direction", err)
	}
	if out.facts.Facts.RecordedBy, err = declare.ParseMethod(f.RecordedBy); err != nil {
		return named("recorded_by", err)
	}
	if out.facts.Facts.Direction == declare.UnknownDirection {
		out.facts.Facts.Direction = declaration.Direction
	}
	if out.facts.Declaration, err = declaration.Resolve(out.facts.Facts.Direction); err != nil {
		return err
	}
	if out.facts.Facts.Joined, err = declare.ParseJoined(f.Joined, declaration.StartTime); err != nil {
		return named("joined", err)
	}
	if out.facts.MinConfidence, err = probability("min_confidence", f.MinConfidence, 0.5); err != nil {
		return err
	}
	if out.facts.Prior, err = probability("prior", f.Prior, 0); err != nil {
		return err
	}
	if f.Pick != "" {
		if _, err := wave.ParsePick(f.Pick); err != nil {
			return named("pick", err)
		}
	}
	if f.Profile != "" {
		if out.facts.Profile, err = r.rowProfile(f.Profile); err != nil {
			return err
		}
	}
	return r.sounds(out, f)
}

// absolute makes a relative path one from the manifest's folder: whoever works
// on the row may work elsewhere.
func (r *reader) absolute(recording string) string {
	if strings.Contains(recording, "://") || isSID(recording) {
		return recording
	}
	return r.path(recording)
}

func isSID(s string) bool {
	ref, err := fetch.Parse(s)
	// What stays as it is when it is made absolute is no path.
	return err == nil && len(s) == 34 && strings.HasPrefix(ref.String(), "RE") && strings.Trim(s[2:], "0123456789abcdefABCDEF") == ""
}

func (r *reader) path(name string) string {
	if !filepath.IsAbs(name) {
		name = filepath.Join(r.base, name)
	}
	if abs, err := filepath.Abs(name); err == nil {
		return abs
	}
	return name
}

// named says which column a value was wrong in.
func named(column string, err error) error {
	return &RowError{message: column + ": " + err.Error(), hint: hintOf(err), cause: err}
}

// probability reads a number between least and 1; nothing is 0, the default.
func probability(name, s string, least float64) (float64, error) {
	if s == "" {
		return 0, nil
	}
	p, err := strconv.ParseFloat(s, 64)
	if err != nil || !(p >= least && p > 0 && p < 1) {
		return 0, &RowError{message: fmt.Sprintf("%s: %q is no probability between %g and 1", name, bounded(s), least), hint: "leave it empty for the default"}
	}
	return p, nil
}

func (r *reader) declaration(f Fields) (declare.Declaration, error) {
	given := 0
	for _, s := range []bool{f.Channels != "", f.Convention != "", f.Attributes != "" || f.inline != nil} {
		if s {
			given++
		}
	}
	switch {
	case given > 1:
		return declare.Declaration{}, &RowError{message: "channels, convention and attributes each declare who is on which channel", hint: "give one of them in a row"}
	case f.inline != nil:
		return declare.ParseAttributes(f.inline)
	case f.Attributes != "":
		return r.attributes(f.Attributes)
	case f.Channels != "":
		d, err := declare.ParseChannels(f.Channels)
		if err != nil {
			return d, named("channels", err)
		}
		return d, nil
	case f.Convention != "":
		d, err := declare.Convention(f.Convention)
		if err != nil {
			return d, named("convention", err)
		}
		return d, nil
	}
	return declare.Default(), nil
}

// cacheLimit bounds the attributes that are remembered, in bytes of their text.
const cacheLimit = 4 << 20

// attributes reads attributes that stand in the field, or in the file that it
// names.
func (r *reader) attributes(field string) (declare.Declaration, error) {
	text := []byte(field)
	if first := strings.TrimLeft(field, " \t\r\n"); !strings.HasPrefix(first, "{") && !strings.HasPrefix(first, "[") {
		if !r.allowPaths {
			return declare.Declaration{}, &RowError{
				message: "the manifest names a file with attributes, which is not read unless it is allowed",
				hint:    "if you trust where the manifest comes from, add --allow-paths",
			}
		}
		var err error
		if text, err = readSmall(r.path(field), declare.MaxAttributes); err != nil {
			return declare.Declaration{}, &RowError{message: fmt.Sprintf("reading the attributes: %v", err), hint: "name a file with the JSON of the task's attributes, relative to the manifest", cause: err}
		}
	}
	sum := sha256.Sum256(text)
	key := string(sum[:])
	if d, ok := r.cached[key]; ok {
		return d, nil
	}
	d, err := declare.ParseAttributes(text)
	if err != nil {
		return d, err
	}
	if r.cachedBytes += len(text); r.cachedBytes > cacheLimit {
		clear(r.cached)
		r.cachedBytes = len(text)
	}
	r.cached[key] = d
	return d, nil
}

// rowProfile reads the profile that a row names.
func (r *reader) rowProfile(field string) (*profile, error) {
	if !r.allowPaths {
		return nil, &RowError{
			message: "the manifest names a file with a profile, which is not read unless it is allowed",
			hint:    "if you trust where the manifest comes from, add --allow-paths",
		}
	}
	path := r.path(field)
	if p := r.profiles[path]; p != nil {
		return p, nil
	}
	text, err := readSmall(path, maxRecord)
	if err != nil {
		return nil, &RowError{message: fmt.Sprintf("reading the profile: %v", err), hint: "name a file that otoscope calibrate wrote, relative to the manifest", cause: err}
	}
	p, _, err := evidence.ReadProfile(bytes.NewReader(text))
	if err != nil {
		return nil, named("profile", err)
	}
	if len(r.profiles) >= keptProfiles {
		clear(r.profiles)
	}
	r.profiles[path] = newProfile(&p)
	return r.profiles[path], nil
}

// keptProfiles bounds how many profiles of rows a reading remembers.
const keptProfiles = 100

// readSmall reads a regular file, of one that is larger than limit a byte more.
func readSmall(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("that is not a regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, limit+1))
}

// seal computes the digests by which changes are found.
func (r *row) seal() {
	r.factsJSON, _ = json.Marshal(r.facts) // plain types: there is nothing that cannot be marshalled
	r.factsDigest = digest(r.factsJSON)
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n%q\n", r.factsDigest, r.agent)
	for _, name := range slices.Sorted(maps.Keys(r.groups)) {
		fmt.Fprintf(&b, "%q=%q\n", name, r.groups[name])
	}
	if r.err != nil {
		fmt.Fprintf(&b, "%q\n", r.err.Error())
	}
	r.digest = digest(b.Bytes())
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}
