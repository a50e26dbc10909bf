package twilio

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/audio/fetch/twilio/twiliotest"
	"github.com/otoscope/otoscope/audio/provenance"
)

var began = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

func sid(kind string, n int) string { return twiliotest.SID(kind, n) }

// client makes a client of an account.
func client(t testing.TB, a *twiliotest.Account) *fetch.Client {
	t.Helper()
	s, err := twiliotest.Serve(a)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	c, err := fetch.New(s.Options())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func reference(t testing.TB, s string) fetch.Reference {
	t.Helper()
	ref, err := fetch.ParseUntrusted(s)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

func know(t testing.TB, a *twiliotest.Account, q Question) *provenance.Record {
	t.Helper()
	record, err := New().Know(t.Context(), client(t, a), q)
	if err != nil {
		t.Fatal(err)
	}
	return record
}

func TestADialRecordingIsKnownWithItsTwoLegs(t *testing.T) {
	a := &twiliotest.Account{
		Recordings: []twiliotest.Recording{{SID: sid("RE", 1), Call: sid("CA", 1), Source: "DialVerb", Start: began, DurationS: 93}},
		Calls: []twiliotest.Call{
			{SID: sid("CA", 1), Direction: "inbound", From: "+15550100", To: "+15550199", Start: began.Add(-20 * time.Second), DurationS: 120},
			{SID: sid("CA", 2), Parent: sid("CA", 1), Direction: "outbound-dial", From: "+15550199", To: "client:kim", Start: began, DurationS: 90},
		},
	}
	got := know(t, a, Question{Reference: reference(t, sid("RE", 1))})
	want := &provenance.Record{
		Platform:  "Twilio",
		Recording: provenance.Recording{ID: sid("RE", 1), Source: "DialVerb", Status: "completed", Channels: 2, Started: began, Created: began, DurationS: 93, Call: sid("CA", 1)},
		Legs: []provenance.Leg{
			{Call: sid("CA", 1), Direction: "inbound", From: provenance.Phone, To: provenance.Phone, Answered: began.Add(-20 * time.Second)},
			{Call: sid("CA", 2), Parent: sid("CA", 1), Direction: "outbound-dial", From: provenance.Phone, To: provenance.App, Answered: began},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAConferenceRecordingIsKnownWithItsParticipants(t *testing.T) {
	a := &twiliotest.Account{
		Recordings: []twiliotest.Recording{{SID: sid("RE", 1), Call: sid("CA", 2), Conference: sid("CF", 1), Source: "StartConferenceRecordingAPI", Channels: 1, Start: began, DurationS: 60, Encrypted: true}},
		Calls: []twiliotest.Call{
			{SID: sid("CA", 1), Direction: "inbound", From: "sip:kim@example.com", To: "+15550199", Start: began, DurationS: 60},
			{SID: sid("CA", 2), Direction: "outbound-api", From: "+15550199", To: "client:kim", Start: began, DurationS: 60},
		},
		Participants: map[string][]twiliotest.Participant{sid("CF", 1): {
			{Call: sid("CA", 2), Direction: "outbound", From: "+15550199", To: "client:kim", Join: began, Label: "agent"},
			{Call: sid("CA", 1), Direction: "inbound", From: "Anonymous", To: "+15550199", Join: began.Add(4 * time.Second), Label: "Dr. No, Julius"},
			{Call: sid("CA", 3), Direction: "outbound", To: "client:boss", Join: began.Add(30 * time.Second), Coach: true},
			{Call: sid("CA", 1), Direction: "inbound", From: "Anonymous", To: "+15550199", Join: began.Add(50 * time.Second)}, // again
		}},
	}
	got := know(t, a, Question{Reference: reference(t, "https://api.twilio.com/2010-04-01/Accounts/"+twiliotest.AccountSID+"/Recordings/"+sid("RE", 1)+".mp3"), Calls: []string{sid("CA", 1), "CA1", "../../x"}})
	want := []provenance.Leg{
		{Call: sid("CA", 2), Direction: "outbound-api", From: provenance.Phone, To: provenance.App, Answered: began, Joined: began, Label: "agent"},
		{Call: sid("CA", 1), Direction: "inbound", From: provenance.SIP, To: provenance.Phone, Answered: began, Joined: began.Add(4 * time.Second)},
		{Call: sid("CA", 3), Direction: "outbound", To: provenance.App, Joined: began.Add(30 * time.Second), Coach: true},
	}
	if diff := cmp.Diff(want, got.Legs); diff != "" {
		t.Error(diff)
	}
	if !got.Recording.Encrypted || got.Recording.Channels != 1 || got.Missing != nil {
		t.Errorf("the record is %+v", got)
	}
	if a.Asked("/Calls.json") != 0 {
		t.Error("the legs that a conference's call dialled were asked for")
	}
}

func TestARecordingInProgressHasNoLength(t *testing.T) {
	a := &twiliotest.Account{Recordings: []twiliotest.Recording{{SID: sid("RE", 1), Source: "Trunking", Start: began}}}
	got := know(t, a, Question{Reference: reference(t, sid("RE", 1))})
	if got.Recording.DurationS != 0 || got.Recording.Status != "in-progress" || got.Recording.Source != "Trunking" {
		t.Errorf("the recording is %+v", got.Recording)
	}
}

func TestWhatIsNotAtTwilioIsNotAskedFor(t *testing.T) {
	a := &twiliotest.Account{}
	for _, s := range []string{"https://recordings.example.com/1.wav", "call.wav", "https://api.twilio.com.evil.example.com/2010-04-01/Accounts/" + twiliotest.AccountSID + "/Recordings/" + sid("RE", 1)} {
		if got := know(t, a, Question{Reference: reference(t, s)}); got != nil {
			t.Errorf("of %s it knows %+v", s, got)
		}
	}
	if n := len(a.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestWhatTwilioDoesNotTellIsMissing(t *testing.T) {
	a := &twiliotest.Account{
		Recordings: []twiliotest.Recording{{SID: sid("RE", 1), Call: sid("CA", 1), Conference: sid("CF", 1), Source: "Conference", Start: began, DurationS: 60}},
	}
	got := know(t, a, Question{Reference: reference(t, sid("RE", 1))})
	if len(got.Missing) != 2 || !strings.Contains(got.Missing[0], "the call: api.twilio.com has no such call (404: ") ||
		!strings.Contains(got.Missing[1], "insights.twilio.com refuses access to the list of participants (403: ") {
		t.Errorf("missing are %q", got.Missing)
	}
}

func TestARecordingThatWasDeletedIsAnError(t *testing.T) {
	_, err := New().Know(t.Context(), client(t, &twiliotest.Account{}), Question{Reference: reference(t, sid("RE", 1))})
	var e *fetch.Error
	if !errors.As(err, &e) || e.Status != 404 {
		t.Errorf("the error is %v", err)
	}
}

func TestAnotherRecordingsDescriptionIsRefused(t *testing.T) {
	a := &twiliotest.Account{Before: func(w http.ResponseWriter, r *http.Request) bool {
		w.Write([]byte(`{"sid":"` + sid("RE", 2) + `"}`))
		return true
	}}
	_, err := New().Know(t.Context(), client(t, a), Question{Reference: reference(t, sid("RE", 1))})
	if err == nil || !strings.Contains(err.Error(), "described another") {
		t.Errorf("the error is %v", err)
	}
}

func TestFaultsAreRetriedAsInEveryFetch(t *testing.T) {
	var n atomic.Int64
	a := &twiliotest.Account{
		Recordings: []twiliotest.Recording{{SID: sid("RE", 1), Source: "RecordVerb", Channels: 1, Start: began, DurationS: 5}},
		Before: func(w http.ResponseWriter, r *http.Request) bool {
			switch n.Add(1) {
			case 1:
				w.Header().Set("Retry-After", "1")
				twiliotest.Fail(w, 429, 20429, "Too many requests")
			case 2:
				twiliotest.Fail(w, 500, 20500, "Internal server error")
			default:
				return false
			}
			return true
		},
	}
	if got := know(t, a, Question{Reference: reference(t, sid("RE", 1))}); got.Recording.Source != "RecordVerb" || n.Load() != 3 {
		t.Errorf("after %d requests it knows %+v", n.Load(), got)
	}
}

func TestACallIsAskedForOnceHoweverManyRecordingsItHas(t *testing.T) {
	a := &twiliotest.Account{Calls: []twiliotest.Call{{SID: sid("CA", 1), Direction: "inbound", From: "+15550100", To: "+15550199", Start: began, DurationS: 60}}}
	for i := range 8 {
		a.Recordings = append(a.Recordings, twiliotest.Recording{SID: sid("RE", i), Call: sid("CA", 1), Conference: sid("CF", 1), Source: "Conference", Start: began, DurationS: 60})
	}
	c, api := client(t, a), New()
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			if _, err := api.Know(t.Context(), c, Question{Reference: reference(t, sid("RE", i))}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if calls, participants := a.Asked("/Calls/"), a.Asked("/Participants"); calls != 1 || participants != 1 {
		t.Errorf("%d requests for the call, %d for the participants", calls, participants)
	}
}

func TestNoMoreThanSomeRequestsRunAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := New()
		for range atOnce {
			api.slots <- struct{}{}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if _, err := api.document(ctx, nil, fetch.TwilioAccount{}, fetch.TwilioVoice, "/"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the error is %v", err)
		}
	})
}

func TestAnOddFieldDoesNotSpoilADocument(t *testing.T) {
	text := `{"sid":"` + sid("RE", 1) + `","channels":"2","duration":17,"source":["x"],"start_time":7,"call_sid":"CA../","encryption_details":"","status":"com pleted"}`
	resource, err := read[recordingResource]([]byte(text), "the recording")
	if err != nil {
		t.Fatal(err)
	}
	want := provenance.Recording{ID: sid("RE", 1), Channels: 2, DurationS: 17}
	if diff := cmp.Diff(want, resource.recording()); diff != "" {
		t.Error(diff)
	}
}

// FuzzDocuments: whatever Twilio answers, nothing of it but SIDs, times and plain words is kept.
func FuzzDocuments(f *testing.F) {
	f.Add([]byte(`{"sid":"` + sid("RE", 1) + `","duration":"-1","start_time":"Fri, 14 Oct 2016 21:56:34 +0000","source":"DialVerb"}`))
	f.Add([]byte(`{"sid":"` + sid("CA", 1) + `","from":"+15550100","to":"client:kim","direction":"inbound","end_time":"Fri, 14 Oct 2016 21:56:34 +0000","duration":"9e9"}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if r, err := read[recordingResource](text, "it"); err == nil {
			got := r.recording()
			for _, s := range []string{got.ID, got.Call, got.Conference} {
				if s != "" && !anySID().MatchString(s) {
					t.Errorf("%q is no SID", s)
				}
			}
			if got.DurationS < 0 || got.Channels < 0 {
				t.Errorf("the recording is %+v", got)
			}
		}
		if c, err := read[callResource](text, "it"); err == nil {
			c.leg()
		}
		if p, err := read[participantResource](text, "it"); err == nil {
			p.leg()
		}
	})
}
