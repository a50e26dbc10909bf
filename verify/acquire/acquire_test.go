package acquire_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/acquire"
	"github.com/otoscope/otoscope/verify/declare"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// client fetches from files and from test servers.
func client(t *testing.T) *fetch.Client {
	t.Helper()
	c, err := fetch.New(fetch.Options{AllowPaths: true, AllowPrivate: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func parse(t *testing.T, s string) fetch.Reference {
	t.Helper()
	ref, err := fetch.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

func TestRecordingFromAReferenceIsJudgedAsItsBytesAre(t *testing.T) {
	const path = "../../testdata/call-straight.wav"
	c := verify.Case{Reference: "x", Declaration: declare.Default()}
	rec, _, err := acquire.Measure(t.Context(), acquire.Job{Client: client(t), Reference: parse(t, path)})
	if err != nil {
		t.Fatal(err)
	}
	got := acquire.Verdict(rec, nil, c)
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want, err := verify.Verify(t.Context(), f, c, verify.MeasureOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got.Outcome != verify.Match || got.Log10LR != want.Log10LR || got.SHA256 != want.SHA256 {
		t.Errorf("outcome %s, log10 LR %v, hash %s; want %s, %v, %s", got.Outcome, got.Log10LR, got.SHA256, want.Outcome, want.Log10LR, want.SHA256)
	}
}

func TestErrorHasTheStageAndKindOfItsCause(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/401":
			w.WriteHeader(http.StatusUnauthorized)
		case "/404":
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(server.Close)
	noise := filepath.Join(t.TempDir(), "noise.wav")
	if err := os.WriteFile(noise, []byte("this is no sound"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		ref   string
		stage verify.Stage
		kind  string
	}{
		{server.URL + "/401", verify.StageFetch, "fetch 401"},
		{server.URL + "/404", verify.StageFetch, "fetch 404"},
		{filepath.Join(t.TempDir(), "missing.wav"), verify.StageFetch, "fetch"},
		{noise, verify.StageDecode, "decode"},
	} {
		rec, _, err := acquire.Measure(t.Context(), acquire.Job{Client: client(t), Reference: parse(t, tt.ref)})
		var failed *acquire.Error
		if !errors.As(err, &failed) {
			t.Fatalf("%s: error %v is no *acquire.Error", tt.ref, err)
		}
		if failed.Stage != tt.stage || failed.Kind != tt.kind || failed.Refused != (tt.kind == "fetch 401") {
			t.Errorf("%s: stage %s, kind %q, refused %v; want %s, %q", tt.ref, failed.Stage, failed.Kind, failed.Refused, tt.stage, tt.kind)
		}
		v := acquire.Verdict(rec, err, verify.Case{Reference: "x"})
		if v.Outcome != verify.Errored || v.Error.Stage != tt.stage || v.Error.Hint == "" {
			t.Errorf("%s: verdict %s, error %+v; want the stage %s and a hint", tt.ref, v.Outcome, v.Error, tt.stage)
		}
	}
}

func TestEndOfTheContextIsNoErrorOfTheRecording(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := acquire.Measure(ctx, acquire.Job{Client: client(t), Reference: parse(t, "../../testdata/call-straight.wav")})
	if !errors.Is(err, context.Canceled) || errors.As(err, new(*acquire.Error)) {
		t.Errorf("error %v, want that of the context alone", err)
	}
}
