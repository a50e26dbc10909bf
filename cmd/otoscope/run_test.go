package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/otoscope/otoscope/verify"
)

// stalling returns the address of a server that never finishes an answer, and a channel that
// receives a value for each request.
func stalling(t *testing.T) (url string, asked <-chan struct{}) {
	t.Helper()
	requests := make(chan struct{}, 64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("RIFF\xff\xff\xff\xffWAVE"))
		w.(http.Flusher).Flush()
		requests <- struct{}{}
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	return server.URL, requests
}

// leavesNothing fails the test if a goroutine outlives it and its servers.
func leavesNothing(t *testing.T) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
}

// Cancelling ends all workers at once and leaves no goroutine behind.
func TestCancelEndsEverything(t *testing.T) {
	leavesNothing(t)
	url, asked := stalling(t)
	ctx, cancel := context.WithCancel(t.Context())
	env := with(nil)
	status := make(chan int, 1)
	go func() {
		status <- run(ctx, []string{"verify", "-j", "2", url + "/1.wav", url + "/2.wav", url + "/3.wav"}, env)
	}()
	<-asked
	<-asked
	began := time.Now()
	cancel()
	if got := <-status; got != statusInterrupted {
		t.Errorf("status %d, want %d", got, statusInterrupted)
	}
	if took := time.Since(began); took > grace {
		t.Errorf("it took %v to end", took)
	}
	if out := env.stdout.(*bytes.Buffer).String(); out != "" {
		t.Errorf("something was told: %q", out)
	}
}

// A reader that never answers, such as an idle terminal, does not block an interrupted
// command.
func TestCancelDoesNotWaitForStandardInput(t *testing.T) {
	dir := t.TempDir()
	for _, args := range [][]string{
		{"verify", "-"},
		{"verify", "--attributes", "-", "call.wav"},
		{"evaluate", "-"},
		{"calibrate", "-", "--out", filepath.Join(dir, "p.json")},
		{"batch", "--db", filepath.Join(dir, "db"), "-"},
		{"batch", "--db", filepath.Join(dir, "db"), "--attributes", "-", dir},
	} {
		t.Run(strings.Join(args[:2], " "), func(t *testing.T) {
			for _, begun := range []string{"", "recording\n", "recording\nhttps://127.0.0.1:1/a.wav\n", "{"} {
				r, w := io.Pipe()
				t.Cleanup(func() { w.Close() })
				go io.WriteString(w, begun)
				env := with(nil)
				env.stdin = r
				ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
				defer cancel()
				began := time.Now()
				if got := run(ctx, args, env); got == statusOK {
					t.Error("nothing was done, and all is well")
				}
				if took := time.Since(began); took > grace {
					t.Errorf("after %q it took %v to end", begun, took)
				}
			}
		})
	}
}

// brokenPipe fails as a closed pipe does, after some bytes.
type brokenPipe struct{ left int }

func (p *brokenPipe) Write(b []byte) (int, error) {
	if p.left -= len(b); p.left < 0 {
		return 0, syscall.EPIPE
	}
	return len(b), nil
}

func TestBrokenPipeIsQuiet(t *testing.T) {
	leavesNothing(t)
	mono := filepath.Join(repository, "testdata", "call-mono.wav")
	env := with(nil)
	env.stdout = &brokenPipe{left: 100}
	args := []string{"verify", "--brief"}
	for range 20 {
		args = append(args, mono)
	}
	if got := run(t.Context(), args, env); got != statusFailed {
		t.Errorf("status %d, want %d", got, statusFailed)
	}
	if said := env.stderr.(*bytes.Buffer).String(); said != "" {
		t.Errorf("something was said: %q", said)
	}
}

// A verdict is printed as soon as all earlier ones are, not when the last is done.
func TestVerdictsAreToldWithoutWaiting(t *testing.T) {
	url, asked := stalling(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out, told := io.Pipe()
	env := with(nil)
	env.stdout = told
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		run(ctx, []string{"verify", "--format", "json", filepath.Join(repository, "testdata", "call-mono.wav"), url + "/never.wav"}, env)
		told.Close()
	}()
	// Read first: until the verdict is read, no download starts.
	var v verify.Verdict
	if err := json.NewDecoder(out).Decode(&v); err != nil {
		t.Fatal(err)
	}
	<-asked
	if v.Outcome != verify.Unusable || !strings.HasSuffix(v.Recording, "call-mono.wav") {
		t.Errorf("the first verdict is %s of %s", v.Outcome, v.Recording)
	}
	cancel()
	go io.Copy(io.Discard, out)
	<-ended
}

func TestStatus(t *testing.T) {
	tests := []struct {
		outcomes []verify.Outcome
		want     int
	}{
		{nil, statusOK},
		{[]verify.Outcome{verify.Match, verify.Match}, statusOK},
		{[]verify.Outcome{verify.Match, verify.Undecided}, statusUndecided},
		{[]verify.Outcome{verify.Undecided, verify.Errored}, statusFailed},
		{[]verify.Outcome{verify.Errored, verify.Swapped, verify.Undecided}, statusRefuted},
		{[]verify.Outcome{verify.Unusable, verify.Match}, statusRefuted},
	}
	for _, tt := range tests {
		told := map[verify.Outcome]int64{}
		for _, o := range tt.outcomes {
			told[o]++
		}
		got := statusOK
		var status statusError
		if errors.As(verdictStatus(told), &status) {
			got = int(status)
		}
		if got != tt.want {
			t.Errorf("%v: status %d, want %d", tt.outcomes, got, tt.want)
		}
	}
}

// Without a terminal a progress draws nothing and leaves nothing running.
func TestProgressWithoutTerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		p := newProgress(&out, true)
		track := p.track()
		track.begin("call.wav")
		time.Sleep(2 * patience)
		track.report(10, 100)
		track.end()
		p.close()
		if out.Len() > 0 {
			t.Errorf("drawn: %q", out.String())
		}
	})
}

// A progress draws a download that lasts, and removes its line; nothing if it is not wanted.
func TestProgressOfSlowDownloads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		p := &progress{lines: redrawn{out: &out}}
		track := p.track()
		track.begin("call.wav")
		track.report(10, 100)
		time.Sleep(patience / 2)
		synctest.Wait()
		track.end()
		if out.Len() > 0 {
			t.Errorf("a quick download is drawn: %q", out.String())
		}
		track.begin("call.wav")
		track.report(50_000, 100_000)
		time.Sleep(patience + redrawInterval)
		synctest.Wait()
		if shown := out.String(); !strings.Contains(shown, "[===============---------------]") {
			t.Errorf("a slow download shows %q", shown)
		}
		track.end()
		if shown := out.String(); !strings.HasSuffix(shown, "\x1b[1A\x1b[2K") {
			t.Errorf("the line stays: %q", shown)
		}
		p.close()
	})
	if p := newProgress(os.Stderr, false); p.lines.out != nil {
		t.Error("a progress that is not wanted draws")
	}
}

func TestShortened(t *testing.T) {
	tests := map[string]string{
		"call.wav":                   "call.wav",
		"0123456789":                 "0123456789",
		"https://example.com/17.wav": ".../17.wav",
	}
	for name, want := range tests {
		if got := shortened(name, 10); got != want {
			t.Errorf("%s is shortened to %q, want %q", name, got, want)
		}
	}
}
