package meter_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/otoscope/otoscope/audio/measurement"
)

func decibels(db float64) float32 { return float32(math.Pow(10, db/20)) }

// delayed is x, later by a time in seconds, of the same length.
func delayed(x []float32, seconds float64) []float32 {
	n := int(math.Round(seconds * 8000))
	out := make([]float32, len(x))
	for i := range out {
		if k := i - n; k >= 0 && k < len(x) {
			out[i] = x[k]
		}
	}
	return out
}

// plus is x with g times y.
func plus(x, y []float32, g float32) []float32 {
	out := slices.Clone(x)
	for i := range out {
		out[i] += g * y[i]
	}
	return out
}

func times(x []float32, g float32) []float32 { return plus(make([]float32, len(x)), x, g) }

// companded is x through a logarithmic quantiser of 8 bits, like that of G.711.
func companded(x []float32) []float32 {
	out := make([]float32, len(x))
	const mu = 255
	for i, v := range x {
		c := math.Copysign(math.Log1p(mu*math.Abs(float64(v)))/math.Log1p(mu), float64(v))
		c = math.Round(c*127) / 127
		out[i] = float32(math.Copysign(math.Expm1(math.Abs(c)*math.Log1p(mu))/mu, c))
	}
	return out
}

// smoothed is x through a low-pass of the first order at about 1.3 kHz.
func smoothed(x []float32) []float32 {
	out := make([]float32, len(x))
	var y float32
	for i, v := range x {
		y += 0.65 * (v - y)
		out[i] = y
	}
	return out
}

// lineNoise adds a separate noise floor to a channel.
func lineNoise(x []float32, dbov float64, seed uint64) []float32 {
	out := slices.Clone(x)
	noise(dbov)(out, rand.New(rand.NewPCG(seed, seed)))
	return out
}

// TestDualMono covers every form in which both channels are one signal: a mix of both parties and
// its copy.
func TestDualMono(t *testing.T) {
	longTable(t)
	t.Parallel()
	forms := []struct {
		name string
		copy func(mix []float32) []float32
	}{
		{"equal", func(x []float32) []float32 { return x }},
		{"+12 dB", func(x []float32) []float32 { return times(x, decibels(12)) }},
		{"-12 dB", func(x []float32) []float32 { return times(x, decibels(-12)) }},
		{"inverted", func(x []float32) []float32 { return times(x, -1) }},
		{"inverted, -6 dB", func(x []float32) []float32 { return times(x, -decibels(-6)) }},
		{"5 ms later", func(x []float32) []float32 { return delayed(x, 0.005) }},
		{"12 ms later", func(x []float32) []float32 { return delayed(x, 0.012) }},
		{"177 ms later", func(x []float32) []float32 { return delayed(x, 0.177) }},
		{"800 ms later", func(x []float32) []float32 { return delayed(x, 0.8) }},
		{"800 ms earlier", func(x []float32) []float32 { return delayed(x, -0.8) }},
		{"8-bit companding", companded},
		{"low-pass", smoothed},
		{"companding, 40 ms later, -8 dB", func(x []float32) []float32 { return times(delayed(companded(x), 0.04), decibels(-8)) }},
		{"separate noise floor at -60 dBov", func(x []float32) []float32 { return lineNoise(x, -60, 9) }},
	}
	for _, form := range forms {
		found, calls := 0, 0
		for name, c := range cleanCalls(t) {
			mix := plus(times(c[0], 0.7), c[1], 0.7)
			m := listen(t, mix, form.copy(mix))
			calls++
			if m.Pair.Duplicate.Kind != measurement.NoDuplicate {
				found++
			} else {
				t.Errorf("%s, %s: not found: %+v", name, form.name, m.Pair)
			}
		}
		t.Logf("%-36s %d of %d", form.name, found, calls)
	}
}

// TestSoundCallsHaveNothingInCommon checks that sound calls give no findings.
func TestSoundCallsHaveNothingInCommon(t *testing.T) {
	for name, c := range cleanCalls(t) {
		p := listen(t, c[0], c[1]).Pair
		for _, leak := range []measurement.Coupling{p.LeftOnRight, p.RightOnLeft} {
			if leak.Crosstalk.Heard() || leak.Echo.Heard() {
				t.Errorf("%s: %+v", name, leak)
			}
		}
		if p.Duplicate.Kind != measurement.NoDuplicate || p.CommonS != 0 || p.Skew != (measurement.ChannelSkew{}) {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

// TestBleed checks the level and direction of the left channel's sound on the right one.
func TestBleed(t *testing.T) {
	for _, level := range []float64{-3, -6, -10, -15, -20, -25, -30, -35} {
		found, calls, worst := 0, 0, 0.0
		for name, c := range cleanCalls(t) {
			p := listen(t, c[0], plus(c[1], c[0], decibels(level))).Pair
			calls++
			if p.RightOnLeft.Crosstalk.Heard() {
				t.Errorf("%s: bleed at %.0f dB heard the other way round: %+v", name, level, p)
			}
			if b := p.LeftOnRight.Crosstalk; b.Heard() {
				found++
				worst = max(worst, math.Abs(b.GainDB-level))
			} else if level >= -30 {
				t.Errorf("%s: bleed at %.0f dB not heard: %+v", name, level, p)
			}
		}
		t.Logf("bleed at %3.0f dB: %d of %d, level within %.1f dB", level, found, calls, worst)
		if worst > 1 && level >= -30 {
			t.Errorf("bleed at %.0f dB: level off by %.1f dB", level, worst)
		}
	}
}

// TestEcho checks the delay, return loss and direction of an echo of the right channel on the left
// one.
func TestEcho(t *testing.T) {
	for _, e := range []struct{ delay, loss float64 }{{0.03, 20}, {0.06, 24}, {0.15, 27}, {0.3, 30}, {0.6, 24}} {
		found, calls := 0, 0
		for name, c := range cleanCalls(t) {
			p := listen(t, plus(c[0], delayed(c[1], e.delay), decibels(-e.loss)), c[1]).Pair
			calls++
			got := p.RightOnLeft.Echo
			if !got.Heard() {
				t.Errorf("%s: echo of %.0f ms, %.0f dB not heard: %+v", name, 1000*e.delay, e.loss, p)
				continue
			}
			found++
			if math.Abs(got.LagS-e.delay) > 0.005 || math.Abs(got.GainDB+e.loss) > 3+5*e.delay || // a late one is measured less exactly
				p.LeftOnRight.Echo.Heard() {
				t.Errorf("%s: echo of %.0f ms, %.0f dB heard as %+v", name, 1000*e.delay, e.loss, p)
			}
		}
		t.Logf("echo of %3.0f ms, return loss %.0f dB: %d of %d", 1000*e.delay, e.loss, found, calls)
	}
}

// TestPairMirrors checks that exchanging the channels exchanges the directions of all findings,
// bit by bit.
func TestPairMirrors(t *testing.T) {
	for name, c := range cleanCalls(t) {
		mix := plus(c[0], c[1], 0.5)
		for form, pair := range map[string][2][]float32{
			"bleed":          {c[0], plus(c[1], c[0], decibels(-12))},
			"bleed and echo": {plus(c[0], delayed(c[1], 0.2), decibels(-22)), plus(c[1], c[0], decibels(-15))},
			"delayed copy":   {mix, times(delayed(mix, 0.1), 0.4)},
		} {
			p, q := listen(t, pair[0], pair[1]).Pair, listen(t, pair[1], pair[0]).Pair
			if p.LeftOnRight != q.RightOnLeft || p.RightOnLeft != q.LeftOnRight {
				t.Errorf("%s, %s: %+v and %+v", name, form, p, q)
			}
			if p.Duplicate.Kind != q.Duplicate.Kind || p.Duplicate.LagS != -q.Duplicate.LagS || p.Duplicate.GainDB != -q.Duplicate.GainDB || p.Skew.RightLateS != -q.Skew.RightLateS {
				t.Errorf("%s, %s: %+v and %+v", name, form, p, q)
			}
		}
	}
}
