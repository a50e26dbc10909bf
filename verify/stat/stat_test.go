package stat_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/verify/stat"
)

// Bounds at the ends have a closed form; the others are tabulated.
func TestClopperPearson(t *testing.T) {
	for _, tt := range []struct {
		k, n      int
		low, high float64
	}{
		{0, 0, 0, 1},
		{0, 1, 0, 0.975},
		{0, 10, 0, 1 - math.Pow(0.025, 0.1)},
		{10, 10, math.Pow(0.025, 0.1), 1},
		{1, 10, 0.00253, 0.44502},
		{5, 10, 0.18709, 0.81291},
		{299, 299, math.Pow(0.025, 1.0/299), 1},
		{3, 2, 0, 1}, // no rate at all
	} {
		got := stat.ClopperPearson(tt.k, tt.n, 0.95)
		if math.Abs(got[0]-tt.low) > 1e-5 || math.Abs(got[1]-tt.high) > 1e-5 {
			t.Errorf("%d of %d: %v, want %v to %v", tt.k, tt.n, got, tt.low, tt.high)
		}
	}
}

// Whatever the true rate, the interval misses it in no more than 5 % of cases:
// summed over all outcomes, not sampled.
func TestClopperPearsonCovers(t *testing.T) {
	for _, n := range []int{1, 7, 48, 300} {
		for _, rate := range []float64{0.001, 0.02, 0.3, 0.5, 0.9, 0.99} {
			missed := 0.0
			for k := range n + 1 {
				i := stat.ClopperPearson(k, n, 0.95)
				if rate < i[0] || rate > i[1] {
					all, _ := math.Lgamma(float64(n + 1))
					in, _ := math.Lgamma(float64(k + 1))
					out, _ := math.Lgamma(float64(n - k + 1))
					missed += math.Exp(all - in - out + float64(k)*math.Log(rate) + float64(n-k)*math.Log(1-rate))
				}
			}
			if missed > 0.05+1e-9 {
				t.Errorf("%d calls at %v: missed in %.3f", n, rate, missed)
			}
		}
	}
}

func TestCllr(t *testing.T) {
	for _, tt := range []struct {
		name     string
		supports []float64
		want     float64
	}{
		{"saying nothing", []float64{0, 0}, 1},
		{"odds of 3 to 1, right", []float64{math.Log10(3)}, math.Log2(4.0 / 3)},
		{"odds of 3 to 1, wrong", []float64{-math.Log10(3)}, 2},
		{"sure and right", []float64{20, 400}, 0},
		{"sure and wrong", []float64{-400}, 400 / math.Log10(2)},
	} {
		if got := float64(stat.Cllr(tt.supports)); math.Abs(got-tt.want) > 1e-9*max(1, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	if !math.IsNaN(float64(stat.Cllr(nil))) || !math.IsNaN(float64(stat.CllrMin(nil))) {
		t.Error("the cost of nothing is a number")
	}
}

func TestCllrMin(t *testing.T) {
	for _, tt := range []struct {
		name     string
		supports []float64
		want     float64
	}{
		{"all right, however weak", []float64{0.1, 0.2, 3}, 0},
		{"nothing said", []float64{0, 0, 0}, 1},
		{"all of one claim, 3 of 4 right", []float64{1, 1, 1, -1}, -0.75*math.Log2(0.75) - 0.25*math.Log2(0.25)},
		{"the weaker one wrong", []float64{2, -1}, 0.5},
	} {
		if got := float64(stat.CllrMin(tt.supports)); math.Abs(got-tt.want) > 1e-12 {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// No order-keeping change of the ratios is worth more than Cllr_min says, and
// none changes Cllr_min.
func TestCllrMinIsTheLeast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Thousandths, so that no difference is lost where they are bent.
		supports := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) float64 {
			return float64(rapid.IntRange(-4000, 4000).Draw(t, "thousandths")) / 1000
		}), 1, 40).Draw(t, "supports")
		least := float64(stat.CllrMin(supports))
		bent := make([]float64, len(supports))
		power, scale := rapid.Float64Range(0.3, 3).Draw(t, "power"), rapid.Float64Range(0.1, 5).Draw(t, "scale")
		for i, s := range supports {
			bent[i] = math.Copysign(scale*math.Pow(math.Abs(s), power), s)
		}
		if cost := float64(stat.Cllr(bent)); cost < least-1e-9 {
			t.Fatalf("Cllr %v is below Cllr_min %v", cost, least)
		}
		if bentLeast := float64(stat.CllrMin(bent)); math.Abs(bentLeast-least) > 1e-6 {
			t.Fatalf("Cllr_min %v became %v", least, bentLeast)
		}
		if least < 0 || least > 1 {
			t.Fatalf("Cllr_min %v", least)
		}
	})
}
