package fetch

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

// compressed gives what a server that compresses sends.
func compressed(t testing.TB, encoding string, plain []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	switch encoding {
	case "gzip", "x-gzip", "GZIP":
		w = gzip.NewWriter(&b)
	case "deflate":
		w = zlib.NewWriter(&b)
	case "bare deflate":
		w, _ = flate.NewWriter(&b, flate.DefaultCompression)
	}
	if _, err := w.Write(plain); err != nil {
		t.Fatal(err)
	}
	w.Close()
	return b.Bytes()
}

func TestACompressedBodyIsReadAlthoughNoneWasAskedFor(t *testing.T) {
	want := recording(200_000)
	for _, encoding := range []string{"gzip", "x-gzip", "GZIP", "deflate", "bare deflate"} {
		body := compressed(t, encoding, want)
		s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Accept-Encoding") != "identity" {
				t.Errorf("asked for %q", r.Header.Get("Accept-Encoding"))
			}
			w.Header().Set("Content-Encoding", strings.TrimPrefix(encoding, "bare "))
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			w.Header().Set("ETag", `"one"`)
			w.Write(body)
		})
		g, result, err := get(t, hasty(s), s.URL)
		fetched(t, g, result, err, want)
	}
}

// Offsets into the decompressed bytes do not fit the sent ones. A compressed body that breaks off
// is read again from the start, with no Range in any request.
func TestACompressedBodyIsNeverResumed(t *testing.T) {
	want := recording(200_000)
	body := compressed(t, "gzip", want)
	var n atomic.Int64
	s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("ETag", `"one"`)
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		if n.Add(1) < 3 {
			w.Write(body[:len(body)/2])
			panic(http.ErrAbortHandler)
		}
		w.Write(body)
	})
	g, result, err := get(t, hasty(s), s.URL)
	fetched(t, g, result, err, want)
	for _, r := range s.all() {
		if r.Header.Get("Range") != "" {
			t.Errorf("asked for %s", r.Header.Get("Range"))
		}
	}
	if len(g.calls) != 3 {
		t.Errorf("the sink was called %d times", len(g.calls))
	}
}

// After a plain body broke off, the server may send a compressed rest, which does not continue it.
func TestAPlainBodyIsNotContinuedByACompressedOne(t *testing.T) {
	want := recording(100_000)
	s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"one"`)
		switch {
		case r.Header.Get("Range") != "":
			rest := compressed(t, "gzip", want[50_000:])
			w.Header().Set("Content-Encoding", "gzip")
			w.Header().Set("Content-Range", "bytes 50000-99999/100000")
			w.WriteHeader(http.StatusPartialContent)
			w.Write(rest)
		default:
			w.Header().Set("Content-Length", "100000")
			w.Write(want[:50_000])
			panic(http.ErrAbortHandler)
		}
	})
	g, _, err := get(t, hasty(s), s.URL)
	failed(t, err, "broke off")
	for _, call := range g.calls {
		if !bytes.HasPrefix(want, call) {
			t.Error("the sink was given other bytes than the recording's")
		}
	}
}

func TestASmallBodyThatSwellsIsBounded(t *testing.T) {
	bomb := compressed(t, "gzip", append(recording(1000), make([]byte, 50<<20)...))
	s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(bomb)
	})
	o := hasty(s)
	o.MaxBytes = 1 << 20
	var most int64
	c := newClient(t, o)
	_, err := c.Get(t.Context(), mustParse(t, s.URL), func(r io.Reader) error {
		n, err := io.Copy(io.Discard, r)
		most = max(most, n)
		return err
	})
	failed(t, err, "larger than the 1 MiB allowed")
	if most > 1<<20 {
		t.Errorf("the sink was given %d bytes", most)
	}
}

func TestEncodingsThatCannotBeReadAreRefused(t *testing.T) {
	for encoding, want := range map[string]string{"br": "compressed", "gzip, gzip": "compressed", "gzip": "broke off", "deflate": "broke off"} {
		s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", encoding)
			w.Write([]byte("\xffthis is nothing of the kind"))
		})
		g, _, err := get(t, hasty(s), s.URL)
		failed(t, err, want)
		if len(g.calls) != 0 {
			t.Errorf("%s: the sink was called", encoding)
		}
	}
}

func TestACompressedErrorIsQuoted(t *testing.T) {
	s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.WriteHeader(403)
		w.Write(compressed(t, "gzip", []byte(`<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>`)))
	})
	_, _, err := get(t, hasty(s), s.URL)
	failed(t, err, "(403: AccessDenied: Request has expired)")
}
