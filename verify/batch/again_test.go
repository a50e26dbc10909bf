package batch

import (
	"context"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/otoscope/otoscope/audio/fetch"
)

// changingServer is a server of two recordings, one of which may change.
type changingServer struct {
	*httptest.Server
	tags   bool // it sends ETags and keeps to conditions
	tag    atomic.Int64
	bodies atomic.Int64
	asked  atomic.Int64
}

func serveRecordings(t testing.TB, tags bool) *changingServer {
	t.Helper()
	s := &changingServer{tags: tags}
	s.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked.Add(1)
		name, tag := "../../testdata/call-mono.wav", `"1"`
		if n := s.tag.Load(); n > 0 && strings.HasPrefix(r.URL.Path, "/changing") {
			name, tag = "../../testdata/call-short.wav", fmt.Sprintf(`"1-%d"`, n)
		}
		if s.tags {
			w.Header().Set("ETag", tag)
			if r.Header.Get("If-None-Match") == tag {
				w.WriteHeader(http.StatusNotModified)
				return
			}
		}
		content, err := os.ReadFile(name)
		if err != nil {
			t.Error(err)
		}
		s.bodies.Add(1)
		w.Header().Set("Content-Type", "audio/wav")
		_, _ = w.Write(content)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *changingServer) fetcher(t testing.TB) *Fetcher {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	f, err := NewFetcher(fetch.Options{RootCAs: pool, AllowPrivate: true, AllowPaths: true, MaxAttempts: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

// --again changed asks every server, fetches what is another by now, and uses the
// verdict again of what is not. A run without it asks nobody.
func TestAgainChangedFetchesWhatChanged(t *testing.T) {
	for _, tags := range []bool{true, false} {
		t.Run(fmt.Sprintf("tags=%t", tags), func(t *testing.T) {
			onEach(t, func(t *testing.T, target string) {
				s := open(t, target)
				server := serveRecordings(t, tags)
				o := fast(server.fetcher(t))
				text := fmt.Sprintf("id,recording\n1,%[1]s/changing.wav\n2,%[1]s/same.wav\n3,%[1]s/same.wav?part=2\n", server.URL)
				m := func(text string) Report {
					t.Helper()
					server.asked.Store(0)
					server.bodies.Store(0)
					return run(t, s, manifestOf(t, "m", text), ReadOptions{AllowPrivate: true, Recheck: RecheckNone}, o)
				}
				changed := func(text string) Report {
					t.Helper()
					server.asked.Store(0)
					server.bodies.Store(0)
					return run(t, s, manifestOf(t, "m", text), ReadOptions{AllowPrivate: true, Recheck: RecheckChanged}, o)
				}
				expect := func(what string, asked, bodies, reused int64) {
					t.Helper()
					exactlyOne(t, s, 3)
					sum, err := s.Summarise(t.Context(), Filter{})
					if err != nil || server.asked.Load() != asked || server.bodies.Load() != bodies || sum.Reused != reused {
						t.Errorf("%s: %d requests, want %d; %d bodies, want %d; %d reused, want %d; %v", what, server.asked.Load(), asked, server.bodies.Load(), bodies, sum.Reused, reused, err)
					}
				}
				m(text)
				expect("new", 3, 3, 0)
				first := hashes(t, s, Filter{})
				m(text)
				expect("as before", 0, 0, 3)
				changed(text)
				if !tags {
					expect("without a validator", 3, 3, 0)
					return
				}
				expect("unchanged", 3, 0, 3)
				server.tag.Add(1)
				m(text)
				expect("changed, and not asked", 0, 0, 3)
				changed(text)
				expect("changed", 3, 1, 2)
				second := hashes(t, s, Filter{})
				if second["1"][0] == first["1"][0] || second["2"][0] != first["2"][0] {
					t.Errorf("heard %v, then %v", first, second)
				}
				// Another declaration is judged from what is stored.
				other := strings.ReplaceAll(strings.ReplaceAll(text, "id,recording", "id,channels,recording"), ",https", `,"agent,customer",https`)
				changed(other)
				expect("other facts", 3, 0, 3)
				if n := count(t, s, `SELECT count(*) FROM otoscope_results s JOIN otoscope_rows r ON r.row_key = s.row_key WHERE s.facts_digest = r.facts_digest`); n != 3 {
					t.Errorf("%d of 3 rows are judged under their facts", n)
				}
				// What was never measured, such as a voice, needs the recording.
				server.asked.Store(0)
				server.bodies.Store(0)
				r := ReadOptions{AllowPrivate: true, Recheck: RecheckChanged}
				r.Voice = true
				run(t, s, manifestOf(t, "m", other), r, o)
				expect("another measurement", 3, 3, 0)
			})
		})
	}
}

// A run that ends between the reading and the answers goes on with asking.
func TestAgainChangedIsResumed(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		server := serveRecordings(t, true)
		o := fast(server.fetcher(t))
		text := fmt.Sprintf("id,recording\n1,%[1]s/changing.wav\n2,%[1]s/same.wav\n", server.URL)
		run(t, s, manifestOf(t, "m", text), ReadOptions{AllowPrivate: true}, o)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		if _, err := s.Run(ctx, manifestOf(t, "m", text), ReadOptions{AllowPrivate: true, Recheck: RecheckChanged}, untilRead(cancel)); err == nil {
			t.Fatal("it was not cancelled")
		}
		server.tag.Add(1)
		server.asked.Store(0)
		server.bodies.Store(0)
		run(t, s, manifestOf(t, "m", text), ReadOptions{AllowPrivate: true}, o)
		exactlyOne(t, s, 2)
		if server.asked.Load() != 2 || server.bodies.Load() != 1 {
			t.Errorf("%d requests and %d bodies", server.asked.Load(), server.bodies.Load())
		}
	})
}

// Of a file the state is seen at each reading: --again changed hears it again only
// where it was replaced.
func TestAgainChangedLooksAtFiles(t *testing.T) {
	s := open(t, freshSQLite(t))
	path := filepath.Join(t.TempDir(), "r.wav")
	source := bytesOf()
	for i, step := range []struct {
		content string
		calls   int64
	}{{"one", 1}, {"", 1}, {"two", 2}} {
		if step.content != "" {
			if err := os.WriteFile(path, []byte(step.content), 0o600); err != nil {
				t.Fatal(err)
			}
			at := time.Now().Add(time.Duration(i) * time.Second)
			if err := os.Chtimes(path, at, at); err != nil {
				t.Fatal(err)
			}
		}
		run(t, s, manifestOf(t, "m", "id,recording\n1,"+path+"\n"), ReadOptions{AllowPaths: true, Recheck: RecheckChanged}, fast(source))
		exactlyOne(t, s, 1)
		if source.calls.Load() != step.calls {
			t.Errorf("%d: %d requests, want %d", i, source.calls.Load(), step.calls)
		}
	}
}

// A run says of how many rows nobody heard the recording.
func TestRowsThatNobodyHeardAreCounted(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		text := rowsCSV(3) + "call-00000,https://example.com/00000.wav?token=secret-00000,q0\n"
		for _, damage := range []string{
			``,
			`UPDATE otoscope_results SET sha256 = '' WHERE row_key = (SELECT min(row_key) FROM otoscope_rows)`,
			`UPDATE otoscope_rows SET repeated = 0`,
		} {
			s := open(t, target)
			if r := run(t, s, manifestOf(t, "m", text), ReadOptions{}, fast(&fake{})); r.Unheard != 0 || r.Manifest.Repeated != 1 {
				t.Fatalf("%d rows are unheard, %d repeated", r.Unheard, r.Manifest.Repeated)
			}
			// The damage is done while the last of new rows is heard.
			o := fast(&fake{do: func(ctx context.Context, task Task) (Measured, error) {
				if damage != "" {
					if _, err := s.db.Exec(ctx, damage); err != nil {
						t.Error(err)
					}
				}
				return heard(task), nil
			}})
			want := int64(0)
			if damage != "" {
				want = 1
			}
			r := run(t, s, manifestOf(t, "m", text+"call-9,https://example.com/9.wav,q0\n"), ReadOptions{}, o)
			if r.Unheard != want {
				t.Errorf("after %q: %d rows are unheard, want %d", damage, r.Unheard, want)
			}
			if _, err := s.Purge(t.Context(), Filter{Batch: r.Batch}); err != nil {
				t.Fatal(err)
			}
			s.Close()
		}
	})
}

// However often rows repeat others, over however many slices of the manifest, each is
// counted, and none is taken for a row that was lost.
func TestEveryRepetitionIsCounted(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		var text strings.Builder
		text.WriteString("id,recording\n")
		const n = 2*intakeRows + 7
		for i := range n {
			fmt.Fprintf(&text, "dup%[1]d,https://example.com/%[1]d.wav\n", i%3)
		}
		for range 2 {
			r := run(t, s, manifestOf(t, "m", text.String()), ReadOptions{}, fast(&fake{}))
			exactlyOne(t, s, 3)
			sum, err := s.Summarise(t.Context(), Filter{})
			if err != nil || sum.Repeated != n-3 || r.Manifest.Repeated != n-3 || r.Unheard != 0 {
				t.Errorf("%d repeated in the summary, %d read, want %d; %d unheard; %v", sum.Repeated, r.Manifest.Repeated, n-3, r.Unheard, err)
			}
		}
	})
}
