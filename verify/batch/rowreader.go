package batch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/acquire"
	"github.com/otoscope/otoscope/verify/batch/manifest"
	"github.com/otoscope/otoscope/verify/declare"
)

// reader turns entries into rows.
type reader struct {
	facts        map[string]declare.Fact // by name
	defaults     declare.Call            // of rows that do not say otherwise
	paths        paths
	allowPrivate bool
	profile      *profile
	requested    measurement.OnRequest
	noTraces     bool
	quick        bool // a part of a recording may suffice
	decoder      decode.Decoder
	// The known audio of rows that name none, and all known audio read so far, by path.
	agentAudio, customerAudio []sound
	heard                     map[string]sound
	profiles                  map[string]*profile // of rows, by path
	lists                     map[string]*phrases // likewise

	// Manifests name the same few attributes again and again.
	cached      map[string]declare.Declaration
	cachedBytes int
}

func newReader(ctx context.Context, m *manifest.Manifest, o ReadOptions) *reader {
	r := &reader{
		facts: map[string]declare.Fact{}, defaults: o.Defaults, paths: newPaths(m, o.AllowPaths), profile: newProfile(o.Profile),
		allowPrivate: o.AllowPrivate, requested: o.OnRequest, noTraces: o.NoFingerprint, quick: o.Quick, decoder: o.Decoder, heard: map[string]sound{}, profiles: map[string]*profile{}, lists: map[string]*phrases{}, cached: map[string]declare.Declaration{},
	}
	for _, f := range declare.Table() {
		r.facts[f.Name] = f
	}
	for _, path := range o.Defaults.AgentAudio {
		r.agentAudio = append(r.agentAudio, r.sound(ctx, path))
	}
	for _, path := range o.Defaults.CustomerAudio {
		r.customerAudio = append(r.customerAudio, r.sound(ctx, path))
	}
	return r
}

// check refuses a manifest without a usable row.
func (r *reader) check(ctx context.Context, m *manifest.Manifest) error {
	return m.Check(func(e manifest.Entry) error { return r.row(ctx, e).err })
}

// row reads an entry. Its faults are recorded in the row.
func (r *reader) row(ctx context.Context, e manifest.Entry) row {
	out := row{id: e.Fields.ID, number: e.Row, err: e.Err, stage: verify.StageDeclare}
	out.facts.Profile, out.facts.Requested, out.facts.NoFingerprint, out.facts.Quick = r.profile, r.requested, r.noTraces, r.quick
	call, err := r.call(e.Fields)
	out.agent, out.groups, out.pick = call.Agent, call.Groups, decode.Options{Pick: call.Pick, Raw: call.Raw}.Words()
	if out.err == nil {
		out.err = r.fill(ctx, &out, e.Fields, call, err)
	}
	if out.err != nil {
		out.err = located(out.err, e)
		if out.recording == "" {
			out.recording = e.Fields.Shown
		}
	}
	if out.id == "" {
		out.id, out.byReference = out.recording, true
	}
	if out.id == "" {
		out.id = unnamed + strconv.FormatInt(e.Row, 10)
	}
	out.id, out.agent = bounded(out.id), bounded(out.agent)
	out.seal()
	return out
}

// pathKind is the kind of error of rows that name a forbidden file as their recording.
const pathKind = "file outside the manifest's folder: --allow-paths"

// unnamed begins the id of a row that is identified by its number alone.
const unnamed = "row "

// located adds the place of a bad row in the manifest.
func located(err error, e manifest.Entry) error {
	place := fmt.Sprintf("row %d", e.Row)
	if e.Line > 0 {
		place += fmt.Sprintf(" (line %d)", e.Line)
	}
	return &manifest.RowError{Message: place + ": " + err.Error(), Advice: hint.Of(err), Cause: err}
}

// call reads the words of a row over the defaults. If it returns an error, everything except
// the subject of the error has been read.
func (r *reader) call(f manifest.Fields) (declare.Call, error) {
	call := r.defaults.Inherit()
	var bad error
	if declaring := declare.Declaring(f.Words); len(declaring) > 1 {
		bad = &manifest.RowError{
			Message: listed(declaring) + " each declare who is on which channel",
			Advice:  "give one of them in a row",
		}
	}
	for _, w := range f.Words {
		err := r.facts[w.Fact].Set(&call, w.Value)
		var unread *declare.UnreadError
		switch {
		case errors.As(err, &unread):
			call.LeaveOut(w.Fact, unread)
		case err != nil:
			bad = cmp.Or(bad, named(w.Fact, err))
		}
	}
	for name, value := range call.Groups {
		if len(name) > MaxKeyBytes || len(value) > MaxKeyBytes {
			bad = cmp.Or(bad, error(&manifest.RowError{Message: fmt.Sprintf("the group %q is longer than %d bytes", bounded(name), MaxKeyBytes), Advice: "name groups by a word"}))
		}
	}
	return call, bad
}

// fill makes a row from its fields; bad is the error in its words.
func (r *reader) fill(ctx context.Context, out *row, f manifest.Fields, call declare.Call, bad error) error {
	if call.Attributes != "" && bad == nil {
		call.Declaration, bad = r.attributes(call.Attributes)
	}
	recording := cmp.Or(f.Recording, call.Declaration.Recording)
	call.Declaration.Recording = "" // a secret, and stored elsewhere
	files, err := call.Files()
	switch {
	case err != nil:
		bad = cmp.Or(bad, err)
	case files != nil && f.Recording != "":
		bad = cmp.Or(bad, error(&manifest.RowError{Message: "the row names a recording, and two files", Advice: "give the two files, or the one recording that holds both parties"}))
	case files != nil:
		if err := r.locateFiles(out, f, *files); err != nil {
			return err
		}
		recording = out.recording
		call.ToldLater, call.Declaration.Task = false, declare.TaskCalls{}
	}
	if recording != "" && files == nil {
		ref, err := fetch.ParseUntrusted(recording)
		if err != nil {
			out.stage = verify.StageFetch
			return err
		}
		out.recording, out.reference = cmp.Or(f.Shown, ref.String()), ref.Whole()
		if call.ToldLater = asksTwilio(ref, call.TwilioFacts); !call.ToldLater {
			call.Declaration.Task = declare.TaskCalls{} // for questions to Twilio only
		}
		if ref.IsPath() {
			// The stored path may be followed: no later check decides on it.
			if out.reference, err = r.paths.follow("the recording", ref.Whole()); err != nil {
				out.kind = pathKind
				return err
			}
		}
	}
	switch {
	case bad != nil:
		return bad
	case recording == "":
		return &manifest.RowError{Message: "the row names no recording", Advice: "give its URL, path or SID in the column \"recording\", or attributes that name one"}
	}
	if err := call.Complete(); err != nil {
		return err
	}
	out.facts.Declaration, out.facts.Facts = call.Declaration, call.Facts
	out.facts.MinConfidence, out.facts.Prior, out.facts.TwilioFacts = call.MinConfidence, call.Prior, call.TwilioFacts
	if out.facts.Transcript, err = r.transcript(call); err != nil {
		return err
	}
	if out.facts.Phrases, err = r.phrases(call); err != nil {
		return err
	}
	if call.Profile != "" {
		if out.facts.Profile, err = r.rowProfile(call.Profile); err != nil {
			return err
		}
	}
	return r.sounds(ctx, out, call)
}

// locateFiles reads where the two files of a recording are.
func (r *reader) locateFiles(out *row, f manifest.Fields, said declare.Files) error {
	files, err := acquire.ParseFiles(said, fetch.ParseUntrusted)
	if err != nil {
		out.stage = verify.StageFetch
		return err
	}
	out.recording = cmp.Or(f.Shown, files.Shown())
	for i, ref := range []*fetch.Reference{&files.Left, &files.Right} {
		files.Called[i] = ref.String()
		if !ref.IsPath() {
			continue
		}
		path, err := r.paths.follow(verify.FileNames(said.ByRole)[i], ref.Whole())
		if err != nil {
			out.kind = pathKind
			return err
		}
		if *ref, err = fetch.ParseUntrusted(path); err != nil {
			return err
		}
	}
	out.reference = storedForm(files)
	return nil
}

// asksTwilio reports whether Twilio is asked what it knows of a recording.
func asksTwilio(ref fetch.Reference, asked *bool) bool {
	if asked == nil {
		return ref.IsSID()
	}
	return *asked
}

// named adds the column of a wrong value.
func named(column string, err error) error {
	return &manifest.RowError{Message: column + ": " + err.Error(), Advice: hint.Of(err), Cause: err}
}

// listed formats names for a sentence.
func listed(names []string) string {
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
