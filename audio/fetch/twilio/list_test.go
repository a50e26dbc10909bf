package twilio

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otoscope/otoscope/audio/fetch/twilio/twiliotest"
	"github.com/otoscope/otoscope/audio/provenance"
)

// minutes is an account with n recordings, one a minute.
func minutes(n int) *twiliotest.Account {
	a := &twiliotest.Account{}
	for i := range n {
		a.Recordings = append(a.Recordings, twiliotest.Recording{SID: sid("RE", i), Source: "DialVerb", Start: began.Add(time.Duration(i) * time.Minute), DurationS: 30})
	}
	return a
}

// listed gives the SIDs of a list.
func listed(t *testing.T, a *twiliotest.Account, since, until time.Time) []string {
	t.Helper()
	c := client(t, a)
	account, err := c.TwilioAccount()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	if err := New().List(t.Context(), c, account, since, until, func(page []provenance.Recording) error {
		for _, r := range page {
			all = append(all, r.ID)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAListFollowsItsPages(t *testing.T) {
	a := minutes(23)
	a.PageSize = 5
	got := listed(t, a, time.Time{}, time.Time{})
	if len(got) != 23 || got[0] != sid("RE", 22) || got[22] != sid("RE", 0) {
		t.Errorf("listed are %d: %v", len(got), got)
	}
}

func TestAListKeepsToItsBounds(t *testing.T) {
	a := minutes(23)
	got := listed(t, a, began.Add(3*time.Minute), began.Add(7*time.Minute))
	slices.Sort(got)
	if want := []string{sid("RE", 3), sid("RE", 4), sid("RE", 5), sid("RE", 6)}; !slices.Equal(got, want) {
		t.Errorf("listed are %v", got)
	}
	if n := a.Asked("DateCreated%3C=2026-11-24&DateCreated%3E=2026-11-23"); n != 1 {
		t.Errorf("the bounds were not asked for: %v", a.Requests())
	}
}

// Recordings that come and go between two pages shift the others. Each that stays is listed once.
func TestAListOfPagesThatChangeLosesAndRepeatsNothing(t *testing.T) {
	for _, numbered := range []bool{false, true} {
		t.Run(fmt.Sprintf("numbered=%t", numbered), func(t *testing.T) {
			a := minutes(20)
			a.PageSize, a.Numbered = 5, numbered
			pages := 0
			a.Before = func(w http.ResponseWriter, r *http.Request) bool {
				if pages++; pages != 3 {
					return false
				}
				a.Change(func() {
					// The newest two are deleted, and one is new: page 3 begins one recording later.
					a.Recordings = append(a.Recordings[:18:18], twiliotest.Recording{SID: sid("RE", 99), Source: "DialVerb", Start: began.Add(time.Hour), DurationS: 30})
				})
				return false
			}
			got := listed(t, a, time.Time{}, time.Time{})
			for i := range 18 {
				if n := strings.Count(strings.Join(got, " "), sid("RE", i)); n != 1 {
					t.Errorf("recording %d is listed %d times", i, n)
				}
			}
		})
	}
}

func TestAListThatLeadsBackToItselfEnds(t *testing.T) {
	a := minutes(3)
	a.Before = func(w http.ResponseWriter, r *http.Request) bool {
		fmt.Fprintf(w, `{"recordings":[{"sid":%q,"date_created":"Mon, 23 Nov 2026 10:00:00 +0000"}],"next_page_uri":%q}`, sid("RE", 1), r.URL.RequestURI())
		return true
	}
	if got := listed(t, a, time.Time{}, time.Time{}); len(got) != 1 {
		t.Errorf("listed are %v", got)
	}
}

func TestAListIsNeverTakenForAnEmptyOne(t *testing.T) {
	a := &twiliotest.Account{Before: func(w http.ResponseWriter, r *http.Request) bool {
		w.Write([]byte(`{"message":"maintenance"}`))
		return true
	}}
	c := client(t, a)
	account, err := c.TwilioAccount()
	if err != nil {
		t.Fatal(err)
	}
	if err := New().List(t.Context(), c, account, time.Time{}, time.Time{}, func([]provenance.Recording) error { return nil }); err == nil {
		t.Error("the list was empty")
	}
}
