package report_test

import (
	"bytes"
	stdhtml "html"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/internal/browser"
	"github.com/otoscope/otoscope/verify/report"
	"github.com/otoscope/otoscope/verify/report/html"
)

func fragment(t *testing.T, v verify.Verdict, facts declare.Facts, blind bool) string {
	t.Helper()
	text, err := report.Fragment(v, facts, blind)
	if err != nil {
		t.Fatal(err)
	}
	return stdhtml.UnescapeString(string(text))
}

// A fragment shows what the page shows, and does not name the recording.
func TestAFragmentShowsTheRecordingWithoutItsName(t *testing.T) {
	v, facts := eventful()
	v.Recording = "https://example.com/secret.wav"
	text := fragment(t, v, facts, false)
	for _, want := range []string{"swapped", "The agent is on the left", "<svg", "keypad", "first_long_turn", "how may i help", "lost_packets"} {
		if !strings.Contains(text, want) {
			t.Errorf("the fragment does not show %q", want)
		}
	}
	if strings.Contains(text, "secret") {
		t.Error("the fragment names the recording")
	}
}

// A blind fragment tells nothing of who is on which channel: those of a recording and of a
// verdict to the contrary are the same.
func TestABlindFragmentHasNoOpinion(t *testing.T) {
	v, facts := eventful()
	text := fragment(t, v, facts, true)
	for _, opinion := range []string{"agent", "customer", "swapped", "first_long_turn", "how may i help", "lost_packets", "notice.wav", "bleed", "declared"} {
		if strings.Contains(text, opinion) {
			t.Errorf("the blind fragment says %q", opinion)
		}
	}
	for _, heard := range []string{"<svg", "keypad", "ringback", "music", "digital silence"} {
		if !strings.Contains(text, heard) {
			t.Errorf("the blind fragment does not show %q", heard)
		}
	}
	for _, o := range verify.Outcomes() {
		other := v
		other.Outcome, other.Heard, other.Evidence, other.Findings, other.Words = o, nil, nil, nil, nil
		if fragment(t, other, declare.Facts{}, true) != text {
			t.Errorf("the blind fragment of %s differs", o)
		}
	}
}

// Fragments are accessible inside a page.
func TestAFragmentInABrowser(t *testing.T) {
	v, facts := eventful()
	for name, blind := range map[string]bool{"fragment": false, "fragment-blind": true} {
		text, err := report.Fragment(v, facts, blind)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		page := html.Page{
			Title: "A desk", Body: text,
			Templates: fstest.MapFS{"body.tmpl": {Data: []byte(`{{define "body"}}<main><h1>A desk</h1><h2>A call</h2>{{.}}</main>{{end}}`)}},
		}
		if err := page.Write(&b); err != nil {
			t.Fatal(err)
		}
		tab := browser.Open(t, asFile(t, b.String()))
		tab.Accessible()
		tab.Screenshot(name)
	}
}
