package main

import (
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-audio/audio"
	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/decode/decodetest"
	"github.com/otoscope/otoscope/audio/decode/wav"
)

// The scripts run the real main, each in its own process.
func TestMain(m *testing.M) {
	testscript.Main(leakChecked{m}, map[string]func(){"otoscope": main, "otoscope-decode": decodeAlone})
}

// leakChecked also fails if a goroutine is left behind.
type leakChecked struct{ *testing.M }

func (m leakChecked) Run() int {
	status := m.M.Run()
	if status != 0 {
		return status
	}
	if err := goleak.Find(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func TestScripts(t *testing.T) {
	fixtures, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	long := decodetest.Lengthened(t, filepath.Join(fixtures, "call-straight.wav"), 10, 9)
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join(fixtures, "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE_GOLDEN") == "1",
		Setup: func(env *testscript.Env) error {
			env.Setenv("TESTDATA", fixtures)
			env.Setenv("COLUMNS", "200")
			env.Setenv("LANG", "C.UTF-8")
			env.Setenv("EVIL", "evil\x1b[2J\u202e.wav")
			for _, name := range []string{"LC_ALL", "LC_CTYPE", "NO_COLOR", "NETRC"} {
				env.Setenv(name, "")
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"desk":      answerAtDesk,
			"exits":     exits,
			"interrupt": interrupt,
			"long": func(ts *testscript.TestScript, _ bool, args []string) {
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), long, 0o600))
			},
			"channels": channels,
			"serve":    serve,
			"tracks":   tracks,
			"twilio":   serveTwilio,
		},
	})
}

// exits runs a command and checks its exit status: exits STATUS COMMAND...
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := status(ts, ts.Exec(args[1], args[2:]...)); got != want {
		ts.Fatalf("%s: exit status %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

func status(ts *testscript.TestScript, err error) int {
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		return failed.ExitCode()
	}
	ts.Check(err)
	return 0
}

// The credentials that the server of the scripts requires.
const (
	scriptUser     = "kim"
	scriptPassword = "open-sesame-4711"
)

// A faultServer serves the fixtures over TLS, well or badly.
type faultServer struct {
	fixtures http.Handler
	own      http.Handler  // of the script's folder
	stalled  chan struct{} // one for each request that hangs
	screen   string        // the file with what a terminal shows
	mu       sync.Mutex
	requests map[string]int
}

// serve starts the server. It sets URL and HOST, and CA to a file with its
// certificate.
func serve(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: serve")
	}
	s := &faultServer{
		fixtures: http.FileServer(http.Dir(ts.Getenv("TESTDATA"))),
		own:      http.FileServer(http.Dir(ts.Getenv("WORK"))),
		stalled:  make(chan struct{}, 16),
		screen:   ts.MkAbs("screen"),
		requests: map[string]int{},
	}
	server := httptest.NewUnstartedServer(s)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that fail on purpose
	server.StartTLS()
	ts.Defer(func() {
		server.CloseClientConnections()
		server.Close()
	})
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	ts.Check(os.WriteFile(ts.MkAbs("ca.pem"), ca, 0o600))
	ts.Setenv("CA", "ca.pem")
	ts.Setenv("URL", server.URL)
	ts.Setenv("HOST", strings.TrimPrefix(server.URL, "https://"))
	running.Store(ts.Getenv("WORK"), s)
	ts.Defer(func() { running.Delete(ts.Getenv("WORK")) })
}

// running finds the server of a script by the script's folder. It is a hangingServer.
var running sync.Map

// A hangingServer tells of each request that hangs.
type hangingServer interface{ stalls() <-chan struct{} }

func (s *faultServer) stalls() <-chan struct{} { return s.stalled }

func (s *faultServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	fault, file, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	r.URL.Path = "/" + file
	s.mu.Lock()
	s.requests[fault]++
	n := s.requests[fault]
	s.mu.Unlock()
	user, password, _ := r.BasicAuth()
	allowed := user == scriptUser && password == scriptPassword
	switch {
	case fault == "public":
		s.fixtures.ServeHTTP(w, r)
	case fault == "ranges":
		w.Header().Set("ETag", `"1"`)
		s.own.ServeHTTP(w, r)
	case fault == "no-ranges":
		r.Header.Del("Range")
		s.own.ServeHTTP(w, r)
	case !allowed:
		w.Header().Set("WWW-Authenticate", `Basic realm="calls"`)
		http.Error(w, "who are you?", http.StatusUnauthorized)
	case fault == "busy" && n == 1:
		w.Header().Set("Retry-After", "0")
		http.Error(w, "one at a time", http.StatusTooManyRequests)
	case fault == "cut" && n == 1:
		w.Header().Set("Content-Length", "100000")
		w.Write(make([]byte, 1000))
		panic(http.ErrAbortHandler)
	case fault == "own":
		s.own.ServeHTTP(w, r)
	case fault == "resumed" && n == 1:
		// It goes on where it broke off: a file has a date.
		s.own.ServeHTTP(&breaking{w, 150_000}, r)
	case fault == "resumed":
		s.own.ServeHTTP(w, r)
	case fault == "begun-again":
		undated := &breaking{w, 1 << 30}
		if n == 1 {
			undated.left = 150_000
		}
		r.Header.Del("Range")
		w.Header().Set("Accept-Ranges", "none")
		s.own.ServeHTTP(withoutDate{undated}, r)
	case fault == "slow":
		// The script has what the terminal shows in the file "screen".
		shown := func() bool { return shows(s.screen, "kB of ") }
		s.fixtures.ServeHTTP(&trickle{w, 50_000, shown, r.Context().Done()}, r)
	case fault == "html":
		fmt.Fprint(w, "<!DOCTYPE html><title>Sign in</title>")
	case fault == "gone":
		http.Error(w, "no longer", http.StatusGone)
	case fault == "stall", fault == "late" && n == 1:
		w.Header().Set("Content-Type", "audio/wav")
		w.Write([]byte("RIFF\xff\xff\xff\xffWAVE"))
		w.(http.Flusher).Flush()
		s.stalled <- struct{}{}
		<-r.Context().Done()
	default:
		s.fixtures.ServeHTTP(w, r)
	}
}

// breaking is a line that breaks after some bytes.
type breaking struct {
	http.ResponseWriter
	left int
}

func (b *breaking) Write(p []byte) (int, error) {
	if len(p) > b.left {
		b.ResponseWriter.Write(p[:b.left])
		b.ResponseWriter.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	b.left -= len(p)
	return b.ResponseWriter.Write(p)
}

// withoutDate sends no date by which a download could go on.
type withoutDate struct{ *breaking }

func (w withoutDate) WriteHeader(status int) {
	w.Header().Del("Last-Modified")
	w.breaking.WriteHeader(status)
}

// tracks writes the channels of a fixture as files of their own, the second at a multiple of its rate:
// tracks FIXTURE LEFT RIGHT [MULTIPLE].
func tracks(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 || len(args) > 4 {
		ts.Fatalf("usage: tracks FIXTURE LEFT RIGHT [MULTIPLE]")
	}
	both, rate := fixture(ts, args[0])
	rates := [2]int{rate, rate}
	if len(args) == 4 {
		k, err := strconv.Atoi(args[3])
		ts.Check(err)
		var dense []float32 // a line from each sample to the next
		for i := range both[1] {
			next := both[1][min(i+1, len(both[1])-1)]
			for j := range k {
				dense = append(dense, both[1][i]+(next-both[1][i])*float32(j)/float32(k))
			}
		}
		both[1], rates[1] = dense, k*rates[1]
	}
	for i, samples := range both {
		b, err := wav.Encode(&audio.Float32Buffer{Format: &audio.Format{NumChannels: 1, SampleRate: rates[i]}, Data: samples})
		ts.Check(err)
		ts.Check(os.WriteFile(ts.MkAbs(args[1+i]), b, 0o600))
	}
}

// fixture reads both channels of a fixture.
func fixture(ts *testscript.TestScript, name string) (channels [2][]float32, rate int) {
	f, err := os.Open(filepath.Join(ts.Getenv("TESTDATA"), name))
	ts.Check(err)
	defer f.Close()
	r, err := decode.NewReader(f, decode.Options{})
	ts.Check(err)
	for block := [2][]float32{make([]float32, 4096), make([]float32, 4096)}; ; {
		n, err := r.Read(block[0], block[1])
		if errors.Is(err, io.EOF) {
			break
		}
		ts.Check(err)
		for i := range channels {
			channels[i] = append(channels[i], block[i][:n]...)
		}
	}
	return channels, r.Format().SampleRate
}

// channels writes a recording of any number of channels, each of which is left, right, mix or silence:
// channels FILE CHANNEL...
func channels(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: channels FILE left|right|mix|silence...")
	}
	both, rate := fixture(ts, "call-straight.wav")
	buf := &audio.Float32Buffer{Format: &audio.Format{NumChannels: len(args) - 1, SampleRate: rate}}
	for i := range both[0] {
		for _, kind := range args[1:] {
			l, r := both[0][i], both[1][i]
			buf.Data = append(buf.Data, map[string]float32{"left": l, "right": r, "mix": (l + r) / 2}[kind])
		}
	}
	b, err := wav.Encode(buf)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o600))
}

// trickle is a line that slows down after some bytes, until the client shows how far it is.
type trickle struct {
	http.ResponseWriter
	after int
	shown func() bool
	gone  <-chan struct{} // closed when the client is gone
}

func (t *trickle) Write(b []byte) (int, error) {
	sent := 0
	for sent < len(b) {
		n := len(b) - sent
		if t.after > 0 {
			n = min(n, t.after)
		} else if !t.shown() {
			n = 1
		}
		m, err := t.ResponseWriter.Write(b[sent : sent+n])
		if sent += m; err != nil {
			return sent, err
		}
		if t.after -= m; t.after > 0 || t.shown() {
			continue
		}
		t.ResponseWriter.(http.Flusher).Flush()
		select {
		case <-t.gone:
			return sent, io.ErrClosedPipe
		case <-time.After(20 * time.Millisecond): // until it is looked at again
		}
	}
	return sent, nil
}

// shows reports whether a file holds a text.
func shows(path, text string) bool {
	b, err := os.ReadFile(path)
	return err == nil && strings.Contains(string(b), text)
}

// interrupt runs a command until the server stalls, sends it SIGINT, and checks for the exit
// status 130 and an end in time: interrupt DURATION COMMAND...
func interrupt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: interrupt DURATION COMMAND...")
	}
	within, err := time.ParseDuration(args[0])
	ts.Check(err)
	args = args[1:]
	s, ok := running.Load(ts.Getenv("WORK"))
	if !ok {
		ts.Fatalf("interrupt needs serve")
	}
	path, err := exec.LookPath(args[0])
	ts.Check(err)
	c := exec.Command(path, args[1:]...)
	c.Dir = ts.Getenv("WORK")
	c.Stdout, c.Stderr = ts.Stdout(), ts.Stderr()
	for _, name := range []string{"PATH", "HOME", "LANG", "OTOSCOPE_USER", "OTOSCOPE_PASSWORD",
		"TWILIO_ACCOUNT_SID", "TWILIO_API_KEY", "TWILIO_API_SECRET", "HTTPS_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"} {
		c.Env = append(c.Env, name+"="+ts.Getenv(name))
	}
	ts.Check(c.Start())
	select {
	case <-s.(hangingServer).stalls():
	case <-time.After(20 * time.Second):
		c.Process.Kill()
		c.Wait()
		ts.Fatalf("the download never began")
	}
	began := time.Now()
	ts.Check(c.Process.Signal(os.Interrupt))
	if got := status(ts, c.Wait()); got != statusInterrupted {
		ts.Fatalf("exit status %d, want %d", got, statusInterrupted)
	}
	if took := time.Since(began); took > within {
		ts.Fatalf("it took %v to end", took)
	}
}
