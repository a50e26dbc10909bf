package verify_test

import (
	"math"
	"testing"

	"github.com/zaf/g711"
	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/decode/decodetest"
	"github.com/otoscope/otoscope/audio/meter"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
)

// calls are the recordings of testdata with one party on each channel.
var calls = []string{"call-straight.wav", "call-swapped.wav", "call-outbound.wav", "call-mulaw.wav"}

// recording is samples and the known facts about them.
type recording struct {
	rate int
	side [2][]float32
}

func readAll(t *testing.T, name string) recording {
	t.Helper()
	return decodeFile(t, testdata(name))
}

func decodeFile(t *testing.T, path string) recording {
	t.Helper()
	left, right, rate := decodetest.File(t, path)
	return recording{rate: rate, side: [2][]float32{left, right}}
}

// judge weighs the sound alone after a change to every sample.
func (r recording) judge(t interface{ Fatal(...any) }, change func(float32) float32) verify.Verdict {
	m, err := meter.New(r.rate, 2, meter.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var changed [2][]float32
	for side, samples := range r.side {
		changed[side] = make([]float32, len(samples))
		for i, x := range samples {
			changed[side][i] = change(x)
		}
	}
	m.Add(changed[0], changed[1])
	return verify.Judge(verify.Recording{Measurements: m.Finish()}, verify.Case{Declaration: declare.Default()})
}

func (r recording) peak() float64 {
	peak := 0.0
	for _, samples := range r.side {
		for _, x := range samples {
			peak = max(peak, math.Abs(float64(x)))
		}
	}
	return peak
}

// TestGainChangesNothing holds that gain without clipping or rounding moves log10 LR by at
// most a tenth.
func TestGainChangesNothing(t *testing.T) {
	t.Parallel()
	decoded := map[string]recording{}
	asItIs := map[string]verify.Verdict{}
	for _, name := range calls {
		r := readAll(t, name)
		decoded[name], asItIs[name] = r, r.judge(t, func(x float32) float32 { return x })
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(calls).Draw(t, "call")
		r, want := decoded[name], asItIs[name]
		db := rapid.Float64Range(-40, -20*math.Log10(r.peak())).Draw(t, "gain in dB")
		gain := float32(math.Pow(10, db/20))
		got := r.judge(t, func(x float32) float32 { return gain * x })
		if math.Abs(got.Log10LR-want.Log10LR) > 0.1 || got.Outcome != want.Outcome {
			t.Fatalf("%s at %+.1f dB: %s with %.2f, as it is %s with %.2f", name, db, got.Outcome, got.Log10LR, want.Outcome, want.Log10LR)
		}
	})
}

// TestCodingReversesNoVerdict holds that re-encoding a recording, at any level, may weaken
// its verdict but never reverses it.
func TestCodingReversesNoVerdict(t *testing.T) {
	t.Parallel()
	codings := map[string]func(int16) int16{
		"µ-law":  func(x int16) int16 { return g711.DecodeUlawFrame(g711.EncodeUlawFrame(x)) },
		"A-law":  func(x int16) int16 { return g711.DecodeAlawFrame(g711.EncodeAlawFrame(x)) },
		"8 bits": func(x int16) int16 { return x &^ 0xff },
		"16 bit": func(x int16) int16 { return x },
	}
	for _, name := range calls {
		r := readAll(t, name)
		want := r.judge(t, func(x float32) float32 { return x })
		for coding, code := range codings {
			for _, db := range []float64{0, -12, -24, +12} {
				gain := math.Pow(10, db/20)
				got := r.judge(t, func(x float32) float32 {
					y := math.Round(gain * float64(x) * 32768)
					return float32(code(int16(max(-32768, min(32767, y))))) / 32768
				})
				if got.Log10LR*want.Log10LR < 0 && got.Outcome != verify.Undecided {
					t.Errorf("%s as %s at %+.0f dB: %s with %.2f, as it is %s with %.2f", name, coding, db, got.Outcome, got.Log10LR, want.Outcome, want.Log10LR)
				}
			}
		}
	}
}
