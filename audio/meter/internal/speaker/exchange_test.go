package speaker

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/measurement"
)

// twoParties draws a call of two parties with different sounds, who change places in some parts of
// it. Each part has some pieces in which both speak, and so has all between.
func twoParties(t *rapid.T) (s *Sides, exchanged []measurement.Segment) {
	lengths := rapid.SliceOfN(rapid.IntRange(5, 12), 1, 9).Draw(t, "pieces of each part")
	s = &Sides{pieceS: 2.5}
	var inExchange int
	var crossed []bool
	for k, n := range lengths {
		for range n {
			crossed = append(crossed, k%2 == 1)
		}
		if k%2 == 1 {
			exchanged = append(exchanged, measurement.Segment{Start: float64(s.pieces) * s.pieceS, End: float64(s.pieces+n) * s.pieceS})
			inExchange += n
		}
		s.pieces += n
	}
	// Whoever is where for most of the call is where they belong.
	if 2*inExchange >= s.pieces {
		t.Skip("the sides are exchanged for half of the call or more")
	}
	noise := rapid.Float64Range(-0.7, 0.7)
	for ch := range 2 {
		s.idle.x[ch], s.idle.weight[ch] = make([][speakerDims]float64, s.pieces), make([]float64, s.pieces)
		for i := range s.pieces {
			var x [speakerDims]float64
			for d := range x {
				x[d] = noise.Draw(t, "noise")
			}
			if on(ch, crossed[i]) == 1 {
				x[0] += 4
				x[5] -= 3
			}
			s.speech.x[ch] = append(s.speech.x[ch], x)
			s.speech.weight[ch] = append(s.speech.weight[ch], 2)
		}
	}
	s.sumUp()
	return s, exchanged
}

// Sides that change places k times are found in those k parts, and exchanging the channels mirrors
// what is found exactly.
func TestExchangesAreFoundAsOftenAsTheyAre(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, want := twoParties(t)
		found := s.Exchanges()
		var parts []measurement.Segment
		for _, e := range found {
			parts = append(parts, e.Segment)
			if min(e.LeftGain, e.RightGain) <= 0 {
				t.Errorf("a part says nothing of one side: %+v", e)
			}
		}
		if diff := cmp.Diff(want, parts); diff != "" {
			t.Errorf("(-exchanged +found):\n%s", diff)
		}
		breaks, apart := s.Breaks(), s.Apart()
		for _, f := range s.features() {
			f.x[0], f.x[1] = f.x[1], f.x[0]
			f.weight[0], f.weight[1] = f.weight[1], f.weight[0]
		}
		s.sumUp()
		mirrored := s.Exchanges()
		for i := range mirrored {
			mirrored[i].LeftGain, mirrored[i].RightGain = mirrored[i].RightGain, mirrored[i].LeftGain
		}
		if diff := cmp.Diff(found, mirrored); diff != "" {
			t.Errorf("mirrored (-want +got):\n%s", diff)
		}
		other := slices.Clone(s.Breaks())
		for i := range other {
			other[i].Left, other[i].Right = other[i].Right, other[i].Left
		}
		if diff := cmp.Diff(breaks, other); diff != "" || s.Apart() != apart {
			t.Errorf("breaks mirrored (-want +got), apart %v and %v:\n%s", apart, s.Apart(), diff)
		}
	})
}
