package batch

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch/manifest"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/evidence"
)

// reader makes rows of entries.
type reader struct {
	defaults   manifest.Fields
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

func newReader(m *manifest.Manifest, o ReadOptions) *reader {
	r := &reader{
		defaults: o.Defaults, base: m.Base(), allowPaths: o.AllowPaths || m.Folder, profile: newProfile(o.Profile),
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

// check refuses a manifest of which no row can be used.
func (r *reader) check(m *manifest.Manifest) error {
	return m.Check(func(e manifest.Entry) error { return r.row(e).err })
}

// row reads an entry. What is wrong with it is in the row.
func (r *reader) row(e manifest.Entry) row {
	f := e.Fields.Over(r.defaults)
	out := row{id: f.ID, number: e.Row, agent: f.Agent, groups: f.Groups, pick: f.Pick, err: e.Err, stage: verify.StageDeclare}
	out.facts.Profile, out.facts.Asked = r.profile, r.asked
	if out.err == nil {
		out.err = r.fill(&out, f)
	}
	if out.err != nil {
		out.err = located(out.err, e)
		if out.recording == "" {
			out.recording = f.Shown
		}
	}
	if out.id == "" {
		out.id = out.recording
	}
	if out.id == "" {
		out.id = unnamed + strconv.FormatInt(e.Row, 10)
	}
	out.id, out.agent = bounded(out.id), bounded(out.agent)
	out.seal()
	return out
}

// unnamed begins the id of a row that is known by its number alone.
const unnamed = "row "

// located says where in the manifest a row is bad.
func located(err error, e manifest.Entry) error {
	place := fmt.Sprintf("row %d", e.Row)
	if e.Line > 0 {
		place += fmt.Sprintf(" (line %d)", e.Line)
	}
	return &manifest.RowError{Message: place + ": " + err.Error(), Advice: hint.Of(err), Cause: err}
}

// fill makes a case of the words.
func (r *reader) fill(out *row, f manifest.Fields) error {
	for name, value := range f.Groups {
		if len(name) > MaxWord || len(value) > MaxWord {
			return &manifest.RowError{Message: fmt.Sprintf("the group %q is longer than %d bytes", bounded(name), MaxWord), Advice: "name groups by a word"}
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
		if f.Shown != "" {
			out.recording = f.Shown
		}
	}
	switch {
	case err != nil:
		return err
	case recording == "":
		return &manifest.RowError{Message: "the row names no recording", Advice: "give its URL, path or SID in the column \"recording\", or attributes that name one"}
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
		if _, err := decode.ParsePick(f.Pick); err != nil {
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
	return &manifest.RowError{Message: column + ": " + err.Error(), Advice: hint.Of(err), Cause: err}
}

// probability reads a number between least and 1; nothing is 0, the default.
func probability(name, s string, least float64) (float64, error) {
	if s == "" {
		return 0, nil
	}
	p, err := strconv.ParseFloat(s, 64)
	if err != nil || !(p >= least && p > 0 && p < 1) {
		return 0, &manifest.RowError{Message: fmt.Sprintf("%s: %q is no probability between %g and 1", name, bounded(s), least), Advice: "leave it empty for the default"}
	}
	return p, nil
}

func (r *reader) declaration(f manifest.Fields) (declare.Declaration, error) {
	given := 0
	for _, s := range []bool{f.Channels != "", f.Convention != "", f.Attributes != "" || f.Inline != nil} {
		if s {
			given++
		}
	}
	switch {
	case given > 1:
		return declare.Declaration{}, &manifest.RowError{Message: "channels, convention and attributes each declare who is on which channel", Advice: "give one of them in a row"}
	case f.Inline != nil:
		return declare.ParseAttributes(f.Inline)
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
			return declare.Declaration{}, &manifest.RowError{
				Message: "the manifest names a file with attributes, which is not read unless it is allowed",
				Advice:  "if you trust where the manifest comes from, add --allow-paths",
			}
		}
		var err error
		if text, err = readSmall(r.path(field), declare.MaxAttributes); err != nil {
			return declare.Declaration{}, &manifest.RowError{Message: fmt.Sprintf("reading the attributes: %v", err), Advice: "name a file with the JSON of the task's attributes, relative to the manifest", Cause: err}
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
		return nil, &manifest.RowError{
			Message: "the manifest names a file with a profile, which is not read unless it is allowed",
			Advice:  "if you trust where the manifest comes from, add --allow-paths",
		}
	}
	path := r.path(field)
	if p := r.profiles[path]; p != nil {
		return p, nil
	}
	text, err := readSmall(path, maxProfile)
	if err != nil {
		return nil, &manifest.RowError{Message: fmt.Sprintf("reading the profile: %v", err), Advice: "name a file that otoscope calibrate wrote, relative to the manifest", Cause: err}
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

const (
	maxProfile   = 1 << 20 // bytes of a profile
	keptProfiles = 100     // of rows, that a reading remembers
)

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
