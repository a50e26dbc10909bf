package speaker

import (
	"math"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

// Every fifth spectrum of a loud frame is kept, and the pitch is taken with it; fewer as the pieces
// get longer, so that a piece always has about as many.
const paceEvery = 5

// The pitch is counted in bins of equal ratio: 24 an octave, from pacePitchLowHz on.
const (
	pitchBins          = 96
	pitchBinsPerOctave = 24
	leastVoiced        = 5 // frames for a pitch
)

// The centre of the spectrum is taken in the band that every telephone line and recording has.
const (
	centreLowHz  = 200
	centreHighHz = 3900
)

// The level is examined in stretches of speech of half a second to three seconds.
const (
	envelopeLeast = 25
	envelopeMost  = 150
	envelopeLags  = 9                 // up to 160 ms
	envelopeRange = 30 * frames.Scale // below the loudest frame of a stretch
	syllableDip   = 3 * frames.Scale
)

// Pace collects how fast the speech runs in each piece of the call.
type Pace struct {
	pitch   *pacePitch
	binHz   float64
	bins    [2]int // of the spectrum that are kept
	pieces  []pacePiece
	length  int // steps a piece
	steps   int
	spectra int // so far
}

// pacePiece is what is known of a piece of the call, or of several.
type pacePiece struct {
	pitch   [pitchBins]uint32
	voiced  int
	spectra int
	power   []float64 // sums
	envelope
}

// envelope is how the level moves in speech.
type envelope struct {
	frames   int
	peaks    int
	products [envelopeLags]float64 // of levels less their mean, so many frames apart
	counts   [envelopeLags]float64
}

// NewPace takes the rate of the base band, the width of a bin of the spectra and their number.
func NewPace(rate int, binHz float64, bins int) *Pace {
	p := &Pace{
		pitch: newPacePitch(rate), binHz: binHz, length: pieceSteps,
		bins: [2]int{int(math.Ceil(centreLowHz / binHz)), min(bins, int(centreHighHz/binHz)+1)},
	}
	p.makeRoom(firstPieces)
	return p
}

// makeRoom makes room for so many pieces with their sums.
func (p *Pace) makeRoom(pieces int) {
	grown := make([]pacePiece, pieces)
	used := copy(grown, p.pieces)
	n := p.bins[1] - p.bins[0]
	room := make([]float64, (pieces-used)*n)
	for i := used; i < pieces; i++ {
		grown[i].power, room = room[:n:n], room[n:]
	}
	p.pieces = grown[:used]
}

// Step counts a frame.
func (p *Pace) Step() {
	if p.steps%p.length == 0 {
		if len(p.pieces) == maxPieces {
			for i := range maxPieces / 2 {
				p.pieces[i], p.pieces[2*i] = p.pieces[2*i], p.pieces[i] // no two share their sums
				p.pieces[i].merge(&p.pieces[2*i+1])
			}
			p.pieces = p.pieces[:maxPieces/2]
			p.length *= 2
		}
		if len(p.pieces) == cap(p.pieces) {
			p.makeRoom(2 * len(p.pieces))
		}
		p.pieces = p.pieces[:len(p.pieces)+1]
		p.pieces[len(p.pieces)-1].clear()
	}
	p.steps++
}

// Add takes the power spectrum of the newest counted frame, which is loud, and the base band.
func (p *Pace) Add(power []float32, base *frames.Past) {
	every := p.length / pieceSteps
	p.spectra++
	if p.spectra%(paceEvery*every) != 0 {
		return
	}
	piece := &p.pieces[len(p.pieces)-1]
	piece.spectra++
	for i, v := range power[p.bins[0]:p.bins[1]] {
		piece.power[i] += float64(v)
	}
	if hz := p.pitch.of(base.Before(0, p.pitch.length())); hz > 0 {
		bin := int(pitchBinsPerOctave * math.Log2(hz/pacePitchLowHz))
		piece.pitch[max(0, min(pitchBins-1, bin))]++
		piece.voiced++
	}
}

// clear empties a piece that was merged into another one. It keeps the room for the sums.
func (p *pacePiece) clear() {
	power := p.power
	clear(power)
	*p = pacePiece{power: power}
}

func (p *pacePiece) merge(o *pacePiece) {
	for i, n := range o.pitch {
		p.pitch[i] += n
	}
	p.voiced += o.voiced
	p.spectra += o.spectra
	if p.power == nil {
		p.power = make([]float64, len(o.power))
	}
	for i, v := range o.power {
		p.power[i] += v
	}
	p.frames += o.frames
	p.peaks += o.peaks
	for i := range o.products {
		p.products[i] += o.products[i]
		p.counts[i] += o.counts[i]
	}
}

// Finish examines the level where somebody speaks.
func (p *Pace) Finish(log *frames.Log, speech []measurement.Segment, c frames.Clock) {
	for _, s := range speech {
		from, to := c.FrameAt(s.Start), min(c.FrameAt(s.End), log.N)
		for ; to-from >= envelopeLeast; from += envelopeMost {
			end := min(to, from+envelopeMost)
			if end-from < envelopeLeast {
				break
			}
			if piece := (from + end) / 2 / p.length; piece < len(p.pieces) {
				p.pieces[piece].envelope.add(log, from, end)
			}
		}
	}
}

// add counts the frames of a stretch of speech.
func (e *envelope) add(log *frames.Log, from, to int) {
	var room [envelopeMost]float64
	level := room[:to-from]
	loudest := float64(frames.Floor)
	for i := range level {
		level[i] = float64(log.At(from + i))
		loudest = max(loudest, level[i])
	}
	var mean float64
	high, low, rising := level[0], level[0], true
	for i, v := range level {
		v = max(v, loudest-envelopeRange)
		level[i] = v
		mean += v / float64(len(level))
		switch high, low = max(high, v), min(low, v); {
		case rising && v < high-syllableDip:
			e.peaks++
			rising, low = false, v
		case !rising && v > low+syllableDip:
			rising, high = true, v
		}
	}
	for i := range level {
		level[i] -= mean
	}
	for lag := range e.products {
		var sum float64
		for i, v := range level[lag:] {
			sum += v * level[i]
		}
		e.products[lag] += sum
		e.counts[lag] += float64(len(level) - lag)
	}
	e.frames += len(level)
}

// Whole gives the pace of the whole call, or nil if nobody speaks long enough.
func (p *Pace) Whole() *measurement.Pace {
	all := p.all()
	if all.frames == 0 {
		return nil
	}
	out := p.result(&all)
	return &out
}

// all joins all pieces.
func (p *Pace) all() (all pacePiece) {
	for i := range p.pieces {
		all.merge(&p.pieces[i])
	}
	return all
}

// result gives the figures of a piece.
func (p *Pace) result(a *pacePiece) measurement.Pace {
	out := measurement.Pace{SpeechS: float64(a.frames) * frames.StepS, Voiced: a.voiced, LevelHoldsS: a.holdsS()}
	if a.frames > 0 {
		out.SyllablesPerS = float64(a.peaks) / out.SpeechS
	}
	if a.voiced >= leastVoiced {
		out.PitchHz = a.pitchAt(0.5)
		out.PitchSpread = 6 * math.Log2(a.pitchAt(0.84)/a.pitchAt(0.16))
	}
	var sum, weighted float64
	for i, v := range a.power {
		amplitude := math.Sqrt(v)
		sum += amplitude
		weighted += amplitude * math.Log(float64(p.bins[0]+i)*p.binHz)
	}
	if sum > 0 {
		out.CentreHz = math.Exp(weighted / sum)
	}
	return out
}

// pitchAt is a quantile of the pitch.
func (p *pacePiece) pitchAt(share float64) float64 {
	rank := share * float64(p.voiced)
	for i, n := range p.pitch {
		if rank <= float64(n) {
			return pacePitchLowHz * math.Exp2((float64(i)+rank/float64(n))/pitchBinsPerOctave)
		}
		rank -= float64(n)
	}
	return pacePitchHighHz
}

// holdsS is how long it takes the autocorrelation of the level to fall to a half.
func (e *envelope) holdsS() float64 {
	before := 1.0
	for lag := 1; lag < envelopeLags; lag++ {
		if e.products[0] <= 0 || e.counts[lag] == 0 {
			return 0
		}
		now := e.products[lag] / e.counts[lag] / (e.products[0] / e.counts[0])
		if now <= 0.5 {
			return (float64(lag-1) + (before-0.5)/(before-now)) * frames.StepS
		}
		before = now
	}
	return envelopeLags * frames.StepS
}
