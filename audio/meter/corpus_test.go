package meter_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/otoscope/otoscope/audio/decode/decodetest"
)

// labelsVariable names a file of labels in the form that otoscope evaluate takes. The tests of the
// channels' common sound then use its clean recordings, which are next to the file, instead of
// those of testdata.
const labelsVariable = "OTOSCOPE_LABELS"

// cleanCalls are recordings at 8 kHz with one party on each channel, and nothing of it on the
// other one.
func cleanCalls(t *testing.T) map[string][2][]float32 {
	t.Helper()
	path := os.Getenv(labelsVariable)
	if path == "" {
		calls := map[string][2][]float32{}
		for _, name := range []string{"call-straight.wav", "call-swapped.wav", "call-outbound.wav", "call-mulaw.wav"} {
			left, right := load(t, name)
			calls[name] = [2][]float32{left, right}
		}
		return calls
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	calls := map[string][2][]float32{}
	for lines := json.NewDecoder(f); lines.More(); {
		var call struct {
			File, Fault string
			Echo        []float64
		}
		if err := lines.Decode(&call); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if len(call.Echo) > 0 || !slices.Contains([]string{"", "none", "swapped"}, call.Fault) {
			continue
		}
		left, right, rate := decodetest.File(t, filepath.Join(filepath.Dir(path), call.File))
		switch rate {
		case 8000:
		case 16000:
			left, right = halved(left), halved(right)
		default:
			t.Fatalf("%s: %d Hz", call.File, rate)
		}
		calls[call.File] = [2][]float32{left, right}
	}
	if len(calls) == 0 {
		t.Fatalf("%s names no call with one party on each channel", path)
	}
	return calls
}

// halved converts a sound at 16 kHz to 8 kHz, up to 3.4 kHz.
func halved(x []float32) []float32 {
	out := make([]float32, len(x)/2)
	for i, v := range bandPassed(x, 16000, 0, 3400)[:2*len(out)] {
		if i%2 == 0 {
			out[i/2] = v
		}
	}
	return out
}

// longTable skips a test of hundreds of trials in short mode. That mode is for the race detector,
// for example, which makes such a test ten times as long.
func longTable(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("a long table of trials; run without -short")
	}
}
