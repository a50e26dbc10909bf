package speaker

import (
	"slices"

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
	// There is room for this many at first: most calls are short.
	utterancesFirst = 64
	// Activity detection must find speech in at least this share of an utterance.
	utteranceSpeech = 0.8
)

// utterance is what a stretch of speech sounds like.
type utterance struct {
	from, to int // steps
	sums
}

// Utterances keeps the utterances of a channel: stretches that are loud enough to be speech.
type Utterances struct {
	steps int
	loud  int // the newest loud step
	open  utterance
	Kept  []utterance
}

func NewUtterances() *Utterances {
	return &Utterances{Kept: make([]utterance, 0, utterancesFirst)}
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

// Add takes a loud frame.
func (s *Utterances) Add(o *Observation) {
	if len(s.Kept) == UtterancesKept {
		return
	}
	if s.open.n == 0 {
		s.open.from = s.steps - 1
	}
	s.open.to = s.steps
	s.open.add(o)
}

func (s *Utterances) close() {
	if s.open.n >= utteranceLeast && len(s.Kept) < UtterancesKept {
		if len(s.Kept) == cap(s.Kept) {
			s.Kept = slices.Grow(s.Kept, UtterancesKept-len(s.Kept))
		}
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
