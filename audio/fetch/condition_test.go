package fetch

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"
)

// getIfChanged fetches a recording with a validator.
func getIfChanged(t testing.TB, o Options, reference, validator string) (*got, Result, error) {
	t.Helper()
	g := &got{}
	result, err := newClient(t, o).GetIfChanged(context.Background(), mustParse(t, reference), validator, g.sink)
	return g, result, err
}

// serving answers with a header as net/http does, which follows conditions.
func serving(content []byte, modified time.Time, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.Header().Set("Content-Type", "audio/wav")
		http.ServeContent(w, r, "", modified, strings.NewReader(string(content)))
	}
}

// servingByDate answers as nginx does, which repeats the date next to an ETag.
func servingByDate(content []byte, modified time.Time, tag string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", tag)
		w.Header().Set("Last-Modified", modified.Format(http.TimeFormat))
		if r.Header.Get("If-Modified-Since") == modified.Format(http.TimeFormat) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write(content)
	}
}

func TestWhatIsUnchangedIsNotSentAgain(t *testing.T) {
	old := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	const date = "Sun, 01 Mar 2026 10:00:00 GMT"
	for _, test := range []struct {
		name      string
		handler   func(content []byte) http.HandlerFunc
		validator string
	}{
		{"a strong ETag", func(b []byte) http.HandlerFunc { return serving(b, old, "ETag", `"a1"`) }, `"a1"`},
		{"an ETag alone", func(b []byte) http.HandlerFunc { return serving(b, time.Time{}, "ETag", `"a1"`) }, `"a1"`},
		{"a weak ETag and a date", func(b []byte) http.HandlerFunc { return servingByDate(b, old, `W/"a1"`) }, date},
		{"a date", func(b []byte) http.HandlerFunc { return serving(b, old) }, date},
		{"no ranges", func(b []byte) http.HandlerFunc { return serving(b, old, "ETag", `"a1"`, "Accept-Ranges", "none") }, `"a1"`},
		{"an ETag that repeats a secret", func(b []byte) http.HandlerFunc { return servingByDate(b, old, `"x-SIGNATURE77"`) }, date},
		{"an endless ETag", func(b []byte) http.HandlerFunc {
			return servingByDate(b, old, `"`+strings.Repeat("x", 5000)+`"`)
		}, date},
	} {
		t.Run(test.name, func(t *testing.T) {
			content := recording(40_000)
			s := serve(t, true, test.handler(content))
			g, first, err := get(t, hasty(s), s.URL+"/r.wav?sig=SIGNATURE77")
			fetched(t, g, first, err, content)
			if first.Validator != test.validator {
				t.Fatalf("the validator is %q, want %q", first.Validator, test.validator)
			}
			g, again, err := getIfChanged(t, hasty(s), s.URL+"/r.wav?sig=SIGNATURE77", first.Validator)
			if err != nil || !again.Unchanged || len(g.calls) != 0 || again.Validator != first.Validator {
				t.Errorf("%+v, %d calls of the sink, %v", again, len(g.calls), err)
			}
		})
	}
}

func TestWhatHasChangedIsFetched(t *testing.T) {
	old := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	const date = "Sun, 01 Mar 2026 10:00:00 GMT"
	content := recording(40_000)
	unmodified := func(header ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("If-None-Match") == "" && r.Header.Get("If-Modified-Since") == "" {
				serving(content, old)(w, r)
				return
			}
			for i := 0; i < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(http.StatusNotModified)
		}
	}
	for _, test := range []struct {
		name, validator string
		handler         http.HandlerFunc
		requests        int
	}{
		{"another ETag", `"a0"`, serving(content, old, "ETag", `"a1"`), 1},
		{"a later date", "Sat, 28 Feb 2026 10:00:00 GMT", serving(content, old), 1},
		// A file restored from a backup is older than the one before.
		{"an earlier date", "Mon, 02 Mar 2026 10:00:00 GMT", serving(content, old), 2},
		{"a 304 that has another ETag", `"a0"`, unmodified("ETag", `"a1"`), 2},
		{"a 304 without a date", date, unmodified(), 2},
		// net/http answers by the date, and then names only the weak ETag.
		{"a 304 that has a weak ETag for a date", date, serving(content, old, "ETag", `W/"a1"`), 2},
		{"a server that ignores conditions", `"a1"`, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", `"a1"`)
			_, _ = w.Write(content)
		}, 1},
		{"nothing known", "", serving(content, old, "ETag", `"a1"`), 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := serve(t, true, test.handler)
			g, result, err := getIfChanged(t, hasty(s), s.URL+"/r.wav", test.validator)
			fetched(t, g, result, err, content)
			if result.Unchanged || len(s.all()) != test.requests {
				t.Errorf("unchanged: %t, after %d requests, want %d", result.Unchanged, len(s.all()), test.requests)
			}
		})
	}
}

func TestAServerThatSaysNotModifiedUnaskedGaveNoRecording(t *testing.T) {
	s := serve(t, true, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) })
	_, _, err := get(t, hasty(s), s.URL+"/r.wav")
	failed(t, err, "304")
	_, _, err = getIfChanged(t, hasty(s), s.URL+"/r.wav", "Sun, 01 Mar 2026 10:00:00 GMT")
	failed(t, err, "304")
}

func TestAConditionOutlivesARefusalAndARedirect(t *testing.T) {
	content := recording(40_000)
	n := 0
	s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		if n++; n == 1 {
			http.Error(w, "busy", http.StatusServiceUnavailable)
			return
		}
		if r.URL.Path == "/r.wav" {
			http.Redirect(w, r, "/there.wav", http.StatusFound)
			return
		}
		serving(content, time.Time{}, "ETag", `"a1"`)(w, r)
	})
	g, result, err := getIfChanged(t, hasty(s), s.URL+"/r.wav", `"a1"`)
	if err != nil || !result.Unchanged || len(g.calls) != 0 || !strings.HasSuffix(result.URL, "/there.wav") {
		t.Errorf("%+v, %v", result, err)
	}
}

func TestADownloadThatBreaksOffAndChangedHasTheLastValidator(t *testing.T) {
	before, after := recording(40_000), recording(50_000)
	n := 0
	s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		if n++; n == 1 {
			w.Header().Set("ETag", `"a1"`)
			w.Header().Set("Content-Length", "40000")
			_, _ = w.Write(before[:20_000])
			panic(http.ErrAbortHandler)
		}
		serving(after, time.Time{}, "ETag", `"a2"`)(w, r)
	})
	g, result, err := getIfChanged(t, hasty(s), s.URL+"/r.wav", `"a0"`)
	fetched(t, g, result, err, after)
	if result.Validator != `"a2"` {
		t.Errorf("the validator is %q", result.Validator)
	}
}

// A conference whose two channels are not made yet comes as mono. A later request is for another
// form, and the date of the mono one says nothing about it.
func TestTwilioIsAskedConditionallyForTwoChannelsOnly(t *testing.T) {
	content := recording(40_000)
	old := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	two := true
	s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		if !two && r.URL.Query().Get(requestedChannels) == "2" {
			http.Error(w, "no such", http.StatusBadRequest)
			return
		}
		serving(content, old)(w, r)
	})
	o := hasty(s)
	o.TwilioAPI, o.AllowPrivate = s.URL, true
	address := s.URL + "/2010-04-01/Accounts/" + account + "/Recordings/RE0123456789abcdef0123456789abcdef"
	g, first, err := get(t, o, address)
	fetched(t, g, first, err, content)
	if _, again, err := getIfChanged(t, o, address, first.Validator); err != nil || first.Validator == "" || !again.Unchanged {
		t.Errorf("two channels: %q, %+v, %v", first.Validator, again, err)
	}
	two = false
	if g, mono, err := get(t, o, address); err != nil || mono.Validator != "" || len(g.calls) != 1 {
		t.Errorf("one channel: %+v, %v", mono, err)
	}
}
