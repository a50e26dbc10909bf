package report_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/report"
)

func jsonLine(t *testing.T, v verify.Verdict, o report.Options) string {
	t.Helper()
	var b strings.Builder
	if err := report.JSON(&b, v, o); err != nil {
		t.Fatal(err)
	}
	line, ended := strings.CutSuffix(b.String(), "\n")
	if !ended || strings.Contains(line, "\n") {
		t.Fatalf("not exactly one line: %q", b.String())
	}
	return line
}

func TestJSONRoundTrip(t *testing.T) {
	for _, want := range []verify.Verdict{matching(), swapped(), undecided(), mono(), failed()} {
		var got verify.Verdict
		if err := json.Unmarshal([]byte(jsonLine(t, want, report.Options{Detail: true})), &got); err != nil {
			t.Fatal(err)
		}
		for _, list := range []*verify.Verdict{&want, &got} { // null and [] mean the same
			if len(list.Evidence) == 0 {
				list.Evidence = nil
			}
			if len(list.Findings) == 0 {
				list.Findings = nil
			}
		}
		rounding := cmp.Comparer(func(a, b float64) bool { return a == b || math.Abs(a-b) < 1e-4 })
		if diff := cmp.Diff(want, got, rounding); diff != "" {
			t.Errorf("%s comes back different (-want +got):\n%s", want.Outcome, diff)
		}
	}
}

// The keys are a contract: programs read them, so none may go. What the meters
// hear more of a channel may come; those within measurements go by a schema
// number of their own.
func TestJSONKeys(t *testing.T) {
	full := swapped()
	full.Error = failed().Error
	full.Left.Line.G711, full.Right.Line.G711 = "mu", "a"
	full.Findings = matching().Findings
	known, err := os.ReadFile(filepath.Join("testdata", "keys.txt"))
	if err != nil {
		t.Fatal(err)
	}
	measured := regexp.MustCompile(`^(left|right)\.(energy|timing|line)\.`)
	var b strings.Builder
	for _, k := range keys(t, jsonLine(t, full, report.Options{Detail: true})) {
		if strings.HasPrefix(k, "measurements.") {
			continue
		}
		if isNew := !strings.Contains("\n"+string(known), "\n"+k+"\n"); isNew && measured.MatchString(k) && os.Getenv("UPDATE_GOLDEN") != "1" {
			continue
		}
		b.WriteString(k + "\n")
	}
	golden(t, "keys.txt", b.String())
}

// keys returns the path of every key in the object, in order.
func keys(t *testing.T, line string) []string {
	t.Helper()
	var object any
	if err := json.Unmarshal([]byte(line), &object); err != nil {
		t.Fatal(err)
	}
	paths := map[string]bool{}
	var walk func(prefix string, x any)
	walk = func(prefix string, x any) {
		switch x := x.(type) {
		case map[string]any:
			for k, v := range x {
				paths[prefix+k] = true
				if prefix+k != "groups" { // whose keys are the user's own
					walk(prefix+k+".", v)
				}
			}
		case []any:
			for _, v := range x {
				walk(strings.TrimSuffix(prefix, ".")+"[].", v)
			}
		}
	}
	walk("", object)
	var sorted []string
	for p := range paths {
		sorted = append(sorted, p)
	}
	slices.Sort(sorted)
	return sorted
}

// Programs index lists and read numbers without asking whether they are there.
func TestJSONWithNothingToSay(t *testing.T) {
	v := verify.Verdict{Schema: 1, Recording: "a.wav", Outcome: verify.Errored, Log10LR: math.NaN(), Prior: math.Inf(1)}
	nan := math.NaN()
	v.Confidence = &nan
	line := jsonLine(t, v, report.Options{})
	for _, want := range []string{`"evidence":[]`, `"findings":[]`, `"log10_lr":0`, `"declared":null`, `"heard":null`, `"left":null`, `"right":null`, `"measures":null`} {
		if !strings.Contains(line, want) {
			t.Errorf("%s is missing from %s", want, line)
		}
	}
	if !math.IsNaN(*v.Confidence) {
		t.Error("the caller's verdict was changed")
	}
}

func TestJSONMeasurementsOnlyWithDetail(t *testing.T) {
	if line := jsonLine(t, matching(), report.Options{}); strings.Contains(line, `"measurements"`) {
		t.Error("measurements are there without being asked for")
	}
	if line := jsonLine(t, matching(), report.Options{Detail: true}); !strings.Contains(line, `"measurements":{"schema":`) {
		t.Error("measurements are missing")
	}
}

// A reader gets back what was escaped for the terminal's sake.
func TestJSONEscapesAreLossless(t *testing.T) {
	v := matching()
	v.Agent = "\u202e\u009b\U000e0041\u007f&<>é"
	line := jsonLine(t, v, report.Options{})
	if !strings.Contains(line, `\u202e\u009b\udb40\udc41\u007f&<>é`) {
		t.Errorf("not escaped as expected: %s", line)
	}
	var got verify.Verdict
	if err := json.Unmarshal([]byte(line), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(v.Agent, got.Agent); diff != "" {
		t.Error(diff)
	}
}
