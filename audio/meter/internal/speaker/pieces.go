package speaker

import (
	"math"

	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

// A channel is kept in at most maxPieces pieces of equal length. When they are full, the length
// doubles: 2.5 s at first, 160 s at ten hours.
const (
	maxPieces  = 256
	pieceSteps = 125
	// firstPieces is the room at first: most calls are short.
	firstPieces = 32
)

// loudWithinDB limits how far a frame may be below the channel's loudest so far and still count as
// speech. The loudest fades by loudestFallDB a step, 6 dB a minute, so that a bang is forgotten.
const (
	loudWithinDB  = 22
	loudestFallDB = 0.002
)

// Pieces keeps what the channel sounds like in each piece of the call.
type Pieces struct {
	pieces  []piece
	Length  int // steps a piece
	steps   int
	loudest float64
}

// piece is what the loud frames of a piece sound like, and the others.
type piece struct {
	speech sums
	energy float64 // the sum of the loud frames' mean power
	idle   struct {
		n            float64
		sum, squares [speakerDims]float64
	}
}

// NewPieces returns no pieces so far.
func NewPieces() *Pieces {
	return &Pieces{Length: pieceSteps, loudest: math.Inf(-1), pieces: make([]piece, 0, firstPieces)}
}

// Step counts a frame and reports whether it is loud enough to be speech.
func (p *Pieces) Step(f frames.Frame) bool {
	if p.steps%p.Length == 0 {
		if len(p.pieces) == maxPieces {
			for i := range maxPieces / 2 {
				p.pieces[i] = p.pieces[2*i]
				p.pieces[i].merge(&p.pieces[2*i+1])
			}
			p.pieces = p.pieces[:maxPieces/2]
			p.Length *= 2
		}
		p.pieces = append(p.pieces, piece{})
	}
	p.steps++
	p.loudest = max(p.loudest-loudestFallDB, f.Level)
	return !f.Quiet && f.Level >= p.loudest-loudWithinDB
}

// lastBit is the level, in dBov, below which a pause holds no line: dithering to 16 bits, as
// programs do that convert a sample rate, makes noise of -96 dBov of digital silence.
const lastBit = -94

// Add takes the newest counted frame.
func (p *Pieces) Add(o *Observation, level float64, loud bool) {
	s := &p.pieces[len(p.pieces)-1]
	if loud {
		s.speech.add(o)
		s.energy += o.power
		return
	}
	if level < lastBit {
		return
	}
	s.idle.n++
	for i, v := range o.x {
		s.idle.sum[i] += v
		s.idle.squares[i] += v * v
	}
}

func (p *piece) merge(o *piece) {
	p.speech.merge(&o.speech)
	p.energy += o.energy
	p.idle.n += o.idle.n
	for i := range p.idle.sum {
		p.idle.sum[i] += o.idle.sum[i]
		p.idle.squares[i] += o.idle.squares[i]
	}
}
