package verify

import (
	"fmt"
	"math"

	"github.com/otoscope/otoscope/audio/measurement"
)

// How fast speech runs is estimated from four figures whose logarithms a change of speed moves
// alike: the pitch, the rate of syllables, how long the level holds, and the centre of the
// spectrum. The weights are those of a linear discriminant between 108 sound recordings of
// four sources and the same at half and at twice their speed. No weight stands for much more
// than a third, so that no figure decides alone: a child's pitch is no fault.
const (
	pacePitchHz    = 158.0
	paceSyllables  = 4.95 // a second
	paceHoldsS     = 0.041
	paceCentreHz   = 801.0
	pitchWeight    = 0.21
	syllableWeight = 0.22
	holdsWeight    = 0.56
	centreWeight   = 0.45
	paceLeastS     = 4.0 // of speech
)

// Limits for the logarithm of the estimated speed: what people differ by, and what an estimate
// from few seconds of speech is uncertain by, times one over their root. On sound recordings one
// side's estimate is 0.63 to 1.71, and the mean of both 0.72 to 1.20. At half speed one side's is
// 0.32 to 0.74 and the mean up to 0.60; at twice the speed it is 1.22 to 3.4 and the mean from
// 1.45 on.
const (
	slowOne, fastOne   = 0.45, 0.5
	slowBoth, fastBoth = 0.3, 0.24
	slowEach, fastEach = 0.22, 0.14 // of each where both count
	paceUncertain      = 0.5        // times the root of a second
	bothAlike          = 0.35       // farther apart, one side alone is wrong
	fastEnded          = 0.3        // of a channel whose sound ends at half of the recording
	halfNear           = 0.04       // of the recording
)

// paceOf estimates the speed at which speech runs, as a natural logarithm: 0 as it is spoken. It
// reports false if there is too little speech.
func paceOf(p *measurement.Pace) (pace float64, ok bool) {
	if p == nil || p.SpeechS < paceLeastS || min(p.PitchHz, p.SyllablesPerS, p.LevelHoldsS, p.CentreHz) <= 0 {
		return 0, false
	}
	return pitchWeight*math.Log(p.PitchHz/pacePitchHz) + restOf(p), true
}

// restOf is what all but the pitch say of the speed.
func restOf(p *measurement.Pace) float64 {
	return syllableWeight*math.Log(p.SyllablesPerS/paceSyllables) -
		holdsWeight*math.Log(p.LevelHoldsS/paceHoldsS) +
		centreWeight*math.Log(p.CentreHz/paceCentreHz)
}

// paceSpeed finds speech that is too slow or too fast for people.
func paceSpeed(sides []*measurement.Channel, durationS float64) (out [2]*wrongSpeed) {
	var paces [2]float64
	known, spoken := len(sides) == 2, 0.0
	for i, c := range sides {
		pace, ok := paceOf(c.Pace)
		if paces[i] = pace; !ok {
			known = false
			continue
		}
		spoken += c.Pace.SpeechS
		unsure := paceUncertain / math.Sqrt(c.Pace.SpeechS)
		switch {
		case pace <= -slowOne-unsure, pace >= fastOne+unsure:
			out[i] = paceSign(c, pace)
		case pace >= fastEnded && endsAtHalf(c, durationS):
			out[i] = paceSign(c, pace)
			out[i].why += ", and its sound ends at half of the recording"
		}
	}
	if !known || math.Abs(paces[0]-paces[1]) > bothAlike {
		return out
	}
	both, unsure := (paces[0]+paces[1])/2, paceUncertain/math.Sqrt(spoken)
	if both <= -slowBoth-unsure && max(paces[0], paces[1]) <= -slowEach || both >= fastBoth+unsure && min(paces[0], paces[1]) >= fastEach {
		for i, c := range sides {
			out[i] = paceSign(c, both)
		}
	}
	return out
}

// endsAtHalf reports whether a channel is digital silence from half of the recording on, as
// where it runs at twice its speed.
func endsAtHalf(c *measurement.Channel, durationS float64) bool {
	if len(c.Blanks) == 0 {
		return false
	}
	last := c.Blanks[len(c.Blanks)-1]
	return last.End >= durationS-atEdgeS/10 && math.Abs(last.Start/durationS-0.5) <= halfNear
}

func paceSign(c *measurement.Channel, pace float64) *wrongSpeed {
	return &wrongSpeed{factor: math.Exp(pace), about: true, why: fmt.Sprintf(
		"a pitch of %.0f Hz, %.1f syllables a second and a spectrum around %.0f Hz are hardly human speech together",
		c.Pace.PitchHz, c.Pace.SyllablesPerS, c.Pace.CentreHz)}
}

// Within a call a voice keeps its spectrum. Where it moves by a factor, and the pitch and the
// rest move by the same, the speed changes. Of 122 recordings, and of 100 of them converted to seven
// rates by three programs, no channel passes either set of limits: wherever the spectrum seems to
// move by a factor, the pitch or the rest does not. Another voice, or music, has another pitch and
// with it other gaps in its spectrum. So where the spectra fit little better by the factor, the rest
// must move by itself: behind music, in a clean call at 44.1 kHz, by 0.17 of the spectrum's ratio,
// and where it is the speed by 0.37 and more.
const (
	grossRatio = 1.4
	grossGain  = 1.5
	closeGain  = 2.5
	grossPitch = 0.35 // logarithms
	grossPace  = 0.4  // of the spectrum's ratio
	grossRest  = 0.3  // the same, the weights of the rest taken for the whole
	restWeight = syllableWeight + holdsWeight + centreWeight
	fineRatio  = 1.05
	fineGain   = 1.45
	finePitch  = 0.08
	finePace   = 0.12
	fineLeastS = 8.0 // of speech on either side of the change
)

// partSpeed finds a part of a call in which a side runs at another speed than in the rest.
func partSpeed(sides []*measurement.Channel, durationS float64) (out [2]*wrongSpeed) {
	for i, c := range sides {
		ch := c.PaceChange
		if ch == nil {
			continue
		}
		before, ok := paceOf(&ch.Before)
		after, ok2 := paceOf(&ch.After)
		if !ok || !ok2 {
			continue
		}
		ratio, pitch, pace := math.Log(ch.Ratio), math.Log(ch.Before.PitchHz/ch.After.PitchHz), before-after
		rest := (restOf(&ch.Before) - restOf(&ch.After)) / restWeight
		gross := math.Abs(ratio) >= math.Log(grossRatio) && ch.Gain >= grossGain &&
			math.Abs(pitch-ratio) <= grossPitch && pace/ratio >= grossPace && (ch.Gain >= closeGain || rest/ratio >= grossRest)
		fine := math.Abs(ratio) >= math.Log(fineRatio) && math.Abs(ratio) < math.Log(grossRatio) && ch.Gain >= fineGain &&
			math.Abs(pitch-ratio) <= finePitch && math.Abs(pace-ratio) <= finePace && min(ch.Before.SpeechS, ch.After.SpeechS) >= fineLeastS
		if !gross && !fine {
			continue
		}
		s := &wrongSpeed{factor: ch.Ratio, to: float64(ch.At)}
		than := "after it"
		// The part whose speech is farther from that of people is the wrong one.
		if math.Abs(after) > math.Abs(before) {
			s.factor, s.from, s.to, than = 1/ch.Ratio, float64(ch.At), durationS, "before it"
		}
		s.why = fmt.Sprintf("voice, spectrum and syllables together are %.2f × those %s", s.factor, than)
		if fine {
			s.about = true
			s.why += ", unless that part is the right one"
		}
		out[i] = s
	}
	return out
}
