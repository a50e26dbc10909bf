package speaker

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/stat"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/measurement/voice"
	"github.com/otoscope/otoscope/audio/meter/internal/signals"
)

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
		if !signals.Near(g.Mean[i], mean, 1./256) || !signals.Near(math.Sqrt(g.Covariance.At(i, i)), sd, 0.022*sd) {
			t.Errorf("coefficient %d: %.4f ± %.4f, not %.4f ± %.4f", i+1, g.Mean[i], math.Sqrt(g.Covariance.At(i, i)), mean, sd)
		}
		if !signals.Near(math.Sqrt(g.Slopes.At(i, i)), 0.1, 0.005) {
			t.Errorf("slope %d: %.4f", i+1, math.Sqrt(g.Slopes.At(i, i)))
		}
		for j := range i {
			want := stat.Correlation(columns[i], columns[j], nil)
			got := g.Covariance.At(i, j) / math.Sqrt(g.Covariance.At(i, i)*g.Covariance.At(j, j))
			if !signals.Near(got, want, voice.Shrinkage+1./127) {
				t.Errorf("correlation %d, %d: %.3f, not %.3f", i+1, j+1, got, want)
			}
		}
	}
}

// The moments of two halves, merged, are those of the whole.
func TestMomentsMergeToTheWhole(t *testing.T) {
	signals.HalvesMerge(t, 8000, 1, func() signals.Halves {
		var m moments
		each := func(x []float32) {
			var c, s [measurement.VoiceOrder]float64
			for i := range c {
				c[i], s[i] = float64(x[i%len(x)]), float64(x[(3*i)%len(x)])
			}
			m.add(&c, &s, 100+float64(x[0]))
		}
		return signals.Halves{Add: each, Merge: func(o any) { m.merge(o.(*moments)) }, Self: &m, Result: func() any { return m }}
	}, cmp.AllowUnexported(moments{}))
}
