package fetch

import (
	"bytes"
	"io"
	"log"
	"net/http"
	"testing"
	"time"
)

func discardLog() *log.Logger { return log.New(io.Discard, "", 0) }

func serveFile(content []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		w.Header().Set("Content-Type", "audio/x-wav")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	}
}

func TestWholeRecording(t *testing.T) {
	want := recording(100_000)
	s := serve(t, true, serveFile(want))
	g, result, err := get(t, hasty(s), s.URL+"/r.wav?token=secret")
	fetched(t, g, result, err, want)
	if len(g.calls) != 1 {
		t.Errorf("the sink was called %d times", len(g.calls))
	}
	if want := s.URL + "/r.wav?token=***"; result.URL != want {
		t.Errorf("Result.URL = %q, want %q", result.URL, want)
	}
}
