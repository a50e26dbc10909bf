package review_test

import (
	"context"
	"fmt"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/go-audio/audio"
	"go.uber.org/goleak"

	"github.com/otoscope/otoscope/audio/decode/wav"
	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch"
	"github.com/otoscope/otoscope/verify/batch/db/dbtest"
	"github.com/otoscope/otoscope/verify/batch/manifest"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/review"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// recordings is a folder with the project's fixtures, and one whose left channel is a tone of 440 Hz
// and whose right one is a tone of 1000 Hz.
func recordings(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	fixtures, err := filepath.Glob("../../testdata/call-*.wav")
	if err != nil || len(fixtures) < 5 {
		t.Fatalf("%d fixtures, %v", len(fixtures), err)
	}
	for _, f := range fixtures {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, filepath.Base(f)), b)
	}
	write(t, filepath.Join(dir, "a-tones.wav"), tones(t, 20))
	return dir
}

func write(t *testing.T, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func tones(t *testing.T, seconds int) []byte {
	t.Helper()
	const rate = 8000
	b := &audio.Float32Buffer{Format: &audio.Format{NumChannels: 2, SampleRate: rate}, SourceBitDepth: 16}
	for i := range seconds * rate {
		at := 2 * math.Pi * float64(i) / rate
		b.Data = append(b.Data, float32(0.4*math.Sin(440*at)), float32(0.4*math.Sin(1000*at)))
	}
	file, err := wav.Encode(b)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// verified is a database with the results of a folder.
func verified(t *testing.T, target, dir string) *batch.Store {
	t.Helper()
	ctx := t.Context()
	m, err := manifest.Open(dir, nil, manifest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	s, err := batch.Open(ctx, target, batch.OpenOptions{Create: true, Work: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	fetcher := newFetcher(t)
	if _, err := s.Run(ctx, m, batch.ReadOptions{Defaults: declare.Call{MinConfidence: 0.9}, AllowPaths: true}, batch.WorkOptions{Source: fetcher}); err != nil {
		t.Fatal(err)
	}
	return s
}

func newFetcher(t *testing.T) *batch.Fetcher {
	t.Helper()
	f, err := batch.NewFetcher(fetch.Options{AllowPaths: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

// A served desk is a desk with an address.
type served struct {
	*review.Desk
	address string
	links   []string
}

// serve opens a desk until the test ends.
func serve(t *testing.T, o review.Options) served {
	t.Helper()
	s, stop := serveAt(t, "127.0.0.1:0", o)
	t.Cleanup(stop)
	return s
}

// serveAt opens a desk at an address, until it is stopped.
func serveAt(t *testing.T, address string, o review.Options) (s served, stop func()) {
	t.Helper()
	if o.Listener == nil {
		o.Listener = newFetcher(t)
	}
	if o.Reviewers == nil && o.Password == "" {
		o.Reviewers = []string{"ann"}
	}
	if o.Review.Seed == 0 {
		o.Review.Seed, o.Review.Confirmed = 1, 50
	}
	d, err := review.New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- d.Serve(ctx, l) }()
	stop = sync.OnceFunc(func() {
		http.DefaultClient.CloseIdleConnections()
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the desk ended: %v", err)
		}
	})
	s = served{Desk: d, address: fmt.Sprintf("http://%s", l.Addr())}
	s.links = d.Links(s.address)
	return s, stop
}

// onEach runs a test on SQLite and, where there is one, on PostgreSQL.
func onEach(t *testing.T, f func(t *testing.T, target string)) {
	t.Run("sqlite", func(t *testing.T) { f(t, filepath.Join(t.TempDir(), "o.db")) })
	t.Run("postgres", func(t *testing.T) { f(t, dbtest.Schema(t)) })
}

func token(link string) string {
	_, token, _ := strings.Cut(link, "token=")
	return token
}

// listen serves something at an address of its own until the test ends.
func listen(t *testing.T, h http.Handler) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return strings.Replace(strings.TrimPrefix(server.URL, "http://"), "127.0.0.1", "localhost", 1)
}

// stalled fetches recordings that never arrive.
type stalled struct{ began chan struct{} }

func (s *stalled) Listen(ctx context.Context, _ batch.Place, _ verify.Keeper) (verify.Recording, error) {
	s.began <- struct{}{}
	<-ctx.Done()
	return verify.Recording{}, ctx.Err()
}
