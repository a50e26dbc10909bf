package report_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/answer"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/evaluate"
	"github.com/otoscope/otoscope/verify/report"
)

// answered is a row of which a person said something.
func answered(id string, word answer.Word) report.Row {
	r := report.Row{ID: id, File: "/calls/" + id + ".wav", Verdict: verify.Verdict{Recording: id + ".wav", Agent: "kim"}}
	if word != "" {
		r.Human = &answer.Answer{Answer: word, Reviewer: "ann"}
	}
	return r
}

// Evaluate reads what people said as labels, with the facts of the calls.
func TestLabelsAreReadByEvaluate(t *testing.T) {
	joined := 12400 * time.Millisecond
	known := answered("b", answer.AgentLeft)
	known.Facts = declare.Facts{
		Direction: declare.Outbound, RecordedBy: declare.FlexNative, Excerpt: declare.IsExcerpt,
		Joined: declare.Joined{Agent: &joined, Customer: new(time.Duration)}, Started: time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC),
	}
	both := answered("f", answer.CustomerLeft)
	both.Files, both.Pick = [2]string{"/calls/l.wav", ""}, "1,2 mulaw:8000:2"
	both.Verdict.Files = []verify.File{{Recording: "l.wav"}, {Recording: "https://example.com/r.wav", StartS: 1.5, Told: true}}
	var out bytes.Buffer
	for _, f := range report.Formats() {
		if f.Labels == nil {
			continue
		}
		w := f.Labels(&out, report.About{}, report.Options{})
		for _, r := range []report.Row{
			answered("a", answer.CustomerLeft), known, answered("c", answer.Unusable), answered("d", answer.CannotTell), answered("e", ""), both,
		} {
			if err := w.Write(r); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	labels, err := evaluate.ReadLabels(&out, "labels", nil)
	if err != nil {
		t.Fatal(err)
	}
	var files, left []string
	for _, l := range labels {
		files, left = append(files, l.File), append(left, l.Left)
	}
	if diff := cmp.Diff([]string{"/calls/a.wav", "/calls/b.wav", "/calls/c.wav", "/calls/l.wav + https://example.com/r.wav"}, files); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := strings.Join(left, " "); got != "customer agent mixed customer" {
		t.Errorf("on the left are %s", got)
	}
	if p := labels[3].Pair; p == nil || p.Pairing.RightLate != 1500*time.Millisecond || labels[3].Reading.Words() != both.Pick {
		t.Errorf("two files are read as %+v, %+v", p, labels[3].Reading)
	}
	if labels[1].Agent != "kim" {
		t.Errorf("the agent is %q", labels[1].Agent)
	}
	if diff := cmp.Diff(known.Facts, labels[1].Facts); diff != "" {
		t.Errorf("the facts (-want +got)\n%s", diff)
	}
}
