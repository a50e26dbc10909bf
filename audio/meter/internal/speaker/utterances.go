package speaker

import (
	"math"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

// Two speakers are distinguished by their utterances. An utterance runs from one pause to the next,
// for 3 s at most, and has at least half a second of spectra. Speakers often take over without a
// pause that activity detection would see. An utterance that holds both speakers is of no use.
const (
	utterancePause  = 12  // steps without loud frames that end an utterance: 0.25 s
	utteranceLength = 150 // steps
	utteranceLeast  = 6   // spectra
	// A channel keeps the first ones, up to this many: ten minutes of speech or other loud sound.
	// The first exchanges settle who is recorded where.
	UtterancesKept = 256
	// Activity detection must find speech in at least this share of an utterance.
	utteranceSpeech = 0.8
)

// The range below the bands of shape and the range above them are compared, too: lines differ most
// in what they let through there.
const (
	speakerLowHz  = 110
	speakerHighHz = 7000
	// The bands of shape less their mean (one follows from the others), the two outer bands less
	// the same mean, and the level.
	speakerDims = shapeBands - 1 + 2 + 1
)

// utterance is what a stretch of speech sounds like.
type utterance struct {
	from, to int // steps
	n        float64
	sum      [speakerDims]float64
	// products are the sums of the products of every two dimensions, row by row up to the diagonal.
	products [speakerDims * (speakerDims + 1) / 2]float32
}

// Utterances keeps the utterances of a channel: stretches that are loud enough to be speech.
type Utterances struct {
	below, above [2]int // bins of the outer bands
	steps        int
	loud         int // the newest loud step
	open         utterance
	Kept         []utterance
}

func NewUtterances(binHz float64, bins int, p *Pieces) *Utterances {
	low, high := p.edges[0], p.edges[shapeBands]
	return &Utterances{
		Kept:  make([]utterance, 0, UtterancesKept),
		below: [2]int{min(low-1, int(math.Round(speakerLowHz/binHz))), low},
		above: [2]int{min(high, bins-1), min(bins, max(high+1, int(math.Round(speakerHighHz/binHz))))},
	}
}

// Step counts a frame.
func (s *Utterances) Step(loud bool) {
	if loud {
		s.loud = s.steps
	}
	s.steps++
	if s.open.n > 0 && (s.steps-s.loud > utterancePause || s.steps-s.open.from >= utteranceLength) {
		s.close()
	}
}

// Add takes the power spectrum of a loud frame. p has its bands in dB.
func (s *Utterances) Add(power []float32, p *Pieces) {
	if len(s.Kept) == UtterancesKept {
		return
	}
	var x [speakerDims]float64
	copy(x[:], p.bands[:shapeBands-1])
	for i, band := range [][2]int{s.below, s.above} {
		var sum float64
		for _, v := range power[band[0]:band[1]] {
			sum += float64(v)
		}
		x[shapeBands-1+i] = frames.Decibels(sum/float64(band[1]-band[0])+emptyBand) - p.mean
	}
	x[speakerDims-1] = frames.Decibels(p.power + emptyBand)
	if s.open.n == 0 {
		s.open.from = s.steps - 1
	}
	s.open.to = s.steps
	s.open.n++
	k := 0
	for i, v := range x {
		s.open.sum[i] += v
		for _, w := range x[:i+1] {
			s.open.products[k] += float32(v * w)
			k++
		}
	}
}

func (s *Utterances) close() {
	if s.open.n >= utteranceLeast && len(s.Kept) < UtterancesKept {
		s.Kept = append(s.Kept, s.open)
	}
	s.open = utterance{}
}

// Within gives the utterances in which somebody speaks. It needs to know when that is.
func (s *Utterances) Within(speech []measurement.Segment, c frames.Clock) []utterance {
	s.close()
	var out []utterance
	for _, one := range s.Kept {
		at := measurement.Segment{Start: c.FrameTime(one.from), End: c.FrameTime(one.to)}
		if measurement.Overlap(speech, []measurement.Segment{at}, 0) >= utteranceSpeech*(at.End-at.Start) {
			out = append(out, one)
		}
	}
	return out
}
