package fetch

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// recording makes n bytes that begin like a WAVE file and never repeat.
func recording(n int) []byte {
	b := make([]byte, n)
	x := uint64(n)*2654435761 + 1
	for i := range b {
		x = x*6364136223846793005 + 1442695040888963407
		b[i] = byte(x >> 56)
	}
	header := make([]byte, 12)
	copy(header, "RIFF")
	binary.LittleEndian.PutUint32(header[4:], uint32(max(n-8, 0)))
	copy(header[8:], "WAVE")
	copy(b, header)
	return b
}

// seen is one request that a server got.
type seen struct {
	mu       sync.Mutex
	requests []*http.Request
}

func (s *seen) add(r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r)
}

func (s *seen) all() []*http.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*http.Request(nil), s.requests...)
}

// server is a real HTTPS server that records its requests.
type server struct {
	*httptest.Server
	seen
	handler atomic.Pointer[http.HandlerFunc]
}

// handle changes the answers to later requests.
func (s *server) handle(h http.HandlerFunc) { s.handler.Store(&h) }

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.add(r.Clone(context.WithoutCancel(r.Context())))
	(*s.handler.Load())(w, r)
}

func start(t testing.TB, handler http.HandlerFunc, listen func(*httptest.Server)) *server {
	t.Helper()
	s := &server{}
	s.handle(handler)
	s.Server = httptest.NewUnstartedServer(s)
	s.Config.ErrorLog = discardLog()
	listen(s.Server)
	t.Cleanup(s.Close)
	return s
}

func serve(t testing.TB, tls bool, handler http.HandlerFunc) *server {
	t.Helper()
	if tls {
		return start(t, handler, (*httptest.Server).StartTLS)
	}
	return start(t, handler, (*httptest.Server).Start)
}

// serve2 is serve over HTTP/2.
func serve2(t testing.TB, handler http.HandlerFunc) *server {
	t.Helper()
	return start(t, handler, func(s *httptest.Server) {
		s.EnableHTTP2 = true
		s.StartTLS()
	})
}

// pool trusts the certificate of every httptest server.
func pool(s *server) *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(s.Certificate())
	return p
}

// hasty are options with which failures take milliseconds.
func hasty(s *server) Options {
	o := Options{
		ConnectTimeout: 10 * time.Second,
		IdleTimeout:    10 * time.Second,
		MaxAttempts:    4,
		BackoffMin:     time.Millisecond,
		BackoffMax:     2 * time.Millisecond,
		RetryAfterMax:  5 * time.Millisecond,
	}
	if s != nil && s.Certificate() != nil {
		o.RootCAs = pool(s)
	}
	return o
}

func newClient(t testing.TB, o Options) *Client {
	t.Helper()
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// got is what a sink received, call by call.
type got struct{ calls [][]byte }

func (g *got) sink(r io.Reader) error {
	b, err := io.ReadAll(r)
	g.calls = append(g.calls, b)
	return err
}

func (g *got) last() []byte {
	if len(g.calls) == 0 {
		return nil
	}
	return g.calls[len(g.calls)-1]
}

func mustParse(t testing.TB, s string) Reference {
	t.Helper()
	ref, err := Parse(s)
	if err != nil {
		t.Fatalf("Parse(%q): %v", s, err)
	}
	return ref
}

func get(t testing.TB, o Options, reference string) (*got, Result, error) {
	t.Helper()
	c := newClient(t, o)
	g := &got{}
	result, err := c.Get(context.Background(), mustParse(t, reference), g.sink)
	return g, result, err
}

// fetched checks that want arrived in the last call of the sink.
func fetched(t testing.TB, g *got, result Result, err error, want []byte) {
	t.Helper()
	if err != nil {
		t.Fatalf("Get: %v", err)
	}
	if !bytes.Equal(g.last(), want) {
		t.Fatalf("the sink got %d bytes in %d calls, not the %d of the recording", len(g.last()), len(g.calls), len(want))
	}
	if result.Bytes != int64(len(want)) {
		t.Fatalf("Result.Bytes = %d, want %d", result.Bytes, len(want))
	}
}

// failed checks for an *Error with a message that contains each of the words, and with advice.
func failed(t testing.TB, err error, words ...string) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("error is %T (%v), want *Error", err, err)
	}
	for _, word := range words {
		if !strings.Contains(e.Error(), word) {
			t.Errorf("error %q lacks %q", e, word)
		}
	}
	if e.Hint() == "" {
		t.Errorf("error %q has no hint", e)
	}
	if strings.ContainsFunc(e.Error()+e.Hint(), func(r rune) bool { return r < ' ' || r == 0x7f }) {
		t.Errorf("error %q or its hint %q has control characters", e, e.Hint())
	}
	return e
}

func noteCodes(r Result) string {
	var codes []string
	for _, n := range r.Notes {
		codes = append(codes, string(n.Code))
	}
	return strings.Join(codes, " ")
}

func hostPort(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		panic(err)
	}
	return u.Host
}
