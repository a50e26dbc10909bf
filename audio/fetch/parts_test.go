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

// ranges serves whole as a good server does, and counts the bytes that it sends. twist, if not nil,
// changes the answer to the n-th request, counted from 0, or gives it itself and returns true.
type ranges struct {
	whole []byte
	sent  atomic.Int64
	asked atomic.Int64
	twist func(n int64, w http.ResponseWriter, r *http.Request) bool
}

const partsTag = `"v1"`

func (s *ranges) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := s.asked.Add(1) - 1
	counted := &countingWriter{w, &s.sent}
	counted.Header().Set("ETag", partsTag)
	if s.twist != nil && s.twist(n, counted, r) {
		return
	}
	http.ServeContent(counted, r, "x.wav", time.Time{}, bytes.NewReader(s.whole))
}

type countingWriter struct {
	http.ResponseWriter
	sent *atomic.Int64
}

func (c *countingWriter) Write(b []byte) (int, error) {
	n, err := c.ResponseWriter.Write(b)
	c.sent.Add(int64(n))
	return n, err
}

// someParts are what a test reads: pieces, and then the whole or not.
type someParts struct {
	at    []int64
	size  int64
	whole bool
}

// read reads windows of parts, and checks them against want.
func (w someParts) read(want []byte) func(*Parts) error {
	return func(p *Parts) error {
		head, err := p.Head(500)
		if err != nil {
			return err
		}
		if !bytes.Equal(head, want[:min(500, len(want))]) {
			return errors.New("the head differs")
		}
		for _, at := range w.at {
			if !p.Ranged() {
				break
			}
			b := make([]byte, w.size)
			n, err := p.ReadAt(b, at)
			if err != nil && !errors.Is(err, io.EOF) {
				return err
			}
			if at < int64(len(want)) && !bytes.Equal(b[:n], want[at:min(int64(len(want)), at+w.size)]) {
				return fmt.Errorf("the bytes from %d on differ", at)
			}
		}
		if !w.whole {
			return nil
		}
		b, err := io.ReadAll(p.Reader())
		if err == nil && !bytes.Equal(b, want) {
			err = fmt.Errorf("the whole differs: %d bytes of %d", len(b), len(want))
		}
		return err
	}
}

func TestOnlyTheBytesThatAreAskedForAreFetched(t *testing.T) {
	whole := recording(3 << 20)
	s := &ranges{whole: whole}
	server := serve(t, true, s.ServeHTTP)
	c := newClient(t, hasty(server))
	w := someParts{at: []int64{1 << 20, 2 << 20, 3<<20 - 1000}, size: 5000}
	r, err := c.GetParts(t.Context(), mustParse(t, server.URL+"/x.wav"), "", w.read(whole))
	if err != nil {
		t.Fatal(err)
	}
	if want := int64(firstRange + 5000 + 5000 + 1000); s.sent.Load() != want || r.Fetched != want {
		t.Errorf("%d bytes were sent and %d fetched; %d were asked for", s.sent.Load(), r.Fetched, want)
	}
	if r.Bytes != int64(len(whole)) || r.Validator != partsTag {
		t.Errorf("result %+v, want %d bytes under %s", r, len(whole), partsTag)
	}
	for i, request := range server.all() {
		if got := request.Header.Get("If-Range"); i > 0 && got != partsTag {
			t.Errorf("request %d has If-Range %q", i, got)
		}
	}
}

// Whatever is read first, the whole is the recording's bytes, and none of them comes twice: from a
// server as from a file.
func TestPartsAndTheWholeAreTheRecording(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, true, nil)
	c := newClient(t, hasty(server))
	rapid.Check(t, func(t *rapid.T) {
		whole := recording(rapid.IntRange(100, 300_000).Draw(t, "size"))
		w := someParts{
			at:    rapid.SliceOfN(rapid.Int64Range(0, int64(len(whole))+10), 0, 8).Draw(t, "windows"),
			size:  rapid.Int64Range(1, 60_000).Draw(t, "length"),
			whole: rapid.Bool().Draw(t, "whole"),
		}
		s := &ranges{whole: whole}
		server.handle(s.ServeHTTP)
		path := filepath.Join(dir, "x.wav")
		if err := os.WriteFile(path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, reference := range []string{server.URL + "/x.wav", path} {
			ref, err := Parse(reference)
			if err != nil {
				t.Fatal(err)
			}
			r, err := c.GetParts(context.Background(), ref, "", w.read(whole))
			if err != nil {
				t.Fatal(err)
			}
			if r.Bytes != int64(len(whole)) || r.Fetched > r.Bytes || w.whole && r.Fetched != r.Bytes {
				t.Fatalf("%s: %d of %d bytes were fetched", reference, r.Fetched, len(whole))
			}
		}
		if s.sent.Load() > int64(len(whole)) {
			t.Fatalf("%d bytes were sent of %d", s.sent.Load(), len(whole))
		}
	})
}

// A server that does not send ranges, or sends what is none, gives the recording from its beginning.
func TestServerThatSendsNoRangesIsReadFromTheBeginning(t *testing.T) {
	whole := recording(200_000)
	answer := func(w http.ResponseWriter, status int, contentRange string, body []byte) bool {
		w.Header().Set("Content-Range", contentRange)
		w.WriteHeader(status)
		_, _ = w.Write(body)
		return true
	}
	for name, twist := range map[string]func(int64, http.ResponseWriter, *http.Request) bool{
		"ignores the range": func(_ int64, w http.ResponseWriter, r *http.Request) bool {
			_, err := w.Write(whole)
			return err == nil || true
		},
		"has no validator": func(_ int64, w http.ResponseWriter, r *http.Request) bool {
			w.Header().Del("ETag")
			return false
		},
		"has a weak validator": func(_ int64, w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("ETag", `W/"v1"`)
			return false
		},
		"says that it sends none": func(_ int64, w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Accept-Ranges", "none")
			return r.Header.Get("Range") != "" && answer(w, http.StatusPartialContent, "bytes 0-65535/200000", whole[:65536])
		},
		"refuses ranges": func(_ int64, w http.ResponseWriter, r *http.Request) bool {
			return r.Header.Get("Range") != "" && answer(w, http.StatusRequestedRangeNotSatisfiable, "bytes */200000", nil)
		},
		"forbids ranges": func(_ int64, w http.ResponseWriter, r *http.Request) bool {
			return r.Header.Get("Range") != "" && answer(w, http.StatusForbidden, "", nil)
		},
		"sends another range": func(n int64, w http.ResponseWriter, r *http.Request) bool {
			return n == 0 && answer(w, http.StatusPartialContent, "bytes 100-199/200000", whole[100:200])
		},
		"does not say the size": func(n int64, w http.ResponseWriter, r *http.Request) bool {
			return n == 0 && answer(w, http.StatusPartialContent, "bytes 0-99/*", whole[:100])
		},
		"sends several ranges": func(n int64, w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Content-Type", "multipart/byteranges; boundary=x")
			return n == 0 && answer(w, http.StatusPartialContent, "", []byte("--x\r\n"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := &ranges{whole: whole, twist: twist}
			server := serve(t, true, s.ServeHTTP)
			c := newClient(t, hasty(server))
			calls := 0
			_, err := c.GetParts(t.Context(), mustParse(t, server.URL+"/x.wav"), "", func(p *Parts) error {
				calls++
				if p.Ranged() {
					t.Error("the parts are ranged")
				}
				return someParts{at: []int64{100_000}, size: 100, whole: true}.read(whole)(p)
			})
			if err != nil || calls != 1 {
				t.Fatalf("after %d calls: %v", calls, err)
			}
		})
	}
}

// A server that sends ranges at first and then something else gives one version in the end.
func TestAllPartsAreOfOneVersion(t *testing.T) {
	whole, other := recording(200_000), recording(199_999)
	for name, tt := range map[string]struct {
		twist func(n int64, w http.ResponseWriter, r *http.Request) bool
		want  []byte
	}{
		"another recording": {func(n int64, w http.ResponseWriter, r *http.Request) bool {
			if n == 0 {
				return false
			}
			w.Header().Set("ETag", `"v2"`)
			http.ServeContent(w, r, "x.wav", time.Time{}, bytes.NewReader(other))
			return true
		}, other},
		"another recording, without a look at If-Range": {func(n int64, w http.ResponseWriter, r *http.Request) bool {
			if n == 0 {
				return false
			}
			w.Header().Set("ETag", `"v2"`)
			r.Header.Del("If-Range")
			http.ServeContent(w, r, "x.wav", time.Time{}, bytes.NewReader(other))
			return true
		}, other},
		"another size": {func(n int64, w http.ResponseWriter, r *http.Request) bool {
			if n == 0 || r.Header.Get("Range") == "" {
				return false
			}
			w.Header().Set("Content-Range", "bytes 100000-100099/123456")
			w.WriteHeader(http.StatusPartialContent)
			_, _ = w.Write(other[:100])
			return true
		}, whole},
		"a range before the one asked for": {func(n int64, w http.ResponseWriter, r *http.Request) bool {
			if n == 0 || r.Header.Get("Range") == "" {
				return false
			}
			w.Header().Set("Content-Range", "bytes 0-99/200000")
			w.WriteHeader(http.StatusPartialContent)
			_, _ = w.Write(whole[:100])
			return true
		}, whole},
		"a range beyond the one asked for": {func(n int64, w http.ResponseWriter, r *http.Request) bool {
			if n == 0 || r.Header.Get("Range") == "" {
				return false
			}
			w.Header().Set("Content-Range", "bytes 100000-199999/200000")
			w.WriteHeader(http.StatusPartialContent)
			_, _ = w.Write(whole[100_000:])
			return true
		}, whole},
		"the whole": {func(n int64, w http.ResponseWriter, r *http.Request) bool {
			r.Header.Del("Range")
			return n > 0 && false
		}, whole},
		"no range": {func(n int64, w http.ResponseWriter, r *http.Request) bool {
			if n == 0 || r.Header.Get("Range") == "" {
				return false
			}
			w.Header().Set("Content-Range", "bytes */200000")
			w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
			return true
		}, whole},
	} {
		t.Run(name, func(t *testing.T) {
			s := &ranges{whole: whole, twist: tt.twist}
			server := serve(t, true, s.ServeHTTP)
			c := newClient(t, hasty(server))
			var last []byte
			_, err := c.GetParts(t.Context(), mustParse(t, server.URL+"/x.wav"), "", func(p *Parts) error {
				if p.Ranged() {
					if _, err := p.ReadAt(make([]byte, 100), 100_000); err != nil {
						return err
					}
				}
				var err error
				last, err = io.ReadAll(p.Reader())
				return err
			})
			if err != nil || !bytes.Equal(last, tt.want) {
				t.Fatalf("%d bytes, %v", len(last), err)
			}
		})
	}
}

// A range that breaks off, that comes in pieces, or that is refused for the moment, is gone on with.
func TestRangeThatBreaksOffIsResumed(t *testing.T) {
	whole := recording(400_000)
	s := &ranges{whole: whole}
	s.twist = func(n int64, w http.ResponseWriter, r *http.Request) bool {
		switch n % 3 {
		case 1:
			w.WriteHeader(http.StatusServiceUnavailable)
			return true
		case 2:
			http.ServeContent(&shortWriter{w, 30_000}, r, "x.wav", time.Time{}, bytes.NewReader(whole))
			return true
		}
		return false
	}
	server := serve(t, true, s.ServeHTTP)
	o := hasty(server)
	o.MaxAttempts = 10
	w := someParts{at: []int64{300_000, 100_000}, size: 60_000, whole: true}
	r, err := newClient(t, o).GetParts(t.Context(), mustParse(t, server.URL+"/x.wav"), "", w.read(whole))
	if err != nil || r.Fetched != int64(len(whole)) {
		t.Fatalf("%d of %d bytes were fetched: %v", r.Fetched, len(whole), err)
	}
}

// shortWriter ends an answer after some bytes.
type shortWriter struct {
	http.ResponseWriter
	left int
}

func (s *shortWriter) Write(b []byte) (int, error) {
	if s.left <= 0 {
		panic(http.ErrAbortHandler)
	}
	n, err := s.ResponseWriter.Write(b[:min(len(b), s.left)])
	s.left -= n
	if err == nil && n < len(b) {
		s.ResponseWriter.(*countingWriter).ResponseWriter.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	return n, err
}

func TestServerWithoutRangesIsLeftOnceEnoughIsRead(t *testing.T) {
	gone := make(chan struct{})
	server := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		defer close(gone)
		block := recording(1 << 16)
		for { // for ever
			if _, err := w.Write(block); err != nil {
				return
			}
			block[0]++
		}
	})
	r, err := newClient(t, hasty(server)).GetParts(t.Context(), mustParse(t, server.URL+"/x.wav"), "", func(p *Parts) error {
		b, err := p.Head(100_000)
		if p.Ranged() || p.Size() != -1 || len(b) != 100_000 {
			t.Errorf("%d bytes of %d", len(b), p.Size())
		}
		return err
	})
	if err != nil || r.Fetched != 100_000 || r.Bytes != 0 {
		t.Fatalf("%+v: %v", r, err)
	}
	<-gone
}

func TestPartsOfAKnownVersionAreNotFetched(t *testing.T) {
	s := &ranges{whole: recording(100_000)}
	server := serve(t, true, s.ServeHTTP)
	r, err := newClient(t, hasty(server)).GetParts(t.Context(), mustParse(t, server.URL+"/x.wav"), partsTag, func(p *Parts) error {
		return errors.New("called")
	})
	if err != nil || !r.Unchanged || s.sent.Load() != 0 {
		t.Fatalf("%+v: %v", r, err)
	}
}

// Each range is asked for at the address that was given: a signature that a redirect adds may expire.
func TestEachRangeFollowsTheRedirectAgainWithoutTheCredentials(t *testing.T) {
	whole := recording(300_000)
	store := &ranges{whole: whole}
	signed := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			t.Error("the store got the credentials")
		}
		store.ServeHTTP(w, r)
	})
	api := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		if _, password, _ := r.BasicAuth(); password != "secret" {
			t.Error("the API got no credentials")
		}
		http.Redirect(w, r, signed.URL+"/x.wav?X-Amz-Signature=abc", http.StatusFound)
	})
	o := hasty(api)
	o.AllowPrivate = true
	o.RootCAs.AddCert(signed.Certificate())
	var err error
	if o.Credentials, err = CredentialsFromEnv(func(name string) string {
		return map[string]string{"OTOSCOPE_USER": "user", "OTOSCOPE_PASSWORD": "secret"}[name]
	}, hostPort(api.URL)); err != nil {
		t.Fatal(err)
	}
	w := someParts{at: []int64{200_000}, size: 1000}
	r, err := newClient(t, o).GetParts(t.Context(), mustParse(t, api.URL+"/x.wav"), "", w.read(whole))
	if err != nil || len(api.all()) != 2 || len(signed.all()) != 2 || strings.Contains(r.URL, "abc") {
		t.Fatalf("%d and %d requests, %+v: %v", len(api.all()), len(signed.all()), r, err)
	}
}

// A file that is written to while it is read is read once more, from its beginning.
func TestFileThatChangesIsReadFromItsBeginning(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.wav")
	first, then := recording(100_000), recording(150_000)
	if err := os.WriteFile(path, first, 0o600); err != nil {
		t.Fatal(err)
	}
	calls := 0
	var last []byte
	r, err := newClient(t, Options{}).GetParts(t.Context(), mustParse(t, path), "", func(p *Parts) error {
		if calls++; calls == 1 {
			if _, err := p.ReadAt(make([]byte, 10), 5000); err != nil || !p.Ranged() {
				t.Error(err)
			}
			return os.WriteFile(path, then, 0o600)
		}
		var err error
		last, err = io.ReadAll(p.Reader())
		return err
	})
	if err != nil || calls != 2 || !bytes.Equal(last, then) || r.Bytes != int64(len(then)) {
		t.Fatalf("%d calls, %d bytes, %+v: %v", calls, len(last), r, err)
	}
}

func TestStandardInputIsReadNoFurtherThanAsked(t *testing.T) {
	whole := recording(1 << 20)
	in, out := io.Pipe()
	go func() { _, _ = out.Write(whole) }()
	defer in.Close()
	r, err := newClient(t, Options{Stdin: in}).GetParts(t.Context(), mustParse(t, "-"), "", func(p *Parts) error {
		b, err := p.Head(1000)
		if !bytes.Equal(b, whole[:1000]) {
			t.Error("other bytes")
		}
		return err
	})
	if err != nil || r.Fetched != 1000 {
		t.Fatalf("%+v: %v", r, err)
	}
}

func TestPartsOfARecordingThatIsTooLargeAreRefused(t *testing.T) {
	s := &ranges{whole: recording(200_000)}
	server := serve(t, true, s.ServeHTTP)
	o := hasty(server)
	o.MaxBytes = 150_000
	_, err := newClient(t, o).GetParts(t.Context(), mustParse(t, server.URL+"/x.wav"), "", func(*Parts) error { return nil })
	failed(t, err, "larger than")
}
