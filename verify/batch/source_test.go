package batch

import (
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
)

// recordings serves the fixtures to those with the right password.
func recordings(t testing.TB, requests *atomic.Int64) (*httptest.Server, fetch.Options) {
	t.Helper()
	fixtures := http.FileServer(http.Dir("../../testdata"))
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		if user, password, _ := r.BasicAuth(); user != "kim" || password != "open-sesame" {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		fixtures.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	return server, fetch.Options{RootCAs: roots, AllowPrivate: true}
}

func credentials(t testing.TB, server *httptest.Server, password string) fetch.Credentials {
	t.Helper()
	env := map[string]string{"OTOSCOPE_USER": "kim", "OTOSCOPE_PASSWORD": password, "HOME": t.TempDir()}
	c, err := fetch.CredentialsFromEnv(func(name string) string { return env[name] }, strings.TrimPrefix(server.URL, "https://"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// From the manifest over HTTPS to results, as the user runs it.
func TestOverHTTPS(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		var requests atomic.Int64
		server, options := recordings(t, &requests)
		options.Credentials = credentials(t, server, "open-sesame")
		source, err := NewFetcher(options, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer source.Close()
		var b strings.Builder
		b.WriteString("id,recording\n")
		for i := range 6 {
			for _, name := range []string{"call-straight.wav", "call-swapped.wav", "call-mono.wav", "README.md", "none.wav"} {
				fmt.Fprintf(&b, "%s-%d,%s/%s?copy=%d\n", name, i, server.URL, name, i)
			}
		}
		s := open(t, target)
		report := run(t, s, manifestOf(t, "m", b.String()), ReadOptions{AllowPrivate: true, Defaults: declare.Call{MinConfidence: 0.6}}, fast(source))
		exactlyOne(t, s, 30)
		for id, v := range verdicts(t, s) {
			want := map[string]verify.Outcome{"call-straight.wav": verify.Match, "call-swapped.wav": verify.Swapped, "call-mono.wav": verify.Unusable, "README.md": verify.Errored, "none.wav": verify.Errored}[id[:strings.LastIndexByte(id, '-')]]
			if v.Outcome != want {
				t.Errorf("%s came out as %s, want %s", id, v.Outcome, want)
			}
			if text, _ := json.Marshal(v); strings.Contains(string(text), "open-sesame") {
				t.Errorf("%s tells the password", id)
			}
		}
		if report.Status.Errors["fetch 404"] != 6 || requests.Load() != 30 {
			t.Errorf("%d requests, the errors are %v", requests.Load(), report.Status.Errors)
		}
	})
}

// A wrong password stops the batch after a few requests.
func TestWrongPassword(t *testing.T) {
	var requests atomic.Int64
	server, options := recordings(t, &requests)
	options.Credentials = credentials(t, server, "open-barley")
	source, err := NewFetcher(options, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	s := open(t, t.TempDir()+"/db")
	text := "id,recording\n"
	for i := range 500 {
		text += fmt.Sprintf("%d,%s/call-short.wav\n", i, server.URL)
	}
	_, err = s.Run(t.Context(), manifestOf(t, "m", text), ReadOptions{AllowPrivate: true}, fast(source))
	if err == nil || !strings.Contains(err.Error(), "does not accept the credentials from OTOSCOPE_USER") || hint.Of(err) == "" {
		t.Errorf("it ended with %v", err)
	}
	if n := requests.Load(); n > 20 {
		t.Errorf("%d requests were sent", n)
	}
}

// Without an account no recording SID can be looked up: that is told once, and not
// of each of them.
func TestNoAccount(t *testing.T) {
	source, err := NewFetcher(fetch.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	s := open(t, t.TempDir()+"/db")
	text := "recording\n"
	for i := range 100 {
		text += fmt.Sprintf("RE%032x\n", i)
	}
	_, err = s.Run(t.Context(), manifestOf(t, "m", text), ReadOptions{AllowPrivate: true}, fast(source))
	if err == nil || !strings.Contains(err.Error(), "TWILIO_ACCOUNT_SID is required") || !strings.Contains(hint.Of(err), "set TWILIO_ACCOUNT_SID") {
		t.Errorf("it ended with %v", err)
	}
	if n := count(t, s, `SELECT count(*) FROM otoscope_results`); n > 0 {
		t.Errorf("%d rows have a result that the account would have changed", n)
	}
}

// A host is asked no more often than it may be, and gives no faster.
func TestLimits(t *testing.T) {
	var requests atomic.Int64
	server, options := recordings(t, &requests)
	options.Credentials = credentials(t, server, "open-sesame")
	for name, tt := range map[string]struct {
		limits *fetch.Limits
		least  time.Duration
	}{
		// 8 at once, then 4 more at 8 a second.
		"requests": {fetch.NewLimits(8, 0), 500 * time.Millisecond},
		// call-short.wav has 96,044 bytes; 12 of them are 1.15 MB, of which 0.7 MB come at once.
		"bandwidth": {fetch.NewLimits(0, 700_000), 600 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			options.Limits = tt.limits
			source, err := NewFetcher(options, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer source.Close()
			began := time.Now()
			done := make(chan error)
			for range 12 {
				go func() {
					_, err := source.Measure(t.Context(), Task{Reference: server.URL + "/call-short.wav"})
					done <- err
				}()
			}
			for range 12 {
				if err := <-done; err != nil {
					t.Error(err)
				}
			}
			if took := time.Since(began); took < tt.least {
				t.Errorf("it took %v, want at least %v", took, tt.least)
			}
		})
	}
}
