package batch

import (
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otoscope/otoscope/audio/fetch/twilio/twiliotest"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/finding"
)

// callCentre is an account with n recordings of inbound calls that were dialled through, on one call
// each two recordings, and a fetcher of them. The third is mono.
func callCentre(t *testing.T, n int) (*twiliotest.Account, *Fetcher) {
	t.Helper()
	stereo, err := os.ReadFile("../../testdata/call-straight.wav")
	if err != nil {
		t.Fatal(err)
	}
	mono, err := os.ReadFile("../../testdata/call-mono.wav")
	if err != nil {
		t.Fatal(err)
	}
	began := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	a := &twiliotest.Account{}
	for i := range n {
		r := twiliotest.Recording{SID: twiliotest.SID("RE", i), Call: twiliotest.SID("CA", i/2), Source: "DialVerb", Start: began, DurationS: 34, Media: stereo}
		if i == 2 {
			r.Channels, r.Media = 1, mono
		}
		a.Recordings = append(a.Recordings, r)
		if i%2 == 0 {
			a.Calls = append(a.Calls,
				twiliotest.Call{SID: twiliotest.SID("CA", i/2), Direction: "inbound", From: "+15550100", To: "+15550199", Start: began.Add(-20 * time.Second), DurationS: 120},
				twiliotest.Call{SID: twiliotest.SID("CA", 1000+i), Parent: twiliotest.SID("CA", i/2), Direction: "outbound-dial", To: "client:kim", Start: began.Add(4 * time.Second), DurationS: 86},
			)
		}
	}
	s, err := twiliotest.Serve(a)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	source, err := NewFetcher(s.Options(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(source.Close)
	return a, source
}

// sids is a manifest of n recordings of an account, each with the same values in some columns.
func sids(n int, columns, values string) string {
	var b strings.Builder
	b.WriteString("recording" + columns + "\n")
	for i := range n {
		b.WriteString(twiliotest.SID("RE", i) + values + "\n")
	}
	return b.String()
}

func hasFinding(v verify.Verdict, code finding.Code) bool {
	return slices.ContainsFunc(v.Findings, func(f finding.Finding) bool { return f.Code == code })
}

// A manifest of SIDs is verified with what Twilio knows. What it said is stored, so that the rows are
// judged again without a request.
func TestRowsNamedBySIDAreJudgedWithWhatTwilioKnows(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		a, source := callCentre(t, 8)
		s := open(t, target)
		report := run(t, s, manifestOf(t, "m", sids(9, "", "")), ReadOptions{}, fast(source))
		exactlyOne(t, s, 9)
		for id, v := range verdicts(t, s) {
			want := verify.Match
			switch id {
			case twiliotest.SID("RE", 2):
				want = verify.Unusable
			case twiliotest.SID("RE", 8):
				want = verify.Errored
			}
			if v.Outcome != want || want == verify.Match && !hasFinding(v, finding.TwilioFacts) {
				t.Errorf("%s came out as %s with %v, want %s", id, v.Outcome, v.Findings, want)
			}
		}
		if report.Unheard != 0 {
			t.Errorf("%d rows count as not heard", report.Unheard)
		}
		if calls, children := a.Asked("/Calls/"), a.Asked("/Calls.json"); calls != 4 || children != 4 || a.Asked(twiliotest.SID("RE", 2)+".wav") != 0 {
			t.Errorf("%d and %d requests about calls: %v", calls, children, a.Requests())
		}

		before := len(a.Requests())
		run(t, s, manifestOf(t, "m", sids(9, ",direction", ",outbound")), ReadOptions{}, fast(source))
		for id, v := range verdicts(t, s) {
			if v.Outcome != verify.Errored && !hasFinding(v, finding.FactContradicted) {
				t.Errorf("%s, declared to go out, has %v", id, v.Findings)
			}
		}
		if n := len(a.Requests()) - before; n != 0 {
			t.Errorf("judging again sent %d requests: %v", n, a.Requests()[before:])
		}
	})
}

// Without Twilio's facts a mono recording has to be heard.
func TestARowThatDoesNotAskTwilioIsHeard(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		a, source := callCentre(t, 3)
		s := open(t, target)
		run(t, s, manifestOf(t, "m", sids(3, "", "")), ReadOptions{}, fast(source))
		if n := a.Asked(twiliotest.SID("RE", 2) + ".wav"); n != 0 {
			t.Fatalf("the mono recording was fetched %d times", n)
		}
		before := a.Asked(".json")
		report := run(t, s, manifestOf(t, "m", sids(3, ",twilio_facts", ",no")), ReadOptions{}, fast(source))
		for id, v := range verdicts(t, s) {
			if hasFinding(v, finding.TwilioFacts) || v.SHA256 == "" {
				t.Errorf("%s has %v and the hash %q", id, v.Findings, v.SHA256)
			}
		}
		if n := a.Asked(".json") - before; n != 0 || a.Asked(twiliotest.SID("RE", 2)+".wav") == 0 || report.Unheard != 0 {
			t.Errorf("%d requests for facts, %d not heard: %v", n, report.Unheard, a.Requests())
		}
	})
}

// What Twilio did not tell at first is learnt when the server says that the recording is the same.
func TestWhatTwilioTellsLaterIsLearntWithoutAnotherDownload(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		a, source := callCentre(t, 1)
		down := true
		a.Before = func(w http.ResponseWriter, r *http.Request) bool {
			if down && strings.Contains(r.URL.Path, ".json") {
				twiliotest.Fail(w, 404, 20404, "not found")
				return true
			}
			return false
		}
		s := open(t, target)
		run(t, s, manifestOf(t, "m", sids(1, "", "")), ReadOptions{}, fast(source))
		if v := verdicts(t, s)[twiliotest.SID("RE", 0)]; !hasFinding(v, finding.TwilioFactsMissing) {
			t.Fatalf("the findings are %v", v.Findings)
		}
		a.Change(func() { down = false })
		run(t, s, manifestOf(t, "m", sids(1, "", "")), ReadOptions{Recheck: RecheckChanged}, fast(source))
		run(t, s, manifestOf(t, "m", sids(1, ",direction", ",outbound")), ReadOptions{}, fast(source)) // judged from what is stored
		v := verdicts(t, s)[twiliotest.SID("RE", 0)]
		if !hasFinding(v, finding.TwilioFacts) || !hasFinding(v, finding.FactContradicted) {
			t.Errorf("the findings are %v", v.Findings)
		}
	})
}

// A row that does not ask has to give the direction itself.
func TestChannelsByCallerAwaitTheDirectionThatTwilioTells(t *testing.T) {
	_, source := callCentre(t, 1)
	s := open(t, t.TempDir()+"/db")
	text := "recording,convention,twilio_facts\n" + twiliotest.SID("RE", 0) + ",twilio-dial,\n" + twiliotest.SID("RE", 0) + ",twilio-dial,no\n"
	if got := run(t, s, manifestOf(t, "m", text), ReadOptions{}, fast(source)).Outcomes; got[verify.Match] != 1 || got[verify.Errored] != 1 {
		t.Errorf("the outcomes are %v", got)
	}
}

// A row that begins to ask Twilio is not downloaded again: its server says that it is the same.
func TestARowThatBeginsToAskIsNotDownloadedAgain(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		a, source := callCentre(t, 1)
		bodies := 0
		a.Before = func(w http.ResponseWriter, r *http.Request) bool {
			if strings.HasSuffix(r.URL.Path, ".wav") && r.Header.Get("If-None-Match") == "" {
				bodies++
			}
			return false
		}
		s := open(t, target)
		table := func(ask string) string {
			return "recording,twilio_facts\nhttps://api.twilio.com/2010-04-01/Accounts/" + twiliotest.AccountSID + "/Recordings/" + twiliotest.SID("RE", 0) + "," + ask + "\n"
		}
		for i, test := range []struct {
			ask   string
			knows bool
		}{{"", false}, {"yes", true}, {"yes", true}, {"no", false}, {"yes", true}} {
			run(t, s, manifestOf(t, "m", table(test.ask)), ReadOptions{}, fast(source))
			for id, v := range verdicts(t, s) {
				if hasFinding(v, finding.TwilioFacts) != test.knows {
					t.Errorf("run %d: %s has %v", i, id, v.Findings)
				}
			}
		}
		if bodies != 1 {
			t.Errorf("the recording was downloaded %d times", bodies)
		}
	})
}
