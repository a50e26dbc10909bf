package batch

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-audio/audio"

	"github.com/otoscope/otoscope/audio/decode/decodetest"
	"github.com/otoscope/otoscope/audio/decode/wav"
	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/acquire"
	"github.com/otoscope/otoscope/verify/batch/manifest"
)

// foreign is a folder with recordings and known audio that only decodetest's decoder reads, and with the
// right channel of the call as a WAV file.
func foreign(t *testing.T) (dir string, left, right []float32) {
	t.Helper()
	dir = t.TempDir()
	write := func(name string, content []byte, err error) {
		t.Helper()
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	const call = "../../testdata/call-straight.wav"
	for fixture, name := range map[string]string{call: "call.amr", "../../testdata/prompt-greeting.wav": "greeting.amr"} {
		content, err := os.ReadFile(fixture)
		write(name, decodetest.Foreign(content), err)
	}
	left, right, rate := decodetest.File(t, call)
	one, err := wav.Encode(&audio.Float32Buffer{Format: &audio.Format{NumChannels: 1, SampleRate: rate}, Data: left})
	write("left.amr", decodetest.Foreign(one), err)
	one, err = wav.Encode(&audio.Float32Buffer{Format: &audio.Format{NumChannels: 1, SampleRate: rate}, Data: right})
	write("right.wav", one, err)
	return dir, left, right
}

// A fetcher with a decoder verifies with it, and hears and cuts its results again, also those of two files,
// one of which began later. Without it, the error names the format and what to do.
func TestADecoderReachesEveryReadingOfARecording(t *testing.T) {
	dir, left, right := foreign(t)
	path := filepath.Join(dir, "calls.csv")
	if err := os.WriteFile(path, []byte("id,recording,left,right,right_start\none,call.amr,,,\nboth,,left.amr,right.wav,1.5s\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := manifest.Open(path, nil, manifest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	s := open(t, freshSQLite(t))
	with, err := NewFetcher(fetch.Options{AllowPaths: true}, decodetest.Decoder{})
	if err != nil {
		t.Fatal(err)
	}
	defer with.Close()
	without, err := NewFetcher(fetch.Options{AllowPaths: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer without.Close()
	run(t, s, m, ReadOptions{}, fast(with))
	all := cases(t, s, Whereabouts{})
	if len(all) != 2 {
		t.Fatalf("there are %d results", len(all))
	}
	for id, c := range all {
		late := 0
		if id == "both" {
			late = 12000 // samples
		}
		rec, err := with.Listen(t.Context(), c.Place, &counted{})
		if err != nil || rec.SHA256 != c.Verdict.SHA256 {
			t.Errorf("%s: %v", id, err)
		}
		for channel, want := range [2][]float32{left[40000:44000], right[40000-late : 44000-late]} {
			got, rate, err := with.Excerpt(t.Context(), c.Place, acquire.Stretch{Channel: channel, From: 5, To: 5.5})
			if err != nil || rate != 8000 || !slices.Equal(got, want) {
				t.Errorf("%s, channel %d: %d samples, %v", id, channel, len(got), err)
			}
		}
		_, err = without.Listen(t.Context(), c.Place, &counted{})
		_, _, cut := without.Excerpt(t.Context(), c.Place, acquire.Stretch{To: 1})
		for _, err := range []error{err, cut} {
			if err == nil || !strings.Contains(err.Error(), "this is AMR audio, which is not read") || !strings.Contains(hint.Of(err), "--decoder ffmpeg") {
				t.Errorf("%s without a decoder: %v", id, err)
			}
		}
	}
}

// Known audio is decoded where the manifest is read. Processes that work on its rows need no decoder.
func TestKnownAudioIsDecodedOnce(t *testing.T) {
	dir, _, _ := foreign(t)
	s := open(t, freshSQLite(t))
	const rows = "id,recording,agent_audio\n1,https://example.com/1.wav,greeting.amr\n"
	if err := Check(t.Context(), manifestIn(t, dir, rows), ReadOptions{AllowPaths: true}); err == nil || !strings.Contains(err.Error(), "this is AMR audio, which is not read") {
		t.Errorf("without a decoder: %v", err)
	}
	run(t, s, manifestIn(t, dir, rows), ReadOptions{AllowPaths: true, Decoder: decodetest.Decoder{}}, fast(listener(t)))
	for _, c := range cases(t, s, Whereabouts{}) {
		found := false
		for _, e := range c.Verdict.Evidence {
			found = found || e.Name == "known_audio"
		}
		if !found || c.Verdict.Outcome != verify.Match {
			t.Errorf("%s, %+v", c.Verdict.Outcome, c.Verdict.Evidence)
		}
	}
}
