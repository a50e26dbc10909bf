package fetch

import (
	"math"
	"net/http"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func TestRetryAfter(t *testing.T) {
	for _, test := range []struct {
		header string
		want   time.Duration
		ok     bool
	}{
		{"0", 0, true},
		{" 120 ", 2 * time.Minute, true},
		{"00000000000000000000007", 7 * time.Second, true},
		{"9223372036", 9223372036 * time.Second, true},
		{"9223372037", math.MaxInt64, true},
		{"99999999999999999999999999", math.MaxInt64, true},
		{"Mon, 23 Nov 2026 12:00:30 GMT", 30 * time.Second, true},
		{"Monday, 23-Nov-26 12:00:30 GMT", 30 * time.Second, true},
		{"Mon Nov 23 12:00:30 2026", 30 * time.Second, true},
		{"Mon, 23 Nov 2026 11:00:00 GMT", 0, true},
		{"Fri, 31 Dec 9999 23:59:59 GMT", math.MaxInt64, true},
		{"", 0, false},
		{"-5", 0, false},
		{"+5", 0, false},
		{"1.5", 0, false},
		{"1e9", 0, false},
		{"0x10", 0, false},
		{"soon", 0, false},
		{"5, 10", 0, false},
		{"٣", 0, false},
	} {
		got, ok := parseRetryAfter(test.header, noon)
		if got != test.want || ok != test.ok {
			t.Errorf("parseRetryAfter(%q) = %v, %t, want %v, %t", test.header, got, ok, test.want, test.ok)
		}
	}
}

func FuzzRetryAfter(f *testing.F) {
	for _, seed := range []string{"1", "-1", "99999999999999999999", "Mon, 23 Nov 2026 12:00:30 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "soon", "1.5"} {
		f.Add(seed)
	}
	pace := pacing{time.Millisecond, time.Second, time.Minute}
	f.Fuzz(func(t *testing.T, header string) {
		d, ok := parseRetryAfter(header, noon)
		if d < 0 || (!ok && d != 0) {
			t.Fatalf("parseRetryAfter(%q) = %v, %t", header, d, ok)
		}
		answer := &http.Response{Header: http.Header{"Retry-After": {header}}}
		if w := pace.wait(1, answer); w <= 0 || w > time.Minute {
			t.Fatalf("Retry-After: %q waits %v", header, w)
		}
	})
}

func TestPauses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pace := pacing{min: time.Duration(rapid.Int64Range(1, int64(time.Hour)).Draw(t, "min"))}
		pace.max = pace.min + time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "more"))
		failures := rapid.IntRange(-1, math.MaxInt32).Draw(t, "failures")
		w := pace.wait(failures, nil)
		if w < pace.min/2 || w > pace.max {
			t.Fatalf("%+v after %d failures: %v", pace, failures, w)
		}
		if failures > 60 && w < pace.max/2 {
			t.Fatalf("%+v after %d failures: only %v", pace, failures, w)
		}
	})
	pace := pacing{time.Second, 16 * time.Second, time.Minute}
	for failures, top := range map[int]time.Duration{1: 1, 2: 2, 3: 4, 4: 8, 5: 16, 6: 16} {
		for range 50 {
			if w := pace.wait(failures, nil); w < top*time.Second/2 || w > top*time.Second {
				t.Errorf("after %d failures: %v", failures, w)
			}
		}
	}
}

// The server's clock may be wrong by hours: its Retry-After follows that clock.
func TestRetryAfterGoesByTheServersClock(t *testing.T) {
	answer := &http.Response{Header: http.Header{
		"Date":        {"Mon, 23 Nov 2020 12:00:00 GMT"},
		"Retry-After": {"Mon, 23 Nov 2020 12:00:20 GMT"},
	}}
	if w := (pacing{time.Second, time.Second, time.Minute}).wait(1, answer); w != 20*time.Second {
		t.Errorf("waits %v", w)
	}
}

func TestStormOfRefusals(t *testing.T) {
	want := recording(10_000)
	for _, retryAfter := range []string{"", "0", "1", "-1", "99999999999999999999999", "soon", "Mon, 23 Nov 2020 12:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"} {
		for _, status := range []int{408, 425, 429, 500, 502, 503, 504, 599} {
			var n atomic.Int64
			s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
				if n.Add(1) <= 3 {
					if retryAfter != "" {
						w.Header().Set("Retry-After", retryAfter)
					}
					w.WriteHeader(status)
					return
				}
				serveFile(want)(w, r)
			})
			g, result, err := get(t, hasty(s), s.URL)
			fetched(t, g, result, err, want)
		}
	}
}

func TestStormInTheMiddle(t *testing.T) {
	want := recording(100_000)
	var n atomic.Int64
	cut := cutting([]int{30_000, 30_000, 30_000}, serveFile(want))
	s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1)%3 != 1 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(429)
			return
		}
		cut(w, r)
	})
	g, result, err := get(t, hasty(s), s.URL)
	fetched(t, g, result, err, want)
	if len(g.calls) != 1 {
		t.Errorf("the sink was called %d times", len(g.calls))
	}
}

func TestStormThatDoesNotEnd(t *testing.T) {
	for status, word := range map[int]string{429: "too busy", 500: "failed after", 503: "failed after"} {
		s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(status)
			w.Write([]byte(`{"code":20429,"message":"Too Many Requests"}`))
		})
		_, _, err := get(t, hasty(s), s.URL)
		e := failed(t, err, word, "4", strconv.Itoa(status), "20429: Too Many Requests")
		if e.Status != status || !e.Temporary() || len(s.all()) != 4 {
			t.Errorf("status %d, temporary %t, %d requests", e.Status, e.Temporary(), len(s.all()))
		}
	}
}

func TestNotTriedAgain(t *testing.T) {
	for _, status := range []int{300, 304, 400, 401, 402, 403, 404, 405, 410, 416, 418, 451, 501, 505, 204, 206} {
		s := serve(t, true, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(status) })
		_, _, err := get(t, hasty(s), s.URL)
		e := failed(t, err, strconv.Itoa(status))
		if e.Status != status || e.Temporary() || len(s.all()) != 1 {
			t.Errorf("%d: status %d, temporary %t, %d requests", status, e.Status, e.Temporary(), len(s.all()))
		}
	}
}
