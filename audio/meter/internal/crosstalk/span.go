package crosstalk

// maxSpans is how many parts of a call are kept separately. When there are more, neighbours are
// joined, and a span is twice as long from then on.
const maxSpans = 16

// faintest is the power of a cell below which there is only rounding noise.
const faintest = 1e-18

// extent is how much sound some blocks hold.
type extent struct {
	blocks int     // with sound on both channels
	sound  float64 // the number of full blocks that would hold as much
}

func (e *extent) join(o extent) {
	e.blocks += o.blocks
	e.sound += o.sound
}

// span holds the sums over some blocks that follow each other. Exchanging
// the channels exchanges toRight with the conjugate of toLeft and leftOver
// with rightOver, bit by bit.
type span struct {
	extent
	toRight   []complex64 // C/Sr, for the sound of left on right
	toLeft    []complex64 // C/Sl, for the sound of right on left
	leftOver  []float64   // Sl/Sr by cell
	rightOver []float64   // Sr/Sl by cell
	count     []float64   // cells with sound on both channels
	noise     noiseSums
}

func newSpan(bins int) *span {
	cells := bins / cellBins
	return &span{
		toRight: make([]complex64, bins), toLeft: make([]complex64, bins),
		leftOver: make([]float64, cells), rightOver: make([]float64, cells), count: make([]float64, cells),
		noise: newNoiseSums(bins),
	}
}

// add takes the spectra of a block, and the share of it that is not silent.
func (s *span) add(left, right []complex64, sound float64) {
	s.blocks++
	s.sound += sound
	for cell := range s.count {
		at := cell * cellBins
		l, r := left[at:at+cellBins], right[at:at+cellBins]
		r = r[:len(l)]
		var powerL, powerR float32
		for i := range l {
			lr, li, rr, ri := real(l[i]), imag(l[i]), real(r[i]), imag(r[i])
			powerL += lr*lr + li*li
			powerR += rr*rr + ri*ri
		}
		if powerL < faintest || powerR < faintest {
			continue
		}
		overL, overR := 1/powerL, 1/powerR
		s.count[cell]++
		s.leftOver[cell] += float64(powerL * overR)
		s.rightOver[cell] += float64(powerR * overL)
		toRight, toLeft, toBoth := s.toRight[at:at+cellBins], s.toLeft[at:at+cellBins], s.noise.toBoth[at:at+cellBins]
		toRight, toLeft, toBoth = toRight[:len(l)], toLeft[:len(l)], toBoth[:len(l)]
		overBoth := overL * overR
		s.noise.add(cell, overL, overR)
		for i := range l {
			lr, li, rr, ri := real(l[i]), imag(l[i]), real(r[i]), imag(r[i])
			// The conversions stop some machines from fusing the products with the sums, which
			// would make the conjugate inexact.
			cr := float32(lr*rr) + float32(li*ri)
			ci := float32(lr*ri) - float32(li*rr)
			toRight[i] += complex(float32(cr*overR), float32(ci*overR))
			toLeft[i] += complex(float32(cr*overL), float32(ci*overL))
			toBoth[i] += complex(float32(cr*overBoth), float32(ci*overBoth))
		}
	}
}

// join adds the sums of another span.
func (s *span) join(o *span) {
	s.extent.join(o.extent)
	for i := range s.toRight {
		s.toRight[i] += o.toRight[i]
		s.toLeft[i] += o.toLeft[i]
	}
	s.noise.join(&o.noise)
	for i := range s.count {
		s.leftOver[i] += o.leftOver[i]
		s.rightOver[i] += o.rightOver[i]
		s.count[i] += o.count[i]
	}
}

// clear removes all blocks.
func (s *span) clear() {
	s.extent = extent{}
	clear(s.toRight)
	clear(s.toLeft)
	clear(s.leftOver)
	clear(s.rightOver)
	clear(s.count)
	s.noise.clear()
}

// spans are the parts of a call in their order.
type spans struct {
	parts  []*span
	spare  []*span // that were joined to others
	blocks int     // that begin in a part, sound or not
	inLast int     // of them in the last part
}

// next returns the span that the next block belongs to.
func (s *spans) next(bins int) *span {
	if s.blocks == 0 {
		s.blocks = 1
	}
	if len(s.parts) > 0 && s.inLast < s.blocks {
		s.inLast++
		return s.parts[len(s.parts)-1]
	}
	if len(s.parts) == maxSpans {
		for i := 0; i < maxSpans; i += 2 {
			s.parts[i].join(s.parts[i+1])
			s.spare = append(s.spare, s.parts[i+1])
			s.parts[i/2] = s.parts[i]
		}
		s.parts = s.parts[:maxSpans/2]
		s.blocks *= 2
	}
	s.parts = append(s.parts, s.empty(bins))
	s.inLast = 1
	return s.parts[len(s.parts)-1]
}

// empty returns a span without blocks.
func (s *spans) empty(bins int) *span {
	last := len(s.spare) - 1
	if last < 0 {
		return newSpan(bins)
	}
	out := s.spare[last]
	s.spare = s.spare[:last]
	out.clear()
	return out
}
