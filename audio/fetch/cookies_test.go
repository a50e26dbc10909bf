package fetch

import (
	"fmt"
	"net/http"
	"testing"
)

// A redirect may lead back to the same address, where the cookie makes the difference.
func TestARedirectThatNeedsItsCookie(t *testing.T) {
	want := recording(10_000)
	s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		if _, err := r.Cookie("pass"); err != nil {
			http.SetCookie(w, &http.Cookie{Name: "pass", Value: "1", Path: "/"})
			http.Redirect(w, r, r.URL.Path, http.StatusFound)
			return
		}
		serveFile(want)(w, r)
	})
	c := newClient(t, hasty(s))
	for range 2 { // no cookie outlives its fetch
		g := &got{}
		result, err := c.Get(t.Context(), mustParse(t, s.URL+"/r"), g.sink)
		fetched(t, g, result, err, want)
	}
	if n := len(s.all()); n != 4 {
		t.Errorf("%d requests", n)
	}
}

func TestACircleIsStillOneThatSetsCookies(t *testing.T) {
	var n int
	s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		n++
		http.SetCookie(w, &http.Cookie{Name: "n", Value: fmt.Sprint(n)})
		http.Redirect(w, r, r.URL.Path, http.StatusFound)
	})
	_, _, err := get(t, hasty(s), s.URL+"/r")
	failed(t, err, "redirects more than 5 times")
}

// A cookie goes back only to the host and port that set it, whatever domain it names.
func TestACookieStaysWithItsHost(t *testing.T) {
	want := recording(10_000)
	other := serve(t, true, serveFile(want))
	s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "wide", Value: "1", Path: "/", Domain: "127.0.0.1"})
		http.SetCookie(w, &http.Cookie{Name: "own", Value: "1", Path: "/"})
		http.Redirect(w, r, other.URL+"/x", http.StatusFound)
	})
	o := hasty(s)
	o.AllowPrivate = true
	g, result, err := get(t, o, s.URL)
	fetched(t, g, result, err, want)
	for _, r := range other.all() {
		if r.Header.Get("Cookie") != "" {
			t.Errorf("another port was sent %q", r.Header.Get("Cookie"))
		}
	}
}

// A cookie that credentials earned does not make a protected recording public.
func TestTheCheckOfExposureHasNoCookies(t *testing.T) {
	s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		if _, err := r.Cookie("in"); err != nil && r.Header.Get("Authorization") == "" {
			w.WriteHeader(401)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "in", Value: "1", Path: "/"})
		serveFile(recording(1_000))(w, r)
	})
	o := hasty(s)
	o.CheckExposure = true
	o.Credentials = credentials(t, hostPort(s.URL), "OTOSCOPE_BEARER", "hunter2")
	_, result, err := get(t, o, s.URL)
	if err != nil || noteCodes(result) != "" {
		t.Errorf("%v, notes %q", err, noteCodes(result))
	}
}

func TestASignedRedirectTakesNoCredentials(t *testing.T) {
	want := recording(10_000)
	for _, query := range []string{"X-Amz-Signature=s&X-Amz-Date=d", "sv=1&sig=s", "Signature=s", "sig=s"} {
		s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.RawQuery == "" && r.Header.Get("Authorization") == "":
				w.WriteHeader(401)
			case r.URL.RawQuery == "":
				http.Redirect(w, r, "/signed?"+query, http.StatusFound)
			case r.Header.Get("Authorization") != "":
				w.WriteHeader(400) // "Only one auth mechanism allowed"
			default:
				serveFile(want)(w, r)
			}
		})
		o := hasty(s)
		o.Credentials = credentials(t, hostPort(s.URL), "OTOSCOPE_BEARER", "hunter2")
		g, result, err := get(t, o, s.URL+"/r")
		fetched(t, g, result, err, want)
	}
}
