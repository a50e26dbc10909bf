package batch

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/provenance"
	"github.com/otoscope/otoscope/audio/recognize"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch/db"
	"github.com/otoscope/otoscope/verify/batch/manifest"
	"github.com/otoscope/otoscope/verify/finding"
)

// A task is a row of a chunk.
type task struct {
	key        int64
	digest     string
	reference  string
	options    decode.Options
	fetch      bool
	sounds     []string // known audio to look for, by its id
	requested  measurement.OnRequest
	transcript *transcribed // nil: none is named
	phrases    *phrases     // likewise
	quick      bool         // a part of the recording may suffice
	twilio     *bool        // whether Twilio is asked; nil: of a recording named by its SID
	needs      needs
	deaths     int64 // processes that died while they worked on it alone
	tries      int64 // how often its server said "later"
	c          verify.Case
	recording  []byte          // the stored form; nil if nothing is stored
	before     *verify.Verdict // the one to replace without a fetch
	measured   *measured
	state      string // of the recording as it was verified before
}

// load reads the rows of a chunk.
func (e *engine) load(ctx context.Context, c *claim) ([]*task, error) {
	var tasks []*task
	known := map[string]facts{}
	err := db.Each(ctx, e.store.db, `SELECT r.row_key, r.recording, r.pick, r.agent, r.facts_digest, f.facts, w.reference, w.refetch, w.deaths, w.tries,
			d.recording, d.verdict, s.measured_by, s.measurements_schema, coalesce(s.recording_state, '')
		FROM otoscope_rows r
		JOIN otoscope_facts f ON f.facts_id = r.facts_id
		JOIN otoscope_waiting w ON w.row_key = r.row_key
		LEFT JOIN otoscope_details d ON d.row_key = r.row_key AND w.refetch <> 1
		LEFT JOIN otoscope_results s ON s.row_key = r.row_key AND w.refetch <> 1
		WHERE r.chunk_id = ? ORDER BY r.row, r.row_key`, []any{c.chunk}, func(row db.Cursor) error {
		t, err := readTask(row, known)
		if err != nil {
			return err
		}
		t.needs = c.needs
		tasks = append(tasks, t)
		return nil
	})
	if err != nil || len(tasks) == 0 {
		return tasks, err
	}
	return tasks, e.loadGroups(ctx, tasks)
}

// readTask reads a row of load's query. It decodes facts that rows share once, and caches
// them in known by their text.
func readTask(row db.Cursor, known map[string]facts) (*task, error) {
	t := &task{}
	var text, pick string
	var recording, verdict, by *string
	var schema *int64
	var fetch int64
	if err := row.Scan(&t.key, &t.c.Reference, &pick, &t.c.Agent, &t.digest, &text, &t.reference, &fetch, &t.deaths, &t.tries, &recording, &verdict, &by, &schema, &t.state); err != nil {
		return nil, err
	}
	f, seen := known[text]
	if !seen {
		if err := json.Unmarshal([]byte(text), &f); err != nil {
			return nil, fmt.Errorf("reading what is known of row %d: %w", t.key, err)
		}
		known[text] = f
	}
	if pick != "" {
		var err error
		if t.options, err = decode.ParseWords(pick); err != nil {
			return nil, fmt.Errorf("reading how row %d is decoded: %w", t.key, err)
		}
	}
	f.onto(&t.c)
	t.sounds, t.requested, t.twilio = f.soundIDs(), f.Requested, f.TwilioFacts
	t.requested.Fingerprint = !f.NoFingerprint
	t.transcript, t.phrases, t.quick = f.Transcript, f.Phrases, f.Quick
	t.fetch = fetch != refetchNot || verdict == nil
	if recording != nil {
		t.recording = []byte(*recording)
	}
	if by != nil && schema != nil {
		t.measured = &measured{*by, *schema}
	}
	if verdict != nil {
		t.before = &verify.Verdict{}
		if err := json.Unmarshal([]byte(*verdict), t.before); err != nil {
			return nil, fmt.Errorf("reading the verdict on row %d: %w", t.key, err)
		}
	}
	return t, nil
}

// loadGroups reads the groups of rows.
func (e *engine) loadGroups(ctx context.Context, tasks []*task) error {
	all := make([]int64, len(tasks))
	byKey := map[int64]*task{}
	for i, t := range tasks {
		all[i], byKey[t.key] = t.key, t
	}
	cond, list := e.store.db.InKeys("row_key", all)
	return db.Each(ctx, e.store.db, `SELECT row_key, name, value FROM otoscope_groups WHERE `+cond, []any{list}, func(c db.Cursor) error {
		var key int64
		var name, value string
		if err := c.Scan(&key, &name, &value); err != nil {
			return err
		}
		t := byKey[key]
		if t.c.Groups == nil {
			t.c.Groups = map[string]string{}
		}
		t.c.Groups[name] = value
		return nil
	})
}

// one works on one row; ok is false if the work was given up.
func (e *engine) one(ctx context.Context, t *task) (f finished, ok bool) {
	e.mu.Lock()
	e.underWay[t] = time.Now()
	e.mu.Unlock()
	defer func() {
		e.mu.Lock()
		delete(e.underWay, t)
		e.mu.Unlock()
	}()
	if f, ok = e.settle(ctx, t); ok && !f.missing && f.later == 0 {
		if err := f.seal(); err != nil {
			e.o.Logger.Error("could not encode a verdict", "recording", t.c.Reference, "error", err.Error())
		}
	}
	return f, ok
}

// settle decides what to store of one row.
func (e *engine) settle(ctx context.Context, t *task) (f finished, ok bool) {
	f = finished{key: t.key, digest: t.digest}
	if !t.fetch && !t.mustHear() && !t.mustHearMore() {
		e.rejudge(ctx, t, &f)
		return f, true
	}
	if t.deaths >= deathsAlone {
		e.failed(t, deadly(t), &f)
		return f, true
	}
	before := pathState(t.reference)
	m, sound, err := e.measure(ctx, t)
	defer sound.Close()
	if err == nil && m.Unchanged {
		learned := t.learn(m.Known)
		e.rejudge(ctx, t, &f)
		if learned {
			f.kept, f.recording = false, t.recording
		}
		f.reused = true
		e.good.Add(1)
		e.first.good()
		return f, true
	}
	// A file that is replaced during reading has no state, and is verified again.
	if f.state = m.State; before != "" && before == pathState(t.reference) {
		f.state = before
	}
	if ctx.Err() != nil {
		return f, false // whatever else went wrong may be for that reason
	}
	switch {
	case err == nil:
		err = e.judge(ctx, t, m, sound, &f)
	case e.elsewhere(t, err):
		f.missing = true
		return f, true
	default:
		f.later = laterPause(err, t.tries, e.o.RetryLate)
	}
	if ctx.Err() != nil {
		return f, false
	}
	if f.later > 0 {
		return f, true
	}
	if err != nil {
		e.failed(t, err, &f)
		return f, true
	}
	e.good.Add(1)
	e.first.good()
	return f, true
}

// measure keeps a recording that causes a panic from ending the program. The sound is nil unless
// a recogniser may be asked; the caller closes it.
func (e *engine) measure(ctx context.Context, t *task) (m Measured, sound *recognize.Sound, err error) {
	defer func() {
		if p := recover(); p != nil {
			e.o.Logger.Error("panic while measuring a recording", "recording", t.c.Reference, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = &TaskError{Stage: verify.StageDecode, Kind: "defect", Err: &manifest.RowError{
				Message: fmt.Sprintf("otoscope has a defect that this recording shows: %v", p),
				Advice:  "please report it, with the recording if it can be shared",
			}}
		}
	}()
	references, err := e.references(ctx, t.sounds)
	if err != nil {
		return m, nil, err
	}
	asked := Task{Reference: t.reference, Allowed: e.allowed(t.needs), TwilioFacts: t.twilio, TaskCalls: t.c.Declaration.Task}
	if t.quick && t.transcript == nil {
		asked.Quick = func(part verify.Recording) verify.Hearing { return verify.Suffices(part, t.c) }
	}
	if t.recording != nil && t.before != nil && !t.mustHearMore() { // else there is nothing to be used again
		asked.Before = t.state
	}
	asked.Options, asked.OnRequest, asked.Known = t.options, t.requested, references
	sound = e.o.Recognizer.Keep(&asked.MeasureOptions)
	m, err = e.o.Source.Measure(ctx, asked)
	return m, sound, err
}

// judge returns a verdict on the new measurements.
func (e *engine) judge(ctx context.Context, t *task, m Measured, sound *recognize.Sound, f *finished) error {
	e.transcribe(ctx, t)
	var err error
	if f.verdict, err = e.o.Recognizer.Judge(ctx, &m.Recording, sound, t.c); err != nil {
		return err
	}
	if f.recording, err = json.Marshal(m.Recording); err != nil {
		return fmt.Errorf("keeping the measurements: %w", err)
	}
	if f.bytes = m.Bytes; m.Measurements.Part != nil {
		f.bytes = m.BytesRead
	}
	f.measured = &measured{e.engineVersion.version, e.engineVersion.schema}
	e.bytes.Add(f.bytes)
	return nil
}

// rejudge returns a verdict on the stored measurements.
func (e *engine) rejudge(ctx context.Context, t *task, f *finished) {
	f.kept, f.measured, f.state = true, t.measured, t.state
	var stored verify.Recording
	usable := t.recording != nil && t.measured != nil && measurement.Readable(t.measured.schema) && json.Unmarshal(t.recording, &stored) == nil
	switch {
	case usable:
		e.transcribe(ctx, t)
		if t.ignoresTwilio() {
			stored.Known = nil
		}
		f.verdict = verify.Judge(stored, t.c)
		f.stale = *t.measured != measured{e.engineVersion.version, e.engineVersion.schema}
	case t.before.Error != nil:
		was := t.before.Error
		f.verdict = verify.ErrorVerdict(t.c, was.Stage, &manifest.RowError{Message: was.Message, Advice: was.Hint})
		f.kind = string(was.Stage)
		return
	default:
		f.verdict, f.stale = *t.before, true
		f.verdict.Agent, f.verdict.Groups = t.c.Agent, t.c.Groups
	}
	f.verdict.Findings = slices.DeleteFunc(f.verdict.Findings, func(x finding.Finding) bool { return x.Code == finding.Stale })
	if f.stale {
		f.verdict.Findings = append(f.verdict.Findings, staleFinding(t.measured, e.engineVersion, usable))
	}
}

// learn puts what a platform says now in the place of what it said when the recording was measured. It
// reports whether that changed what is stored.
func (t *task) learn(known *provenance.Record) bool {
	var stored verify.Recording
	if known == nil || t.recording == nil || json.Unmarshal(t.recording, &stored) != nil {
		return false
	}
	stored.Known = known
	text, err := json.Marshal(stored)
	if err != nil || bytes.Equal(text, t.recording) {
		return false
	}
	t.recording = text
	return true
}

// ignoresTwilio reports whether what Twilio says does not count for the row.
func (t *task) ignoresTwilio() bool { return t.twilio != nil && !*t.twilio }

// mustHear reports whether the row has a verdict without a measurement, from what Twilio said, which
// does not count any more.
func (t *task) mustHear() bool {
	return t.ignoresTwilio() && t.before != nil && t.before.Outcome == verify.Unusable && t.before.SHA256 == ""
}

// mustHearMore reports whether the row's measurements are of a part that does not suffice for what
// is declared and known now.
func (t *task) mustHearMore() bool {
	var stored verify.Recording
	if t.before == nil || t.before.Part == nil || t.recording == nil || json.Unmarshal(t.recording, &stored) != nil {
		return false
	}
	return !t.quick || t.transcript != nil || verify.Suffices(stored, t.c) != verify.HeardEnough
}

func staleFinding(m *measured, now engineVersion, judged bool) finding.Finding {
	by := "another version"
	if m != nil {
		by = "version " + m.version
	}
	if judged {
		return finding.New(finding.Stale, fmt.Sprintf("The recording was measured by %s and judged from that by version %s; --again stale measures it again.", by, now.version))
	}
	return finding.New(finding.Stale, fmt.Sprintf("The recording was measured by %s in a form that version %s does not judge from, so the verdict is the one of then; --again stale measures it again.", by, now.version))
}
