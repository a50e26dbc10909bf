package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// untrusted parses a reference from a manifest.
func untrusted(t testing.TB, s string) Reference {
	t.Helper()
	ref, err := ParseUntrusted(s)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// trickle sends a recording of n bytes, with a pause after each.
func trickle(n int, pause time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(n))
		for _, b := range recording(n) {
			if _, err := w.Write([]byte{b}); err != nil {
				return
			}
			w.(http.Flusher).Flush()
			select {
			case <-r.Context().Done():
				return
			case <-time.After(pause):
			}
		}
	}
}

// A server that sends a byte now and then is never idle, and never finishes.
func TestAServerThatTricklesIsGivenUp(t *testing.T) {
	s := serve(t, true, trickle(100_000, 3*time.Millisecond))
	o := hasty(s)
	o.IdleTimeout, o.AllowPrivate = 200*time.Millisecond, true
	began := time.Now()
	_, err := newClient(t, o).Get(context.Background(), untrusted(t, s.URL), (&got{}).sink)
	e := failed(t, err, "sends too slowly", "less than 1000 bytes a second over 300ms")
	if !e.Temporary() || len(s.all()) != 1 || time.Since(began) > 5*time.Second {
		t.Errorf("temporary %t, %d requests, %s", e.Temporary(), len(s.all()), time.Since(began))
	}
	// A reference that a person typed may be slow: the sink ends it.
	enough := errors.New("enough")
	_, err = newClient(t, o).Get(context.Background(), mustParse(t, s.URL), func(r io.Reader) error {
		if _, err := io.ReadFull(r, make([]byte, 600)); err != nil {
			return err
		}
		return enough
	})
	if !errors.Is(err, enough) {
		t.Errorf("a typed reference: %v", err)
	}
	// Unless a redirect leads away from the typed host, or the options require a speed.
	away := serve(t, true, redirectTo(302, s.URL))
	_, err = newClient(t, o).Get(context.Background(), mustParse(t, away.URL), (&got{}).sink)
	failed(t, err, "sends too slowly")
	o.MinSpeed = 900
	_, err = newClient(t, o).Get(context.Background(), mustParse(t, s.URL), (&got{}).sink)
	failed(t, err, "sends too slowly", "900 bytes")
}

func TestADownloadIsBoundedAsAWhole(t *testing.T) {
	s := serve(t, true, trickle(100_000, time.Millisecond))
	o := hasty(s)
	o.AllowPrivate, o.MinSpeed, o.Timeout = true, -1, 300*time.Millisecond
	_, err := newClient(t, o).Get(context.Background(), untrusted(t, s.URL), (&got{}).sink)
	failed(t, err, "did not arrive", "within 300ms", "of 100000 bytes came")

	// The time in which nothing answers counts, and so do the pauses between attempts.
	s.handle(func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	_, err = newClient(t, o).Get(context.Background(), untrusted(t, s.URL), (&got{}).sink)
	failed(t, err, "did not arrive", "within 300ms")
	s.handle(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(503) })
	o.BackoffMin, o.BackoffMax = time.Hour, time.Hour
	_, err = newClient(t, o).Get(context.Background(), untrusted(t, s.URL), (&got{}).sink)
	failed(t, err, "failed after one attempt (503)")
}

// The time that the sink takes does not count against the server.
func TestTheSinksTimeIsNotTheServers(t *testing.T) {
	want := recording(2_000_000)
	s := serve(t, true, serveFile(want))
	o := hasty(s)
	o.AllowPrivate, o.IdleTimeout, o.Timeout = true, 100*time.Millisecond, 150*time.Millisecond
	g := &got{}
	result, err := newClient(t, o).Get(context.Background(), untrusted(t, s.URL), func(r io.Reader) error {
		time.Sleep(400 * time.Millisecond) // the very thing that is tested: time that passes in the sink
		return g.sink(r)
	})
	fetched(t, g, result, err, want)
}

// Whatever the order of waits and bytes: a server that is given up was slower than the least speed
// over the window, and a server that is slower for two windows in a row is given up.
func TestPatienceIsAnAverage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		speed := rapid.Int64Range(1, 100_000).Draw(t, "speed")
		p := newPatience(10*time.Second, speed, 0)
		var since time.Duration
		var bytes, all int64
		for range rapid.IntRange(1, 200).Draw(t, "reads") {
			wait := time.Duration(rapid.Int64Range(0, int64(12*time.Second)).Draw(t, "wait"))
			n := rapid.IntRange(0, int(4*speed)).Draw(t, "bytes")
			allowed, why := p.allowance()
			if wait >= allowed {
				if errors.Is(why, errSlow) && float64(all) > float64(speed)*(since+allowed).Seconds()+1 && bytes > speed*int64(p.window().Seconds()) {
					t.Fatalf("given up after %d bytes in %s at least %d a second", all, since+allowed, speed)
				}
				return
			}
			p.paid(wait, n)
			since, bytes, all = since+wait, int64(n), all+int64(n)
			if slowest := float64(speed) * (since - p.window()).Seconds(); float64(all) < slowest-1 {
				t.Fatalf("%d bytes in %s are put up with at %d a second", all, since, speed)
			}
		}
	})
}
