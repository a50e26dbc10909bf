package fetch

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestExposure(t *testing.T) {
	want := recording(200_000)
	page := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte("<html>log in"))
	}
	endless := func(w http.ResponseWriter, r *http.Request) {
		for {
			if _, err := w.Write(want); err != nil {
				return
			}
		}
	}
	for _, test := range []struct {
		name      string
		anonymous http.HandlerFunc
		want      string
	}{
		{"open", serveFile(want), "public_recording"},
		{"open without end", endless, "public_recording"},
		{"401", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(401) }, ""},
		{"403", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(403) }, ""},
		{"404", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(404) }, ""},
		{"a page", page, ""},
		{"sent to a page", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/login" {
				page(w, r)
				return
			}
			http.Redirect(w, r, "/login", http.StatusFound)
		}, ""},
		{"503", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(503) }, "exposure_not_checked"},
		{"broken", func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) }, "exposure_not_checked"},
		{"to a private address", redirectTo(302, "https://169.254.169.254/"), "exposure_not_checked"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Authorization") == "Bearer hunter2" {
					serveFile(want)(w, r)
				} else {
					test.anonymous(w, r)
				}
			})
			o := hasty(s)
			o.CheckExposure = true
			o.Credentials = credentials(t, hostPort(s.URL), "OTOSCOPE_BEARER", "hunter2")
			g, result, err := get(t, o, s.URL+"/r.wav")
			fetched(t, g, result, err, want)
			if noteCodes(result) != test.want {
				t.Errorf("notes %v", result.Notes)
			}
			var anonymous int
			for _, r := range s.all() {
				if r.Header.Get("Authorization") == "" && r.URL.Path == "/r.wav" {
					anonymous++
				}
			}
			if anonymous != 1 && test.name != "broken" { // net/http repeats a request whose kept connection was closed
				t.Errorf("%d requests without credentials", anonymous)
			}
		})
	}
}

func TestExposureOfTwilioSaysWhatToDo(t *testing.T) {
	want := recording(1_000)
	s := serve(t, true, serveFile(want))
	o := atTwilio(t, s)
	o.CheckExposure = true
	g, result, err := get(t, o, sid)
	fetched(t, g, result, err, want)
	if noteCodes(result) != "public_recording" || !strings.Contains(result.Notes[0].Detail, "HTTP authentication") {
		t.Errorf("notes %v", result.Notes)
	}
}

func TestExposureNotChecked(t *testing.T) {
	want := recording(1_000)
	s := serve(t, true, serveFile(want))
	o := hasty(s)
	o.CheckExposure = true
	o.Stdin = strings.NewReader(string(want))
	for _, reference := range []string{s.URL + "/?X-Amz-Signature=x", writeFile(t, string(want)), "-"} {
		g, result, err := get(t, o, reference)
		fetched(t, g, result, err, want)
		if noteCodes(result) != "exposure_not_checked" {
			t.Errorf("%s: notes %v", reference, result.Notes)
		}
	}
	if len(s.all()) != 1 {
		t.Errorf("%d requests", len(s.all()))
	}
}

func TestPresigned(t *testing.T) {
	for query, want := range map[string]bool{
		"X-Amz-Signature=x": true, "x-goog-signature=x": true, "sv=1&sig=x": true, "Signature=x": true, "GoogleAccessId=x": true, "AWSAccessKeyId=x": true,
		"Key-Pair-Id=x": true, "Expires=1": true, "access_token=x": true, "api-key=x": true, "jwt=x": true, "token": true,
		"": false, "RequestedChannels=2": false, "id=5": false, "format=wav&track=1": false,
	} {
		if got := presigned(&url.URL{RawQuery: query}); got != want {
			t.Errorf("presigned(%q) = %t", query, got)
		}
	}
}

// A name that was public while the recording was fetched may be private by the
// time of the check.
func TestExposureCheckIsGuardedToo(t *testing.T) {
	s := serve(t, true, serveFile(recording(1_000)))
	ref, err := ParseUntrusted(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	d, err := newClient(t, hasty(s)).newDownload(context.Background(), ref)
	if err != nil {
		t.Fatal(err)
	}
	note, err := d.checkExposure()
	if err != nil || note == nil || note.Code != "exposure_not_checked" || len(s.all()) != 0 {
		t.Errorf("%v, %v, %d requests", note, err, len(s.all()))
	}
}
