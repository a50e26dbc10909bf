package speaker

import (
	"math"

	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

// shapeBands are bands of equal ratio from shapeLowHz to shapeHighHz, inside
// every telephone line.
const (
	shapeBands  = 12
	shapeLowHz  = 250
	shapeHighHz = 3400
)

// A channel is kept in at most maxPieces pieces of equal length. When they are full, the length
// doubles: 5 s at first, 10 min at ten hours.
const (
	maxPieces  = 128
	pieceSteps = 250
)

// loudWithinDB limits how far a frame may be below the channel's loudest so far and still count as
// speech. The loudest fades by loudestFallDB a step, 6 dB a minute, so that a bang is forgotten.
const (
	loudWithinDB  = 22
	loudestFallDB = 0.002
)

const emptyBand = 1e-12

// Pieces keeps what the channel's speech sounds like in each piece of the call.
type Pieces struct {
	edges   [shapeBands + 1]int // bins
	shapes  []shape
	Length  int // steps a piece
	steps   int
	loudest float64
	// Of the newest spectrum: the bands in dB less their mean, the mean, and the mean power.
	bands       [shapeBands]float64
	mean, power float64
}

// shape is the mean spectrum of some frames of speech, and its variation, in dB. The level is
// removed and kept separately.
type shape struct {
	n            float64
	sum, squares [shapeBands]float64
	energy       float64 // the sum of the frames' mean power
}

// NewPieces takes the width of a bin and the number of bins. Below 8 kHz the bands are narrower,
// so that they end below half the sample rate.
func NewPieces(binHz float64, bins int) *Pieces {
	highest := min(shapeHighHz, binHz*float64(bins-1))
	p := &Pieces{Length: pieceSteps, loudest: math.Inf(-1), shapes: make([]shape, 0, maxPieces)}
	for b := range p.edges {
		hz := shapeLowHz * math.Pow(highest/shapeLowHz, float64(b)/shapeBands)
		p.edges[b] = int(math.Round(hz / binHz))
	}
	return p
}

// Step counts a frame and reports whether it is loud enough to be speech.
func (p *Pieces) Step(f frames.Frame) bool {
	if p.steps%p.Length == 0 {
		if len(p.shapes) == maxPieces {
			for i := range maxPieces / 2 {
				p.shapes[i] = p.shapes[2*i]
				p.shapes[i].merge(&p.shapes[2*i+1])
			}
			p.shapes = p.shapes[:maxPieces/2]
			p.Length *= 2
		}
		p.shapes = append(p.shapes, shape{})
	}
	p.steps++
	p.loudest = max(p.loudest-loudestFallDB, f.Level)
	return !f.Quiet && f.Level >= p.loudest-loudWithinDB
}

// Add takes the power spectrum of the newest counted frame.
func (p *Pieces) Add(power []float32) {
	var total float64
	p.mean = 0
	for b := range p.bands {
		var sum float64
		for _, v := range power[p.edges[b]:p.edges[b+1]] {
			sum += float64(v)
		}
		total += sum
		p.bands[b] = frames.Decibels(sum/float64(p.edges[b+1]-p.edges[b]) + emptyBand)
		p.mean += p.bands[b] / shapeBands
	}
	p.power = total / float64(p.edges[shapeBands]-p.edges[0])
	s := &p.shapes[len(p.shapes)-1]
	s.n++
	s.energy += p.power
	for b := range p.bands {
		p.bands[b] -= p.mean
		s.sum[b] += p.bands[b]
		s.squares[b] += p.bands[b] * p.bands[b]
	}
}

func (s *shape) merge(o *shape) {
	s.n += o.n
	s.energy += o.energy
	for b := range s.sum {
		s.sum[b] += o.sum[b]
		s.squares[b] += o.squares[b]
	}
}
