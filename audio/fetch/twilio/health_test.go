package twilio

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/audio/fetch/twilio/twiliotest"
)

// knowAll asks of n recordings of an account, and gives how many errors there were.
func knowAll(t *testing.T, a *twiliotest.Account, n int) (failed int) {
	t.Helper()
	c, api := client(t, a), New()
	for i := range n {
		if _, err := api.Know(t.Context(), c, Question{Reference: reference(t, sid("RE", i))}); err != nil {
			failed++
		}
	}
	return failed
}

func TestAServiceThatFailsAgainAndAgainIsLeftAlone(t *testing.T) {
	a := &twiliotest.Account{Before: func(w http.ResponseWriter, r *http.Request) bool {
		twiliotest.Fail(w, 500, 20500, "Internal server error")
		return true
	}}
	const attempts = 4 // of twiliotest's options
	if failed := knowAll(t, a, 10); failed != 10 || len(a.Requests()) != failuresInARow*attempts {
		t.Errorf("%d failed after %d requests", failed, len(a.Requests()))
	}
}

// That some recordings are gone is no failure of the service.
func TestAServiceThatHasNotAllIsAskedAllTheSame(t *testing.T) {
	a := &twiliotest.Account{}
	if failed := knowAll(t, a, 10); failed != 10 || len(a.Requests()) != 10 {
		t.Errorf("%d failed after %d requests", failed, len(a.Requests()))
	}
}

func TestVoiceInsightsWithoutAdvancedFeaturesIsAskedOnce(t *testing.T) {
	a := &twiliotest.Account{}
	for i := range 5 {
		a.Recordings = append(a.Recordings, twiliotest.Recording{SID: sid("RE", i), Conference: sid("CF", i), Source: "Conference", Start: began, DurationS: 9})
	}
	if failed := knowAll(t, a, 5); failed != 0 || a.Asked("/v1/Conferences") != 1 {
		t.Errorf("%d failed, Voice Insights was asked %d times", failed, a.Asked("/v1/Conferences"))
	}
}

func TestAServiceIsAskedAgainAfterAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, broken := New(), temporaryError(t)
		for range failuresInARow {
			if err := api.leftAlone("x"); err != nil {
				t.Fatalf("it is left alone: %v", err)
			}
			api.note("x", fetch.TwilioVoice, broken)
		}
		if err := api.leftAlone("x"); !errors.Is(err, broken) {
			t.Errorf("the reason is %v", err)
		}
		time.Sleep(afterFailures + time.Second)
		if err := api.leftAlone("x"); err != nil {
			t.Errorf("it is still left alone: %v", err)
		}
		api.note("x", fetch.TwilioVoice, nil)
		api.note("x", fetch.TwilioVoice, broken)
		if err := api.leftAlone("x"); err != nil {
			t.Errorf("one failure is enough: %v", err)
		}
	})
}

// temporaryError is an error of a server that may do better later.
func temporaryError(t *testing.T) error {
	t.Helper()
	c, err := fetch.New(fetch.Options{MaxAttempts: 1, TwilioAPI: "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ref, err := fetch.Parse("http://127.0.0.1:1/2010-04-01/Accounts/" + twiliotest.AccountSID + "/Recordings/" + sid("RE", 1))
	if err != nil {
		t.Fatal(err)
	}
	account, _, _ := c.TwilioRecording(ref)
	_, err = c.TwilioDocument(t.Context(), account, fetch.TwilioVoice, "/")
	var e *fetch.Error
	if !errors.As(err, &e) || !e.Temporary() || !strings.Contains(err.Error(), "refuses connections") {
		t.Fatalf("the error is %v", err)
	}
	return err
}
