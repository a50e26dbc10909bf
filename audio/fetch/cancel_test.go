package fetch

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"
)

// A fetch ends with its context, whatever it is waiting for. The waits here last minutes, so that
// a passing test did not wait.
func TestCancelledWhileWaiting(t *testing.T) {
	block := func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	for name, handler := range map[string]http.HandlerFunc{
		"for the header": block,
		"for the body": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "5000")
			w.Write(recording(1_000))
			w.(http.Flusher).Flush()
			block(w, r)
		},
		"after a refusal": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "600")
			w.WriteHeader(429)
		},
		"to resume": func(w http.ResponseWriter, r *http.Request) {
			w = &cutWriter{w, 2_000}
			serveFile(recording(5_000))(w, r)
		},
		"to begin again": func(w http.ResponseWriter, r *http.Request) {
			w = &cutWriter{w, 2_000}
			w.Write(recording(5_000))
		},
		"for the end of an error": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(404)
			w.(http.Flusher).Flush()
			block(w, r)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, true, handler)
			o := hasty(s)
			o.IdleTimeout, o.BackoffMin, o.BackoffMax, o.RetryAfterMax = 10*time.Minute, 10*time.Minute, 10*time.Minute, 10*time.Minute
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			o.Aside = func(context.Context) func() { // the client waits
				cancel()
				return func() {}
			}
			_, err := newClient(t, o).Get(ctx, mustParse(t, s.URL), (&got{}).sink)
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%v", err)
			}
			var e *Error
			if !errors.As(err, &e) || e.Error() != "the fetch was cancelled" {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestCancelledDuringTheExposureCheck(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			cancel()
			<-r.Context().Done()
			return
		}
		serveFile(recording(1_000))(w, r)
	})
	o := hasty(s)
	o.CheckExposure = true
	o.Credentials = credentials(t, hostPort(s.URL), "OTOSCOPE_BEARER", "x")
	_, err := newClient(t, o).Get(ctx, mustParse(t, s.URL), (&got{}).sink)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestManyAtOnce(t *testing.T) {
	want := recording(100_000)
	s := serve(t, true, serveFile(want))
	c := newClient(t, hasty(s))
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			g := &got{}
			result, err := c.Get(context.Background(), mustParse(t, s.URL), g.sink)
			if err != nil || result.Bytes != int64(len(want)) || string(g.last()) != string(want) {
				t.Errorf("%d bytes: %v", result.Bytes, err)
			}
		})
	}
	wg.Wait()
}

// A sink that panics leaves no goroutine behind; goleak checks.
func TestSinkPanics(t *testing.T) {
	s := serve(t, true, serveFile(recording(5_000_000)))
	c := newClient(t, hasty(s))
	defer func() {
		if recover() == nil {
			t.Error("the panic was swallowed")
		}
	}()
	_, _ = c.Get(context.Background(), mustParse(t, s.URL), func(r io.Reader) error {
		io.ReadFull(r, make([]byte, 10))
		panic("sink")
	})
}

// Only a recording may arrive slowly. The client does not wait byte by byte for the body of an
// error or a redirect.
func TestTricklingErrorsAreNotWaitedFor(t *testing.T) {
	for name, head := range map[string]http.HandlerFunc{
		"final":     func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNotFound) },
		"retried":   func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusBadGateway) },
		"redirects": redirectTo(http.StatusFound, "/elsewhere"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/elsewhere" {
					w.WriteHeader(http.StatusGone)
					return
				}
				head(w, r)
				for r.Context().Err() == nil {
					w.Write([]byte(" "))
					w.(http.Flusher).Flush()
					time.Sleep(10 * time.Millisecond)
				}
			})
			o := hasty(s)
			o.IdleTimeout, o.MaxAttempts = 300*time.Millisecond, 2
			_, _, err := get(t, o, s.URL)
			failed(t, err)
		})
	}
}
