package recognize

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/audio/measurement"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tone is a sine of a frequency, with full scale at 1.0.
func tone(hz, rate float64, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(0.5 * math.Sin(2*math.Pi*hz*float64(i)/rate))
	}
	return x
}

// kept is a Sound of 30 s at 8 kHz: 500 Hz on the left, 1500 Hz on the right.
func kept(t testing.TB) *Sound {
	t.Helper()
	s := NewSound(t.TempDir())
	t.Cleanup(func() { s.Close() })
	s.Begin(8000, 2)
	left, right := tone(500, 8000, 240_000), tone(1500, 8000, 240_000)
	for at := 0; at < len(left); at += 1000 {
		s.Add(left[at:at+1000], right[at:at+1000])
	}
	return s
}

// pitch is the frequency of a tone, by its zero crossings.
func pitch(x []float32, rate float64) float64 {
	n := 0
	for i := 1; i < len(x); i++ {
		if x[i-1] < 0 && x[i] >= 0 {
			n++
		}
	}
	return float64(n) * rate / float64(len(x))
}

// decoded gives the samples of a WAV with one channel.
func decoded(t testing.TB, content []byte) (x []float32, rate int) {
	t.Helper()
	r, err := decode.NewReader(bytes.NewReader(content), decode.Options{})
	if err != nil {
		t.Fatal(err)
	}
	block := make([]float32, 4096)
	for {
		n, err := r.Read(block, nil)
		x = append(x, block[:n]...)
		if errors.Is(err, io.EOF) {
			return x, r.Format().SampleRate
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// An excerpt is the speech of one channel alone, joined, at the rate of recognisers; its times
// lead back to the recording.
func TestAnExcerptIsTheFirstSpeechOfAChannel(t *testing.T) {
	s := kept(t)
	speech := []measurement.Segment{{Start: 1, End: 3}, {Start: 3.1, End: 4}, {Start: 10, End: 12}, {Start: 20, End: 29}}
	for channel, hz := range []float64{500, 1500} {
		e, err := s.Excerpt(channel, speech, 6)
		if err != nil {
			t.Fatal(err)
		}
		// 2.9 s of speech, a rest, 2 s, a rest, and 1.1 s of the last stretch, each with its margins.
		if want := 3.4 + restS + 2.4 + restS + 1.5; math.Abs(e.LongS-want) > 0.01 {
			t.Errorf("the excerpt lasts %.2f s, not %.2f s", e.LongS, want)
		}
		x, rate := decoded(t, e.WAV)
		if got := float64(len(x)) / float64(rate); rate != WAVRate || math.Abs(got-e.LongS) > 0.01 {
			t.Errorf("the WAV has %.2f s at %d Hz", got, rate)
		}
		if got := pitch(x[8000:48000], WAVRate); math.Abs(got-hz) > 2 {
			t.Errorf("on channel %d there are %.0f Hz, not %.0f Hz", channel, got, hz)
		}
		for _, c := range []struct{ in, at float64 }{
			{0, 0.8}, {2, 2.8}, {3.4, 4.2}, {3.6, 4.2}, {3.4 + restS, 9.8}, {3.4 + restS + 1, 10.8}, {3.4 + restS + 2.4 + restS + 1, 20.8}, {100, 21.3},
		} {
			if got := e.At(c.in); math.Abs(got-c.at) > 0.01 {
				t.Errorf("%.1f s of the excerpt are at %.2f s, not at %.2f s", c.in, got, c.at)
			}
		}
	}
}

func TestWithoutSpeechThereIsNoExcerpt(t *testing.T) {
	s := kept(t)
	for _, speech := range [][]measurement.Segment{nil, {{Start: 1, End: 1.5}}, {{Start: 40, End: 50}}} {
		if e, err := s.Excerpt(0, speech, 60); e != nil || err != nil {
			t.Errorf("%v: %v, %v", speech, e, err)
		}
	}
}

// A download that starts over begins its sound again; what cannot be kept is told with the excerpt.
func TestKeptSoundBeginsAgain(t *testing.T) {
	s := kept(t)
	s.Begin(16000, 1)
	x := tone(800, 16000, 32000)
	s.Add(x, nil)
	e, err := s.Excerpt(0, []measurement.Segment{{Start: 0, End: 30}}, 60)
	if err != nil || e == nil || math.Abs(e.LongS-2) > 0.01 {
		t.Fatalf("%+v, %v", e, err)
	}
	got, _ := decoded(t, e.WAV)
	if hz := pitch(got, WAVRate); math.Abs(hz-800) > 2 {
		t.Errorf("%.0f Hz", hz)
	}
	gone := NewSound(filepath.Join(t.TempDir(), "gone"))
	gone.Begin(8000, 2)
	gone.Add(x, x)
	if _, err := gone.Excerpt(0, []measurement.Segment{{Start: 0, End: 30}}, 60); err == nil {
		t.Error("sound was kept in a folder that is not there")
	}
	if _, err := NewSound("").Excerpt(0, nil, 60); err == nil {
		t.Error("sound that was never kept has an excerpt")
	}
}

// No name of a recording's sound is left in a folder while it is kept.
func TestKeptSoundHasNoName(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a file has a name there until it is closed")
	}
	dir := t.TempDir()
	s := NewSound(dir)
	s.Begin(8000, 2)
	defer s.Close()
	if names, err := os.ReadDir(dir); err != nil || len(names) > 0 {
		t.Errorf("%v, %v", names, err)
	}
}

// script installs a program of a shell script, and gives the folder of its PATH.
func script(t *testing.T, name, text string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the programs of this test are shell scripts")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+text), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
}

// model is an empty file that stands for one.
func model(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "model.bin")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const whisperScript = `
[ -z "$TWILIO_AUTH_TOKEN$OTOSCOPE_RECOGNIZER_KEY" ] || exit 9
while [ $# -gt 0 ]; do
	case "$1" in -f) sound=$2 ;; -of) out=$2 ;; -m) [ -f "$2" ] || exit 8 ;; esac
	shift
done
head -c 4 "$sound" | grep -q RIFF || exit 7
printf '{"result": {"language": "en"}, "transcription": []}' >"$out.json"
`

// whisper-cli gets a WAV and its model, and none of the user's secrets. Nothing is left of what it
// was given.
func TestWhisperWritesJSON(t *testing.T) {
	script(t, whisperWord, whisperScript)
	t.Setenv("TWILIO_AUTH_TOKEN", "sesame")
	t.Setenv("OTOSCOPE_RECOGNIZER_KEY", "sesame")
	dir := t.TempDir()
	engine, err := New(whisperWord, Options{Model: model(t), Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	document, err := engine.Recognize(t.Context(), []byte("RIFF"))
	if err != nil || string(document) != `{"result": {"language": "en"}, "transcription": []}` {
		t.Errorf("%s, %v (%s)", document, err, hint.Of(err))
	}
	if names, err := os.ReadDir(dir); err != nil || len(names) > 0 {
		t.Errorf("left are %v, %v", names, err)
	}
}

func TestACommandThatFails(t *testing.T) {
	for name, tt := range map[string]struct{ text, why string }{
		"with a status":    {"echo some words; echo 'error: no such model' >&2; exit 3", `whisper-cli failed: exit status 3, "error: no such model"`},
		"without a result": {"exit 0", "wrote nothing that can be read: no such file or directory"},
		"without an end":   {"cat /dev/zero", "printed more than words"},
	} {
		t.Run(name, func(t *testing.T) {
			script(t, whisperWord, tt.text)
			engine, err := New(whisperWord, Options{Model: model(t), Dir: t.TempDir()})
			if err != nil {
				t.Fatal(err)
			}
			document, err := engine.Recognize(t.Context(), []byte("RIFF"))
			if err == nil || !strings.Contains(err.Error(), tt.why) || strings.Contains(err.Error(), "some words") || hint.Of(err) == "" {
				t.Errorf("%s, %v (%s)", document, err, hint.Of(err))
			}
		})
	}
}

func TestWhatIsNotInstalledIsTold(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for word, install := range map[string]string{pocketsphinxWord: "apt-get install pocketsphinx pocketsphinx-en-us", whisperWord: "whisper.cpp"} {
		_, err := New(word, Options{})
		if err == nil || !strings.Contains(err.Error(), "is not installed") || !strings.Contains(hint.Of(err), install) {
			t.Errorf("%s: %v (%s)", word, err, hint.Of(err))
		}
	}
}

func TestWordsThatAreNoRecogniser(t *testing.T) {
	for word, why := range map[string]string{
		"whisper":                             "no recogniser that is known",
		"http://example.com":                  "over TLS only",
		"https://user:sesame@example.com":     "show in process lists",
		"https://example.com/?key=sesame":     "show in process lists",
		"https://":                            "cannot be read as a URL",
		"ftp://example.com":                   "no recogniser that is known",
		"http://192.0.2.1/v1":                 "over TLS only",
		"http://localhost.example.com":        "over TLS only",
		"https://example.com/v1#fragment=key": "show in process lists",
	} {
		if _, err := New(word, Options{}); err == nil || !strings.Contains(err.Error(), why) || hint.Of(err) == "" || strings.Contains(err.Error()+hint.Of(err), "sesame") {
			t.Errorf("%s: %v (%s)", word, err, hint.Of(err))
		}
	}
}

// tlsServer is a recogniser over TLS.
func tlsServer(t *testing.T, handle http.HandlerFunc) (*httptest.Server, *x509.CertPool) {
	t.Helper()
	s := httptest.NewUnstartedServer(handle)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}))
	return s, roots
}

// A server gets the sound, the model and the key, as OpenAI's API asks for them.
func TestAServerIsAskedAsOpenAIs(t *testing.T) {
	s, roots := tlsServer(t, func(w http.ResponseWriter, r *http.Request) {
		file, _, err := r.FormFile("file")
		if err != nil {
			t.Error(err)
			return
		}
		sound, err := io.ReadAll(file)
		if err != nil || string(sound) != "RIFF" {
			t.Errorf("%q, %v", sound, err)
		}
		if r.URL.Path != "/v1/audio/transcriptions" || r.FormValue("model") != "small.en" || r.FormValue("response_format") != "verbose_json" || r.Header.Get("Authorization") != "Bearer sesame" {
			t.Errorf("%s %v %v", r.URL, r.Form, r.Header)
		}
		io.WriteString(w, `{"segments": []}`)
	})
	for _, path := range []string{"", "/", "/v1", "/v1/", "/v1/audio/transcriptions"} {
		engine, err := New(s.URL+path, Options{Model: "small.en", Key: "sesame", RootCAs: roots})
		if err != nil {
			t.Fatal(err)
		}
		if document, err := engine.Recognize(t.Context(), []byte("RIFF")); err != nil || string(document) != `{"segments": []}` {
			t.Errorf("%s: %s, %v (%s)", path, document, err, hint.Of(err))
		}
	}
}

// What a server does wrong is told without its words and without the key, which goes nowhere else.
func TestAServerThatFails(t *testing.T) {
	elsewhere, _ := tlsServer(t, func(http.ResponseWriter, *http.Request) { t.Error("the request went to another server") })
	for name, tt := range map[string]struct {
		handle   http.HandlerFunc
		why      string
		attempts int
	}{
		"refuses": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }, "answered with status 401", 1},
		"is busy": {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Retry-After", "0"); w.WriteHeader(429) }, "answered with status 429", 1},
		"redirects": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		}, "a redirect, which is not followed", 1},
		"answers something else": {func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>some words") }, "not JSON", 1},
		"hangs":                  {func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body); <-r.Context().Done() }, "did not answer within", 1},
	} {
		t.Run(name, func(t *testing.T) {
			s, roots := tlsServer(t, tt.handle)
			engine, err := New(s.URL, Options{Key: "sesame", RootCAs: roots, Timeout: 300 * time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			document, err := engine.Recognize(t.Context(), []byte("RIFF"))
			if err == nil || !strings.Contains(err.Error(), tt.why) || hint.Of(err) == "" || strings.Contains(err.Error()+hint.Of(err), "sesame") || strings.Contains(err.Error(), "some words") {
				t.Errorf("%s, %v (%s)", document, err, hint.Of(err))
			}
		})
	}
}

// A server that is busy is asked again when it says.
func TestABusyServerIsAskedAgain(t *testing.T) {
	asked := 0
	s, roots := tlsServer(t, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		if asked++; asked == 1 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(503)
			return
		}
		io.WriteString(w, `{"segments": []}`)
	})
	engine, err := New(s.URL, Options{RootCAs: roots})
	if err != nil {
		t.Fatal(err)
	}
	if document, err := engine.Recognize(t.Context(), []byte("RIFF")); err != nil || asked != 2 {
		t.Errorf("%s, %v after %d requests", document, err, asked)
	}
}

// Without the authority of its certificate, a server gets no sound.
func TestAnUnknownServerGetsNothing(t *testing.T) {
	s, _ := tlsServer(t, func(http.ResponseWriter, *http.Request) { t.Error("the request went out") })
	engine, err := New(s.URL, Options{Key: "sesame", Timeout: 500 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := engine.Recognize(t.Context(), []byte("RIFF")); err == nil || !strings.Contains(err.Error(), "cannot be reached") {
		t.Error(err)
	}
}

// What a killed process left goes at the next start; what is in use stays.
func TestLeftoversAreSwept(t *testing.T) {
	dir := t.TempDir()
	long := time.Now().Add(-25 * time.Hour)
	old := func(path string) string {
		if err := os.Chtimes(path, long, long); err != nil {
			t.Fatal(err)
		}
		return path
	}
	left, _, err := private(dir)
	if err == nil {
		err = os.WriteFile(filepath.Join(left, "call.wav"), nil, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	// This process still has the lock of its folder: a left one has none.
	unlocked := filepath.Join(dir, wordsPrefix+"left")
	if err := os.Rename(left, unlocked); err != nil {
		t.Fatal(err)
	}
	inUse, remove, err := private(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer remove()
	other := filepath.Join(dir, "other")
	orphan := filepath.Join(dir, wordsPrefix+"orphan")
	for _, path := range []string{other, orphan} {
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{unlocked, inUse, other, orphan} {
		old(path)
	}
	Sweep(dir)
	for path, stays := range map[string]bool{inUse: runtime.GOOS != "windows", other: true, orphan: false} {
		if _, err := os.Stat(path); (err == nil) != stays {
			t.Errorf("%s: %v", filepath.Base(path), err)
		}
	}
}

// pocketsphinx hears words in speech, with times and how certain each is.
func TestPocketsphinxHearsWords(t *testing.T) {
	if _, err := exec.LookPath("pocketsphinx_continuous"); err != nil {
		t.Skip("pocketsphinx is not installed: apt-get install pocketsphinx pocketsphinx-en-us")
	}
	x, rate := decoded(t, fixture(t, "../../testdata/prompt-greeting.wav"))
	s := NewSound(t.TempDir())
	defer s.Close()
	s.Begin(rate, 1)
	s.Add(x, nil)
	e, err := s.Excerpt(0, []measurement.Segment{{Start: 0, End: float64(len(x)) / float64(rate)}}, 60)
	if err != nil {
		t.Fatal(err)
	}
	engine, err := New(pocketsphinxWord, Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	document, err := engine.Recognize(t.Context(), e.WAV)
	if err != nil || !strings.Contains(string(document), "\n<s> ") || len(strings.Fields(string(document))) < 30 {
		t.Errorf("%s, %v (%s)", document, err, hint.Of(err))
	}
}

func fixture(t testing.TB, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
