package crosstalk

import "math"

// A noise or a hum that both channels share, from one room or one power supply, is in the
// cross-spectrum of every block, no matter who speaks: C has a third part, N, that does not
// change. Its least squares need the sums of C/(Sl·Sr), 1/Sl, 1/Sr and 1/(Sl·Sr). The result is
// removed from the other sums where it is more than chance. Where there is no such noise, removing
// it would only weaken the result.

// noiseInQuarter is the strength from which the noise counts as present in a quarter of the call.
// Chance reaches it once in a hundred quarters.
const noiseInQuarter = 3.0

// noiseBlocks is the number of blocks that three unknowns need.
const noiseBlocks = 4

// noiseSums are the sums for a common noise.
type noiseSums struct {
	toBoth    []complex64 // C/(Sl·Sr)
	overLeft  []float64   // 1/Sl by cell
	overRight []float64   // 1/Sr by cell
	overBoth  []float64   // 1/(Sl·Sr) by cell
}

func newNoiseSums(bins int) noiseSums {
	cells := bins / cellBins
	return noiseSums{make([]complex64, bins), make([]float64, cells), make([]float64, cells), make([]float64, cells)}
}

// add takes the inverse powers of a cell.
func (s *noiseSums) add(cell int, overL, overR float32) {
	s.overLeft[cell] += float64(overL)
	s.overRight[cell] += float64(overR)
	s.overBoth[cell] += float64(overL) * float64(overR)
}

func (s *noiseSums) join(o *noiseSums) {
	for i, c := range o.toBoth {
		s.toBoth[i] += c
	}
	for i := range s.overBoth {
		s.overLeft[i] += o.overLeft[i]
		s.overRight[i] += o.overRight[i]
		s.overBoth[i] += o.overBoth[i]
	}
}

func (s *noiseSums) clear() {
	clear(s.toBoth)
	clear(s.overLeft)
	clear(s.overRight)
	clear(s.overBoth)
}

// removeNoise removes the noise that the channels share from the parts of a call, if it lasts
// through the whole call. Bleed that starts or stops looks like a noise at the change, but only
// there.
func (p *Common) removeNoise(f *lagFinder, parts []*span) {
	total := make([]complex64, p.bins)
	var all extent
	for _, part := range parts {
		all.join(part.extent)
	}
	n := max(1, min(4, len(parts), all.blocks/noiseBlocks))
	var quarters [][]complex64
	for i := range n {
		noise := p.join(parts[i*len(parts)/n : (i+1)*len(parts)/n]).commonNoise()
		for k, c := range noise {
			total[k] += c
		}
		quarters = append(quarters, noise)
	}
	f.look(total)
	at := f.strongest(anyLag, all.sureFrom())
	heard := 0
	for _, noise := range quarters {
		if f.agreement(noise, at.lagS) >= noiseInQuarter {
			heard++
		}
	}
	if !at.sure(all) || heard < len(quarters)-1 {
		return
	}
	for _, part := range parts {
		part.removeNoise()
	}
}

// commonNoise is N by the least squares of a span, whatever the channels carry of each other,
// times its weight in them.
func (s *span) commonNoise() []complex64 {
	out := make([]complex64, len(s.toRight))
	for cell, n := range s.count {
		ll, rr, nn := s.leftOver[cell], s.rightOver[cell], s.noise.overBoth[cell]
		if !(ll > 0 && rr > 0 && nn > 0) {
			continue
		}
		// What the regressors Sl, Sr and 1 share, pair by pair: where one of them is a combination
		// of the others, nothing is known about N.
		lr, ln, rn := n/math.Sqrt(ll*rr), s.noise.overRight[cell]/math.Sqrt(ll*nn), s.noise.overLeft[cell]/math.Sqrt(rr*nn)
		if det := 1 - lr*lr - (float64(ln*ln) + float64(rn*rn)) + 2*lr*(ln*rn); det <= 1e-6 {
			continue
		}
		p := (lr*rn - ln) / (1 - lr*lr) * math.Sqrt(nn/ll)
		q := (lr*ln - rn) / (1 - lr*lr) * math.Sqrt(nn/rr)
		for i := cell * cellBins; i < (cell+1)*cellBins; i++ {
			a, b, c := s.toRight[i], s.toLeft[i], s.noise.toBoth[i]
			out[i] = complex(
				float32(float64(p*float64(real(a)))+float64(q*float64(real(b)))+float64(real(c))),
				float32(float64(p*float64(imag(a)))+float64(q*float64(imag(b)))+float64(imag(c))))
		}
	}
	return out
}

// removeNoise removes from the sums what a common noise explains.
func (s *span) removeNoise() {
	for cell, both := range s.noise.overBoth {
		if both == 0 {
			continue
		}
		overL, overR := s.noise.overLeft[cell], s.noise.overRight[cell]
		s.leftOver[cell] = max(0, s.leftOver[cell]-overR*overR/both)
		s.rightOver[cell] = max(0, s.rightOver[cell]-overL*overL/both)
		s.count[cell] -= overL * overR / both
		l, r := overR/both, overL/both
		for i := cell * cellBins; i < (cell+1)*cellBins; i++ {
			c := s.noise.toBoth[i]
			s.toRight[i] -= complex(float32(l*float64(real(c))), float32(l*float64(imag(c))))
			s.toLeft[i] -= complex(float32(r*float64(real(c))), float32(r*float64(imag(c))))
		}
	}
}
