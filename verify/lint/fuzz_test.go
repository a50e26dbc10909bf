package lint_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/lint"
)

// FuzzCheck holds what is true of every text: the check ends, what it says acts on no terminal, places
// are in the file, and JSON that is corrected stays JSON.
func FuzzCheck(f *testing.F) {
	for _, kind := range []string{"good", "bad"} {
		for _, s := range collection(f, kind) {
			for _, file := range s.files {
				f.Add(string(file.Text), file.Name)
			}
		}
	}
	for _, text := range []string{
		``, `{}`, `{"states": 7}`, `{"states": [null, {"name": "a", "transitions": [{"next": "a"}]}], "initial_state": "a"}`,
		`{"definition": "{\"states\": []}"}`, `{{`, `{"a": "{{ "}`, `{% if x %}`, `{"conversations": "{\"media\": [{\"url\": \"\\u00e9\\ud83d\\ude00\"}]}"}`,
		`[{"url": "http://x", "type": "VoiceRecording"}]`, `{"participants": [{}], "channel": 3}`, strings.Repeat("[", 200) + strings.Repeat("]", 200),
		"\xff\xfe{\x00}\x00", `{"custom_data": {"features": {"dual_channel_recording": {"enabled": true, "channel": ["worker"]}}}}`,
	} {
		f.Add(text, "x.json")
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		if len(text) > 1<<16 || len(name) > 100 {
			return
		}
		options := lint.Options{Facts: declare.Facts{RecordedBy: declare.AgentLeg}, Storage: lint.Encrypted, Intelligence: true}
		r := lint.Check([]lint.File{{Name: name, Text: []byte(text)}}, options)
		if len(r.Findings) > 2*lint.MaxFindings || r.Counts.Info+r.Counts.Warning != len(r.Findings) {
			t.Errorf("%d findings, counted %+v", len(r.Findings), r.Counts)
		}
		lines := 1 + strings.Count(string(declare.DecodeText([]byte(text))), "\n")
		for _, f := range r.Findings {
			for _, c := range f.Detail {
				if !unicode.IsPrint(c) {
					t.Errorf("%s: the detail %q may act on a terminal", f.Code, f.Detail)
				}
			}
			if f.Line < 0 || f.Line > lines && f.Code != lint.RowUnreadable || f.Severity == finding.Fatal || f.Cure == "" {
				t.Errorf("%+v, in %d lines", f, lines)
			}
			f.Region()
		}
		fixed, ok := r.Fixed(name)
		if ok && json.Valid(declare.DecodeText([]byte(text))) && !json.Valid([]byte(fixed)) {
			t.Errorf("%q is corrected to %q, which is not JSON", text, fixed)
		}
		if _, err := json.Marshal(r); err != nil {
			t.Error(err)
		}
	})
}
