package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// pair is what a sink of two recordings received, call by call. It reads both in turns, as a decoder does.
type pair struct{ calls [][2][]byte }

func (p *pair) sink(r [2]io.Reader) error {
	var all [2][]byte
	defer func() { p.calls = append(p.calls, all) }()
	block := make([]byte, 5000)
	for open := 2; open > 0; {
		open = 0
		for i := range r {
			n, err := io.ReadFull(r[i], block)
			all[i] = append(all[i], block[:n]...)
			switch {
			case err == nil:
				open++
			case err != io.EOF && err != io.ErrUnexpectedEOF:
				return err
			}
		}
	}
	return nil
}

// last is what the last call received.
func (p *pair) last() [2][]byte {
	if len(p.calls) == 0 {
		return [2][]byte{}
	}
	return p.calls[len(p.calls)-1]
}

// both parses two references.
func bothOf(t testing.TB, left, right string) [2]Reference {
	return [2]Reference{mustParse(t, left), mustParse(t, right)}
}

func withoutRanges(content []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(len(content)))
		_, _ = w.Write(content)
	}
}

// However often either download breaks off, and whether its server can go on or not, the last call of
// the sink gets all bytes of both.
func TestBothArriveWhole(t *testing.T) {
	left, right := recording(300_000), recording(210_001)
	rapid.Check(t, func(r *rapid.T) {
		var servers [2]*server
		resumes := [2]bool{rapid.Bool().Draw(r, "left resumes"), rapid.Bool().Draw(r, "right resumes")}
		for i, content := range [][]byte{left, right} {
			cuts := rapid.SliceOfN(rapid.IntRange(-1, 250_000), 0, 2).Draw(r, "cuts")
			handler := withoutRanges(content)
			if resumes[i] {
				handler = serveFile(content)
			}
			servers[i] = serve(t, true, cutting(cuts, handler))
		}
		o := hasty(servers[0])
		o.MaxAttempts = 6
		p := &pair{}
		results, err := newClient(t, o).GetBoth(context.Background(), bothOf(t, servers[0].URL, servers[1].URL), [2]string{}, p.sink)
		for _, s := range servers {
			s.Close()
		}
		if err != nil {
			r.Fatal(err)
		}
		if got := p.last(); !bytes.Equal(got[0], left) || !bytes.Equal(got[1], right) {
			r.Fatalf("%d and %d bytes arrived", len(got[0]), len(got[1]))
		}
		if results[0].Bytes != int64(len(left)) || results[1].Bytes != int64(len(right)) || results[0].URL != servers[0].URL {
			r.Fatalf("%+v", results)
		}
		if resumes == [2]bool{true, true} && len(p.calls) != 1 {
			r.Fatalf("the sink was called %d times, though both can go on", len(p.calls))
		}
	})
}

// While one server is slow, the other one's connection waits, and may end. That is no fault of that
// server: the download goes on where it was, within the same call of the sink.
func TestOneWaitsForTheOther(t *testing.T) {
	left, right := recording(100_000), recording(24<<20)
	cut := make(chan struct{})
	var cuts atomic.Int64
	slow := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		w.Header().Set("Content-Length", fmt.Sprint(len(left)))
		_, _ = w.Write(left[:50_000])
		w.(http.Flusher).Flush()
		<-cut
		_, _ = w.Write(left[50_000:])
	})
	quick := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		if r.Header.Get("Range") != "" {
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(right))
			return
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(right)))
		// A server that ends connections on which nothing moves.
		for at := 0; at < len(right); at += 1 << 20 {
			_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(200 * time.Millisecond))
			if _, err := w.Write(right[at : at+1<<20]); err != nil {
				cuts.Add(1)
				close(cut)
				panic(http.ErrAbortHandler)
			}
		}
	})
	o := hasty(slow)
	o.MinSpeed, o.Timeout = 1000, time.Minute
	p := &pair{}
	_, err := newClient(t, o).GetBoth(context.Background(), bothOf(t, slow.URL, quick.URL), [2]string{}, p.sink)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.last(); len(p.calls) != 1 || !bytes.Equal(got[0], left) || !bytes.Equal(got[1], right) || cuts.Load() != 1 {
		t.Errorf("%d calls, %d and %d bytes, %d cuts", len(p.calls), len(got[0]), len(got[1]), cuts.Load())
	}
}

// What waits ahead of the sink is bounded.
func TestOneIsNotFarAheadOfTheOther(t *testing.T) {
	a := newAhead()
	read := make(chan int, 1000)
	done := make(chan error)
	go func() {
		n := 0
		done <- a.fill(readerFunc(func(p []byte) (int, error) {
			n += len(p)
			read <- n
			if n >= 3*aheadBytes {
				return len(p), io.EOF
			}
			return len(p), nil
		}))
	}()
	for n := 0; n < aheadBytes; n = <-read {
	}
	select {
	case n := <-read:
		t.Errorf("%d bytes are held", n)
	case <-time.After(20 * time.Millisecond): // only a fault comes before that
	}
	n, err := io.Copy(io.Discard, a)
	if err != nil || n < 3*aheadBytes || <-done != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestBothUnchangedAreNotSentAgain(t *testing.T) {
	content := recording(1000)
	for _, c := range []struct {
		name        string
		left, right string // validators
		calls       int
	}{
		{"both", `"a"`, `"b"`, 0},
		{"one has changed", `"a"`, `"old"`, 1},
		{"the other one has", `"old"`, `"b"`, 1},
		{"both have", `"old"`, `"old"`, 1},
		{"one is not known", `"a"`, "", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, r := serve(t, true, serving(content, time.Time{}, "ETag", `"a"`)), serve(t, true, serving(content, time.Time{}, "ETag", `"b"`))
			p := &pair{}
			results, err := newClient(t, hasty(l)).GetBoth(context.Background(), bothOf(t, l.URL, r.URL), [2]string{c.left, c.right}, p.sink)
			if err != nil || len(p.calls) != c.calls {
				t.Fatalf("%d calls, %v", len(p.calls), err)
			}
			for i, want := range []string{`"a"`, `"b"`} {
				if results[i].Unchanged != (c.calls == 0) || results[i].Validator != want {
					t.Errorf("%+v", results[i])
				}
			}
			if got := p.last(); c.calls > 0 && (!bytes.Equal(got[0], content) || !bytes.Equal(got[1], content)) {
				t.Errorf("%d and %d bytes", len(got[0]), len(got[1]))
			}
		})
	}
}

// An error says which of the two it is of, and ends the other download.
func TestTheErrorOfOneIsNamed(t *testing.T) {
	endless := func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write(recording(12))
		for {
			if _, err := w.Write(make([]byte, 1000)); err != nil || r.Context().Err() != nil {
				return
			}
		}
	}
	missing := func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNotFound) }
	for i, handlers := range [][2]http.HandlerFunc{{missing, endless}, {endless, missing}} {
		l, r := serve(t, true, handlers[0]), serve(t, true, handlers[1])
		_, err := newClient(t, hasty(l)).GetBoth(context.Background(), bothOf(t, l.URL, r.URL), [2]string{}, (&pair{}).sink)
		var one *BothError
		var own *Error
		if !errors.As(err, &one) || one.Second != (i == 1) || !errors.As(err, &own) || own.Status != http.StatusNotFound {
			t.Errorf("%d: %v", i, err)
		}
	}
	// The sink's own error is told from theirs.
	wrong := errors.New("not a recording")
	l, r := serve(t, true, endless), serve(t, true, endless)
	_, err := newClient(t, hasty(l)).GetBoth(context.Background(), bothOf(t, l.URL, r.URL), [2]string{}, func([2]io.Reader) error { return wrong })
	var sink *SinkError
	if !errors.As(err, &sink) || sink.Err != wrong {
		t.Errorf("%v", err)
	}
}

// A sink that needs no more than the beginnings lets both be read to their ends.
func TestBothAreReadToTheirEnds(t *testing.T) {
	l, r := serve(t, true, serveFile(recording(9_000_000))), serve(t, true, serveFile(recording(1000)))
	results, err := newClient(t, hasty(l)).GetBoth(context.Background(), bothOf(t, l.URL, r.URL), [2]string{}, func(r [2]io.Reader) error { return nil })
	if err != nil || results[0].Bytes != 9_000_000 || results[1].Bytes != 1000 {
		t.Errorf("%+v, %v", results, err)
	}
}

// Neither a panic nor the end of the context leaves a goroutine behind; goleak checks.
func TestBothEndWithTheirCaller(t *testing.T) {
	l, r := serve(t, true, serveFile(recording(9_000_000))), serve(t, true, serveFile(recording(9_000_000)))
	c := newClient(t, hasty(l))
	ctx, cancel := context.WithCancel(context.Background())
	_, err := c.GetBoth(ctx, bothOf(t, l.URL, r.URL), [2]string{}, func(r [2]io.Reader) error {
		cancel()
		_, err := io.Copy(io.Discard, r[0])
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	defer func() {
		if recover() == nil {
			t.Error("the panic was swallowed")
		}
	}()
	_, _ = c.GetBoth(context.Background(), bothOf(t, l.URL, r.URL), [2]string{}, func(r [2]io.Reader) error { panic("sink") })
}

// Standard input cannot begin again with the other recording.
func TestStandardInputDoesNotBeginAgain(t *testing.T) {
	content := recording(50_000)
	s := serve(t, true, cutting([]int{20_000}, withoutRanges(content)))
	for _, stdinFirst := range []bool{true, false} {
		s.handle(cutting([]int{20_000}, withoutRanges(content)))
		o := hasty(s)
		o.Stdin = bytes.NewReader(content)
		refs := bothOf(t, "-", s.URL)
		if !stdinFirst {
			refs = bothOf(t, s.URL, "-")
		}
		_, err := newClient(t, o).GetBoth(context.Background(), refs, [2]string{}, (&pair{}).sink)
		var one *BothError
		if !errors.As(err, &one) || one.Second != stdinFirst || !strings.Contains(err.Error(), "standard input, which cannot be read again") {
			t.Errorf("%v", err)
		}
		o.Stdin = bytes.NewReader(content)
		p := &pair{}
		s.handle(withoutRanges(content))
		if _, err := newClient(t, o).GetBoth(context.Background(), refs, [2]string{}, p.sink); err != nil || !bytes.Equal(p.last()[0], content) || !bytes.Equal(p.last()[1], content) {
			t.Errorf("%v", err)
		}
	}
}

// A server that breaks off for ever ends both, in a limited number of attempts.
func TestBothGiveUp(t *testing.T) {
	content := recording(50_000)
	always := make([]int, 1000)
	for i := range always {
		always[i] = 20_000
	}
	l, r := serve(t, true, cutting(always, withoutRanges(content))), serve(t, true, serveFile(content))
	_, err := newClient(t, hasty(l)).GetBoth(context.Background(), bothOf(t, l.URL, r.URL), [2]string{}, (&pair{}).sink)
	if err == nil || !strings.Contains(err.Error(), "again and again") || len(l.all()) > 20 {
		t.Errorf("%d attempts: %v", len(l.all()), err)
	}
}

// Progress is that of both together.
func TestProgressOfBoth(t *testing.T) {
	path := filepath.Join(t.TempDir(), "left.wav")
	if err := os.WriteFile(path, recording(70_000), 0o600); err != nil {
		t.Fatal(err)
	}
	s := serve(t, true, serveFile(recording(50_000)))
	var done, total int64
	o := hasty(s)
	o.Progress = func(d, n int64) { done, total = d, n }
	if _, err := newClient(t, o).GetBoth(context.Background(), bothOf(t, path, s.URL), [2]string{}, (&pair{}).sink); err != nil || done != 120_000 || total != 120_000 {
		t.Errorf("%d of %d bytes, %v", done, total, err)
	}
}

// While either server or both are slow, the fetch is aside once, and back before it goes on.
func TestBothStepAsideOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, out := &both{}, 0
		var backs []func()
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			if len(backs) < 2 && (len(backs) == 0 || rapid.Bool().Draw(t, "aside")) {
				backs = append(backs, b.aside(context.Background(), func(context.Context) func() {
					out++
					return func() { out-- }
				}))
			} else {
				i := rapid.IntRange(0, len(backs)-1).Draw(t, "back")
				backs[i]()
				backs = append(backs[:i], backs[i+1:]...)
			}
			if want := min(1, len(backs)); out != want {
				t.Fatalf("aside %d times while %d servers are slow", out, len(backs))
			}
		}
	})
}
