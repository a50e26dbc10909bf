package meter

import "math"

// A side of a call keeps its voice and its line. Where the sides change places
// in the middle, each channel afterwards sounds like the other one
// before: the average spectra of speech tell. A new agent on the agent's side does
// not do that, nor does a customer who takes another telephone.

// shapeBands are bands of equal ratio from shapeLowHz to shapeHighHz, inside
// every telephone line.
const (
	shapeBands  = 12
	shapeLowHz  = 250
	shapeHighHz = 3400
)

// A channel is kept in at most maxPieces pieces of one length, which doubles
// when they are full: 10 s at first, 10 min at ten hours.
const (
	maxPieces  = 64
	pieceSteps = 500
)

// loudWithinDB is how far below the channel's loudest so far a frame may be to
// count as speech; the loudest fades by loudestFallDB a step, 6 dB a minute, so that
// a bang is forgotten.
const (
	loudWithinDB  = 22
	loudestFallDB = 0.002
)

const (
	minSpectra    = 15  // of each side before and after a place: 4 s of speech
	shapeSpreadDB = 1.0 // no spectrum is known better than to this
	emptyBand     = 1e-12
)

// pieces keeps what each piece of the call sounds like on a channel.
type pieces struct {
	edges   [shapeBands + 1]int // bins
	shapes  []shape
	length  int // steps a piece
	steps   int
	loudest float64
}

// shape is the mean spectrum of some frames of speech and how it varies, in dB, its level taken out.
type shape struct {
	n            float64
	sum, squares [shapeBands]float64
}

// newPieces takes the width of a bin and how many there are. Below 8 kHz the
// bands are narrower, so that they end below half the sample rate.
func newPieces(binHz float64, bins int) *pieces {
	highest := min(shapeHighHz, binHz*float64(bins-1))
	p := &pieces{length: pieceSteps, loudest: math.Inf(-1), shapes: make([]shape, 0, maxPieces)}
	for b := range p.edges {
		hz := shapeLowHz * math.Pow(highest/shapeLowHz, float64(b)/shapeBands)
		p.edges[b] = int(math.Round(hz / binHz))
	}
	return p
}

// step counts a frame and reports whether it is loud enough to be speech.
func (p *pieces) step(f frame) bool {
	if p.steps%p.length == 0 {
		if len(p.shapes) == maxPieces {
			for i := range maxPieces / 2 {
				p.shapes[i] = p.shapes[2*i]
				p.shapes[i].merge(p.shapes[2*i+1])
			}
			p.shapes = p.shapes[:maxPieces/2]
			p.length *= 2
		}
		p.shapes = append(p.shapes, shape{})
	}
	p.steps++
	p.loudest = max(p.loudest-loudestFallDB, f.level)
	return !f.quiet && f.level >= p.loudest-loudWithinDB
}

// add takes the power spectrum of the frame of speech that was counted last.
func (p *pieces) add(power []float32) {
	s := &p.shapes[len(p.shapes)-1]
	var db [shapeBands]float64
	var mean float64
	for b := range db {
		var sum float64
		for _, v := range power[p.edges[b]:p.edges[b+1]] {
			sum += float64(v)
		}
		db[b] = 10 * math.Log10(sum/float64(p.edges[b+1]-p.edges[b])+emptyBand)
		mean += db[b] / shapeBands
	}
	s.n++
	for b, v := range db {
		s.sum[b] += v - mean
		s.squares[b] += (v - mean) * (v - mean)
	}
}

func (s *shape) merge(o shape) {
	s.n += o.n
	for b := range s.sum {
		s.sum[b] += o.sum[b]
		s.squares[b] += o.squares[b]
	}
}

// distance is how far apart two shapes are: their squared difference over the
// variance within them, summed over the bands.
func distance(a, b shape) float64 {
	var d float64
	for i := range a.sum {
		ma, mb := a.sum[i]/a.n, b.sum[i]/b.n
		within := (a.squares[i]-a.n*ma*ma+(b.squares[i]-b.n*mb*mb))/(a.n+b.n) + shapeSpreadDB*shapeSpreadDB
		d += (ma - mb) * (ma - mb) / within
	}
	return d
}

// exchanged finds where in the call the sides may best have changed places, to the
// length of a piece.
func exchanged(left, right *pieces) Exchange {
	best := Exchange{At: Never}
	var leftBefore, rightBefore shape
	for k := 1; k < len(left.shapes); k++ {
		leftBefore.merge(left.shapes[k-1])
		rightBefore.merge(right.shapes[k-1])
		var leftAfter, rightAfter shape
		for i := k; i < len(left.shapes); i++ {
			leftAfter.merge(left.shapes[i])
			rightAfter.merge(right.shapes[i])
		}
		if min(leftBefore.n, rightBefore.n, leftAfter.n, rightAfter.n) < minSpectra {
			continue
		}
		straight := distance(leftBefore, leftAfter) + distance(rightBefore, rightAfter)
		crossed := distance(leftBefore, rightAfter) + distance(rightBefore, leftAfter)
		if !best.At.Happened() || straight-crossed > best.Straight-best.Crossed {
			best = Exchange{At: Time(float64(k*left.length) * stepS), Straight: straight, Crossed: crossed}
		}
	}
	return best
}
