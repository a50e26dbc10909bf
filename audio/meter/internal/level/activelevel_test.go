package level

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/signals"
)

// voltmeter follows ITU-T P.56 method B literally: every sample, every threshold, one hangover
// counter each.
type voltmeter struct {
	g, p, q   float64
	limit     int64
	n         int64
	squares   float64
	threshold []float64
	active    []int64
	hang      []int64
}

func newVoltmeter(rate float64) *voltmeter {
	v := &voltmeter{g: math.Exp(-1 / (rate * 0.03)), limit: int64(math.Round(0.2 * rate))}
	for c := 1.0; len(v.threshold) < thresholdCount; c /= 2 {
		v.threshold = append(v.threshold, c)
		v.active = append(v.active, 0)
		v.hang = append(v.hang, v.limit)
	}
	return v
}

func (v *voltmeter) add(x float64) {
	v.n++
	v.squares += x * x
	v.p = v.g*v.p + (1-v.g)*math.Abs(x)
	v.q = v.g*v.q + (1-v.g)*v.p
	for j, c := range v.threshold {
		switch {
		case v.q >= c:
			v.active[j]++
			v.hang[j] = 0
		case v.hang[j] < v.limit:
			v.active[j]++
			v.hang[j]++
		}
	}
}

// level takes the lowest threshold that is less than the margin below the level, and interpolates
// between it and the one below, as the standard says.
func (v *voltmeter) level() (level, activity float64) {
	decibels := func(j int) (a, c float64) {
		return 10 * math.Log10(v.squares/float64(v.active[j])), 20 * math.Log10(v.threshold[j])
	}
	found := false
	for j := len(v.threshold) - 1; j >= 0 && v.active[j] > 0 && v.squares > 0; j-- {
		a, c := decibels(j)
		level, found = a, true
		if a-c > 15.9 {
			continue
		}
		if j+1 < len(v.threshold) {
			below, cBelow := decibels(j + 1)
			share := ((below - cBelow) - 15.9) / ((below - cBelow) - (a - c))
			level = below + share*(a-below)
		}
		break
	}
	if !found {
		return math.Inf(-1), 0
	}
	return level, math.Min(1, v.squares/math.Pow(10, level/10)/float64(v.n))
}

func TestActiveLevelIsMethodBSampleBySample(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.SampledFrom(signals.Rates).Draw(t, "rate")
		x := signals.AnySignal(t, "x", rate)
		step := rapid.IntRange(1, 2*rate/50).Draw(t, "step")
		fast, plain := NewActiveSpeech(rate), newVoltmeter(float64(rate))
		signals.InSteps(x, step, fast.Add)
		for _, v := range x {
			plain.add(float64(v))
		}
		for j := range thresholdCount {
			if got, want := fast.activity(j), plain.active[j]; got != want {
				t.Fatalf("threshold 2^-%d was active for %d samples, by the standard for %d", j, got, want)
			}
		}
		level, activity := fast.Result(plain.squares, int64(len(x)), 0)
		wantLevel, wantActivity := plain.level()
		if !signals.Near(float64(level), wantLevel, 1e-9) || !signals.Near(activity, wantActivity, 1e-9) {
			t.Fatalf("%.12f dBov at %.12f, by the standard %.12f at %.12f", level, activity, wantLevel, wantActivity)
		}
	})
}

func activeLevelOf(rate int, x []float32) (level, activity float64) {
	a := NewActiveSpeech(rate)
	var e Energy
	signals.InSteps(x, rate/50, func(x []float32) { a.Add(x); e.Merge(EnergyOf(x)) })
	l, activity := a.Result(e.SumSquares, e.n, 0)
	return float64(l), activity
}

// A signal that never stops is always active, whatever it is: P.56 calibrates a method B meter
// with a steady tone and with white noise.
func TestActiveLevelOfSteadySignals(t *testing.T) {
	const seconds, level = 20, -26.0
	for _, rate := range signals.Rates {
		for name, x := range map[string][]float32{
			"tone of 1 kHz": signals.Sine(rate, seconds, 1000, level),
			"white noise":   signals.White(1, rate, seconds, level),
		} {
			asl, activity := activeLevelOf(rate, x)
			if !signals.Near(asl, level, 0.05) || activity < 0.998 { // it rises for 25 ms
				t.Errorf("%s at %d Hz, %.2f dBov: active level %.3f at %.4f", name, rate, level, asl, activity)
			}
		}
	}
}

// Bursts that are far apart are active for their length, the hangover of 0.2 s, and the time in
// which the envelope rises to and falls from the threshold 15.9 dB under the level. Both times are
// below 0.1 s. Bursts less than 0.2 s apart count as one.
func TestActiveLevelOfBursts(t *testing.T) {
	const rate, seconds = 8000, 60
	for _, level := range []float64{-6, -46} {
		for _, c := range []struct{ on, period, more, less float64 }{
			{on: 10, period: 30, more: 0.2, less: 0.3},
			{on: 3, period: 10, more: 0.2, less: 0.3},
			{on: 1, period: 2, more: 0.2, less: 0.3},
			{on: 0.5, period: 0.65, more: 0.15, less: 0.15}, // active throughout
		} {
			for name, x := range map[string][]float32{
				"tone":  signals.Gate(signals.Sine(rate, seconds, 1000, level), rate, c.on, c.period),
				"noise": signals.Gate(signals.White(2, rate, seconds, level), rate, c.on, c.period),
			} {
				asl, activity := activeLevelOf(rate, x)
				loudest := level - 10*math.Log10((c.on+c.more)/c.on) + 0.05
				quietest := level - 10*math.Log10((c.on+c.less)/c.on) - 0.05
				if asl > loudest || asl < quietest {
					t.Errorf("%s of %.0f dBov, %.2f of %.2f s: active level %.3f, not %.3f to %.3f", name, level, c.on, c.period, asl, quietest, loudest)
				}
				if least, most := (c.on+c.more)/c.period, (c.on+c.less)/c.period; activity < least-0.01 || activity > most+0.01 {
					t.Errorf("%s, %.2f of %.2f s: activity %.3f, not %.3f to %.3f", name, c.on, c.period, activity, least, most)
				}
			}
		}
	}
}

// A short loud sound moves the level of a long call by its own energy at most.
func TestOneLoudSoundIsNotTheLevel(t *testing.T) {
	const rate = 8000
	for _, ms := range []int{5, 20, 60, 150} {
		rng := rand.New(rand.NewPCG(1, 2))
		x := make([]float32, 180*rate)
		for i := range x {
			if i/(2*rate)%2 == 0 { // turns of 2 s at −30 dBov
				x[i] = float32(0.0316 * rng.NormFloat64())
			}
		}
		before, _ := activeLevelOf(rate, x)
		for i := range ms * rate / 1000 {
			x[4*rate+i] = float32(0.7 * math.Sin(float64(i)))
		}
		if after, _ := activeLevelOf(rate, x); math.Abs(after-before) > 2 {
			t.Errorf("%d ms at −3 dBFS: the level is %.1f dBov, %.1f without them", ms, after, before)
		}
	}
}

// An empty signal has no level.
func TestActiveLevelOfNothing(t *testing.T) {
	for _, x := range [][]float32{nil, make([]float32, 1), make([]float32, 80000)} {
		if level, activity := activeLevelOf(8000, x); level != float64(measurement.Silence()) || activity != 0 {
			t.Errorf("%d zeros: %v at %v", len(x), level, activity)
		}
	}
}

// In digital silence the envelope ends at zero. It does not stay among the smallest numbers, which
// are slow to compute with.
func TestEnvelopeVanishesInSilence(t *testing.T) {
	a := NewActiveSpeech(8000)
	signals.InSteps(signals.White(1, 8000, 1, -20), 160, a.Add)
	signals.InSteps(make([]float32, 6*8000), 160, a.Add)
	if a.p != 0 || a.q != 0 {
		t.Errorf("after six seconds of zeros the envelope is at %g and %g", a.p, a.q)
	}
}
