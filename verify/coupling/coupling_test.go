package coupling_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/coupling"
)

// conversation makes two channels that take turns for s seconds, with gaps of 0.1 to 0.8 s
// between turns and, now and then, a pause within one.
func conversation(r *rand.Rand, s float64) [2][]measurement.Segment {
	var sides [2][]measurement.Segment
	side, now := 0, 0.5+r.Float64()
	for now < s-6 {
		for range 1 + r.IntN(2) {
			length := 0.8 + 3*r.Float64()
			sides[side] = append(sides[side], measurement.Segment{Start: now, End: now + length})
			now += length + 0.4 + 0.4*r.Float64()
		}
		now -= 0.3
		side = 1 - side
	}
	return sides
}

func moved(segments []measurement.Segment, byS float64) []measurement.Segment {
	out := make([]measurement.Segment, len(segments))
	for i, s := range segments {
		out[i] = measurement.Segment{Start: s.Start + byS, End: s.End + byS}
	}
	return out
}

func TestChannelsOfOneCallBelongTogether(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		call, other := conversation(r, 120), conversation(r, 120)
		p := coupling.New(call[0], call[1], 120)
		if lag, z := p.Peak(); math.Abs(lag) > 0.5 || z < 3 || p.Z(0) < 3 {
			t.Errorf("seed %d: a clean call fits best with a lag of %.1f s (%.1f), %.1f without", seed, lag, z, p.Z(0))
		}
		if apart := coupling.New(call[0], other[1], 120).Z(0); apart > 3 {
			t.Errorf("seed %d: legs of two calls have a Z of %.1f", seed, apart)
		}
	}
}

func TestAShiftMovesTheProfileByItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		call := conversation(r, 60)
		for side := range call { // on whole steps, so that no time rounds to another one
			for i, s := range call[side] {
				call[side][i] = measurement.Segment{Start: math.Round(s.Start/coupling.StepS) * coupling.StepS, End: math.Round(s.End/coupling.StepS) * coupling.StepS}
			}
		}
		// No speech moves outside the recording.
		d := float64(rapid.IntRange(1, 100).Draw(t, "steps")) * coupling.StepS
		const duration = 90.0
		still, late := coupling.New(call[0], call[1], duration), coupling.New(call[0], moved(call[1], d), duration)
		for lag := -4.0; lag <= 4; lag += 0.5 {
			// At the ends, where neither speaks, steps are added or removed: each counts
			// some thousandths.
			if want, got := still.At(lag), late.At(lag+d); math.Abs(got-want) > 0.5+0.07*d {
				t.Fatalf("moved by %.1f s the fit at %.1f s went from %.2f to %.2f", d, lag, want, got)
			}
		}
	})
}

func TestExchangedChannelsNegateTheLagExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		segments := func(name string) []measurement.Segment {
			var out []measurement.Segment
			now := 0.0
			for _, v := range rapid.SliceOfN(rapid.IntRange(1, 40), 0, 40).Draw(t, name) {
				// Times on whole frames, so that both channels often change in one step.
				start := now + float64(v)/10
				out = append(out, measurement.Segment{Start: start, End: start + float64(v)/5})
				now = start + float64(v)/5
			}
			return out
		}
		a, b := segments("left"), segments("right")
		p, q := coupling.New(a, b, 60), coupling.New(b, a, 60)
		for lag := -coupling.MaxLagS; lag <= coupling.MaxLagS; lag++ {
			if p.At(lag) != q.At(-lag) {
				t.Fatalf("at %.0f s %v, exchanged %v", lag, p.At(lag), q.At(-lag))
			}
			if p.Z(lag) != q.Z(-lag) {
				t.Fatalf("Z at %.0f s %v, exchanged %v", lag, p.Z(lag), q.Z(-lag))
			}
		}
		lag, score := p.Best()
		if mirrored, same := q.Best(); lag != -mirrored || score != same {
			t.Fatalf("best %v (%v), exchanged %v (%v)", lag, score, mirrored, same)
		}
		path, gain := p.Stretches()
		mirror, sameGain := q.Stretches()
		for i := range mirror {
			mirror[i].LagS = 0 - mirror[i].LagS
		}
		if diff := cmp.Diff(path, mirror); diff != "" || gain != sameGain {
			t.Fatalf("gain %v, exchanged %v\n%s", gain, sameGain, diff)
		}
	})
}

func TestAStepIsFoundWhereItIs(t *testing.T) {
	found := 0
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 2))
		first, second := conversation(r, 150), conversation(r, 150)
		var call [2][]measurement.Segment
		for side := range call {
			late := 0.0
			if side == 1 {
				late = 5
			}
			call[side] = append(call[side], first[side]...)
			call[side] = append(call[side], moved(second[side], 160+late)...)
		}
		path, gain := coupling.New(call[0], call[1], 330).Stretches()
		if len(path) == 2 && gain > 3 && math.Abs(path[0].LagS) < 0.5 && math.Abs(path[1].LagS-5) < 0.5 && math.Abs(path[1].StartS-160) <= 20 {
			found++
		}
	}
	if found < 16 {
		t.Errorf("a step of 5 s was found in %d of 20 calls", found)
	}
}

func TestNothingIsSaidOfSilence(t *testing.T) {
	for _, c := range [][2][]measurement.Segment{{}, {{{Start: 1, End: 2}}, nil}} {
		p := coupling.New(c[0], c[1], 30)
		if z := p.Z(0); math.IsNaN(z) || math.IsInf(z, 0) {
			t.Errorf("Z is %v", z)
		}
	}
	if p := coupling.New(nil, nil, 0); p.At(0) != 0 {
		t.Errorf("an empty recording scores %v", p.At(0))
	}
}

func BenchmarkProfileOfTenMinutes(b *testing.B) {
	call := conversation(rand.New(rand.NewPCG(1, 1)), 600)
	for b.Loop() {
		coupling.New(call[0], call[1], 600)
	}
}
