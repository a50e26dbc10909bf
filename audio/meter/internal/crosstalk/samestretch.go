package crosstalk

import (
	"math"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
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
)

// SameStretches finds parts of a recording in which both channels carry one signal without delay,
// half a second at a time. Blocks in which nobody speaks decide nothing: a stretch continues over
// them, and ends with its last active block.
type SameStretches struct {
	steps                int
	product, left, right float64 // of the block
	samples              int

	at          int // steps before the block
	start, last int // of the stretch, in steps: where it begins, and where its last block ends
	same        int // active blocks in it
	found       []frames.Range
}

// Add takes the energy of both channels in a step of n samples, and of their product.
func (s *SameStretches) Add(product, left, right float64, n int) {
	s.product, s.left, s.right, s.samples = s.product+product, s.left+left, s.right+right, s.samples+n
	if s.steps++; s.steps < blockSteps {
		return
	}
	s.end()
}

func (s *SameStretches) end() {
	from := s.at
	s.at += s.steps
	if max(s.left, s.right) >= activeMeanSquare*float64(s.samples) {
		if math.Abs(s.product) >= sameCorrelation*math.Sqrt(s.left*s.right) && s.product != 0 {
			if s.same == 0 {
				s.start = from
			}
			s.same++
			s.last = s.at
		} else {
			s.close()
		}
	}
	s.steps, s.samples, s.product, s.left, s.right = 0, 0, 0, 0, 0
}

func (s *SameStretches) close() {
	if s.same >= fewestSame {
		s.found = append(s.found, frames.Range{Start: s.start, End: s.last})
	}
	s.same = 0
}

// Result ends the last stretch and returns them all.
func (s *SameStretches) Result(c frames.Clock) []measurement.Segment {
	if s.steps > 0 {
		s.end()
	}
	s.close()
	return c.Segments(s.found)
}
