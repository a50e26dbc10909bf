package fetch

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

const callPlace = "/2010-04-01/Accounts/" + account + "/Calls/CA0123456789abcdef0123456789abcdef.json"

// document requests a call from a server in Twilio's place.
func document(t *testing.T, o Options, place string) ([]byte, error) {
	t.Helper()
	c := newClient(t, o)
	a, err := c.TwilioAccount()
	if err != nil {
		t.Fatal(err)
	}
	return c.TwilioDocument(t.Context(), a, TwilioVoice, place)
}

func TestADocumentIsRequestedWithTwiliosCredentials(t *testing.T) {
	s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		if user != "SK1" || password != "hunter2" || r.Header.Get("Accept") != "application/json" {
			t.Errorf("the request has %v", r.Header)
		}
		fmt.Fprint(w, `{"sid":"CA"}`)
	})
	got, err := document(t, atTwilio(t, s), callPlace)
	if err != nil || string(got) != `{"sid":"CA"}` {
		t.Errorf("the document is %s, %v", got, err)
	}
}

func TestADocumentIsRequestedAgainAfterTemporaryFailures(t *testing.T) {
	n := 0
	s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		n++
		switch n {
		case 1:
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
		case 2:
			w.WriteHeader(http.StatusInternalServerError)
		case 3:
			w.Header().Set("Content-Length", "1000")
			fmt.Fprint(w, `{"sid":`)
			panic(http.ErrAbortHandler)
		default:
			fmt.Fprint(w, `{"sid":"CA"}`)
		}
	})
	got, err := document(t, atTwilio(t, s), callPlace)
	if err != nil || string(got) != `{"sid":"CA"}` || n != 4 {
		t.Errorf("after %d requests the document is %s, %v", n, got, err)
	}
}

func TestWhyThereIsNoDocumentIsASentence(t *testing.T) {
	page := strings.Repeat("[", 3) + strings.Repeat(" ", maxDocument) + "]]]"
	for _, test := range []struct {
		status int
		body   string
		want   string
	}{
		{404, `{"code":20404,"message":"not found","status":404}`, "has no such call (404: "},
		{400, `{"code":20001,"message":"Unknown\u0007 parameter"}`, `answered the request for the call with status 400: `},
		{401, `{"code":20003,"message":"Authenticate"}`, "does not accept the credentials from TWILIO_API_KEY (401: "},
		{403, `{"code":20403,"message":"for hunter2"}`, "refuses access to the call (403: "},
		{429, ``, "is too busy: it was asked 4 times for the call"},
		{500, ``, "failed to give the call after 4 attempts (500)"},
		{200, `<!DOCTYPE html><title>Sign in</title>`, `answered with a web page titled "Sign in" instead of JSON`},
		{200, `{"sid":`, "answered with something that is not JSON"},
		{200, page, "answered with more than"},
	} {
		s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(test.status)
			fmt.Fprint(w, test.body)
		})
		_, err := document(t, atTwilio(t, s), callPlace)
		e := failed(t, err, test.want)
		if strings.Contains(e.Error(), "hunter2") {
			t.Errorf("the error shows a secret: %v", e)
		}
		if test.status != 200 && e.Status != test.status {
			t.Errorf("the status is %d, want %d", e.Status, test.status)
		}
	}
}

func TestADocumentIsOnlyRequestedFromTwilio(t *testing.T) {
	elsewhere := serve(t, true, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, `{}`) })
	s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL+"/", http.StatusFound)
	})
	o := atTwilio(t, s)
	for _, place := range []string{elsewhere.URL + "/x", "//evil.example.com/x", "https://api.twilio.com.evil.example.com/", "http://api.twilio.com/", ":", "https://u:p@" + hostPort(s.URL) + "/"} {
		_, err := document(t, o, place)
		failed(t, err, "not at Twilio's api service")
	}
	o.AllowPrivate = true
	_, err := document(t, o, callPlace)
	failed(t, err, "which is not asked")
	for _, r := range elsewhere.all() {
		if r.Header.Get("Authorization") != "" {
			t.Errorf("the other host got %v", r.Header)
		}
	}
	if n := len(s.all()); n != 1 {
		t.Errorf("Twilio got %d requests", n)
	}
}

func TestDocumentsOfARegionComeFromItsHosts(t *testing.T) {
	c := newClient(t, Options{Credentials: credentials(t, "", "TWILIO_ACCOUNT_SID", account, "TWILIO_EDGE", "sydney", "TWILIO_REGION", "au1")})
	path := "/2010-04-01/Accounts/" + account + "/Recordings/" + sid
	for _, test := range []struct{ reference, voice, insights string }{
		{sid, "https://api.sydney.au1.twilio.com", "https://insights.sydney.au1.twilio.com"},
		{"https://api.twilio.com" + path, "https://api.twilio.com", "https://insights.twilio.com"},
		{"http://api.twilio.com" + path + ".mp3", "https://api.twilio.com", "https://insights.twilio.com"},
		{"https://api.dublin.ie1.twilio.com" + path, "https://api.dublin.ie1.twilio.com", "https://insights.dublin.ie1.twilio.com"},
		{"https://api.evil.com" + path, "", ""},
		{"https://insights.twilio.com" + path, "", ""},
		{"https://api.twilio.com:8443" + path, "", ""},
		{"https://api.twilio.com/2010-04-01/Accounts/" + account + "/Messages", "", ""},
		{"call.wav", "", ""},
	} {
		a, got, ok := c.TwilioRecording(mustParse(t, test.reference))
		if ok != (test.voice != "") {
			t.Errorf("%s is at Twilio: %t", test.reference, ok)
		}
		if !ok {
			continue
		}
		voice, insights := a.at(TwilioVoice), a.at(TwilioInsights)
		if voice.String() != test.voice || insights.String() != test.insights || got != sid || a.SID != account {
			t.Errorf("%s is %s of %s at %s and %s", test.reference, got, a.SID, &voice, &insights)
		}
	}
	if servesTwilio("insights.twilio.com.evil.com", TwilioInsights) || servesTwilio("evil.twilio.com", TwilioInsights) || isTwilioHost("insights.twilio.com") {
		t.Error("another host counts as Twilio's")
	}
}
