package evaluate

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-audio/audio"
	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/audio/decode/decodetest"
	"github.com/otoscope/otoscope/audio/decode/wav"
	"github.com/otoscope/otoscope/audio/hint"
)

// kept is a folder with a call as one recording, as two files, and as both in a format that only decodetest's
// decoder reads. The right file lacks the first 0.25 s.
func kept(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	const late = 2000
	left, right, rate := decodetest.File(t, fixtures+"call-mulaw.wav")
	clear(right[:late])
	var both []float32
	for i := range left {
		both = append(both, left[i], right[i])
	}
	for name, samples := range map[string][]float32{"both": both, "left": left, "right": right[late:]} {
		channels := 1
		if name == "both" {
			channels = 2
		}
		file, err := wav.Encode(&audio.Float32Buffer{Format: &audio.Format{NumChannels: channels, SampleRate: rate}, Data: samples})
		for ending, content := range map[string][]byte{".wav": file, ".amr": decodetest.Foreign(file)} {
			if err == nil {
				err = os.WriteFile(filepath.Join(dir, name+ending), content, 0o600)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func labelled(t *testing.T, lines string) []Label {
	t.Helper()
	labels, err := ReadLabels(strings.NewReader(lines), "labels.jsonl", nil)
	if err != nil {
		t.Fatal(err)
	}
	return labels
}

const (
	oneFile  = `{"file": "both.wav", "left": "customer"}`
	twoFiles = `{"left_file": "left.wav", "right_file": "right.wav", "right_start": 0.25, "left": "customer"}`
)

// Cuts and faults of two files, and of a format that the decoder reads, are those of the same call in one file.
func TestCutsAndFaultsAreThoseOfTheCallHoweverItIsKept(t *testing.T) {
	dir := kept(t)
	sources := Sources{Dir: dir, Decoder: decodetest.Decoder{}}
	cuts := func(label string) map[string]any {
		all, err := Listen(t.Context(), labelled(t, label), ListenOptions{Sources: sources, Cuts: true})
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]any{}
		for _, r := range all {
			if r.Err != nil {
				t.Errorf("%s: %v", r.Name(), r.Err)
			}
			out[r.Cut+" "+r.At] = r.Result.Measurements
		}
		return out
	}
	faults := func(label string) []FaultRow {
		report, err := JudgeFaults(t.Context(), labelled(t, label), FaultOptions{Sources: sources, Kinds: []string{"mailbox"}, Per: 1})
		if err != nil || len(report.Unreadable) > 0 {
			t.Fatal(err, report.Unreadable)
		}
		return report.Kinds
	}
	wantCuts, wantFaults := cuts(oneFile), faults(oneFile)
	if len(wantCuts) < 5 {
		t.Fatalf("%d cuts", len(wantCuts))
	}
	for _, label := range []string{twoFiles, strings.ReplaceAll(oneFile, ".wav", ".amr"), strings.Replace(twoFiles, "right.wav", "right.amr", 1)} {
		if diff := cmp.Diff(wantCuts, cuts(label)); diff != "" {
			t.Errorf("cuts of %s (-one file +it)\n%s", label, diff)
		}
		if diff := cmp.Diff(wantFaults, faults(label)); diff != "" {
			t.Errorf("faults of %s (-one file +it)\n%s", label, diff)
		}
	}
}

// What cannot be read is told of the file it is of, with what to do.
func TestUnreadableFilesOfALabel(t *testing.T) {
	dir := kept(t)
	for label, want := range map[string][2]string{
		strings.ReplaceAll(oneFile, ".wav", ".amr"):            {"this is AMR audio, which is not read", "--decoder ffmpeg"},
		strings.Replace(twoFiles, "right.wav", "right.amr", 1): {"the right file: this is AMR audio", "--decoder ffmpeg"},
		strings.Replace(twoFiles, "left.wav", "gone.wav", 1):   {"the left file: open", "--dir DIR"},
		strings.Replace(twoFiles, "left.wav", "both.wav", 1):   {"the left file has 2 channels", "--pick 1,1"},
	} {
		all, err := Listen(t.Context(), labelled(t, label), ListenOptions{Sources: Sources{Dir: dir}, Cuts: true})
		if err != nil || len(all) != 1 {
			t.Fatal(len(all), err)
		}
		if err := all[0].Err; err == nil || !strings.HasPrefix(err.Error(), want[0]) || !strings.Contains(hint.Of(err), want[1]) {
			t.Errorf("%s: %v (%s)", label, err, hint.Of(err))
		}
	}
}
