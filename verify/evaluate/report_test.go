package evaluate_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/evaluate"
	"github.com/otoscope/otoscope/verify/evidence"
	"github.com/otoscope/otoscope/verify/report"
	"github.com/otoscope/otoscope/verify/stat"
)

const fixtures = "../../testdata"

func evaluated(t *testing.T, o evaluate.JudgeOptions) *evaluate.Report {
	t.Helper()
	f, err := os.Open(filepath.Join(fixtures, "labels.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	labels, err := evaluate.ReadLabels(f, "labels.jsonl", nil)
	if err != nil {
		t.Fatal(err)
	}
	recordings, err := evaluate.Listen(t.Context(), labels, evaluate.ListenOptions{Sources: evaluate.Sources{Dir: fixtures}, Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	return evaluate.Judge(recordings, o)
}

// The project's own recordings: four clean calls, four with faults.
func TestJudgeFixtures(t *testing.T) {
	r := evaluated(t, evaluate.JudgeOptions{})
	if r.Recordings != 8 || r.Calls != 4 || r.Right != 4 || r.WrongDecided != 0 || r.FalseAlarms != 0 {
		t.Errorf("%d recordings, %d calls, %d right, %d wrong, %d false alarms", r.Recordings, r.Calls, r.Right, r.WrongDecided, r.FalseAlarms)
	}
	// Twelve seconds with nobody on one side may be a fault or an unanswered call. The
	// verdict is undecided, and the fault counts as not found.
	if r.Faults.Of != 4 || r.Faults.Found < 2 || r.Faults.Found+len(r.Missed) != 4 {
		t.Errorf("faults: %+v, missed %+v", r.Faults, r.Missed)
	}
	for _, m := range r.Missed {
		if m.Outcome != verify.Undecided || len(m.Findings) == 0 {
			t.Errorf("%s (%s) is called %s, with %v", m.File, m.Fault, m.Outcome, m.Findings)
		}
	}
	if r.VADF1 < 0.95 || r.Activity.Channels != 8 {
		t.Errorf("speech activity: F1 %.3f over %d channels", r.VADF1, r.Activity.Channels)
	}
	if !(r.Cllr < 0.5) || r.CllrMin != 0 {
		t.Errorf("Cllr %v, at best %v", r.Cllr, r.CllrMin)
	}
	byDirection := map[string]int{}
	for _, s := range r.Strata {
		if s.By == "direction" {
			byDirection[s.Value] = s.Calls
		}
	}
	if diff := cmp.Diff(map[string]int{"inbound": 3, "outbound": 1}, byDirection); diff != "" {
		t.Error(diff)
	}
	calls := 0
	for _, b := range r.Reliability {
		calls += b.Calls
	}
	if calls != r.Calls {
		t.Errorf("the reliability table holds %d of %d calls", calls, r.Calls)
	}
}

// Metadata is evidence only on request.
func TestMetadataOnlyWhereAsked(t *testing.T) {
	names := func(o evaluate.JudgeOptions) map[string]bool {
		out := map[string]bool{}
		for _, c := range evaluated(t, o).Evidence {
			out[c.Name] = true
		}
		return out
	}
	if names(evaluate.JudgeOptions{})["join_order"] {
		t.Error("join times of the labels were used unasked")
	}
	if !names(evaluate.JudgeOptions{UseMetadata: true})["join_order"] {
		t.Error("join times of the labels were not used")
	}
}

// A profile has the weight that it states: one that claims next to nothing decides nothing.
func TestProfileIsUsed(t *testing.T) {
	p := evidence.Builtin()
	p.Name, p.TimingCap = "timid", 0.1
	r := evaluated(t, evaluate.JudgeOptions{Profile: &p})
	if r.Profile != "timid" || r.Decided != 0 || r.Right != 4 {
		t.Errorf("profile %s: %d decided, %d right", r.Profile, r.Decided, r.Right)
	}
}

// The keys that programs read.
func TestJSON(t *testing.T) {
	text, err := json.Marshal(evaluated(t, evaluate.JudgeOptions{}))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"calls", "forced_choice", "decided", "coverage", "wrong_decided", "cllr", "cllr_min", "false_alarms", "vad_f1"} {
		if _, number := got[key].(float64); !number {
			t.Errorf("%s is %v, not a number", key, got[key])
		}
	}
	faults, object := got["faults"].(map[string]any)
	if !object || faults["of"] != 4.0 {
		t.Errorf("faults are %v", got["faults"])
	}
}

// Without clean calls there are no rates, and nothing breaks.
func TestNothingToJudge(t *testing.T) {
	labels, err := evaluate.ReadLabels(strings.NewReader(`{"file": "evil\u001b[2J.wav", "left": "agent"}`), "labels", nil)
	if err != nil {
		t.Fatal(err)
	}
	recordings, err := evaluate.Listen(t.Context(), labels, evaluate.ListenOptions{Sources: evaluate.Sources{Dir: t.TempDir()}, Cuts: true})
	if err != nil {
		t.Fatal(err)
	}
	r := evaluate.Judge(recordings, evaluate.JudgeOptions{})
	if !r.Failed() || r.Unreadable[0].Hint == "" {
		t.Errorf("a file that is not there: %+v", r.Unreadable)
	}
	var b bytes.Buffer
	if err := report.Formats()[0].Evaluation(&b, r, report.Options{ASCII: true}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "\x1b") || !strings.Contains(b.String(), `evil\x1b[2J.wav`) {
		t.Errorf("foreign words as they came: %q", b.String())
	}
	text, err := json.Marshal(r)
	if err != nil || !strings.Contains(string(text), `"forced_choice":null`) {
		t.Errorf("%s, %v", text, err)
	}
	if err := report.Plots(t.TempDir(), r); err != nil {
		t.Error(err)
	}
}

// If nobody can say who is on which side, nothing counts as right, wrong, found or missed.
func TestMixedWithoutFault(t *testing.T) {
	labels, err := evaluate.ReadLabels(strings.NewReader(`{"file": "call-straight.wav", "left": "mixed"}
{"file": "call-mono.wav", "left": "mixed"}
{"file": "call-outbound.wav", "left": "customer"}`), "labels", nil)
	if err != nil {
		t.Fatal(err)
	}
	recordings, err := evaluate.Listen(t.Context(), labels, evaluate.ListenOptions{Sources: evaluate.Sources{Dir: fixtures}})
	if err != nil {
		t.Fatal(err)
	}
	r := evaluate.Judge(recordings, evaluate.JudgeOptions{})
	if r.Recordings != 3 || r.Calls != 1 || r.Faults.Of != 0 || len(r.Faults.ByFault) != 0 || len(r.Missed) != 0 || r.FalseAlarms != 0 {
		t.Errorf("%d recordings, %d calls, faults %+v, missed %+v", r.Recordings, r.Calls, r.Faults, r.Missed)
	}
}

// The columns of a table are aligned, and no line ends in blanks.
func TestColumnsAreAligned(t *testing.T) {
	var b bytes.Buffer
	if err := report.Formats()[0].Evaluation(&b, evaluated(t, evaluate.JudgeOptions{}), report.Options{ASCII: true}); err != nil {
		t.Fatal(err)
	}
	_, strata, found := strings.Cut(b.String(), "\nBy stratum\n")
	if !found {
		t.Fatalf("no strata in %s", b.String())
	}
	head, _, _ := strings.Cut(strata, "\n")
	at := strings.Index(head, "decided")
	for line := range strings.Lines(b.String()) {
		if line = strings.TrimSuffix(line, "\n"); strings.TrimRight(line, " ") != line {
			t.Errorf("%q ends in blanks", line)
		}
	}
	for line := range strings.Lines(strata) {
		if strings.HasPrefix(line, "    in") || strings.HasPrefix(line, "    below") {
			if line[at-1] != ' ' || line[at] == ' ' {
				t.Errorf("%q is not aligned with %q", line, head)
			}
		}
	}
}

func TestListenEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := evaluate.Listen(ctx, []evaluate.Label{{File: "call-straight.wav", Left: "customer", Fault: "none"}}, evaluate.ListenOptions{Sources: evaluate.Sources{Dir: fixtures}, Cuts: true})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// Plots are well-formed, load nothing from elsewhere and name their axes.
func TestPlots(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "plots")
	r := evaluated(t, evaluate.JudgeOptions{})
	for i, name := range []string{"centre", "clinic <b>"} {
		r.Strata = append(r.Strata, evaluate.Stratum{By: "source", Value: name, Figures: evaluate.Figures{
			Calls: 10, Cllr: stat.Number(0.4 + 0.8*float64(i)), CllrMin: 0.2,
		}})
	}
	if err := report.Plots(dir, r); err != nil {
		t.Fatal(err)
	}
	for name, words := range map[string][]string{
		"reliability.svg": {"claimed confidence", "calls that were right", "99.9 %"},
		"tippett.svg":     {"log10 likelihood ratio", "agent on the left", "80 %"},
		"sources.svg":     {"Cllr by source", "as claimed"},
	} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for d := xml.NewDecoder(bytes.NewReader(text)); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		rest := strings.ReplaceAll(string(text), "http://www.w3.org/2000/svg", "")
		for _, foreign := range []string{"http", "%!", "NaN", "Inf", "href"} {
			if strings.Contains(rest, foreign) {
				t.Errorf("%s holds %q", name, foreign)
			}
		}
		for _, w := range words {
			if !strings.Contains(rest, w) {
				t.Errorf("%s does not say %q", name, w)
			}
		}
	}
}
