package fetch

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

const account = "AC0123456789abcdef0123456789abcdef"

func env(pairs ...string) func(string) string {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return func(name string) string { return m[name] }
}

func credentials(t testing.TB, authHost string, pairs ...string) Credentials {
	t.Helper()
	c, err := CredentialsFromEnv(env(pairs...), authHost)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTwilioHosts(t *testing.T) {
	for _, host := range []string{"api.twilio.com", "API.Twilio.com", "api.sydney.au1.twilio.com", "api.dublin.ie1.twilio.com", "api.ashburn-ix.us1.twilio.com"} {
		if !isTwilioHost(host) {
			t.Errorf("%q is Twilio's", host)
		}
	}
	for _, host := range []string{
		"", "twilio.com", "www.twilio.com", "api.twilio.com.evil.com", "evil-api.twilio.com", "api.twilio.com.", "api.au1.twilio.com",
		"api.a.b.c.twilio.com", "api..au1.twilio.com", "api.sydney.au1.twilio.org", "api.twilio.co", "apixtwilio.com", "api.evil.com", "api.x.y.evil.com",
		"api.-a.b.twilio.com", "api.a_b.c.twilio.com", "api.ä.b.twilio.com", "api.a/.b.twilio.com", "twilio.com.api",
	} {
		if isTwilioHost(host) {
			t.Errorf("%q is not Twilio's", host)
		}
	}
}

func TestTwilioOwnsItsPortOnly(t *testing.T) {
	for address, want := range map[string]bool{
		"https://api.twilio.com/x":      true,
		"https://api.twilio.com:443/x":  true,
		"http://api.twilio.com/x":       true,
		"http://api.twilio.com:80/x":    true,
		"https://api.twilio.com:8443/x": false,
		"http://api.twilio.com:443/x":   false,
		"https://api.twilio.com:80/x":   false,
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := (twilioAPI{}).owns(u); got != want {
			t.Errorf("owns(%s) = %t", address, got)
		}
	}
}

func TestTwilioMediaAddress(t *testing.T) {
	const base = "https://api.twilio.com/2010-04-01/Accounts/" + account
	const media = base + "/Recordings/" + sid + ".wav?RequestedChannels=2"
	for _, test := range []struct{ in, want, notes string }{
		{base + "/Recordings/" + sid, media, ""},
		{base + "/Recordings/" + sid + "/", media, ""},
		{base + "/Recordings/" + sid + ".wav", media, ""},
		{base + "/Recordings/" + sid + ".WAV?RequestedChannels=1", media, ""},
		{base + "/Recordings/" + sid + "?requestedchannels=1", media, ""},
		{base + "/Recordings/" + sid + ".mp3", media, "fetched_as_wav"},
		{base + "/Recordings/" + sid + ".json", media, "fetched_as_wav"},
		{base + "/Calls/CA0123456789abcdef0123456789abcdef/Recordings/" + sid + ".json", media, "fetched_as_wav"},
		{base + "/Conferences/CF0123456789abcdef0123456789abcdef/Recordings/" + sid, media, ""},
		{base + "/Recordings/" + sid + "?Download=false", strings.Replace(media, "?", "?Download=false&", 1), ""},
		{strings.Replace(base, "https", "http", 1) + "/Recordings/" + sid, media, "upgraded_to_https"},
		{strings.Replace(base, "https://api.twilio.com", "http://api.twilio.com:80", 1) + "/Recordings/" + sid + ".mp3", media, "upgraded_to_https fetched_as_wav"},
	} {
		u, err := url.Parse(test.in)
		if err != nil {
			t.Fatal(err)
		}
		got, notes, err := (twilioAPI{}).media(u)
		if err != nil {
			t.Errorf("media(%s): %v", test.in, err)
			continue
		}
		if got.String() != test.want || noteCodes(Result{Notes: notes}) != test.notes {
			t.Errorf("media(%s) = %s (%v), want %s (%s)", test.in, got, notes, test.want, test.notes)
		}
	}
	for _, in := range []string{base + ".json", base + "/Messages.json", base + "/Recordings/RE123", base + "/Recordings", "https://api.twilio.com/", base + "/Recordings/" + sid + "/Transcriptions"} {
		u, err := url.Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = (twilioAPI{}).media(u)
		failed(t, err, "not that of a recording")
	}
}

func TestRecordingSIDAddress(t *testing.T) {
	for _, test := range []struct {
		env  []string
		want string
	}{
		{nil, "https://api.twilio.com"},
		{[]string{"TWILIO_EDGE", "sydney", "TWILIO_REGION", "au1"}, "https://api.sydney.au1.twilio.com"},
		{[]string{"TWILIO_EDGE", "ashburn"}, "https://api.ashburn.us1.twilio.com"},
	} {
		c := credentials(t, "", append(test.env, "TWILIO_ACCOUNT_SID", account)...)
		u, err := (twilioAPI{}).recording(sid, c)
		if err != nil {
			t.Fatal(err)
		}
		if want := test.want + "/2010-04-01/Accounts/" + account + "/Recordings/" + sid; u.String() != want {
			t.Errorf("%v: %s, want %s", test.env, u, want)
		}
	}
	for _, test := range []struct {
		env  []string
		want string
	}{
		{nil, "TWILIO_ACCOUNT_SID is required"},
		{[]string{"TWILIO_ACCOUNT_SID", "AC123"}, "not an account SID"},
		{[]string{"TWILIO_ACCOUNT_SID", account, "TWILIO_REGION", "au1"}, "without TWILIO_EDGE"},
		{[]string{"TWILIO_ACCOUNT_SID", account, "TWILIO_EDGE", "evil.com/", "TWILIO_REGION", "au1"}, "do not make a host name"},
	} {
		_, _, err := get(t, Options{Credentials: credentials(t, "", test.env...)}, sid)
		failed(t, err, test.want)
	}
}

// twilio plays Twilio's recordings endpoint: Basic auth, and a mono recording
// where no other exists.
func twilio(t *testing.T, content []byte, mono bool) *server {
	return serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		switch {
		case user != "SK1" || password != "hunter2":
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusUnauthorized)
			w.Write([]byte(`{"code":20003,"message":"Authenticate","status":401}`))
		case r.URL.Path != "/2010-04-01/Accounts/"+account+"/Recordings/"+sid+".wav":
			http.NotFound(w, r)
		case mono && r.URL.Query().Get("RequestedChannels") != "1":
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusBadRequest)
			w.Write([]byte(`{"code":16113,"message":"Requested channels not available","status":400}`))
		default:
			serveFile(content)(w, r)
		}
	})
}

func atTwilio(t *testing.T, s *server) Options {
	o := hasty(s)
	o.TwilioAPI = s.URL
	o.Credentials = credentials(t, "", "TWILIO_ACCOUNT_SID", account, "TWILIO_API_KEY", "SK1", "TWILIO_API_SECRET", "hunter2")
	return o
}

func TestTwilioRecordingBySIDAndByURL(t *testing.T) {
	want := recording(50_000)
	s := twilio(t, want, false)
	for _, reference := range []string{sid, s.URL + "/2010-04-01/Accounts/" + account + "/Recordings/" + sid} {
		g, result, err := get(t, atTwilio(t, s), reference)
		fetched(t, g, result, err, want)
		if len(result.Notes) != 0 {
			t.Errorf("notes %v", result.Notes)
		}
	}
	for _, r := range s.all() {
		if r.URL.RawQuery != "RequestedChannels=2" {
			t.Errorf("asked for %s", r.URL)
		}
	}
}

func TestMonoFallback(t *testing.T) {
	want := recording(9_000)
	s := twilio(t, want, true)
	g, result, err := get(t, atTwilio(t, s), sid)
	fetched(t, g, result, err, want)
	if noteCodes(result) != "mono_fallback" || !strings.Contains(result.Notes[0].Detail, "16113: Requested channels not available") {
		t.Errorf("notes %v", result.Notes)
	}
	if !strings.HasSuffix(result.URL, ".wav?RequestedChannels=1") {
		t.Errorf("Result.URL = %s", result.URL)
	}
	if len(g.calls) != 1 {
		t.Errorf("the sink was called %d times", len(g.calls))
	}
}

func TestMonoRefusedToo(t *testing.T) {
	s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		w.Write([]byte(`{"code":20001,"message":"Unknown\u0007 parameter"}`))
	})
	_, _, err := get(t, atTwilio(t, s), sid)
	e := failed(t, err, "400", "20001", `Unknown\x07 parameter`)
	if e.Status != 400 || len(s.all()) != 2 {
		t.Errorf("status %d after %d requests", e.Status, len(s.all()))
	}
}

func TestTwilioNotFoundAndUnauthorized(t *testing.T) {
	s := twilio(t, nil, false)
	other := "RE" + strings.Repeat("f", 32)
	o := atTwilio(t, s)
	_, _, err := get(t, o, other)
	failed(t, err, "404", "deleted", "not ready")

	o.Credentials = credentials(t, "", "TWILIO_ACCOUNT_SID", account, "TWILIO_AUTH_TOKEN", "wrong-hunter2")
	_, _, err = get(t, o, sid)
	failed(t, err, "401", "does not accept", "TWILIO_ACCOUNT_SID", "20003")

	o.Credentials = credentials(t, "", "TWILIO_ACCOUNT_SID", account)
	_, _, err = get(t, o, sid)
	e := failed(t, err, "401", "none are known")
	if !strings.Contains(e.Hint(), "TWILIO_AUTH_TOKEN is not") {
		t.Errorf("hint %q", e.Hint())
	}
}

func TestTwilioRedirectElsewhereWorksWithoutCredential(t *testing.T) {
	want := recording(20_000)
	store := serve(t, true, serveFile(want))
	s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, store.URL+"/o?X-Amz-Signature=hunter3", http.StatusFound)
	})
	o := atTwilio(t, s)
	o.AllowPrivate = true
	g, result, err := get(t, o, sid)
	fetched(t, g, result, err, want)
	for _, r := range store.all() {
		if r.Header.Get("Authorization") != "" || r.Header.Get("Referer") != "" {
			t.Errorf("the other host got %v", r.Header)
		}
	}
	if len(s.all()) != 1 || s.all()[0].Header.Get("Authorization") == "" {
		t.Error("Twilio did not get the credential")
	}
	if strings.Contains(result.URL, "hunter3") {
		t.Errorf("Result.URL = %s", result.URL)
	}
}

func TestTwilioAPIOption(t *testing.T) {
	for _, base := range []string{"http://rec.example.com", "https://u:p@h", "https://h/path", "nonsense", "https://"} {
		_, err := New(Options{TwilioAPI: base})
		failed(t, err, "https://host")
	}
	_, err := New(Options{IdleTimeout: -time.Second})
	failed(t, err, "negative")
}
