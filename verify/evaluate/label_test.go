package evaluate_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/evaluate"
)

func TestReadLabels(t *testing.T) {
	text := "\uFEFF" + `{"file": "a.wav", "left": "agent", "fault": "swapped", "direction": "Inbound", "agent": "kim", "agent_joined_s": 4.5, "codec_agent": "opus", "sid": 7, "talk": [["a", 1, 2.5], ["customer", 4, 0.5]]}

{"file": "b.wav", "left": "mixed", "fault": "mono_file"}
{"file": "c.wav", "left": "agent", "started": 1795428000000, "joined": "agent=2026-11-23T10:00:04.5Z", "recorded_by": "dial", "agent": null}
`
	got, err := evaluate.ReadLabels(strings.NewReader(text), "labels.jsonl", nil)
	if err != nil {
		t.Fatal(err)
	}
	joined, after := 4.5, 4500*time.Millisecond
	want := []evaluate.Label{
		{
			File: "a.wav", Left: evaluate.Agent, Fault: "swapped", Agent: "kim", AgentJoinedS: &joined, CodecAgent: "opus", Line: 1,
			Talk:  []evaluate.Utterance{{Role: declare.Agent, StartS: 1, LengthS: 2.5}, {Role: declare.Customer, StartS: 4, LengthS: 0.5}},
			Facts: declare.Facts{Direction: declare.Inbound, Joined: declare.Joined{Agent: &after}},
		},
		{File: "b.wav", Left: evaluate.Mixed, Fault: "mono_file", Line: 3},
		{
			File: "c.wav", Left: evaluate.Agent, Fault: "none", Line: 4,
			Facts: declare.Facts{RecordedBy: declare.Dial, Joined: declare.Joined{Agent: &after}, Started: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !got[0].Clean() || got[1].Clean() {
		t.Error("a swapped recording is sound, a mono one is not")
	}
}

func TestBadLabels(t *testing.T) {
	for _, tt := range []struct{ line, want string }{
		{`{"file": "a.wav"`, "line 2: it is not JSON, at byte"},
		{`[1]`, "line 2: it is a JSON array, not an object"},
		{`{"left": "agent"}`, `line 2: it names no "file"`},
		{`{"file": "a.wav"}`, `line 2: "a.wav" has no "left"`},
		{`{"file": "a.wav", "left": "caller"}`, `"left": "caller", which is not customer, agent or mixed`},
		{`{"file": "a.wav", "left": "mixed", "fault": "swapped"}`, `mixed on the left, but is "swapped"`},
		{`{"file": "a.wav", "left": "agent", "fault": "gremlins"}`, `"fault": "gremlins", which is none of none, swapped`},
		{`{"file": "a.wav", "left": "agent", "direction": "up"}`, `line 2: "a.wav": direction: "up"`},
		{`{"file": "a.wav", "left": "agent", "recorded_by": "hand"}`, `line 2: "a.wav": recorded_by: unknown recording method "hand"`},
		{`{"file": "a.wav", "left": "agent", "joined": "agent=2026-11-23T10:00:12Z"}`, "joined: when the agent joined"},
		{`{"file": "a.wav", "left": "agent", "started": "yesterday"}`, `started: "yesterday" is not a time`},
		{`{"file": "a.wav", "left": "agent", "joined": {}}`, `"joined" is neither text nor a number`},
		{`{"file": "a.wav", "left": "agent", "agent_joined_s": 1e9}`, `"agent_joined_s": 1e+09`},
		{`{"file": "a.wav", "left": 3}`, `"left" is a JSON number`},
		{`{"file": "a.wav", "left": "agent", "talk": [["x", 1, 2]]}`, `who speaks is "a" or "c", not "x"`},
		{`{"file": "a.wav", "left": "agent", "talk": [["a", 1]]}`, "an utterance is"},
		{`{"file": "a.wav", "left": "agent", "talk": [["a", -1, 2]]}`, "cannot start at -1 s"},
		{`{"file": "./first.wav", "left": "agent"}`, `"./first.wav" was labelled before, in line 1`},
		{"{\"file\": \"\xff\", \"left\": \"agent\"}", "not in UTF-8"},
		{`{"file": "` + strings.Repeat("x", 9<<20) + `"}`, "line 2: it is longer than"},
	} {
		_, err := evaluate.ReadLabels(strings.NewReader(`{"file": "first.wav", "left": "agent"}`+"\n"+tt.line+"\n"), "labels.jsonl", nil)
		if err == nil || !strings.Contains(err.Error(), tt.want) || hint.Of(err) == "" {
			t.Errorf("%.80s: %v, want %q", tt.line, err, tt.want)
		}
	}
	if _, err := evaluate.ReadLabels(strings.NewReader("\n"), "labels.jsonl", nil); err == nil || !strings.Contains(err.Error(), "there are none") {
		t.Errorf("no labels at all: %v", err)
	}
}

// All bad lines are reported at once, up to a limit.
func TestManyBadLabels(t *testing.T) {
	_, err := evaluate.ReadLabels(strings.NewReader(strings.Repeat("{}\n", 1000)), "labels.jsonl", nil)
	if err == nil || strings.Count(err.Error(), "; line ") != 4 || !strings.HasSuffix(err.Error(), "; and 995 more") {
		t.Errorf("%v", err)
	}
}

func FuzzReadLabels(f *testing.F) {
	fixtures, err := os.ReadFile("../../testdata/labels.jsonl")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(fixtures)
	f.Add([]byte(`{"left_file": "l.wav", "right_file": "r.wav", "right_start": 1.5, "pick": "1,1", "raw": "mulaw:8000:2", "left": "agent"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		labels, err := evaluate.ReadLabels(strings.NewReader(string(text)), "labels", nil)
		if err != nil {
			if hint.Of(err) == "" {
				t.Fatalf("%v has no hint", err)
			}
			return
		}
		for _, l := range labels {
			if l.File == "" || l.Left == "" || l.Line < 1 {
				t.Fatalf("a label without file, left or line: %+v", l)
			}
			for _, u := range l.Talk {
				if !(u.StartS >= 0 && u.LengthS >= 0) {
					t.Fatalf("an utterance at %v of %v s", u.StartS, u.LengthS)
				}
			}
		}
	})
}

func ExampleReadLabels() {
	labels, err := evaluate.ReadLabels(strings.NewReader(`{"file": "call.wav", "left": "customer"}`), "labels.jsonl", nil)
	fmt.Println(labels[0].File, labels[0].Left, err)
	// Output: call.wav customer <nil>
}

// The two files of a recording that has one a party are read as verify reads them, and an address is one in
// either of them.
func TestLabelsOfTwoFiles(t *testing.T) {
	address := func(file string) (string, bool) {
		host, _, is := strings.Cut(file, "?")
		return host, is && strings.HasPrefix(file, "https://")
	}
	got, err := evaluate.ReadLabels(strings.NewReader(`{"left_file": "l.wav", "right_file": "https://x/r?s3cr3t", "left": "agent", "right_start": 1.5, "pick": "2,1"}
{"left_file": "l.wav", "right_file": "https://x/r?s3cr3t", "left": "agent", "left_start": "10:00:00", "right_start": "10:00:02"}
{"file": "call.raw", "left": "customer", "raw": "mulaw:8000:2"}
`), "labels.jsonl", address)
	if err != nil {
		t.Fatal(err)
	}
	for i, late := range []time.Duration{1500 * time.Millisecond, 2 * time.Second} {
		p := got[i].Pair
		if got[i].File != "l.wav + https://x/r" || p == nil || p.Left != (evaluate.File{Name: "l.wav"}) ||
			p.Right != (evaluate.File{Name: "https://x/r", Address: "https://x/r?s3cr3t"}) || p.Pairing.RightLate != late || !p.Pairing.Told {
			t.Errorf("%+v of %+v", got[i], p)
		}
	}
	if got[0].Reading.Pick != [2]int{2, 1} || got[2].Pair != nil || got[2].Reading.Raw == nil {
		t.Errorf("read as %+v and %+v", got[0].Reading, got[2].Reading)
	}
	for line, want := range map[string]string{
		`{"left_file": "l.wav", "left": "agent"}`:                                                     `"l.wav" is one file of two, and the other one is missing`,
		`{"left_file": "l.wav", "right_file": "./l.wav", "left": "agent"}`:                            `"l.wav" is said to hold both parties`,
		`{"file": "a.wav", "left_file": "l.wav", "right_file": "r.wav", "left": "agent"}`:             `"a.wav" is a file, and two files are named, too`,
		`{"left_file": "l.wav", "right_file": "r.wav"}`:                                               `"l.wav + r.wav" has no "left"`,
		`{"left_file": "l.wav", "right_file": "r.wav", "left": "agent", "right_start": "soon"}`:       `right_start: "soon" does not say when`,
		`{"left_file": "l.wav", "right_file": "r.wav", "left": "agent", "right_start": "10:00:00"}`:   `left_start: the start of the other file is a time`,
		`{"file": "a.wav", "left": "agent", "right_start": 1}`:                                        `"a.wav": left_file: one file of two is missing`,
		`{"left_file": 3, "right_file": "r.wav", "left": "agent"}`:                                    `"left_file" is a JSON number`,
		`{"file": "a.wav", "left": "agent", "pick": "1,1"}`:                                           "pick: channel 1 was picked as left and as right",
		`{"left_file": "https://x/l?s3cr3t", "right_file": "https://x/l?s3cr3t", "left": "customer"}`: `"https://x/l" is said to hold both parties`,
	} {
		_, err := evaluate.ReadLabels(strings.NewReader(line), "labels.jsonl", address)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%s: %v", line, err)
		}
	}
}
