// Package evaluate compares verdicts with the truth on labelled recordings: how often they
// are right, whether their confidence is justified, and how much each kind of evidence
// contributes.
//
//	labels, err := evaluate.ReadLabels(file, "labels.jsonl", nil)
//	recordings, err := evaluate.Listen(ctx, labels, evaluate.ListenOptions{Sources: evaluate.Sources{Dir: "."}})
//	report := evaluate.Judge(recordings, evaluate.JudgeOptions{})
//
// [Listen] reads the audio; [Judge] needs only the measurements. [JudgeFaults] adds faults
// to the recordings and judges the results.
package evaluate

import (
	"math"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/evidence"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/words"
)

// Schema is the version of the report's JSON form.
const Schema = 1

// JudgeOptions control how recordings are judged.
type JudgeOptions struct {
	Profile       *evidence.Profile // nil: evidence.Builtin
	MinConfidence float64           // 0: verify.DefaultMinConfidence
	// UseMetadata uses directions, recording methods and join times from the labels as
	// evidence. Without it, only the sound counts.
	UseMetadata bool
	// UseTranscripts uses the words of the transcripts that the labels name.
	UseTranscripts bool
	// Words are the lists that they are weighed by; nil: words.Builtin.
	Words *words.Lists
}

// Trial is a recording with its verdict.
type Trial struct {
	*Recording
	Verdict verify.Verdict
}

// Support is the log10 likelihood ratio in favour of the truth. If neither side is right,
// every claim counts against it.
func (t *Trial) Support() float64 {
	switch t.Left {
	case Agent:
		return -t.Verdict.Log10LR
	case Mixed:
		return -math.Abs(t.Verdict.Log10LR)
	}
	return t.Verdict.Log10LR
}

// Decided reports whether the verdict decided on the sides.
func (t *Trial) Decided() bool {
	return t.Verdict.Outcome == verify.Match || t.Verdict.Outcome == verify.Swapped
}

// Wrong reports whether the verdict decided on the wrong sides.
func (t *Trial) Wrong() bool { return t.Decided() && string(t.Verdict.Heard.Left) != t.Left }

// Report is the result of an evaluation.
type Report struct {
	Schema        int     `json:"schema"`
	Version       string  `json:"version"`
	Profile       string  `json:"profile"`
	MinConfidence float64 `json:"min_confidence"`
	UseMetadata   bool    `json:"use_metadata"`
	Transcripts   bool    `json:"use_transcripts"`
	Recordings    int     `json:"recordings"` // labelled
	AudioS        float64 `json:"audio_s"`
	Figures
	Wrong       []WrongCall    `json:"wrong"`
	Reliability []Bin          `json:"reliability"`
	Evidence    []Contribution `json:"evidence"`
	Missed      []MissedFault  `json:"missed_faults"`
	Alarms      []FalseAlarm   `json:"false_alarm_list"`
	Strata      []Stratum      `json:"strata"`
	Alike       *Alike         `json:"sources_alike,omitempty"` // nil: the labels name fewer than two sources
	Cues        Cues           `json:"cues"`
	Cuts        []Stratum      `json:"cuts,omitempty"`
	Unreadable  []Unreadable   `json:"unreadable"`

	trials []Trial // of clean recordings as they are
}

// WrongCall is a call that was decided wrongly.
type WrongCall struct {
	File       string          `json:"file"`
	Cut        string          `json:"cut,omitempty"`
	At         string          `json:"at,omitempty"`
	Left       string          `json:"left"` // in truth
	Confidence float64         `json:"confidence"`
	Log10LR    float64         `json:"log10_lr"`
	Evidence   []evidence.Item `json:"evidence"`
}

// MissedFault is a structural fault that was not found.
type MissedFault struct {
	File     string         `json:"file"`
	Fault    string         `json:"fault"`
	Outcome  verify.Outcome `json:"outcome"`
	Findings []finding.Code `json:"findings"`
}

// FalseAlarm is a structural finding on a sound recording.
type FalseAlarm struct {
	File string `json:"file"`
	finding.Finding
}

// Stratum is a set of calls with a common property.
type Stratum struct {
	By    string `json:"by"`
	Value string `json:"value"`
	Figures
}

// Unreadable is a labelled recording that could not be measured.
type Unreadable struct {
	File    string `json:"file"`
	Cut     string `json:"cut,omitempty"`
	Line    int    `json:"line"` // of the labels
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// Judge judges measured recordings and counts how often it is right.
func Judge(recordings []Recording, o JudgeOptions) *Report {
	r := &Report{
		Schema: Schema, Version: verify.Version(), MinConfidence: o.MinConfidence, UseMetadata: o.UseMetadata, Transcripts: o.UseTranscripts,
		Profile: evidence.Builtin().Name,
		Wrong:   []WrongCall{}, Missed: []MissedFault{}, Alarms: []FalseAlarm{}, Strata: []Stratum{}, Unreadable: []Unreadable{},
	}
	if r.MinConfidence == 0 {
		r.MinConfidence = verify.DefaultMinConfidence
	}
	if o.Profile != nil {
		r.Profile = o.Profile.Name
	}
	var whole, cuts []Trial
	for i := range recordings {
		rec := &recordings[i]
		if rec.Cut == "" {
			r.Recordings++
		}
		if rec.Err != nil {
			r.Unreadable = append(r.Unreadable, unreadable(rec))
			continue
		}
		t := Trial{rec, rec.judge(o)}
		if rec.Cut == "" {
			r.AudioS += rec.Result.Measurements.DurationS
			whole = append(whole, t)
		} else {
			cuts = append(cuts, t)
		}
		if t.clean() && t.Wrong() {
			r.Wrong = append(r.Wrong, WrongCall{
				File: rec.Label.File, Cut: rec.Cut, At: rec.At, Left: t.Left,
				Confidence: *t.Verdict.Confidence, Log10LR: t.Verdict.Log10LR, Evidence: t.Verdict.Evidence,
			})
		}
	}
	r.Figures = figures(whole)
	for i := range whole {
		if whole[i].clean() {
			r.trials = append(r.trials, whole[i])
		}
		r.structure(&whole[i])
	}
	r.Reliability = reliability(r.trials)
	r.Evidence = contributions(r.trials, r.MinConfidence)
	for _, by := range strata() {
		r.Strata = append(r.Strata, stratify(whole, by.name, by.of)...)
	}
	r.Alike, r.Cues = alike(r.Strata), cues(r.trials)
	r.Cuts = stratify(cuts, "cut", func(t *Trial) string { return t.Cut })
	return r
}

func (t *Trial) clean() bool { return t.Label.Clean() }

// judge returns the verdict that verify would return with the customer declared on the left.
func (r *Recording) judge(o JudgeOptions) verify.Verdict {
	c := verify.Case{
		Reference: r.Label.File, Declaration: declare.Default(),
		MinConfidence: o.MinConfidence, Profile: o.Profile, Agent: r.Label.Agent,
	}
	if o.UseMetadata {
		c.Facts = r.Facts
	}
	if o.UseTranscripts {
		c.Transcript, c.Words = r.Transcript, o.Words
	}
	return verify.Judge(r.Result, c)
}

// structure counts the faults found in the recording, and those that it has.
func (r *Report) structure(t *Trial) {
	if t.clean() {
		for _, f := range t.Verdict.Findings {
			if structural(f) {
				r.Alarms = append(r.Alarms, FalseAlarm{t.Label.File, f})
			}
		}
		return
	}
	if t.Label.faulty() && !foundFault(t.Label.Fault, &t.Verdict) {
		m := MissedFault{File: t.Label.File, Fault: t.Label.Fault, Outcome: t.Verdict.Outcome, Findings: []finding.Code{}}
		for _, f := range t.Verdict.Findings {
			m.Findings = append(m.Findings, f.Code)
		}
		r.Missed = append(r.Missed, m)
	}
}

func unreadable(r *Recording) Unreadable {
	return Unreadable{File: r.Label.File, Cut: r.Cut, Line: r.Label.Line, Message: r.Err.Error(), Hint: hint.Of(r.Err)}
}

// Failed reports whether a recording could not be measured.
func (r *Report) Failed() bool { return len(r.Unreadable) > 0 }

// Supports returns, for each call with one party on each channel, the log10 likelihood ratio
// in favour of the truth.
func (r *Report) Supports() []float64 {
	out := make([]float64, len(r.trials))
	for i := range r.trials {
		out[i] = r.trials[i].Support()
	}
	return out
}
