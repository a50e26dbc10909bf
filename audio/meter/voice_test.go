package meter

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/measurement/voice"
	"gonum.org/v1/gonum/stat"
)

func TestVoiceSummaryIsSmall(t *testing.T) {
	for _, seconds := range []float64{6, 30, 120} {
		v := measure(t, 8000, Options{Voice: true}, talker(1, 8000, seconds, -24)).Left.Voice
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
		if diff := cmp.Diff(*v, back, cmp.Comparer(func(a, b measurement.Time) bool { return near(float64(a), float64(b), 1e-4) })); diff != "" {
			t.Errorf("it comes back different (-want +got):\n%s", diff)
		}
		if len(v.Stretches) < 3 || len(v.Stretches) > stretches {
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
		"noise":       white(1, 8000, 20, -30),
		"a tone":      sine(8000, 20, 440, -20),
		"two seconds": talker(1, 8000, 2, -24),
	} {
		if v := measure(t, 8000, Options{Voice: true}, x).Left.Voice; v != nil {
			t.Errorf("%s has a voice of %.1f s", name, v.Halves[0].VoicedS+v.Halves[1].VoicedS)
		}
	}
}

// The same talker is nearer to himself, in another minute, at another level
// and at another sample rate, than to anybody else, and the pitch is his.
func TestVoiceTellsTalkersApart(t *testing.T) {
	const talkers, seconds = 4, 12
	voices := func(rate int, level float64) (out []*measurement.Voice) {
		for seed := range uint64(talkers) {
			v := measure(t, rate, Options{Voice: true}, talker(seed+1, rate, seconds, level)).Left.Voice
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
	a := measure(t, 8000, Options{Voice: true}, talker(1, 8000, 20, -24)).Left.Voice.Halves[0]
	b := measure(t, 8000, Options{Voice: true}, talker(2, 8000, 20, -24)).Left.Voice.Halves[0]
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

// A model's bytes say what went in: the mean to 1/256, standard deviations to
// 2.2 %, correlations to 0.03 + 1/127.
func TestVoiceModelHoldsTheGaussian(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	var m moments
	columns := make([][]float64, measurement.VoiceOrder)
	for range 4000 {
		var c, s [measurement.VoiceOrder]float64
		common := rng.NormFloat64()
		for i := range c {
			c[i] = float64(i) - 8 + 3*rng.NormFloat64()/float64(i+1) + common
			s[i] = rng.NormFloat64() / 10
			columns[i] = append(columns[i], c[i])
		}
		m.add(&c, &s, 120)
	}
	model := m.model()
	g, err := voice.GaussianOf(model)
	if err != nil {
		t.Fatal(err)
	}
	if model.PitchHz != 120 || model.PitchSDst > 0.01 || model.VoicedS != 80 {
		t.Errorf("%+v", model)
	}
	for i := range measurement.VoiceOrder {
		mean, sd := stat.PopMeanStdDev(columns[i], nil)
		if !near(g.Mean[i], mean, 1./256) || !near(math.Sqrt(g.Covariance.At(i, i)), sd, 0.022*sd) {
			t.Errorf("coefficient %d: %.4f ± %.4f, not %.4f ± %.4f", i+1, g.Mean[i], math.Sqrt(g.Covariance.At(i, i)), mean, sd)
		}
		if !near(math.Sqrt(g.Slopes.At(i, i)), 0.1, 0.005) {
			t.Errorf("slope %d: %.4f", i+1, math.Sqrt(g.Slopes.At(i, i)))
		}
		for j := range i {
			want := stat.Correlation(columns[i], columns[j], nil)
			got := g.Covariance.At(i, j) / math.Sqrt(g.Covariance.At(i, i)*g.Covariance.At(j, j))
			if !near(got, want, voice.Shrinkage+1./127) {
				t.Errorf("correlation %d, %d: %.3f, not %.3f", i+1, j+1, got, want)
			}
		}
	}
}
