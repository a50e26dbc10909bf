package fetch

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

func TestARecordingInTheMakingIsAskedForAgain(t *testing.T) {
	want := recording(10_000)
	var n atomic.Int64
	s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1) < 3 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusAccepted)
			return
		}
		serveFile(want)(w, r)
	})
	g, result, err := get(t, hasty(s), s.URL)
	fetched(t, g, result, err, want)
}

// An error says how long it takes until the recording may exist.
func TestErrorsSayWhetherToComeBack(t *testing.T) {
	for _, test := range []struct {
		status     int
		retryAfter string
		want       time.Duration
	}{
		{202, "", time.Minute},
		{202, "7", time.Minute},
		{202, "300", 5 * time.Minute},
		{404, "", time.Minute},
		{404, "120", 2 * time.Minute},
		{429, "3600", time.Hour},
		{503, "600", 10 * time.Minute},
		{503, "", 0},
		{500, "600", 0},
		{410, "", 0},
		{401, "", 0},
		{403, "60", 0},
	} {
		s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
			if test.retryAfter != "" {
				w.Header().Set("Retry-After", test.retryAfter)
			}
			w.WriteHeader(test.status)
		})
		_, _, err := get(t, hasty(s), s.URL)
		if e := failed(t, err); e.RetryAfter() != test.want || e.Status != test.status {
			t.Errorf("%d, Retry-After %q: %s, want %s", test.status, test.retryAfter, e.RetryAfter(), test.want)
		}
	}
}
