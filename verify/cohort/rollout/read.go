package rollout

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/answer"
	"github.com/otoscope/otoscope/verify/cohort"
	"github.com/otoscope/otoscope/verify/declare"
)

// maxLine bounds one line of results or answers.
const maxLine = 16 << 20

// A Result is one line of otoscope's results in JSON.
type Result struct {
	ID string `json:"id"`
	verify.Verdict
	// Human is what a person said at the review desk; nil where nobody did.
	Human *answer.Answer `json:"human"`
	// Batch is the batch or the file that the result is from, Place the whole path of the recording
	// if it is a file, and Started when it began; zero where that is not known.
	Batch   string    `json:"-"`
	Place   string    `json:"-"`
	Started time.Time `json:"-"`
}

// Observe reads the verdict and what a person said of it.
func (r *Result) Observe() Observation {
	o := Observe(r.Name(), &r.Verdict)
	o.Hear(r.Human, &r.Verdict)
	o.Began(r.Started)
	o.Batch, o.Recording = r.Batch, cohort.Identify(r.Place, &r.Verdict)
	return o
}

// Name is the recording's id, or its reference where it has none.
func (r *Result) Name() string {
	if r.ID != "" {
		return r.ID
	}
	return r.Recording
}

// ReadResults reads results in JSON, one object a line, and passes each on.
func ReadResults(r io.Reader, name string, each func(Result) error) error {
	return lines(r, name, func(line []byte) error {
		var result Result
		if err := json.Unmarshal(line, &result); err != nil {
			return &hint.Error{Message: "not a result in JSON: " + err.Error(), Advice: "Write them with otoscope results --format json, or otoscope verify --format json", Cause: err}
		}
		if result.Outcome == "" {
			return &hint.Error{Message: `the object has no "outcome"`, Advice: "Write results with otoscope results --format json, or otoscope verify --format json"}
		}
		result.Batch = name
		return each(result)
	})
}

// A Spoken answer is what a person says about the recording with an id.
type spoken struct {
	ID   string `json:"id"`
	File string `json:"file"`
	Left string `json:"left"`
	// Drawn says that the recording was drawn at random among those of its outcome.
	Drawn bool `json:"drawn"`
}

// Given is what people say is on the left, by the id of the recording.
type Given map[string]spoken

// mixed is the answer that no channel carries one party.
const mixed = "mixed"

// ReadAnswers reads answers of people: one JSON object a line, {"id": "17", "left": "customer"}.
// left is customer, agent or mixed. Labels of evaluate serve too: their file is the id.
func ReadAnswers(r io.Reader, name string) (Given, error) {
	all := Given{}
	return all, lines(r, name, func(line []byte) error {
		var s spoken
		if err := json.Unmarshal(line, &s); err != nil {
			return &hint.Error{Message: "not an answer in JSON: " + err.Error(), Advice: `Write {"id": "17", "left": "customer"}`, Cause: err}
		}
		if s.ID == "" {
			s.ID = s.File
		}
		switch {
		case s.ID == "":
			return &hint.Error{Message: `the answer has no "id"`, Advice: `Write {"id": "17", "left": "customer"}`}
		case s.Left != string(declare.Customer) && s.Left != string(declare.Agent) && s.Left != mixed:
			return &hint.Error{Message: fmt.Sprintf("left is %q", s.Left), Advice: "It is customer, agent or mixed"}
		case all[s.ID].Left != "" && all[s.ID].Left != s.Left:
			return &hint.Error{Message: fmt.Sprintf("there are two answers for %q", s.ID), Advice: "Keep one of them"}
		}
		all[s.ID] = s
		return nil
	})
}

// Of returns the answer for a recording, against what was declared, and whether the recording was
// drawn at random.
func (g Given) Of(id string, v *verify.Verdict) (said Answer, drawn bool) {
	s, ok := g[id]
	switch {
	case !ok || v.Declared == nil:
		return Unanswered, false
	case s.Left == string(v.Declared.Left):
		return AsDeclared, s.Drawn
	}
	return NotAsDeclared, s.Drawn
}

// lines reads a text line by line. Its error names the line.
func lines(r io.Reader, name string, each func([]byte) error) error {
	in := bufio.NewScanner(r)
	in.Buffer(nil, maxLine)
	n := 0
	for in.Scan() {
		n++
		line := bytes.TrimSpace(in.Bytes())
		if n == 1 {
			line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
		}
		if len(line) == 0 {
			continue
		}
		if err := each(line); err != nil {
			return fmt.Errorf("%s, line %d: %w", name, n, err)
		}
	}
	if errors.Is(in.Err(), bufio.ErrTooLong) {
		return &hint.Error{Message: fmt.Sprintf("%s, line %d is longer than %d MiB", name, n+1, maxLine>>20), Advice: "Write one JSON object a line (jq -c . does)"}
	}
	if in.Err() != nil {
		return fmt.Errorf("reading %s: %w", name, in.Err())
	}
	return nil
}
