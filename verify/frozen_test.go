package verify_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/otoscope/otoscope/audio/fingerprint"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/report"
)

// frozenCases are ways to judge a fixture that together use every declared fact.
func frozenCases(t *testing.T) map[string]func(*verify.Case) {
	flipped, err := declare.ParseChannels("others,customer")
	if err != nil {
		t.Fatal(err)
	}
	agent, customer := 12400*time.Millisecond, time.Duration(0)
	return map[string]func(*verify.Case){
		"plain":   func(*verify.Case) {},
		"flipped": func(c *verify.Case) { c.Declaration = flipped },
		"facts": func(c *verify.Case) {
			c.Facts.Direction, c.Facts.RecordedBy = declare.Outbound, declare.CustomerLeg
			c.Facts.Joined = declare.Joined{Customer: &customer, Agent: &agent}
			c.Prior, c.MinConfidence, c.Agent, c.Groups = 0.6, 0.9, "Kim", map[string]string{"queue": "sales"}
		},
		"known audio": func(c *verify.Case) {
			c.Facts.AgentAudio = []string{fixtureSound(t, "prompt-greeting.wav").SHA256()}
			c.Facts.CustomerAudio = []string{fixtureSound(t, "prompt-notice.wav").SHA256()}
		},
	}
}

func fixtureSound(t *testing.T, name string) *fingerprint.Print {
	t.Helper()
	f, err := os.Open("../testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := fingerprint.Read(name, f)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The verdicts on all fixtures stay as they are in testdata/verdicts.jsonl. A step that only
// moves or renames code does not change the file. UPDATE_GOLDEN=1 in the environment
// rewrites it, and each changed line is a changed verdict for some user.
func TestVerdictsOnTheFixturesStay(t *testing.T) {
	const golden = "testdata/verdicts.jsonl"
	files, err := filepath.Glob("../testdata/call-*.wav")
	if err != nil || len(files) < 9 {
		t.Fatalf("%d fixtures, %v", len(files), err)
	}
	known := []*fingerprint.Print{fixtureSound(t, "prompt-greeting.wav"), fixtureSound(t, "prompt-notice.wav")}
	var text bytes.Buffer
	got := map[string]any{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		rec, err := verify.Measure(t.Context(), bytes.NewReader(content), verify.MeasureOptions{Known: known})
		if err != nil {
			t.Fatal(err)
		}
		cases := frozenCases(t)
		for _, name := range []string{"plain", "flipped", "facts", "known audio"} {
			c := verify.Case{Reference: filepath.Base(file), Declaration: declare.Default()}
			cases[name](&c)
			v := verify.Judge(rec, c)
			v.Version = ""
			var line bytes.Buffer
			if err := report.JSON(&line, v, report.Options{}); err != nil {
				t.Fatal(err)
			}
			key := c.Reference + ", " + name
			fmt.Fprintf(&text, "{%q:%s}\n", key, bytes.TrimSpace(line.Bytes()))
			got[key] = verdictOf(t, line.Bytes())
		}
	}
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		if err := os.WriteFile(golden, text.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	frozen, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{}
	for line := range strings.Lines(string(frozen)) {
		for key, v := range verdictOf(t, []byte(line)).(map[string]any) {
			want[key] = v
		}
	}
	// The last digits depend on the processor's instructions.
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-7, 1e-9)); diff != "" {
		t.Errorf("verdicts have changed (-frozen +now); if they should: UPDATE_GOLDEN=1 go test ./verify -run %s\n%s", t.Name(), diff)
	}
}

func verdictOf(t *testing.T, text []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
