package speaker

import (
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/speech"
)

// leastSwapped is how many pieces a part has: a single one, of ten seconds or less, is too
// little to know two voices by.
const leastSwapped = 2

// SwapStretchOf finds the part in mid-call in which the sides may best have changed
// places, to change back at its end. It is compared with all the rest, before it and behind.
// From and to are known to the length of a piece in seconds.
func SwapStretchOf(left, right []passage, pieceS float64) measurement.SwapStretch {
	var best measurement.SwapStretch
	n := len(left)
	l, r := sumsOf(left), sumsOf(right)
	for i := 1; i < n-1; i++ {
		for k := i + leastSwapped; k < n; k++ {
			lin, rin := l[k].n-l[i].n, r[k].n-r[i].n
			if min(lin, rin, l[n].n-lin, r[n].n-rin) < minSpectra {
				continue
			}
			leftIn, leftOut := part(l, i, k)
			rightIn, rightOut := part(r, i, k)
			// Noise that is not known everywhere would count one way and not the other.
			noise := min(leftIn.noise.N, leftOut.noise.N, rightIn.noise.N, rightOut.noise.N) >= speech.FloorMinimum
			straight := spectraApart(&leftOut, &leftIn, noise) + spectraApart(&rightOut, &rightIn, noise)
			crossed := spectraApart(&leftOut, &rightIn, noise) + spectraApart(&rightOut, &leftIn, noise)
			if best.End == 0 || straight-crossed > best.SameSide-best.CrossSide {
				best = measurement.SwapStretch{
					Segment:  measurement.Segment{Start: float64(i) * pieceS, End: float64(k) * pieceS},
					SameSide: straight, CrossSide: crossed,
				}
			}
		}
	}
	return best
}

// sumsOf gives what the first pieces sound like together, none to all.
func sumsOf(all []passage) []passage {
	out := make([]passage, len(all)+1)
	for i := range all {
		out[i+1] = out[i]
		out[i+1].merge(&all[i])
	}
	return out
}

// part gives what the pieces from i to k sound like together, and what all others do.
func part(sums []passage, i, k int) (in, out passage) {
	out = sums[len(sums)-1]
	in = sums[k]
	in.take(&sums[i])
	out.take(&in)
	return in, out
}

// take takes from a passage what is a part of it.
func (s *passage) take(o *passage) {
	s.n -= o.n
	s.energy -= o.energy
	for b := range s.sum {
		s.sum[b] -= o.sum[b]
		s.squares[b] -= o.squares[b]
	}
	s.noise.Take(&o.noise)
}
