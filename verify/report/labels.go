package report

import (
	"cmp"
	"fmt"
	"io"
	"time"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/evaluate"
)

// label is a line for evaluate and calibrate; see evaluate.Label. id is for rollout check.
type label struct {
	File       string `json:"file,omitempty"`
	LeftFile   string `json:"left_file,omitempty"`
	RightFile  string `json:"right_file,omitempty"`
	RightStart string `json:"right_start,omitempty"`
	Pick       string `json:"pick,omitempty"`
	Raw        string `json:"raw,omitempty"`
	Left       string `json:"left"`
	ID         string `json:"id"`
	Agent      string `json:"agent,omitempty"`
	Direction  string `json:"direction,omitempty"`
	RecordedBy string `json:"recorded_by,omitempty"`
	Joined     string `json:"joined,omitempty"`
	Excerpt    string `json:"excerpt,omitempty"`
	TestCall   string `json:"test_call,omitempty"`
	Started    string `json:"started,omitempty"`
	SHA256     string `json:"sha256,omitempty"`
}

// labelResults writes what people said as labels, one JSON object a line. Recordings of which
// nobody said what is on the channels are left out.
type labelResults struct{ w io.Writer }

func newLabelResults(w io.Writer, _ About, _ Options) Results { return labelResults{w} }

func (l labelResults) Write(r Row) error {
	if r.Human == nil || !r.Human.Answer.Settles() {
		return nil
	}
	x := label{
		File: r.Verdict.Recording, Left: string(r.Human.Answer.Left()), ID: r.ID, Agent: r.Verdict.Agent,
		Direction: string(r.Facts.Direction), RecordedBy: string(r.Facts.RecordedBy), Joined: joinedWords(r.Facts.Joined), Excerpt: string(r.Facts.Excerpt), SHA256: r.Verdict.SHA256,
	}
	if r.Facts.TestCall {
		x.TestCall = "yes"
	}
	switch {
	case len(r.Verdict.Files) == 2:
		x.File = ""
		x.LeftFile = cmp.Or(r.Files[0], r.Verdict.Files[0].Recording)
		x.RightFile = cmp.Or(r.Files[1], r.Verdict.Files[1].Recording)
		x.RightStart = startOf(r.Verdict)
	case r.File != "":
		x.File = r.File
	}
	if r.Pick != "" {
		how, err := decode.ParseWords(r.Pick)
		if err != nil {
			return fmt.Errorf("reading how %s is decoded: %w", escape.Text(r.ID), err)
		}
		x.Pick, x.Raw = decode.Options{Pick: how.Pick}.Words(), decode.Options{Raw: how.Raw}.Words()
	}
	if x.Left == "" {
		x.Left = evaluate.Mixed
	}
	if !r.Facts.Started.IsZero() {
		x.Started = r.Facts.Started.Format(time.RFC3339)
	}
	if err := escape.Encode(l.w, x); err != nil {
		return fmt.Errorf("writing the label of %s: %w", escape.Text(r.ID), err)
	}
	return nil
}

// Close writes nothing: each line stands by itself.
func (l labelResults) Close() error { return nil }

// joinedWords writes who joined when as declare.ParseJoined reads it.
func joinedWords(j declare.Joined) string {
	words := ""
	for _, one := range []struct {
		role declare.Role
		at   *time.Duration
	}{{declare.Customer, j.Customer}, {declare.Agent, j.Agent}} {
		if one.at == nil {
			continue
		}
		if words != "" {
			words += ","
		}
		words += fmt.Sprintf("%s=%s", one.role, one.at)
	}
	return words
}
