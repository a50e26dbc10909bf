package acquire_test

import (
	"errors"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/audio/fetch/twilio"
	"github.com/otoscope/otoscope/audio/fetch/twilio/twiliotest"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/acquire"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
)

var began = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

func sid(kind string, n int) string { return twiliotest.SID(kind, n) }

// wave reads a fixture.
func wave(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("../../testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// heard measures and judges recording 1 of an account.
func heard(t *testing.T, a *twiliotest.Account, reference string, ask *bool, c verify.Case) (verify.Verdict, error) {
	t.Helper()
	s, err := twiliotest.Serve(a)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	client, err := fetch.New(s.Options())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	rec, _, err := acquire.Measure(t.Context(), acquire.Job{
		Client: client, Reference: parse(t, reference), Platform: acquire.Platform{Twilio: twilio.New(), Ask: ask, Task: c.Declaration.Task},
	})
	return acquire.Verdict(rec, err, c), err
}

func asDeclared() verify.Case { return verify.Case{Reference: "x", Declaration: declare.Default()} }

func has(v verify.Verdict, code finding.Code) bool {
	return slices.ContainsFunc(v.Findings, func(f finding.Finding) bool { return f.Code == code })
}

// dialled is an account with one inbound call that was dialled through to an agent's browser.
func dialled(t *testing.T, source string, media []byte) *twiliotest.Account {
	return &twiliotest.Account{
		Recordings: []twiliotest.Recording{{SID: sid("RE", 1), Call: sid("CA", 1), Source: source, Start: began, DurationS: 34, Media: media}},
		Calls: []twiliotest.Call{
			{SID: sid("CA", 1), Direction: "inbound", From: "+15550100", To: "+15550199", Start: began.Add(-20 * time.Second), DurationS: 120},
			{SID: sid("CA", 2), Parent: sid("CA", 1), Direction: "outbound-dial", From: "+15550199", To: "client:kim", Start: began.Add(4 * time.Second), DurationS: 86},
		},
	}
}

func TestARecordingNamedByItsSIDIsJudgedWithWhatTwilioKnows(t *testing.T) {
	v, err := heard(t, dialled(t, "DialVerb", wave(t, "call-straight.wav")), sid("RE", 1), nil, asDeclared())
	if err != nil {
		t.Fatal(err)
	}
	without, err := heard(t, dialled(t, "DialVerb", wave(t, "call-straight.wav")), sid("RE", 1), new(false), asDeclared())
	if err != nil {
		t.Fatal(err)
	}
	if !has(v, finding.TwilioFacts) || has(without, finding.TwilioFacts) {
		t.Errorf("the findings are %v, and without Twilio's facts %v", v.Findings, without.Findings)
	}
	if v.Outcome != verify.Match || v.Log10LR <= without.Log10LR {
		t.Errorf("the outcome is %s with log10 LR %v, without Twilio's facts %v", v.Outcome, v.Log10LR, without.Log10LR)
	}
}

func TestOfAURLTwilioIsAskedOnRequest(t *testing.T) {
	url := "https://api.twilio.com/2010-04-01/Accounts/" + twiliotest.AccountSID + "/Recordings/" + sid("RE", 1)
	for _, test := range []struct {
		ask  *bool
		want bool
	}{{nil, false}, {new(false), false}, {new(true), true}} {
		v, err := heard(t, dialled(t, "DialVerb", wave(t, "call-straight.wav")), url, test.ask, asDeclared())
		if err != nil || has(v, finding.TwilioFacts) != test.want {
			t.Errorf("the findings are %v, %v; want Twilio's facts: %t", v.Findings, err, test.want)
		}
	}
}

// That Twilio does not tell is no failure of the recording.
func TestWithoutWhatTwilioKnowsTheRecordingIsVerifiedAllTheSame(t *testing.T) {
	for _, status := range []int{400, 401, 403, 404, 429, 500, 200} {
		a := dialled(t, "DialVerb", wave(t, "call-straight.wav"))
		a.Before = func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasSuffix(r.URL.Path, ".json") {
				return false
			}
			if status == 200 {
				w.Write([]byte("<html>maintenance"))
			} else {
				twiliotest.Fail(w, status, 20000+status, "no")
			}
			return true
		}
		v, err := heard(t, a, sid("RE", 1), nil, asDeclared())
		if err != nil || v.Outcome != verify.Match || !has(v, finding.TwilioFactsMissing) {
			t.Errorf("status %d: the outcome is %s with %v, %v", status, v.Outcome, v.Findings, err)
		}
		for _, f := range v.Findings {
			if strings.Contains(f.Detail, twiliotest.Secret) {
				t.Errorf("a finding shows the secret: %s", f.Detail)
			}
		}
	}
}

func TestAMonoRecordingIsNotFetched(t *testing.T) {
	for _, source := range []string{"DialVerb", "RecordVerb", "OutboundAPI", "StartCallRecordingAPI", "Trunking"} {
		a := dialled(t, source, wave(t, "call-mono.wav"))
		a.Recordings[0].Channels = 1
		v, err := heard(t, a, sid("RE", 1), nil, asDeclared())
		if err != nil || v.Outcome != verify.Unusable || !has(v, finding.MonoFile) || v.SHA256 != "" || a.Asked(".wav") != 0 {
			t.Errorf("%s: the outcome is %s with %v, %v after %v", source, v.Outcome, v.Findings, err, a.Requests())
		}
	}
}

// A conference recording may be had with two channels, whatever its description says.
func TestAConferenceRecordingIsFetchedWhateverItsDescriptionSays(t *testing.T) {
	a := dialled(t, "Conference", wave(t, "call-mono.wav"))
	a.Recordings[0].Conference, a.Recordings[0].Channels = sid("CF", 1), 1
	v, err := heard(t, a, sid("RE", 1), nil, asDeclared())
	if err != nil || v.Outcome != verify.Unusable || !has(v, finding.MonoFallback) || v.SHA256 == "" || a.Asked(".wav") != 2 {
		t.Errorf("the outcome is %s with %v, %v after %v", v.Outcome, v.Findings, err, a.Requests())
	}
}

func TestAnEncryptedRecordingSaysSo(t *testing.T) {
	a := dialled(t, "Conference", []byte(strings.Repeat("\x93\xf1cipher", 400)))
	a.Recordings[0].Encrypted = true
	_, err := heard(t, a, sid("RE", 1), nil, asDeclared())
	var failed *acquire.Error
	if !errors.As(err, &failed) || failed.Stage != verify.StageDecode || !strings.Contains(err.Error(), "encrypted with the account's public key") || !strings.Contains(hint.Of(err), "private key") {
		t.Errorf("the error is %v", err)
	}
}

// The names of participants may be those of people.
func TestNamesOfParticipantsAreForgotten(t *testing.T) {
	a := dialled(t, "Conference", wave(t, "call-straight.wav"))
	a.Recordings[0].Conference = sid("CF", 1)
	a.Participants = map[string][]twiliotest.Participant{sid("CF", 1): {
		{Call: sid("CA", 1), Label: "Julius", Direction: "inbound", From: "+15550100", Join: began},
		{Call: sid("CA", 2), Label: "agent", Direction: "outbound", To: "client:kim", Join: began},
	}}
	s, err := twiliotest.Serve(a)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	client, err := fetch.New(s.Options())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	rec, _, err := acquire.Measure(t.Context(), acquire.Job{Client: client, Reference: parse(t, sid("RE", 1)), Platform: acquire.Platform{Twilio: twilio.New()}})
	if err != nil {
		t.Fatal(err)
	}
	if got := []string{rec.Known.Legs[0].Label, rec.Known.Legs[1].Label}; !slices.Equal(got, []string{"", "agent"}) {
		t.Errorf("the labels are %q", got)
	}
}
