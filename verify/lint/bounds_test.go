package lint_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/otoscope/otoscope/verify/lint"
)

// hostileFlow has many widgets that record, many Send To Flex widgets that name each of them, and
// transitions from each to many others.
func hostileFlow(t testing.TB, widgets, transitions, entries int) []byte {
	t.Helper()
	type object = map[string]any
	var states []object
	for i := range widgets {
		s := object{"name": fmt.Sprint("w", i), "type": "record-call", "properties": object{"record_call": i%3 > 0}}
		if i%2 == 1 {
			var media []object
			for k := range entries {
				media = append(media, object{
					"url": fmt.Sprintf("http://api.twilio.com/Recordings/{{widgets.w%d.sid}}", (i+2*k+1)%widgets), "type": "VoiceRecording",
					"channels": []string{"customer", "others"},
				})
			}
			attributes, err := json.Marshal(object{"conversations": object{"media": media}})
			if err != nil {
				t.Fatal(err)
			}
			s["type"], s["properties"] = "send-to-flex", object{"attributes": string(attributes)}
		}
		var next []object
		for k := range transitions {
			next = append(next, object{"event": "e", "next": fmt.Sprint("w", (i*7+k)%widgets)})
		}
		s["transitions"] = next
		states = append(states, s)
	}
	states = append(states, object{"name": "T", "type": "trigger", "transitions": []object{{"event": "incomingCall", "next": "w0"}}})
	b, err := json.Marshal(object{"states": states, "initial_state": "T"})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// No file takes long, however many paths, variables or mistakes are in it.
func TestNoFileTakesLong(t *testing.T) {
	many := strings.Repeat(`{"url": "http://x/{{widgets.a.b}}", "type": "VoiceRecording"},`, 60000)
	rows := "recording,channels\n" + strings.Repeat("http://x.example/a.wav,\"a,b\"\n", 100000)
	for name, text := range map[string][]byte{
		"flow.json":     hostileFlow(t, 990, 150, 4),
		"media.json":    []byte(`{"conversations": {"media": [` + strings.TrimSuffix(many, ",") + `]}}`),
		"features.json": []byte(`{"features": {` + strings.TrimSuffix(strings.Repeat(`"dual_channel_recordings": {"enabled": "x"},`, 100000), ",") + `}}`),
		"rows.csv":      []byte(rows),
		"braces.json":   []byte(strings.Repeat("{{", 1<<20)),
	} {
		r := lint.Check([]lint.File{{Name: name, Text: text}}, lint.Options{})
		if n := len(r.Findings); n == 0 || n > lint.MaxFindings {
			t.Errorf("%s: %d findings", name, n)
		}
		r.Fixed(name)
	}
	r := lint.Check([]lint.File{{Name: "large.json", Text: make([]byte, lint.MaxFile+1)}}, lint.Options{})
	if len(r.Findings) != 1 || r.Findings[0].Code != lint.NotJSON {
		t.Errorf("a file that is too large: %+v", r.Findings)
	}
}
