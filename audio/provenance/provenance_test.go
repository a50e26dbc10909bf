package provenance_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/audio/provenance"
)

// Batches store records as JSON. What was stored is read by later versions.
func TestTheStoredFormStays(t *testing.T) {
	at := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	full := provenance.Record{
		Platform:  "Twilio",
		Recording: provenance.Recording{ID: "RE1", Source: "DialVerb", Status: "completed", Channels: 2, Started: at, DurationS: 34, Call: "CA1", Conference: "CF1", Encrypted: true},
		Legs:      []provenance.Leg{{Call: "CA1", Parent: "CA0", Direction: "inbound", From: provenance.Phone, To: provenance.App, Label: "agent", Coach: true, Answered: at, Joined: at}, {Call: "CA2"}},
		Missing:   []string{"the call"},
	}
	const stored = `{"platform":"Twilio","recording":{"id":"RE1","source":"DialVerb","status":"completed","channels":2,"started":"2026-11-23T10:00:00Z","duration_s":34,"call":"CA1","conference":"CF1","encrypted":true},` +
		`"legs":[{"call":"CA1","parent":"CA0","direction":"inbound","from":"phone","to":"client","label":"agent","coach":true,"answered":"2026-11-23T10:00:00Z","joined":"2026-11-23T10:00:00Z"},{"call":"CA2"}],"missing":["the call"]}`
	text, err := json.Marshal(full)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(stored, string(text)); diff != "" {
		t.Errorf("the stored form (-was +is):\n%s", diff)
	}
	var read provenance.Record
	if err := json.Unmarshal([]byte(stored), &read); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(full, read); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
}

func TestALegIsFoundByItsID(t *testing.T) {
	r := &provenance.Record{Legs: []provenance.Leg{{Call: ""}, {Call: "CA1", Parent: "CA0"}}}
	if got := r.Find("CA1"); got == nil || got.Parent != "CA0" {
		t.Errorf("found %+v", got)
	}
	if r.Find("") != nil || r.Find("CA2") != nil {
		t.Error("a leg was found that is none")
	}
}
