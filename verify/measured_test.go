package verify_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/audio/fingerprint"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/report"
)

// recordings are the project's own recordings.
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

// measuredForm is the stored form of all possible measurements of a fixture.
func measuredForm(t testing.TB, file string) []byte {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rec, err := verify.Measure(t.Context(), f, verify.MeasureOptions{
		OnRequest: measurement.OnRequest{Voice: true, Waveform: true}, Known: []*fingerprint.Print{knownGreeting(t)},
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

// The stored measurements of every fixture are frozen, key by key and figure by figure,
// because users' verdicts are judged from stored measurements. UPDATE_GOLDEN=1 writes them.
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

// verdictsInFull are the verdicts on all fixtures with all measurements, one per line.
func verdictsInFull(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	for _, file := range recordings(t) {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		v, err := verify.Verify(t.Context(), f, verify.Case{Reference: filepath.Base(file), Declaration: declare.Default()},
			verify.MeasureOptions{OnRequest: measurement.OnRequest{Voice: true, Waveform: true}, Known: []*fingerprint.Print{knownGreeting(t)}})
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		if err := report.JSON(&out, v, report.Options{Detail: true}); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

// plainVariable makes the test below write its verdicts instead.
const plainVariable = "OTOSCOPE_TEST_VERDICTS_TO"

// A processor with AVX2 and one without give the same verdicts, byte for byte.
func TestVerdictsDoNotDependOnTheProcessor(t *testing.T) {
	if path := os.Getenv(plainVariable); path != "" {
		if err := os.WriteFile(path, verdictsInFull(t), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if runtime.GOARCH != "amd64" {
		t.Skip("the processor has one way to measure; AVX2 is another on amd64")
	}
	path := filepath.Join(t.TempDir(), "verdicts")
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	c.Env = append(os.Environ(), plainVariable+"="+path, "GODEBUG=cpu.avx2=off,cpu.fma=off")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	plain, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	wide := verdictsInFull(t)
	if d := cmp.Diff(strings.Split(string(plain), "\n"), strings.Split(string(wide), "\n")); d != "" {
		t.Errorf("(-without AVX2 +with)\n%s", d)
	}
	if long := regexp.MustCompile(`[0-9]\.[0-9]{9,}[,}\]]|[0-9][eE]-?[0-9]+[,}\]]`).Find(wide); long != nil {
		t.Errorf("%s has more digits than mean something", long)
	}
}
