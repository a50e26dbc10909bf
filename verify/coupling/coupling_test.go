package coupling_test

import (
	"math"
	"math/rand/v2"
	"slices"
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
		p := coupling.New(call[0], call[1])
		if lag, z := p.Peak(); math.Abs(lag) > 0.5 || z < 3 || p.Z(0) < 3 {
			t.Errorf("seed %d: a clean call fits best with a lag of %.1f s (%.1f), %.1f without", seed, lag, z, p.Z(0))
		}
		if apart := coupling.New(call[0], other[1]).Z(0); apart > 3 {
			t.Errorf("seed %d: legs of two calls have a Z of %.1f", seed, apart)
		}
	}
}

// speech draws segments in whole steps of 1/64 s, exact binary fractions, so that moving them
// causes no rounding and both channels often change at once.
func speech(t *rapid.T, name string) []measurement.Segment {
	var out []measurement.Segment
	at := 0
	for range rapid.IntRange(0, 12).Draw(t, name) {
		at += rapid.IntRange(1, 300).Draw(t, "pause")
		end := at + rapid.IntRange(4, 250).Draw(t, "length")
		out = append(out, measurement.Segment{Start: float64(at) / 64, End: float64(end) / 64})
		at = end
	}
	return out
}

func TestAShiftMovesTheProfileByItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		left, right := speech(t, "left"), speech(t, "right")
		lag := float64(rapid.IntRange(-1000, 1000).Draw(t, "lag")) / 64
		by := float64(rapid.IntRange(-1000, 1000).Draw(t, "by")) / 64
		if a, b := coupling.New(left, right).At(lag), coupling.New(left, moved(right, by)).At(lag+by); a != b {
			t.Fatalf("moved by %v s the fit at %v s went from %v to %v", by, lag, a, b)
		}
	})
}

// People who answer each other fit at their own time; with one channel late they fit where it
// was.
func TestAShiftMovesThePeakByItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))
		call := conversation(r, 180)
		by := rapid.Float64Range(-20, 20).Draw(t, "by")
		before, _ := coupling.New(call[0], call[1]).Peak()
		after, z := coupling.New(call[0], moved(call[1], by)).Peak()
		if math.Abs(before) > 1 || math.Abs(after-before-by) > 0.5 || z < 3 {
			t.Fatalf("moved by %.2f s the peak went from %.1f s to %.1f s, with %.1f", by, before, after, z)
		}
	})
}

func TestExchangedChannelsNegateTheLagExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := speech(t, "left"), speech(t, "right")
		p, q := coupling.New(a, b), coupling.New(b, a)
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
		if p.Elsewhere() != q.Elsewhere() {
			t.Fatalf("elsewhere %v, exchanged %v", p.Elsewhere(), q.Elsewhere())
		}
	})
}

// Elsewhere is small for people who are heard to take turns, and large if one is late.
func TestElsewhereTellsALateChannel(t *testing.T) {
	call := conversation(rand.New(rand.NewPCG(1, 1)), 120)
	if e := coupling.New(call[0], call[1]).Elsewhere(); e > 0.1 {
		t.Errorf("as recorded: %.2f times as likely", e)
	}
	if e := coupling.New(call[0], moved(call[1], 7.6)).Elsewhere(); e < 10 {
		t.Errorf("with a late channel: %.2f times as likely", e)
	}
}

// In a long call other delays fit well, too, by chance or because the call repeats itself. No
// delay fits far better still, and counts so.
func TestElsewhereIsSmallInALongCall(t *testing.T) {
	piece := conversation(rand.New(rand.NewPCG(3, 1)), 40)
	var call [2][]measurement.Segment
	for i := range 60 {
		for side := range call {
			call[side] = append(call[side], moved(piece[side], 33.3*float64(i))...)
		}
	}
	if e := coupling.New(call[0], call[1]).Elsewhere(); e > 0.01 {
		t.Errorf("%.3f times as likely", e)
	}
}

// A clock that is slower is found with its sign and by how much; a clean call has none.
func TestADriftIsFound(t *testing.T) {
	for seed := range uint64(10) {
		call := conversation(rand.New(rand.NewPCG(seed, 5)), 900)
		slow := slices.Clone(call[1])
		for i, s := range slow {
			slow[i] = measurement.Segment{Start: s.Start * 1.005, End: s.End * 1.005}
		}
		if late, _ := coupling.New(call[0], call[1]).Drift(); math.Abs(late) > 1 {
			t.Errorf("seed %d: a clean call drifts by %.1f s", seed, late)
		}
		p := coupling.New(call[0], slow)
		late, even := p.Drift()
		fit, z := even.At(0), even.Z(0)
		if math.Abs(late-4.5) > 1.5 || z < 4 || fit < p.At(0)+3 {
			t.Errorf("seed %d: a drift of 4.5 s is %.1f s; %.1f against %.1f, Z %.1f", seed, late, fit, p.At(0), z)
		}
		mirrored, exchanged := coupling.New(slow, call[0]).Drift()
		if same, sameZ := exchanged.At(0), exchanged.Z(0); mirrored != -late || same != fit || sameZ != z {
			t.Errorf("seed %d: %v (%v, %v), exchanged %v (%v, %v)", seed, late, fit, z, mirrored, same, sameZ)
		}
	}
}

// A step is found with when and by how much, in calls in which each part shows its lag.
func TestAStepIsFoundWhereItIs(t *testing.T) {
	found := 0
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 2))
		first, second := conversation(r, 150), conversation(r, 150)
		call := [2][]measurement.Segment{
			append(first[0], moved(second[0], 160)...),
			append(first[1], moved(second[1], 165)...),
		}
		if s := coupling.New(first[0], first[1]).Stretches(); s != nil {
			t.Errorf("seed %d: a clean call has the lags %v", seed, s)
		}
		s := coupling.New(call[0], call[1]).Stretches()
		if len(s) == 2 && math.Abs(s[0].LagS) < 0.5 && math.Abs(s[1].LagS-5) < 0.5 && math.Abs(s[1].StartS-160) <= 20 {
			found++
		}
	}
	if found < 16 {
		t.Errorf("a step of 5 s was found in %d of 20 calls", found)
	}
}

// Exchanged channels have the same stretches, with negated lags.
func TestExchangedChannelsNegateTheStretches(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 4))
		call := conversation(r, 150)
		more := conversation(r, 150)
		by := rapid.Float64Range(-15, 15).Draw(t, "by")
		left := append(call[0], moved(more[0], 165)...)
		right := append(call[1], moved(more[1], 165+by)...)
		got, mirrored := coupling.New(left, right).Stretches(), coupling.New(right, left).Stretches()
		for i := range mirrored {
			mirrored[i].LagS = 0 - mirrored[i].LagS
		}
		if diff := cmp.Diff(got, mirrored); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestNothingIsSaidOfSilence(t *testing.T) {
	for _, c := range [][2][]measurement.Segment{{}, {{{Start: 1, End: 2}}, nil}} {
		p := coupling.New(c[0], c[1])
		if z := p.Z(0); math.IsNaN(z) || math.IsInf(z, 0) {
			t.Errorf("Z is %v", z)
		}
		if p.At(0) != 0 {
			t.Errorf("speech without an answer scores %v", p.At(0))
		}
	}
}

// A call of hours has figures, too.
func TestALongCallHasFiniteFigures(t *testing.T) {
	call := conversation(rand.New(rand.NewPCG(1, 1)), 4*3600)
	p := coupling.New(call[0], call[1])
	for _, lag := range []float64{0, 0.8, -12} {
		if f, z := p.At(lag), p.Z(lag); math.IsNaN(f) || math.IsInf(f, 0) || math.IsNaN(z) {
			t.Errorf("at %v s %v, Z %v", lag, f, z)
		}
	}
}

func BenchmarkProfileOfHalfAnHour(b *testing.B) {
	call := conversation(rand.New(rand.NewPCG(1, 1)), 1800)
	for b.Loop() {
		p := coupling.New(call[0], call[1])
		p.Peak()
		p.Stretches()
	}
}
