package meter_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// TestComfortNoise fills the pauses in the recordings of testdata with comfort noise of several
// kinds, with the output of a gate, or with the line's noise.
func TestComfortNoise(t *testing.T) {
	longTable(t)
	t.Parallel()
	const hangoverS = 0.14
	spoken := utterances(t)
	spokenIn := func(rng *rand.Rand, reverberates bool) []float32 {
		u := spoken[rng.IntN(len(spoken))]
		if reverberates {
			u = reverberated(u, 0.3+0.5*rng.Float64())
		}
		return u
	}
	line := []struct {
		name  string
		noise func(n int, rng *rand.Rand) []float32
	}{
		{"white", func(n int, rng *rand.Rand) []float32 { return lowPassedNoise(n, 0, rng) }},
		{"pink", func(n int, rng *rand.Rand) []float32 { return lowPassedNoise(n, 0.7, rng) }},
		{"brown", func(n int, rng *rand.Rand) []float32 { return lowPassedNoise(n, 0.98, rng) }},
		{"a car's", func(n int, rng *rand.Rand) []float32 {
			x := lowPassedNoise(n, 0.95, rng)
			phase := 6 * rng.Float64()
			for i := range x {
				x[i] *= decibels(2*math.Sin(2*math.Pi*0.3*float64(i)/8000+phase) + math.Sin(2*math.Pi*1.1*float64(i)/8000))
			}
			return x
		}},
		{"talk", func(n int, rng *rand.Rand) []float32 {
			x := make([]float32, n)
			for range 12 {
				for at := rng.IntN(8000); at < n; {
					u := atLevel(spoken[rng.IntN(len(spoken))], -20)
					for i, v := range u[:min(len(u), n-at)] {
						x[at+i] += v
					}
					at += len(u) + rng.IntN(4000)
				}
			}
			return x
		}},
	}
	comfort := []struct {
		name string
		// pauses makes the noise of the pauses from the line's.
		pauses func(line []float32, rng *rand.Rand) []float32
		found  bool // where the line's noise is steady
		either bool
		room   bool
	}{
		{name: "none", pauses: func(line []float32, _ *rand.Rand) []float32 { return line }},
		{name: "none, in a room", pauses: func(line []float32, _ *rand.Rand) []float32 { return line }, room: true},
		{name: "gate of 6 dB", pauses: func(line []float32, _ *rand.Rand) []float32 { return times(line, 0.5) }, found: true},
		{name: "same spectrum, 5 dB lower", pauses: func(line []float32, rng *rand.Rand) []float32 { return shuffled(line, -5, rng) }, found: true},
		{name: "same spectrum, 5 dB higher", pauses: func(line []float32, rng *rand.Rand) []float32 { return shuffled(line, 5, rng) }, found: true},
		{name: "same spectrum and level", pauses: func(line []float32, rng *rand.Rand) []float32 { return shuffled(line, 0, rng) }},
		{name: "white, of the same level", pauses: func(line []float32, rng *rand.Rand) []float32 {
			return atLevel(lowPassedNoise(len(line), 0, rng), -50)
		}, either: true},
	}
	for _, kind := range comfort {
		found, all := 0, 0
		for _, l := range line {
			for _, k := range []lineKind{lineKinds[0], lineKinds[3]} {
				heard, calls := 0, 0
				for seed := range uint64(2) {
					rng := rand.New(rand.NewPCG(seed, 12))
					h := &held{}
					h.pause(2)
					for range 8 {
						h.say(spokenIn(rng, kind.room), -26, nil)
						h.pause(1 + 2*rng.Float64())
					}
					background := atLevel(l.noise(len(h.x), rng), -50)
					pauses := kind.pauses(background, rng)
					speaking := make([]bool, len(h.x))
					for _, s := range h.talk {
						for i := int(s.Start * 8000); i < min(len(h.x), int((s.End+hangoverS)*8000)); i++ {
							speaking[i] = true
						}
					}
					for i := range h.x {
						if speaking[i] || kind.room {
							h.x[i] += background[i]
						} else {
							h.x[i] = pauses[i]
						}
					}
					calls++
					if listen(t, k.apply(h.x, rng), make([]float32, len(h.x))).Left.Line.NoiseStep != 0 {
						heard++
					}
				}
				name := fmt.Sprintf("%-28s line's noise %-8s %-12s", kind.name, l.name, k.name)
				t.Logf("%s %d of %d", name, heard, calls)
				switch {
				case kind.either:
				case kind.found && l.name != "talk":
					found += heard
					all += calls
				case kind.room:
					if heard*2 > calls {
						t.Errorf("%s heard in %d of %d", name, heard, calls)
					}
				case !kind.found && heard > 0:
					t.Errorf("%s heard in %d of %d", name, heard, calls)
				}
			}
		}
		if found*4 < 3*all {
			t.Errorf("%s: heard in %d of %d", kind.name, found, all)
		}
	}
}

// shuffled is a noise of the same spectrum, made from pieces of another and louder by the given
// number of dB.
func shuffled(x []float32, db float64, rng *rand.Rand) []float32 {
	const piece, fade = 800, 80
	out := make([]float32, len(x))
	for at := 0; at < len(out); at += piece - fade {
		from := rng.IntN(len(x) - piece)
		for i, v := range x[from : from+piece] {
			if at+i < len(out) {
				edge := math.Sqrt(min(1, float64(i)/fade, float64(piece-i)/fade))
				out[at+i] += decibels(db) * float32(edge) * v
			}
		}
	}
	return out
}

// reverberated is a sound in a room in which it dies away by 60 dB in the given time: four combs,
// as in Schroeder's.
func reverberated(x []float32, seconds float64) []float32 {
	out := make([]float32, len(x)+int(8000*seconds))
	copy(out, x)
	for _, delay := range []int{238, 297, 329, 350} {
		feedback := float32(math.Pow(10, -3*float64(delay)/8000/seconds))
		comb := make([]float32, len(out))
		for i := range comb {
			if i < len(x) {
				comb[i] = x[i]
			}
			if i >= delay {
				comb[i] += feedback * comb[i-delay]
				out[i] += 0.1 * feedback * comb[i-delay]
			}
		}
	}
	return out
}
