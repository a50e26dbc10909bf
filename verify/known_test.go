package verify_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/otoscope/otoscope/audio/fingerprint"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
)

// knownGreeting is the greeting of call-straight.wav as a file.
func knownGreeting(t testing.TB) *fingerprint.Print {
	t.Helper()
	f, err := os.Open("../testdata/prompt-greeting.wav")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := fingerprint.Read("greeting", f)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Known audio decides. A recording that was searched for it can be judged again without the
// audio, with either party as its declared source.
func TestKnownAudio(t *testing.T) {
	f, err := os.Open("../testdata/call-straight.wav")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	greeting := knownGreeting(t)
	rec, err := verify.Measure(t.Context(), f, verify.MeasureOptions{Known: []*fingerprint.Print{greeting}})
	if err != nil {
		t.Fatal(err)
	}
	own := []string{greeting.SHA256()}
	for _, tt := range []struct {
		facts declare.Facts
		want  verify.Outcome
		lr    [2]float64
	}{
		{declare.Facts{}, verify.Match, [2]float64{1, 3}},
		{declare.Facts{AgentAudio: own}, verify.Match, [2]float64{3, 4}},
		{declare.Facts{CustomerAudio: own}, verify.Swapped, [2]float64{-4, -2}},
	} {
		v := verify.Judge(rec, verify.Case{Declaration: declare.Default(), Facts: tt.facts})
		if v.Outcome != tt.want || v.Log10LR < tt.lr[0] || v.Log10LR > tt.lr[1] {
			t.Errorf("%+v: %s with %.2f, want %s with %v", tt.facts, v.Outcome, v.Log10LR, tt.want, tt.lr)
		}
	}
}

// BenchmarkKnownAudio measures the cost of a search for known audio of 5 s.
func BenchmarkKnownAudio(b *testing.B) {
	file, err := os.ReadFile("../testdata/call-straight.wav")
	if err != nil {
		b.Fatal(err)
	}
	greeting := knownGreeting(b)
	for _, tt := range []struct {
		name    string
		options verify.MeasureOptions
	}{
		{"without", verify.MeasureOptions{}},
		{"one", verify.MeasureOptions{Known: []*fingerprint.Print{greeting}}},
		{"four", verify.MeasureOptions{Known: []*fingerprint.Print{greeting, greeting, greeting, greeting}}},
	} {
		b.Run(tt.name, func(b *testing.B) {
			var seconds float64
			for b.Loop() {
				rec, err := verify.Measure(b.Context(), bytes.NewReader(file), tt.options)
				if err != nil {
					b.Fatal(err)
				}
				seconds += rec.Measurements.DurationS
			}
			b.ReportMetric(seconds/b.Elapsed().Seconds(), "x-realtime")
		})
	}
}
