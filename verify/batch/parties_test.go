package batch

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-audio/audio"

	"github.com/otoscope/otoscope/audio/decode/decodetest"
	"github.com/otoscope/otoscope/audio/decode/wav"
	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/report"
)

// writeTrack writes one channel as a file.
func writeTrack(t testing.TB, path string, samples []float32, rate int) {
	t.Helper()
	b, err := wav.Encode(&audio.Float32Buffer{Format: &audio.Format{NumChannels: 1, SampleRate: rate}, Data: samples})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// resultsOf are all results by their ids.
func resultsOf(t testing.TB, s *Store) map[string]report.Row {
	t.Helper()
	all := map[string]report.Row{}
	for r, err := range s.Results(t.Context(), Filter{}, false) {
		if err != nil {
			t.Fatal(err)
		}
		all[r.ID] = r
	}
	return all
}

// A row may name a file a party. Its result names both files with their sums, and both are looked at
// to find out whether it is done.
func TestARowOfTwoFilesIsOneRecording(t *testing.T) {
	left, right, rate := decodetest.File(t, "../../testdata/call-straight.wav")
	onEach(t, func(t *testing.T, target string) {
		s, dir := open(t, target), t.TempDir()
		path := func(name string) string { return filepath.Join(dir, name) }
		writeTrack(t, path("l.wav"), left, rate)
		writeTrack(t, path("r.wav"), right, rate)
		text := "id,left,right,customer_file,agent_file,right_start\n" +
			"sides," + path("l.wav") + "," + path("r.wav") + ",,,\n" +
			"parties,,," + path("r.wav") + "," + path("l.wav") + ",\n" +
			"later," + path("l.wav") + "," + path("r.wav") + ",,,0.25s\n" +
			"missing," + path("l.wav") + "," + path("none.wav") + ",,,\n"
		source, err := NewFetcher(fetch.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(source.Close)
		read := ReadOptions{AllowPaths: true, Defaults: said(t, "direction", "inbound")}
		run(t, s, manifestOf(t, "m", text), read, fast(source))
		exactlyOne(t, s, 4)
		all := resultsOf(t, s)
		for id, want := range map[string]verify.Outcome{"sides": verify.Match, "parties": verify.Swapped, "later": verify.Match, "missing": verify.Errored} {
			if got := all[id].Verdict; got.Outcome != want || want != verify.Errored && (len(got.Files) != 2 ||
				got.SHA256 != verify.SumOfFiles(got.Files[0].SHA256, got.Files[1].SHA256) || got.Bytes != got.Files[0].Bytes+got.Files[1].Bytes) {
				t.Errorf("%s: %s, %+v", id, got.Outcome, got.Files)
			}
		}
		if f := all["later"].Verdict.Files; f[1].StartS != 0.25 || !f[1].Told || f[0].Recording != path("l.wav") {
			t.Errorf("%+v", f)
		}
		if f := all["parties"].Verdict.Files; f[0].Party != "customer" || f[1].Party != "agent" {
			t.Errorf("%+v", f)
		}
		if e := all["missing"].Verdict.Error; !strings.HasPrefix(e.Message, "the right file: ") || e.Stage != verify.StageFetch {
			t.Errorf("%+v", e)
		}

		// Neither file has changed: nothing is read again. Then one has.
		if r := run(t, s, manifestOf(t, "m", text), read, fast(source)); r.Manifest.Reused != 4 {
			t.Errorf("%d results were used again", r.Manifest.Reused)
		}
		before := all["sides"].Verdict.SHA256
		writeTrack(t, path("r.wav"), right[:len(right)-rate/2], rate)
		if err := os.Chtimes(path("r.wav"), time.Now(), time.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		run(t, s, manifestOf(t, "m", text), read, fast(source))
		exactlyOne(t, s, 4)
		if all = resultsOf(t, s); all["sides"].Verdict.SHA256 == before || all["sides"].Verdict.Files[1].DurationS > 33.5 {
			t.Errorf("the result is still that of %+v", all["sides"].Verdict.Files)
		}
	})
}

// Which recording a row of two files is depends on both files and on when they began, not on signatures.
func TestBothReferencesAndTheirStartsAreTheIdentity(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		var mu sync.Mutex
		var asked []string
		source := &fake{do: func(_ context.Context, task Task) (Measured, error) {
			mu.Lock()
			defer mu.Unlock()
			asked = append(asked, task.Reference)
			return heard(task), nil
		}}
		const sign = "&X-Amz-Signature=aa11&X-Amz-Date=20261123T100000Z&X-Amz-Credential=k&X-Amz-Expires=60&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-SignedHeaders=host"
		row := func(left, right, start string) string {
			return "id,left,right,right_start\n1," + left + "," + right + "," + start + "\n"
		}
		const l, r = "https://example.com/l.wav?token=secret-1", "https://example.com/r.wav?v=1"
		for i, step := range []struct {
			what, text string
			calls      int
		}{
			{"new", row(l, r+sign, ""), 1},
			{"the same", row(l, r+sign, ""), 1},
			{"signed again", row(l, r+strings.Replace(sign, "aa11", "bb22", 1), ""), 1},
			{"another right file", row(l, "https://example.com/r2.wav", ""), 2},
			{"another token of the left file", row(l+"9", "https://example.com/r2.wav", ""), 3},
			{"the files exchanged", row("https://example.com/r2.wav", l+"9", ""), 4},
			{"another start", row("https://example.com/r2.wav", l+"9", "1.5s"), 5},
			{"the same start in other words", row("https://example.com/r2.wav", l+"9", "1500ms"), 5},
		} {
			run(t, s, manifestOf(t, "m", step.text), ReadOptions{}, fast(source))
			exactlyOne(t, s, 1)
			if len(asked) != step.calls {
				t.Errorf("%d, %s: measured %d times, want %d", i, step.what, len(asked), step.calls)
			}
		}
		where, err := locate(asked[4])
		if err != nil || where.files == nil || where.files.RightLate != 1500*time.Millisecond || where.files.Right.Whole() != l+"9" {
			t.Errorf("%q: %v", asked[4], err)
		}
		for id, got := range resultsOf(t, s) {
			if strings.Contains(got.Verdict.Recording, "secret") || !strings.Contains(got.Verdict.Recording, " + ") {
				t.Errorf("%s: %s", id, got.Verdict.Recording)
			}
		}
	})
}

// What a row of two files needs is what either needs.
func TestWhatTwoFilesNeed(t *testing.T) {
	stored := func(left, right string) string {
		files := `{"left":"` + left + `","right":"` + right + `"}`
		if _, err := locate(files); err != nil {
			t.Fatal(err)
		}
		return files
	}
	const url, path = "https://example.com/a.wav", "/calls/b.wav"
	for _, c := range []struct {
		reference      string
		paths, private bool
		want           needs
	}{
		{stored(url, url+"2"), true, false, needsNothing},
		{stored(url, url+"2"), true, true, needsPrivate},
		{stored(url, path), true, false, needsFiles + "h"},
		{stored(path, url), true, true, needsPrivateFiles + "h"},
		{stored(path, path+"2"), true, true, needsFiles + "h"},
		{stored(path, path+"2"), false, true, needsNothing},
	} {
		if got := needsOf(c.reference, "h", c.paths, c.private); got != c.want {
			t.Errorf("%s: %q, want %q", c.reference, got, c.want)
		}
	}
	if _, err := locate(`{"left":`); err == nil {
		t.Error("half a reference is read")
	}
}

func FuzzLocate(f *testing.F) {
	for _, s := range []string{"/a.wav", "https://example.com/a.wav", `{"left":"/a","right":"/b","right_late_ns":5,"told":true}`, `{"left":"/a","right":"/a"}`, "{", `{"left":1}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		where, err := locate(s)
		if err != nil || where.files == nil {
			return
		}
		again, err := locate(storedForm(*where.files))
		if err != nil || again.identity() != where.identity() {
			t.Errorf("%q: %v", s, err)
		}
	})
}
