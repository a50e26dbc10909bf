package verify_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/audio/fingerprint"
	"github.com/otoscope/otoscope/verify"
)

// recordings are the recordings that the project made.
func recordings(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("../testdata/call-*.wav")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 9 {
		t.Fatalf("only %d recordings in testdata", len(files))
	}
	return files
}

// measuredForm is the stored form of all that can be measured of a fixture.
func measuredForm(t testing.TB, file string) []byte {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rec, err := verify.Measure(t.Context(), f, verify.MeasureOptions{
		Voice: true, Peaks: true, Known: []*fingerprint.Reference{knownGreeting(t)},
	})
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	text, err := json.MarshalIndent(rec.Measurements, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	return append(text, '\n')
}

// The stored measurements of every fixture are frozen, key by key and figure by
// figure: users' verdicts are judged from what is stored. UPDATE_GOLDEN=1 writes them.
func TestMeasurementsOfFixturesAreFrozen(t *testing.T) {
	for _, file := range recordings(t) {
		name := strings.TrimSuffix(filepath.Base(file), ".wav") + ".json"
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := measuredForm(t, file)
			golden := filepath.Join("testdata", "measurements", name)
			if os.Getenv("UPDATE_GOLDEN") != "" {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), string(got)); d != "" {
				t.Errorf("the measurements changed (-frozen +now):\n%s", d)
			}
		})
	}
}
