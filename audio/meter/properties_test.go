package meter

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
	"github.com/otoscope/otoscope/audio/meter/internal/signals"
)

var everything = Options{OnRequest: measurement.OnRequest{Voice: true, Waveform: true}}

// anyCall draws two channels of one length: pieces of any signal, and sometimes voices.
func anyCall(t *rapid.T, rate int) (left, right []float32) {
	side := func(label string) []float32 {
		x := signals.AnySignal(t, label, rate)
		if rapid.IntRange(0, 2).Draw(t, label+" talks") == 0 {
			x = append(x, signals.Quantised(signals.Talker(rapid.Uint64Range(1, 99).Draw(t, label+" voice"), rate, 4, -26))...)
		}
		return x
	}
	left, right = side("left"), side("right")
	n := min(len(left), len(right))
	return left[:n], right[:n]
}

func anyRate(t *rapid.T) int {
	return rapid.SampledFrom([]int{8000, 8000, 11025, 16000}).Draw(t, "rate")
}

// mirrored is the measurements of a call with its channels exchanged.
func mirrored(m measurement.Measurements) measurement.Measurements {
	m.Left, m.Right = m.Right, m.Left
	m.Pair.LeftResponse, m.Pair.RightResponse = m.Pair.RightResponse, m.Pair.LeftResponse
	m.Pair.Duplicate.GainDB, m.Pair.Duplicate.LagS = -m.Pair.Duplicate.GainDB, -m.Pair.Duplicate.LagS
	m.Pair.LeftOnRight, m.Pair.RightOnLeft = m.Pair.RightOnLeft, m.Pair.LeftOnRight
	m.Pair.Skew.RightLateS, m.Pair.Skew.DriftPPM = -m.Pair.Skew.RightLateS, -m.Pair.Skew.DriftPPM
	m.Pair.Exchanges = slices.Clone(m.Pair.Exchanges)
	for i := range m.Pair.Exchanges {
		e := &m.Pair.Exchanges[i]
		e.LeftGain, e.RightGain = e.RightGain, e.LeftGain
	}
	return m
}

func TestExchangedChannelsExchangeTheMeasurements(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := anyRate(t)
		left, right := anyCall(t, rate)
		m, x := anyMeter(t, rate, 2), anyMeter(t, rate, 2)
		m.Add(left, right)
		x.Add(right, left)
		if diff := cmp.Diff(mirrored(m.Finish()), x.Finish()); diff != "" {
			t.Fatalf("(-mirrored +exchanged):\n%s", diff)
		}
	})
}

func anyMeter(t *rapid.T, rate, channels int) *Meter {
	m, err := New(rate, channels, everything)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestBlockSizesMakeNoDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := anyRate(t)
		left, right := anyCall(t, rate)
		m, x := anyMeter(t, rate, 2), anyMeter(t, rate, 2)
		m.Add(left, right)
		sizes := rapid.SliceOfN(rapid.IntRange(0, 3000), 1, 5).Draw(t, "blocks")
		if slices.Max(sizes) == 0 {
			sizes = []int{1}
		}
		for i := 0; len(left) > 0; i++ {
			n := min(len(left), sizes[i%len(sizes)])
			x.Add(left[:n], right[:n])
			left, right = left[n:], right[n:]
		}
		if diff := cmp.Diff(m.Finish(), x.Finish()); diff != "" {
			t.Fatalf("(-at once +in blocks of %v):\n%s", sizes, diff)
		}
	})
}

// The levels of a channel do not depend on the other channel, even if there is none. Where
// somebody speaks on it may depend on the other one, and so may the noise floor.
func TestChannelsDoNotTouchEachOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := anyRate(t)
		left, right := anyCall(t, rate)
		both, alone := anyMeter(t, rate, 2), anyMeter(t, rate, 1)
		both.Add(left, right)
		alone.Add(left, nil)
		got, want := both.Finish().Left.Levels, alone.Finish().Left.Levels
		got.NoiseFloor, got.SNR = want.NoiseFloor, want.SNR
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-alone +in stereo):\n%s", diff)
		}
	})
}

func TestJSONHoldsTheMeasurements(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := anyRate(t)
		left, right := anyCall(t, rate)
		m := anyMeter(t, rate, 2)
		m.Add(left, right)
		first, err := json.Marshal(m.Finish())
		if err != nil {
			t.Fatal(err)
		}
		var back measurement.Measurements
		if err := json.Unmarshal(first, &back); err != nil {
			t.Fatal(err)
		}
		second, err := json.Marshal(back)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, second) {
			t.Fatalf("what was stored and read is stored differently:\n%s\n%s", first, second)
		}
	})
}

// Gain by a power of two changes no digit of a sample. The levels move by the same amount, and
// findings from relative levels stay.
func TestGainMovesLevelsOnly(t *testing.T) {
	const rate = 8000
	for seed := range uint64(6) {
		x, y := signals.Talker(seed+1, rate, 20, -20), signals.Talker(seed+11, rate, 20, -24)
		want := measure(t, rate, Options{}, x, y)
		for _, halvings := range []int{1, 2} {
			gain := float32(math.Pow(2, -float64(halvings)))
			got := measure(t, rate, Options{}, signals.Scaled(x, gain), signals.Scaled(y, gain))
			moved := measurement.Level(20 * math.Log10(float64(gain)))
			for side, c := range map[string][2]measurement.Channel{"left": {want.Left, got.Left}, "right": {want.Right, got.Right}} {
				before, after := c[0].Levels, c[1].Levels
				for name, levels := range map[string][2]measurement.Level{
					"active speech level": {before.ActiveSpeechLevel, after.ActiveSpeechLevel},
					"RMS":                 {before.RMS, after.RMS},
					"peak":                {measurement.Level(before.Peak), measurement.Level(after.Peak)},
				} {
					if !signals.Near(float64(levels[1]-levels[0]), float64(moved), 1e-9) {
						t.Errorf("%s: gain of %.2f dB moved the %s by %.12f dB", side, moved, name, levels[1]-levels[0])
					}
				}
				if !signals.Near(float64(after.NoiseFloor-before.NoiseFloor), float64(moved), 0.51) { // bins of half a decibel
					t.Errorf("%s: gain of %.2f dB moved the noise floor by %.2f dB", side, moved, after.NoiseFloor-before.NoiseFloor)
				}
				if !signals.Near(after.ActivityFactor, before.ActivityFactor, 1e-12) || after.DC != before.DC*float64(gain) {
					t.Errorf("%s: gain of %.2f dB changed activity or DC", side, moved)
				}
				if diff := cmp.Diff(c[0].Segments, c[1].Segments, within(frames.StepS)); diff != "" {
					t.Errorf("%s: gain of %.2f dB changed the segments (-before +after):\n%s", side, moved, diff)
				}
			}
		}
	}
}

// within compares times within a tolerance in seconds.
func within(tolerance float64) cmp.Option {
	return cmp.Comparer(func(a, b float64) bool { return signals.Near(a, b, tolerance+1e-9) })
}

// Whatever bits a float sample has, the meter finishes and its measurements marshal.
func TestAnyFloatsAtAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2))
		n := rapid.IntRange(0, 20000).Draw(t, "samples")
		wild := rapid.Float64Range(0, 1).Draw(t, "share of wild samples")
		x := [2][]float32{make([]float32, n), make([]float32, n)}
		for c := range x {
			for i := range n {
				x[c][i] = float32(rng.NormFloat64()) / 8
				if rng.Float64() < wild {
					x[c][i] = math.Float32frombits(rng.Uint32())
				}
			}
		}
		m := anyMeter(t, 8000, 2)
		m.Add(x[0], x[1])
		if _, err := json.Marshal(m.Finish()); err != nil {
			t.Fatal(err)
		}
	})
}
