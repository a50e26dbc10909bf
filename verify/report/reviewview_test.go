package report_test

import (
	"bytes"
	stdhtml "html"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/report"
	"github.com/otoscope/otoscope/verify/report/html"
)

// everything is a page with all that a view has to show.
const everything = `{{define "body"}}{{if .Outcome}}{{template "verdict" .}}{{end}}{{template "figure" .}}
{{with .Call.Places}}{{template "places" .}}{{end}}{{with .Ledger}}{{template "ledger" .}}{{end}}
{{with .Words}}{{template "words" .}}{{end}}{{template "findings" .Findings}}{{range .Identity}}{{.}}{{end}}{{.Name}}{{end}}`

func shown(t *testing.T, view html.Recording) string {
	t.Helper()
	var b bytes.Buffer
	page := html.Page{Title: "A desk", Body: view, Templates: fstest.MapFS{"body.tmpl": {Data: []byte(everything)}}}
	if err := page.Write(&b); err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(b.String(), "<body>") // the stylesheet has names of parties
	return stdhtml.UnescapeString(strings.NewReplacer(`class="f-customer`, "", `class="f-agent`, "").Replace(body))
}

// A view shows what the page shows, and does not name the recording.
func TestAViewShowsTheRecordingWithoutItsName(t *testing.T) {
	v, facts := eventful()
	v.Recording = "https://example.com/secret.wav"
	text := shown(t, report.Review(report.Row{Verdict: v, Facts: facts}, report.ReviewView{Name: "row 7"}))
	for _, want := range []string{"swapped", "The agent is on the left", "<svg", "keypad", "first_long_turn", "how may i help", "lost_packets", "row 7"} {
		if !strings.Contains(text, want) {
			t.Errorf("the view does not show %q", want)
		}
	}
	if strings.Contains(text, "secret") {
		t.Error("the view names the recording")
	}
}

// A bare view tells nothing of who is on which channel: it is the same whatever the verdict says.
func TestABareViewHasNoOpinion(t *testing.T) {
	v, facts := eventful()
	bare := report.ReviewView{Name: "row 7", Bare: true}
	text := shown(t, report.Review(report.Row{Verdict: v, Facts: facts}, bare))
	for _, opinion := range []string{"agent", "customer", "swapped", "first_long_turn", "how may i help", "lost_packets", "notice.wav", "bleed", "declared"} {
		if strings.Contains(text, opinion) {
			t.Errorf("the bare view says %q", opinion)
		}
	}
	for _, heard := range []string{"<svg", "keypad", "ringback", "music", "digital silence"} {
		if !strings.Contains(text, heard) {
			t.Errorf("the bare view does not show %q", heard)
		}
	}
	for _, o := range verify.Outcomes() {
		other := v
		other.Outcome, other.Heard, other.Evidence, other.Findings, other.Words = o, nil, nil, nil, nil
		if shown(t, report.Review(report.Row{Verdict: other, Facts: declare.Facts{}}, bare)) != text {
			t.Errorf("the bare view of %s differs", o)
		}
	}
}
