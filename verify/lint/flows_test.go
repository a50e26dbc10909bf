package lint_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/lint"
)

const flows = "../../testdata/flows"

// A sample is a file, or a folder of files that belong together, of the collection.
type sample struct {
	name    string
	files   []lint.File
	options lint.Options
}

// collection reads the good or the bad samples. The options of a folder are in its options.json.
func collection(t testing.TB, kind string) []sample {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(flows, kind))
	if err != nil {
		t.Fatal(err)
	}
	read := func(path string) []byte {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	var all []sample
	for _, e := range entries {
		s := sample{name: e.Name()}
		path := filepath.Join(flows, kind, e.Name())
		if !e.IsDir() {
			s.files = []lint.File{{Name: e.Name(), Text: read(path)}}
			all = append(all, s)
			continue
		}
		inside, err := filepath.Glob(filepath.Join(path, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range inside {
			if filepath.Base(f) != "options.json" {
				s.files = append(s.files, lint.File{Name: e.Name() + "/" + filepath.Base(f), Text: read(f)})
				continue
			}
			var o struct {
				RecordedBy declare.Method    `json:"recorded_by"`
				Direction  declare.Direction `json:"direction"`
				Storage    lint.Storage      `json:"storage"`
			}
			if err := json.Unmarshal(read(f), &o); err != nil {
				t.Fatal(err)
			}
			s.options = lint.Options{Facts: declare.Facts{RecordedBy: o.RecordedBy, Direction: o.Direction}, Storage: o.Storage}
		}
		all = append(all, s)
	}
	if len(all) < 10 {
		t.Fatalf("only %d %s samples", len(all), kind)
	}
	return all
}

// Good flows give no finding.
func TestGoodFlowsAreClean(t *testing.T) {
	for _, s := range collection(t, "good") {
		for _, f := range lint.Check(s.files, s.options).Findings {
			t.Errorf("%s: %+v", s.name, f)
		}
	}
}

// Each bad sample gives the finding that it is named after, at the place that the golden file names.
// UPDATE_GOLDEN=1 rewrites that file; read it before you commit.
func TestBadFlowsGiveTheirFinding(t *testing.T) {
	var b strings.Builder
	shown := map[finding.Code]bool{}
	for _, s := range collection(t, "bad") {
		r := lint.Check(s.files, s.options)
		found := false
		for _, f := range r.Findings {
			found = found || strings.HasPrefix(s.name, string(f.Code))
			shown[f.Code] = true
			fmt.Fprintf(&b, "%s:%d:%d %s %s %q\n  %s\n", f.File, f.Line, f.Column, f.Severity, f.Code, f.Pointer, f.Detail)
			if f.Corrected != "" {
				fmt.Fprintf(&b, "  corrected: %s\n", f.Corrected)
			}
		}
		if !found {
			t.Errorf("%s does not give its finding: %+v", s.name, r.Findings)
		}
	}
	for _, rule := range lint.Rules() {
		if !shown[rule.Code] {
			t.Errorf("no bad sample gives %s", rule.Code)
		}
	}
	golden := filepath.Join(flows, "findings.golden")
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(b.String(), "\n")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The corrected text has none of the findings that were corrected, and no new ones.
func TestCorrectedTextIsClean(t *testing.T) {
	corrected := 0
	for _, s := range collection(t, "bad") {
		r := lint.Check(s.files, s.options)
		var fixed []lint.File
		var left []finding.Code
		for _, f := range r.Findings {
			if _, ok := f.Region(); !ok {
				left = append(left, f.Code)
			}
		}
		changed := false
		for _, f := range s.files {
			if text, ok := r.Fixed(f.Name); ok {
				f.Text, changed = []byte(text), true
			}
			fixed = append(fixed, f)
		}
		if !changed {
			continue
		}
		corrected++
		for _, f := range lint.Check(fixed, s.options).Findings {
			if !slices.Contains(left, f.Code) {
				t.Errorf("%s, corrected: %s at %s: %s\n%s", s.name, f.Code, f.Pointer, f.Detail, fixed[0].Text)
			}
		}
	}
	if corrected < 15 {
		t.Errorf("only %d samples were corrected", corrected)
	}
}

// A correction as one region of the file is the same as the corrected file, where it is the only one.
func TestARegionIsTheCorrection(t *testing.T) {
	checked := 0
	for _, s := range collection(t, "bad") {
		r := lint.Check(s.files, s.options)
		for _, file := range s.files {
			var regions []lint.Region
			for _, f := range r.Findings {
				if region, ok := f.Region(); ok && f.File == file.Name {
					regions = append(regions, region)
				}
			}
			if len(regions) != 1 {
				continue
			}
			checked++
			text, _ := r.Fixed(file.Name)
			if got := string(file.Text[:regions[0].From]) + regions[0].Text + string(file.Text[regions[0].To:]); got != text {
				t.Errorf("%s: %q, not %q", s.name, got, text)
			}
		}
	}
	if checked == 0 {
		t.Error("no sample has one correction")
	}
}

// Every rule is documented, and has one code.
func TestRulesAreDocumented(t *testing.T) {
	seen := map[finding.Code]bool{}
	for _, r := range lint.Rules() {
		if seen[r.Code] || r.Meaning == "" || r.Cause == "" || r.Cure == "" || r.Why == "" || r.Severity == finding.Fatal {
			t.Errorf("%+v is there twice, or not whole", r)
		}
		seen[r.Code] = true
	}
}
