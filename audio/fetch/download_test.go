package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
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

// cutWriter breaks the connection off after a number of bytes of the body.
type cutWriter struct {
	http.ResponseWriter
	left int
}

func (c *cutWriter) Write(p []byte) (int, error) {
	if len(p) < c.left {
		c.left -= len(p)
		return c.ResponseWriter.Write(p)
	}
	c.ResponseWriter.Write(p[:c.left])
	c.ResponseWriter.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

func (c *cutWriter) Flush() { c.ResponseWriter.(http.Flusher).Flush() }

// cutting breaks off the n-th answer after cuts[n] bytes of its body. A negative number lets it
// pass.
func cutting(cuts []int, handler http.HandlerFunc) http.HandlerFunc {
	var n atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		i := int(n.Add(1)) - 1
		if i < len(cuts) && cuts[i] >= 0 {
			w = &cutWriter{w, cuts[i]}
		}
		handler(w, r)
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
	r := s.all()[0]
	if r.Header.Get("Accept-Encoding") != "identity" || r.Header.Get("User-Agent") != "otoscope" || r.Header.Get("Range") != "" {
		t.Errorf("sent %v", r.Header)
	}
}

func TestHTTP2(t *testing.T) {
	want := recording(300_000)
	var proto atomic.Value
	handler := cutting([]int{100_000, 1_000}, serveFile(want))
	s := serve2(t, func(w http.ResponseWriter, r *http.Request) {
		proto.Store(r.Proto)
		handler(w, r)
	})
	g, result, err := get(t, hasty(s), s.URL)
	fetched(t, g, result, err, want)
	if proto.Load() != "HTTP/2.0" || len(g.calls) != 1 || len(s.all()) != 3 {
		t.Errorf("%v, %d calls, %d requests", proto.Load(), len(g.calls), len(s.all()))
	}
}

func TestCutBodyIsResumed(t *testing.T) {
	want := recording(200_000)
	s := serve(t, true, cutting([]int{150_000, 20_000, 0, 700}, serveFile(want)))
	g, result, err := get(t, hasty(s), s.URL)
	fetched(t, g, result, err, want)
	if len(g.calls) != 1 {
		t.Errorf("the sink was called %d times", len(g.calls))
	}
	requests := s.all()
	if len(requests) != 5 {
		t.Fatalf("%d requests", len(requests))
	}
	for _, r := range requests[1:] {
		if !strings.HasPrefix(r.Header.Get("Range"), "bytes=1") || r.Header.Get("If-Range") != `"v1"` {
			t.Errorf("sent %v", r.Header)
		}
	}
}

func TestResumedByLastModified(t *testing.T) {
	want := recording(50_000)
	modified := time.Now().Add(-time.Hour)
	s := serve(t, true, cutting([]int{20_000}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `W/"weak"`)
		http.ServeContent(w, r, "", modified, bytes.NewReader(want))
	}))
	g, result, err := get(t, hasty(s), s.URL)
	fetched(t, g, result, err, want)
	if len(g.calls) != 1 || s.all()[1].Header.Get("If-Range") == "" {
		t.Errorf("%d calls, sent %v", len(g.calls), s.all()[1].Header)
	}
}

func TestCutBodyStartsOver(t *testing.T) {
	want := recording(50_000)
	plain := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(len(want)))
		w.Write(want)
	}
	for name, handler := range map[string]http.HandlerFunc{
		"no validator": cutting([]int{20_000, 30_000}, plain),
		"accept-ranges none": cutting([]int{20_000, 30_000}, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", `"v1"`)
			w.Header().Set("Accept-Ranges", "none")
			plain(w, r)
		}),
		"range ignored": cutting([]int{20_000, 30_000}, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", `"v1"`)
			plain(w, r)
		}),
		"chunked": cutting([]int{20_000, 30_000}, func(w http.ResponseWriter, r *http.Request) {
			w.(http.Flusher).Flush()
			w.Write(want)
		}),
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, true, handler)
			g, result, err := get(t, hasty(s), s.URL)
			fetched(t, g, result, err, want)
			if len(g.calls) != 3 || len(g.calls[0]) != 20_000 || len(g.calls[1]) != 30_000 {
				t.Errorf("the sink was called %d times", len(g.calls))
			}
		})
	}
}

func TestSinkMaySwallowErrRestart(t *testing.T) {
	want := recording(50_000)
	s := serve(t, true, cutting([]int{20_000}, func(w http.ResponseWriter, r *http.Request) { w.Write(want) }))
	for _, returned := range []error{nil, errors.New("the decoder's own words")} {
		c := newClient(t, hasty(s))
		var calls int
		_, err := c.Get(context.Background(), mustParse(t, s.URL), func(r io.Reader) error {
			calls++
			_, err := io.ReadAll(r)
			if err == nil {
				return nil
			}
			if !errors.Is(err, ErrRestart) {
				t.Errorf("the reader failed with %v", err)
			}
			return returned
		})
		if err != nil {
			t.Errorf("after %d calls: %v", calls, err)
		}
	}
}

func TestChangedBetweenAttempts(t *testing.T) {
	first, second := recording(60_000), recording(70_000)
	var n atomic.Int64
	s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		content := first
		if n.Add(1) > 1 {
			content = second
			w.Header().Set("ETag", `"v2"`)
		} else {
			w.Header().Set("ETag", `"v1"`)
			w = &cutWriter{w, 40_000}
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	})
	g, result, err := get(t, hasty(s), s.URL)
	fetched(t, g, result, err, second)
	if len(g.calls) != 2 || len(s.all()) != 2 {
		t.Errorf("%d calls, %d requests: the 200 was to be used", len(g.calls), len(s.all()))
	}
}

// If a server answers a resumption with anything except its continuation, the client does not
// resume there again.
func TestWrongContinuationStartsOver(t *testing.T) {
	want := recording(50_000)
	part := func(contentRange string, body []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Range", contentRange)
			w.Header().Set("ETag", `"v1"`)
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			w.WriteHeader(http.StatusPartialContent)
			w.Write(body)
		}
	}
	for name, wrong := range map[string]http.HandlerFunc{
		"no content-range":   part("", want[20_000:]),
		"garbage":            part("bytes twenty-thousand", want[20_000:]),
		"another offset":     part("bytes 19999-49999/50000", want[19_999:]),
		"another size":       part("bytes 20000-59999/60000", make([]byte, 40_000)),
		"another total":      part("bytes 20000-49999/60000", want[20_000:]),
		"past the end":       part("bytes 20000-50000/*", make([]byte, 30_001)),
		"length contradicts": part("bytes 20000-49999/50000", want[20_001:]),
		"another unit":       part("seconds 20000-49999/50000", want[20_000:]),
		"multipart": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "multipart/byteranges; boundary=x")
			w.WriteHeader(206)
			w.Write(want)
		},
		"unsatisfiable, longer": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Range", "bytes */60000")
			w.WriteHeader(416)
		},
		"unsatisfiable, silent": func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(416) },
		"another version": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Range", "bytes 20000-49999/50000")
			w.Header().Set("ETag", `"v2"`)
			w.WriteHeader(206)
			w.Write(make([]byte, 30_000))
		},
		"compressed": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			part("bytes 20000-49999/50000", want[20_000:])(w, r)
		},
	} {
		t.Run(name, func(t *testing.T) {
			whole := cutting([]int{20_000, 30_000}, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("ETag", `"v1"`)
				w.Header().Set("Content-Length", strconv.Itoa(len(want)))
				w.Write(want)
			})
			s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Range") != "" {
					wrong(w, r)
				} else {
					whole(w, r)
				}
			})
			g, result, err := get(t, hasty(s), s.URL)
			fetched(t, g, result, err, want)
			var ranges int
			for _, r := range s.all() {
				if r.Header.Get("Range") != "" {
					ranges++
				}
			}
			if len(g.calls) != 3 || ranges != 1 {
				t.Errorf("%d calls, %d resumptions", len(g.calls), ranges)
			}
		})
	}
}

func TestCutJustAfterTheLastByte(t *testing.T) {
	want := recording(50_000)
	s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		if r.Header.Get("Range") == "" {
			w.(http.Flusher).Flush() // chunked: the size is not known
			w.Write(want)
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(want))
	})
	g, result, err := get(t, hasty(s), s.URL)
	fetched(t, g, result, err, want)
	if len(g.calls) != 1 {
		t.Errorf("the sink was called %d times", len(g.calls))
	}
}

// The same answer with another size says that there is more, or less.
func TestUnsatisfiableThoughThereIsMore(t *testing.T) {
	want := recording(50_000)
	whole := cutting([]int{20_000}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		w.(http.Flusher).Flush() // chunked: the size is not known
		w.Write(want)
	})
	s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Range") != "" {
			w.Header().Set("Content-Range", "bytes */50000")
			w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
			return
		}
		whole(w, r)
	})
	g, result, err := get(t, hasty(s), s.URL)
	fetched(t, g, result, err, want)
	if len(g.calls) != 2 {
		t.Errorf("the sink was called %d times", len(g.calls))
	}
}

func TestServerGivesLessThanAskedFor(t *testing.T) {
	want := recording(50_000)
	piece := func(size int) http.HandlerFunc {
		whole := cutting([]int{20_000}, serveFile(want))
		return func(w http.ResponseWriter, r *http.Request) {
			var from int
			if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from); err != nil {
				whole(w, r)
				return
			}
			to := min(from+size, len(want))
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, to-1, len(want)))
			w.WriteHeader(http.StatusPartialContent)
			w.Write(want[from:to])
		}
	}
	s := serve(t, true, piece(7_000))
	g, result, err := get(t, hasty(s), s.URL)
	fetched(t, g, result, err, want)
	if len(g.calls) != 1 || len(s.all()) != 6 {
		t.Errorf("%d calls, %d requests", len(g.calls), len(s.all()))
	}

	s = serve(t, true, piece(1))
	_, _, err = get(t, hasty(s), s.URL)
	failed(t, err, "too small pieces")
	if n := len(s.all()); n > 41 {
		t.Errorf("%d requests", n)
	}
}

func TestAttemptsAreBounded(t *testing.T) {
	want := recording(1_000_000)
	t.Run("no progress", func(t *testing.T) {
		s := serve(t, true, cutting([]int{5_000, 0, 0, 0, 0, 0, 0, 0}, serveFile(want)))
		_, _, err := get(t, hasty(s), s.URL)
		e := failed(t, err, "broke off", "byte 5000")
		if !e.Temporary() || len(s.all()) != 4 {
			t.Errorf("%d requests, temporary %t", len(s.all()), e.Temporary())
		}
	})
	t.Run("little progress for ever", func(t *testing.T) {
		cuts := make([]int, 1000)
		for i := range cuts {
			cuts[i] = 600
		}
		s := serve(t, true, cutting(cuts, serveFile(want)))
		_, _, err := get(t, hasty(s), s.URL)
		failed(t, err, "broke off 40 times in all")
		if len(s.all()) != 40 {
			t.Errorf("%d requests", len(s.all()))
		}
	})
	t.Run("the same bytes again are no progress", func(t *testing.T) {
		cuts := []int{5000, 5000, 5000, 5000, 5000, 5000, 5000}
		s := serve(t, true, cutting(cuts, func(w http.ResponseWriter, r *http.Request) { w.Write(want) }))
		g, _, err := get(t, hasty(s), s.URL)
		failed(t, err, "broke off")
		if len(s.all()) != 4 || len(g.calls) != 4 {
			t.Errorf("%d requests, %d calls", len(s.all()), len(g.calls))
		}
	})
}

func TestStalls(t *testing.T) {
	want := recording(50_000)
	stall := func(r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-time.After(20 * time.Second):
		}
	}
	for name, first := range map[string]http.HandlerFunc{
		"before the header": func(w http.ResponseWriter, r *http.Request) { stall(r) },
		"after the header": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "50000")
			w.(http.Flusher).Flush()
			stall(r)
		},
		"in the body": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", `"v1"`)
			w.Header().Set("Content-Length", "50000")
			w.Write(want[:30_000])
			w.(http.Flusher).Flush()
			stall(r)
		},
		"in an error's body": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusBadGateway)
			w.(http.Flusher).Flush()
			stall(r)
		},
		"in a redirect's body": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/again", http.StatusFound)
			w.(http.Flusher).Flush()
			stall(r)
		},
	} {
		for _, proto := range []string{"HTTP/1.1", "HTTP/2"} {
			t.Run(name+" over "+proto, func(t *testing.T) {
				t.Parallel()
				var n atomic.Int64
				handler := func(w http.ResponseWriter, r *http.Request) {
					if n.Add(1) == 1 {
						first(w, r)
					} else {
						serveFile(want)(w, r)
					}
				}
				start := serve2
				if proto == "HTTP/1.1" {
					start = func(t testing.TB, h http.HandlerFunc) *server { return serve(t, true, h) }
				}
				s := start(t, handler)
				o := hasty(s)
				o.IdleTimeout = 300 * time.Millisecond
				g, result, err := get(t, o, s.URL)
				fetched(t, g, result, err, want)
			})
		}
	}
}

func TestStallsForEver(t *testing.T) {
	s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		w.Header().Set("Content-Length", "50000")
		w.Write(recording(1000))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	o := hasty(s)
	o.IdleTimeout, o.MaxAttempts = 100*time.Millisecond, 2
	_, _, err := get(t, o, s.URL)
	e := failed(t, err, "stopped sending")
	if !e.Temporary() {
		t.Error("a stall is temporary")
	}
}

// A recording that arrives slowly but steadily may take any time.
func TestSlowIsNotIdle(t *testing.T) {
	t.Parallel()
	want := recording(3_000)
	s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(len(want)))
		for i := range 30 {
			w.Write(want[i*100 : (i+1)*100])
			w.(http.Flusher).Flush()
			time.Sleep(40 * time.Millisecond)
		}
	})
	o := hasty(s)
	o.IdleTimeout = time.Second // all of it takes 1.2 s at least
	g, result, err := get(t, o, s.URL)
	fetched(t, g, result, err, want)
	if len(s.all()) != 1 {
		t.Errorf("%d requests", len(s.all()))
	}
}

// The time that the sink takes does not count as the server's silence.
func TestSlowSinkIsNotIdle(t *testing.T) {
	t.Parallel()
	want := recording(4_000_000) // more than the buffers on the way hold
	s := serve(t, true, serveFile(want))
	o := hasty(s)
	o.IdleTimeout = time.Second
	c := newClient(t, o)
	var got bytes.Buffer
	result, err := c.Get(context.Background(), mustParse(t, s.URL), func(r io.Reader) error {
		if _, err := io.CopyN(&got, r, 1_000); err != nil {
			return err
		}
		time.Sleep(1500 * time.Millisecond)
		_, err := io.Copy(&got, r)
		return err
	})
	if err != nil || result.Bytes != int64(len(want)) || !bytes.Equal(got.Bytes(), want) || len(s.all()) != 1 {
		t.Errorf("%d bytes in %d requests: %v", got.Len(), len(s.all()), err)
	}
}

func TestSizeCap(t *testing.T) {
	want := recording(10_000)
	endless := func(w http.ResponseWriter, r *http.Request) {
		for {
			if _, err := w.Write(want); err != nil {
				return
			}
		}
	}
	for name, handler := range map[string]http.HandlerFunc{
		"announced": serveFile(recording(10_001)),
		"endless":   endless,
		"resumed": cutting([]int{5_000}, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", `"v1"`)
			if r.Header.Get("Range") == "" {
				w.(http.Flusher).Flush()
				w.Write(want)
				return
			}
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(recording(20_000)))
		}),
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, true, handler)
			o := hasty(s)
			o.MaxBytes = 10_000
			g, _, err := get(t, o, s.URL)
			failed(t, err, "larger than the 10000 bytes allowed")
			if name == "announced" && len(g.calls) != 0 {
				t.Error("the sink was called")
			}
			if len(g.last()) > 10_000 {
				t.Errorf("the sink got %d bytes", len(g.last()))
			}
		})
	}
	s := serve(t, true, serveFile(want))
	o := hasty(s)
	o.MaxBytes = 10_000
	g, result, err := get(t, o, s.URL)
	fetched(t, g, result, err, want)
}

func TestEmptyBody(t *testing.T) {
	s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {})
	g, result, err := get(t, hasty(s), s.URL)
	fetched(t, g, result, err, []byte{})
	if len(g.calls) != 1 {
		t.Errorf("the sink was called %d times", len(g.calls))
	}
}

func TestProgress(t *testing.T) {
	want := recording(500_000)
	s := serve(t, true, cutting([]int{300_000}, serveFile(want)))
	o := hasty(s)
	var calls int
	var done, total int64
	o.Progress = func(d, n int64) { calls, done, total = calls+1, d, n }
	g, result, err := get(t, o, s.URL)
	fetched(t, g, result, err, want)
	if done != int64(len(want)) || total != int64(len(want)) || calls < 2 {
		t.Errorf("%d calls, the last with %d of %d", calls, done, total)
	}

	var p progress
	calls = 0
	p.call = func(int64, int64) { calls++ }
	p.last = time.Now().Add(time.Hour) // so that not even a stalled machine lets time pass
	for range 1000 {
		p.report(1, 2, false)
	}
	p.report(2, 2, true)
	if calls != 1 {
		t.Errorf("%d calls at one time", calls)
	}
}

func TestLogsHaveNoSecrets(t *testing.T) {
	want := recording(50_000)
	s := serve(t, true, cutting([]int{20_000, 0}, serveFile(want)))
	var logged bytes.Buffer
	o := hasty(s)
	o.Logger = slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	o.Credentials = credentials(t, hostPort(s.URL), "OTOSCOPE_BEARER", "hunter2")
	g, result, err := get(t, o, s.URL+"/?sig=hunter2")
	fetched(t, g, result, err, want)
	if text := logged.String(); !strings.Contains(text, "broke off") || strings.Contains(text, "hunter2") {
		t.Errorf("logged %q", text)
	}
}
