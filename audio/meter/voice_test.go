package meter

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/measurement/voice"
	"github.com/otoscope/otoscope/audio/meter/internal/signals"
	"github.com/otoscope/otoscope/audio/meter/internal/speaker"
)

func TestVoiceSummaryIsSmall(t *testing.T) {
	for _, seconds := range []float64{6, 30, 120} {
		v := measure(t, 8000, Options{OnRequest: measurement.OnRequest{Voice: true}}, signals.Talker(1, 8000, seconds, -24)).Left.Voice
		if v == nil {
			t.Fatalf("no summary of %.0f s of speech", seconds)
		}
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if len(b) > 2048 {
			t.Errorf("the summary of %.0f s is %d bytes of JSON", seconds, len(b))
		}
		var back measurement.Voice
		if err := json.Unmarshal(b, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(*v, back, cmp.Comparer(func(a, b measurement.Time) bool { return signals.Near(float64(a), float64(b), 1e-4) })); diff != "" {
			t.Errorf("it comes back different (-want +got):\n%s", diff)
		}
		if len(v.Stretches) < 3 || len(v.Stretches) > speaker.Stretches {
			t.Errorf("%d stretches of %.0f s", len(v.Stretches), seconds)
		}
		for i := range v.Stretches[1:] {
			if v.Stretches[i+1].Start <= v.Stretches[i].Start {
				t.Errorf("stretch %d begins before the one before it", i+1)
			}
		}
	}
}

func TestVoiceNeedsSpeech(t *testing.T) {
	for name, x := range map[string][]float32{
		"nothing":     nil,
		"silence":     make([]float32, 80000),
		"noise":       signals.White(1, 8000, 20, -30),
		"a tone":      signals.Sine(8000, 20, 440, -20),
		"two seconds": signals.Talker(1, 8000, 2, -24),
	} {
		if v := measure(t, 8000, Options{OnRequest: measurement.OnRequest{Voice: true}}, x).Left.Voice; v != nil {
			t.Errorf("%s has a voice of %.1f s", name, v.Halves[0].VoicedS+v.Halves[1].VoicedS)
		}
	}
}

// A talker is closer to the same talker in another minute, at another level or at another sample
// rate than to anybody else. The pitch is the talker's.
func TestVoiceTellsTalkersApart(t *testing.T) {
	const talkers, seconds = 4, 12
	voices := func(rate int, level float64) (out []*measurement.Voice) {
		for seed := range uint64(talkers) {
			v := measure(t, rate, Options{OnRequest: measurement.OnRequest{Voice: true}}, signals.Talker(seed+1, rate, seconds, level)).Left.Voice
			if v == nil {
				t.Fatalf("no summary of talker %d at %d Hz", seed, rate)
			}
			pitch := 90 + 130*rand.New(rand.NewPCG(seed+1, 3)).Float64()
			if got := v.Halves[0].PitchHz; math.Abs(got-pitch) > 0.05*pitch {
				t.Errorf("talker %d at %d Hz: a pitch of %.1f Hz, not %.1f", seed, rate, got, pitch)
			}
			out = append(out, v)
		}
		return out
	}
	reference := voices(8000, -24)
	for _, again := range [][]*measurement.Voice{voices(8000, -36), voices(16000, -24), voices(44100, -24)} {
		for i, a := range reference {
			own, err := voice.Distance(a.Halves[0], again[i].Halves[1])
			if err != nil {
				t.Fatal(err)
			}
			for j, b := range again {
				other, err := voice.Distance(a.Halves[0], b.Halves[1])
				if err != nil {
					t.Fatal(err)
				}
				if i != j && other <= own {
					t.Errorf("talker %d is %.2f from himself and %.2f from talker %d", i, own, other, j)
				}
			}
		}
	}
}

func TestVoiceDistance(t *testing.T) {
	a := measure(t, 8000, Options{OnRequest: measurement.OnRequest{Voice: true}}, signals.Talker(1, 8000, 20, -24)).Left.Voice.Halves[0]
	b := measure(t, 8000, Options{OnRequest: measurement.OnRequest{Voice: true}}, signals.Talker(2, 8000, 20, -24)).Left.Voice.Halves[0]
	distance := func(a, b measurement.VoiceModel) float64 {
		d, err := voice.Distance(a, b)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	if d := distance(a, a); d > 1e-9 {
		t.Errorf("a voice is %g from itself", d)
	}
	if there, back := distance(a, b), distance(b, a); there != back || there <= 0 {
		t.Errorf("%g there and %g back", there, back)
	}
	if _, err := voice.Distance(a, measurement.VoiceModel{}); err == nil {
		t.Error("a distance from nothing")
	}
}
