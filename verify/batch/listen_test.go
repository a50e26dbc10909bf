package batch

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify/batch/manifest"
)

// counted is a keeper that counts frames.
type counted struct{ frames int }

func (c *counted) Begin(int, int)        { c.frames = 0 }
func (c *counted) Add(left, _ []float32) { c.frames += len(left) }

// listenable is a batch of the rows of a CSV manifest in a folder with the fixtures, verified by a real fetcher.
func listenable(t *testing.T, target, rows string) (*Store, *Fetcher, string) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"call-straight.wav", "call-mono.wav"} {
		copyFixture(t, name, filepath.Join(dir, name))
	}
	path := filepath.Join(dir, "calls.csv")
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(rows, "DIR", dir)), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := manifest.Open(path, nil, manifest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	s := open(t, target)
	f, err := NewFetcher(fetch.Options{AllowPaths: true, AllowPrivate: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	run(t, s, m, ReadOptions{AllowPaths: true, AllowPrivate: true}, fast(f))
	return s, f, dir
}

func copyFixture(t *testing.T, name, to string) {
	t.Helper()
	b, err := os.ReadFile("../../testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// cases are all results, by their ids.
func cases(t *testing.T, s *Store, w Whereabouts) map[string]Case {
	t.Helper()
	list, err := s.ReviewList(t.Context(), ReviewOptions{Confirmed: 100})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]Case{}
	var rows []Reviewable
	if err := s.Reviewables(t.Context(), list, ReviewScan{}, func(r Reviewable) bool {
		rows = append(rows, r)
		return true
	}); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		c, ok, err := s.Case(t.Context(), r.Key, w)
		if err != nil || !ok {
			t.Fatalf("%s: %v, %v", r.ID, ok, err)
		}
		all[r.ID] = c
	}
	return all
}

// A result's recording is heard again, from a file in the manifest's folder, from one elsewhere if that is allowed,
// and from two files as one. It is the recording that was verified.
func TestListenHearsWhatWasVerified(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		elsewhere := filepath.Join(t.TempDir(), "far.wav")
		copyFixture(t, "call-straight.wav", elsewhere)
		s, f, _ := listenable(t, target, "id,recording,left,right,pick\n"+
			"near,call-straight.wav,,,\nfar,"+elsewhere+",,,\nboth,,call-mono.wav,DIR/call-straight.wav,\nsingle,call-mono.wav,,,\n")
		for _, allowed := range []bool{true, false} {
			for id, c := range cases(t, s, Whereabouts{AllowPaths: allowed}) {
				var k counted
				rec, err := f.Listen(t.Context(), c.Place, &k)
				if id == "far" && !allowed {
					if err == nil || !strings.Contains(hint.Of(err), "--allow-paths") {
						t.Errorf("a file elsewhere: %v", err)
					}
					continue
				}
				if err != nil || rec.SHA256 != c.Verdict.SHA256 || k.frames == 0 || rec.Measurements.Left.Waveform == nil {
					t.Errorf("%s: %v, %d frames, of %s, want %s", id, err, k.frames, rec.SHA256, c.Verdict.SHA256)
				}
				if printed := fmt.Sprintf("%v %+v %#v", c.Place, c.Place, c.Place); strings.Contains(printed, "call") {
					t.Errorf("a place prints as %s", printed)
				}
			}
		}
	})
}

// The address of a recording that was signed is not kept. The manifest gives it again, whatever its
// signature is by then.
func TestAddressesAreReadAgain(t *testing.T) {
	signature := "one"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("X-Amz-Signature") != signature {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		http.ServeFile(w, r, "../../testdata/call-straight.wav")
	}))
	defer server.Close()
	rows := func() string {
		var b strings.Builder
		w := csv.NewWriter(&b)
		_ = w.WriteAll([][]string{
			{"id", "recording"}, {"signed", server.URL + "/call.wav?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=" + signature}, {"other", server.URL + "/other.wav?X-Amz-Signature=" + signature},
		})
		return b.String()
	}
	s, f, _ := listenable(t, freshSQLite(t), rows())
	signature = "two"
	c := cases(t, s, Whereabouts{AllowPrivate: true})["signed"]
	if _, err := f.Listen(t.Context(), c.Place, &counted{}); err == nil || !strings.Contains(hint.Of(err), "--manifest") {
		t.Errorf("without the manifest: %v", err)
	}
	m, err := manifest.Read("calls.csv", t.TempDir(), strings.NewReader(rows()))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	addresses, err := s.ReadAddresses(t.Context(), m, ReadOptions{}, []int64{c.Key})
	if err != nil || addresses.Len() != 1 {
		t.Fatalf("%d addresses, %v", addresses.Len(), err)
	}
	c = cases(t, s, Whereabouts{AllowPrivate: true, Addresses: addresses})["signed"]
	rec, err := f.Listen(t.Context(), c.Place, &counted{})
	if err != nil || rec.SHA256 != c.Verdict.SHA256 {
		t.Errorf("with the manifest: %v", err)
	}
	if _, err := f.Listen(t.Context(), cases(t, s, Whereabouts{Addresses: addresses})["signed"].Place, &counted{}); err == nil {
		t.Error("an address in a private network is fetched without --allow-private")
	}
	if hidden := c.Place.Hide("no " + server.URL + "/call.wav at " + strings.TrimPrefix(server.URL, "http://")); strings.Contains(hidden, "127.0.0.1") {
		t.Errorf("hidden is %q", hidden)
	}
}
