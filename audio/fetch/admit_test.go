package fetch_test

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/otoscope/otoscope/audio/fetch"
)

// Admit is called for every request: the first, one after a redirect, and one after a failure.
func TestAdmit(t *testing.T) {
	var mu sync.Mutex
	requests, broken := 0, true
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		requests++
		switch {
		case r.URL.Path == "/away":
			http.Redirect(w, r, "/call.wav", http.StatusFound)
		case broken:
			broken = false
			http.Error(w, "not now", http.StatusServiceUnavailable)
		default:
			w.Header().Set("Content-Type", "audio/wav")
			io.WriteString(w, "RIFF")
		}
	}))
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())

	var asked []string
	refuse := false
	full := errors.New("full for today")
	client, err := fetch.New(fetch.Options{RootCAs: roots, BackoffMin: time.Millisecond, MaxAttempts: 2, Admit: func(_ context.Context, host string) error {
		asked = append(asked, host)
		if refuse {
			return full
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ref, err := fetch.Parse(server.URL + "/away")
	if err != nil {
		t.Fatal(err)
	}
	drop := func(r io.Reader) error { _, err := io.Copy(io.Discard, r); return err }
	if _, err := client.Get(t.Context(), ref, drop); err != nil {
		t.Fatal(err)
	}
	if len(asked) != requests || requests != 4 {
		t.Errorf("%d requests were sent, %d admitted, want 4", requests, len(asked))
	}
	for _, host := range asked {
		if host != strings.TrimPrefix(server.URL, "https://") {
			t.Errorf("admission was asked for %q", host)
		}
	}

	refuse = true
	before := requests
	if _, err := client.Get(t.Context(), ref, drop); err == nil {
		t.Error("a request that was not admitted came to something")
	}
	if requests != before {
		t.Error("a request was sent that was not admitted")
	}
}
