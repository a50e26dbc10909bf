package twilio

import (
	"net/http"
	"strings"
	"testing"

	"github.com/otoscope/otoscope/audio/fetch/twilio/twiliotest"
	"github.com/otoscope/otoscope/audio/hint"
)

// spoken is an account with one transcript of n sentences.
func spoken(n int) *twiliotest.Account {
	a := &twiliotest.Account{Transcripts: map[string][]twiliotest.Sentence{}}
	for i := range n {
		a.Transcripts[sid("GT", 1)] = append(a.Transcripts[sid("GT", 1)], twiliotest.Sentence{Channel: 1 + i%2, StartS: float64(i), EndS: float64(i) + 0.5, Text: "hello"})
	}
	return a
}

// The sentences come from a host of their own, page by page, with the account's credentials.
func TestSentencesFollowTheirPages(t *testing.T) {
	a := spoken(23)
	a.PageSize = 5
	text, err := New().Sentences(t.Context(), client(t, a), sid("GT", 1))
	if err != nil {
		t.Fatalf("%v (%s)", err, hint.Of(err))
	}
	if n := strings.Count(string(text), `"transcript":"hello"`); n != 23 || a.Asked("/Sentences") != 5 {
		t.Errorf("%d sentences in %d requests", n, a.Asked("/Sentences"))
	}
}

func TestSentencesThatTwilioDoesNotGive(t *testing.T) {
	for name, tt := range map[string]struct {
		sid    string
		before func(http.ResponseWriter, *http.Request) bool
		why    string
	}{
		"deleted":      {sid: sid("GT", 2), why: "has no such transcript"},
		"another word": {sid: "GT../Accounts", why: "not the SID of a Twilio transcript"},
		"not allowed": {sid: sid("GT", 1), why: "refuses access to the transcript", before: func(w http.ResponseWriter, _ *http.Request) bool {
			twiliotest.Fail(w, 403, 20403, "Forbidden")
			return true
		}},
		"something else": {sid: sid("GT", 1), why: "with something else", before: func(w http.ResponseWriter, _ *http.Request) bool {
			w.Write([]byte(`{"status": "in-progress"}`))
			return true
		}},
		// The next page is at Twilio or nowhere: credentials go to no other host.
		"a page elsewhere": {sid: sid("GT", 1), why: "not at Twilio", before: func(w http.ResponseWriter, _ *http.Request) bool {
			w.Write([]byte(`{"sentences": [], "meta": {"next_page_url": "https://example.com/v2"}}`))
			return true
		}},
		"a page of another service": {sid: sid("GT", 1), why: "not at Twilio", before: func(w http.ResponseWriter, _ *http.Request) bool {
			w.Write([]byte(`{"sentences": [], "meta": {"next_page_url": "https://api.twilio.com/v2"}}`))
			return true
		}},
	} {
		t.Run(name, func(t *testing.T) {
			a := spoken(1)
			a.Before = tt.before
			text, err := New().Sentences(t.Context(), client(t, a), tt.sid)
			if err == nil || !strings.Contains(err.Error(), tt.why) || hint.Of(err) == "" {
				t.Errorf("%q, %v (%s)", text, err, hint.Of(err))
			}
		})
	}
}

// Pages that lead back to one another end.
func TestSentencesInACircleEnd(t *testing.T) {
	a := spoken(1)
	a.Before = func(w http.ResponseWriter, r *http.Request) bool {
		next := "1"
		if r.URL.Query().Get("Page") == "1" {
			next = "2"
		}
		w.Write([]byte(`{"sentences": [], "meta": {"next_page_url": "https://intelligence.twilio.com/v2/Transcripts/x/Sentences?Page=` + next + `"}}`))
		return true
	}
	if _, err := New().Sentences(t.Context(), client(t, a), sid("GT", 1)); err != nil {
		t.Error(err)
	}
	if n := a.Asked("Sentences"); n != 3 {
		t.Errorf("%d requests", n)
	}
}
