package opus

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/decode/flac"
	"github.com/otoscope/otoscope/audio/decode/wav"
)

// The samples are those of libopus, as its opusdec wrote them in 16 bits: one in 32,768 of full scale is
// 70 dB and more below this speech.
func TestSamplesAreThoseOfLibopus(t *testing.T) {
	references, err := filepath.Glob(filepath.Join(recordings, "*.flac"))
	if err != nil || len(references) < 5 {
		t.Fatalf("%d references, %v", len(references), err)
	}
	for _, reference := range references {
		name := filepath.Base(reference[:len(reference)-len(".flac")])
		b, err := os.ReadFile(reference)
		if err != nil {
			t.Fatal(err)
		}
		r, err := flac.Open(codec.NewSource(bytes.NewReader(b)), &codec.Notes{}, codec.Options{})
		if err != nil {
			t.Fatal(err)
		}
		compare(t, name, r, 65)
	}
}

// The same, in full precision, where opusdec is there.
func TestSamplesAreThoseOfOpusdec(t *testing.T) {
	opusdec, err := exec.LookPath("opusdec")
	if err != nil {
		t.Skip("opusdec is not installed")
	}
	names, err := filepath.Glob(filepath.Join(recordings, "*.opus"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		base := filepath.Base(name[:len(name)-len(".opus")])
		if base == "six-channels" {
			continue // opusdec takes other channels
		}
		out := filepath.Join(t.TempDir(), "heard.wav")
		if said, err := exec.Command(opusdec, "--quiet", "--float", "--rate", "48000", name, out).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, said)
		}
		b, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		r, err := wav.NewReader(bytes.NewReader(b), codec.Options{})
		if err != nil {
			t.Fatal(err)
		}
		atLeast := 100.0
		if base == "dtx" {
			atLeast = 30 // the noise that stands for pauses is random, and its level differs from version to version
		}
		compare(t, base, r, atLeast)
	}
}

// compare holds a recording against what another decoder made of it at 48 kHz.
func compare(t *testing.T, name string, want codec.Reader, atLeast float64) {
	t.Helper()
	var w sound
	left, right := make([]float32, 4096), make([]float32, 4096)
	for {
		n, err := want.Read(left, right)
		if err != nil {
			break
		}
		w.left = append(w.left, left[:n]...)
		if want.Channels() == 2 {
			w.right = append(w.right, right[:n]...)
		}
	}
	got := heardAt(t, recording(t, name+".opus"), fullRate)
	if len(w.left) != len(got.left) || len(w.right) != len(got.right) {
		t.Errorf("%s: %d and %d frames, not %d and %d", name, len(got.left), len(got.right), len(w.left), len(w.right))
		return
	}
	for side, pair := range map[string][2][]float32{"left": {w.left, got.left}, "right": {w.right, got.right}} {
		if len(pair[0]) == 0 {
			continue
		}
		db := snr(pair[0], pair[1])
		t.Logf("%s, %s: %.1f dB", name, side, db)
		if db < atLeast {
			t.Errorf("%s, %s: the difference is %.1f dB below the sound", name, side, db)
		}
	}
}
