package speaker

import (
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/speech"
)

// leastSwapped is the least number of pieces in a part. A single piece lasts ten seconds or less,
// which is too short to recognise two voices.
const leastSwapped = 2

// SwapStretchOf finds the most likely part in mid-call in which the sides had changed places, and
// after which they changed back. It compares the part with the rest of the call, before and after
// it. From and to are accurate to the length of a piece in seconds.
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
			// Noise that is unknown in one place would count in one direction only.
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

// sumsOf gives what the first pieces sound like together, from none of them to all.
func sumsOf(all []passage) []passage {
	out := make([]passage, len(all)+1)
	for i := range all {
		out[i+1] = out[i]
		out[i+1].merge(&all[i])
	}
	return out
}

// part gives what the pieces from i to k sound like together, and what all the others do.
func part(sums []passage, i, k int) (in, out passage) {
	out = sums[len(sums)-1]
	in = sums[k]
	in.take(&sums[i])
	out.take(&in)
	return in, out
}

// take subtracts a part from a passage that contains it.
func (s *passage) take(o *passage) {
	s.n -= o.n
	s.energy -= o.energy
	for b := range s.sum {
		s.sum[b] -= o.sum[b]
		s.squares[b] -= o.squares[b]
	}
	s.noise.Take(&o.noise)
}
