package fetch

import (
	"encoding/binary"
	"net/http"
	"strings"
	"testing"
)

func TestWhatIsNoRecording(t *testing.T) {
	wav := string(recording(600))
	for _, test := range []struct{ kind, body, want string }{
		{"text/html; charset=utf-8", "<!DOCTYPE html><title>Sign\x1b in &amp; on</title>", `a web page titled "Sign\x1b in & on"`},
		{"audio/wav", "\n  <html><body>", "a web page"},
		{"", "\xef\xbb\xbf<!doctype HTML>", "a web page"},
		{"text/html", "please log in", "a web page"},
		{"application/json", `{"code":20404,"message":"gone"}`, "JSON (20404: gone)"},
		{"application/json", `{"sid":"RE1"}`, "JSON"},
		{"application/problem+json", `"x"`, "JSON"},
		{"audio/x-wav", ` [{"a":1}]`, "JSON"},
		{"application/octet-stream", `{}`, "JSON"},
		{"text/xml", "<Thing/>", "XML"},
		{"", `<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>none</Message></Error>`, "XML (NoSuchKey: none)"},
		{"text/plain", "Recording not found.\nSorry", `text ("Recording not found.")`},

		{"audio/x-wav", wav, ""},
		{"text/plain; charset=utf-8", wav, ""},
		{"text/html", wav, ""},
		{"application/json", "RF64" + wav[4:], ""},
		{"text/plain", "RIFX" + wav[4:], ""},
		{"text/plain", "\x00\x01\x02\x03", ""},
		{"application/octet-stream", "\x00\x01\x02\x03", ""},
		{"binary/octet-stream", "{\x01", ""},
		{"", "[[[\x02", ""},
		{"nonsense;;;", wav, ""},
		{"audio/mpeg", "\xff\xfb\x90\x00", ""},
		{"application/xml", "OggS", ""},
		{"text/plain", "", ""},
	} {
		if got := notARecording(test.kind, []byte(test.body), scrub); got != test.want {
			t.Errorf("%q, %q: %q, want %q", test.kind, test.body, got, test.want)
		}
	}
	// Text is still text if the end of the examined bytes cuts a rune in two.
	if got := notARecording("text/plain", []byte(strings.Repeat("x", 511) + "ä")[:512], scrub); got == "" {
		t.Error("text was not recognised")
	}
}

func TestPageInsteadOfARecording(t *testing.T) {
	s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte("<html><title>Sign in</title>"))
	})
	g, _, err := get(t, hasty(s), s.URL)
	if e := failed(t, err, "a web page", `"Sign in"`); e.Status != 200 {
		t.Errorf("status %d", e.Status)
	}
	if len(g.calls) != 0 {
		t.Error("the sink was called")
	}
}

func TestRecordingUnderAWrongType(t *testing.T) {
	for _, kind := range []string{"text/plain", "text/html", "application/json", "video/mp4", ""} {
		want := recording(5_000)
		binary.LittleEndian.PutUint32(want[16:], 16)
		s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
			w.Header()["Content-Type"] = []string{kind}
			w.Write(want)
		})
		g, result, err := get(t, hasty(s), s.URL)
		fetched(t, g, result, err, want)
	}
}
