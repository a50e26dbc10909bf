package crosstalk

import (
	"cmp"
	"math"
	"slices"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
	"github.com/otoscope/otoscope/audio/meter/internal/level"
)

const (
	// blockSteps is half a second: long enough for two talkers to differ in it.
	blockSteps = 25
	// sameCorrelation, at lag zero, is what one signal reaches on both channels, whether scaled,
	// inverted or through G.711. Bleed of −6 dB in one direction reaches at most 0.9 where both
	// talk.
	sameCorrelation = 0.98
	// activeMeanSquare is −50 dBov: below it there is only the line's noise.
	activeMeanSquare = 1e-5
	// fewestSame is how many active blocks make a stretch: 2.5 s.
	fewestSame = 5
	// idleMeanSquare is −77 dBov: below it the noise of two lines may be the same few steps of a
	// codec. fewestAlike is how many blocks of equal noise make a stretch: any 5 s hold as many.
	idleMeanSquare = 2e-8
	fewestAlike    = 9
)

// SameStretches finds parts of a recording in which both channels carry one signal without delay,
// half a second at a time. A part holds speech on both, and noise may differ between it; or both
// channels carry the same noise without a break.
type SameStretches struct {
	steps, at   int // of the block, and before it
	product     float64
	left, right level.Energy

	speech, noise run
}

// run is a row of blocks that are the same.
type run struct {
	start, last int // in steps: where it begins, and where its last block ends
	same        int // blocks in it
	found       []frames.Range
}

// Add takes the energy of both channels in a step, and of their product.
func (s *SameStretches) Add(product float64, left, right level.Energy) {
	s.product += product
	s.left.Merge(left)
	s.right.Merge(right)
	if s.steps++; s.steps == blockSteps {
		s.end()
	}
}

func (s *SameStretches) end() {
	n := float64(s.left.Samples())
	alike := func(product, left, right float64) bool {
		return math.Abs(product) >= sameCorrelation*math.Sqrt(left*right) && product != 0
	}
	from, to := s.at, s.at+s.steps
	if max(s.left.SumSquares, s.right.SumSquares) >= activeMeanSquare*n {
		s.speech.take(from, to, alike(s.product, s.left.SumSquares, s.right.SumSquares), fewestSame)
	}
	left := s.left.SumSquares - s.left.Sum*s.left.Sum/n
	right := s.right.SumSquares - s.right.Sum*s.right.Sum/n
	if max(left, right) > 0 {
		same := min(left, right) >= idleMeanSquare*n && alike(s.product-s.left.Sum*s.right.Sum/n, left, right)
		s.noise.take(from, to, same, fewestAlike)
	}
	s.at = to
	s.steps, s.product, s.left, s.right = 0, 0, level.Energy{}, level.Energy{}
}

// take continues the run, or ends it.
func (r *run) take(from, to int, same bool, fewest int) {
	switch {
	case !same:
		r.close(fewest)
	case r.same == 0:
		r.start = from
		fallthrough
	default:
		r.same++
		r.last = to
	}
}

func (r *run) close(fewest int) {
	if r.same >= fewest {
		r.found = append(r.found, frames.Range{Start: r.start, End: r.last})
	}
	r.same = 0
}

// Result ends the last stretches and returns them all.
func (s *SameStretches) Result(c frames.Clock) []measurement.Segment {
	if s.steps > 0 {
		s.end()
	}
	s.speech.close(fewestSame)
	s.noise.close(fewestAlike)
	all := slices.Concat(s.speech.found, s.noise.found)
	slices.SortFunc(all, func(a, b frames.Range) int { return cmp.Compare(a.Start, b.Start) })
	var out []frames.Range
	for _, r := range all {
		if n := len(out); n > 0 && r.Start <= out[n-1].End {
			out[n-1].End = max(out[n-1].End, r.End)
			continue
		}
		out = append(out, r)
	}
	return c.Segments(out)
}
