package tone

import (
	"math"

	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

const (
	steadySteps     = 8  // 160 ms: the shortest lasting tone, and what the first window needs
	underWaySteps   = 4  // from here on a row tolerates noise
	windowEvery     = 3  // steps from one window to the next …
	windowEveryLong = 10 // … in a long tone
	longWindows     = 6

	steadyPurity      = 0.85
	steadyTolerance   = 0.004 // the frequencies of one tone's windows agree within this; a voice drifts
	singlePurity      = 0.95  // of a known signal that only one window shows
	unknownWindows    = 3     // a tone that is not a known signal needs this many …
	unknownLowWindows = 6     // … or this many, if it could be a harmonic of a voice: 0.5 s
)

// burst is one sounding of a lasting tone, from subframe start to end.
type burst struct {
	sound      peaks
	start, end int
	windows    int     // that agree
	sway       float64 // standard deviation of its steps' power, relative to their mean
}

// unsure reports whether the burst is so short and so low that it could be one harmonic of a
// voice. A second one soon after makes it a tone.
func (b *burst) unsure() bool {
	return b.windows <= 2 && b.sound.n == 1 && b.sound.list[0].hz < voiceHz
}

// voiceHz: single harmonics of voices lie below.
const voiceHz = 600

// steadyTones finds tones that last: consecutive steps that may be a tone, with spectra that
// agree.
type steadyTones struct {
	run       int     // steps of the row
	next      int     // its length at which the next spectrum is taken
	before    float64 // power of the step before the row
	first     float64 // power of its first step
	last      float64 // power of the newest step
	sum       float64 // of the powers of the others
	squares   float64
	residuals float64 // the sum over the row
	held      bool    // the newest step may be a gap in the tone …
	heldPower float64 // … of this power
	current   burst   // windows is 0 if there is none
	begun     bool    // the current burst began with the row
}

// add takes a step: its residual, and its power. It returns the burst that this ends, if any.
func (s *steadyTones) add(t *Tones, past *frames.Past, residual, power float64) (done burst, ok bool) {
	switch {
	case residual <= s.limit():
		if s.held {
			s.held = false
			s.count(s.heldPower)
		}
		s.residuals += residual
		done, ok = s.goOn(t, past, power)
		s.last = power
	case s.run >= steadySteps && !s.held && power < s.mean()/2:
		// A modulated tone is lost in the noise where its envelope is lowest. One such step is
		// allowed.
		s.held, s.heldPower = true, power
	case s.held:
		done, ok = s.leave(t.step-1, s.heldPower)
		s.last = power
	case s.run == 0 && s.current.windows == 0: // no row, as nearly always
		s.residuals, s.last = 0, power
	default:
		done, ok = s.leave(t.step, power)
		s.last = power
	}
	return done, ok
}

// limit is the largest residual allowed in the next step. A row under way allows the noise that it
// has had so far.
func (s *steadyTones) limit() float64 {
	if s.run < underWaySteps {
		return toneResidual
	}
	return min(goingOnResidual, max(toneResidual, 4*s.residuals/float64(s.run)))
}

// count counts a step of the row, except the first.
func (s *steadyTones) count(power float64) {
	s.run++
	s.sum += power
	s.squares += power * power
}

func (s *steadyTones) goOn(t *Tones, past *frames.Past, power float64) (burst, bool) {
	if s.run == 0 {
		*s = steadyTones{run: 1, next: steadySteps, before: s.last, first: power, residuals: s.residuals, current: s.current, begun: s.begun}
		return burst{}, false
	}
	s.count(power)
	if s.run < s.next {
		return burst{}, false
	}
	s.next += windowEvery
	if s.current.windows >= longWindows {
		s.next += windowEveryLong - windowEvery
	}
	p := t.long.find(past.Before(0, t.long.length))
	if p.purity < steadyPurity {
		return burst{}, false
	}
	first := s.next == steadySteps+windowEvery
	now := (t.step + 1) * frames.StepSubframes
	if s.current.windows > 0 && s.current.sound.same(&p) {
		s.current.windows++
		s.current.end = now
		if p.purity > s.current.sound.purity {
			s.current.sound = p
		}
		return burst{}, false
	}
	start := now - subframes(steadyWindowS)
	if first {
		start = (t.step-s.run+1)*frames.StepSubframes + edge(s.first, s.before, s.mean())
	} else if s.current.windows > 0 {
		// The border between two tones without a pause is the middle of the windows' edges.
		start = (s.current.end + start) / 2
		s.current.end = start
	}
	done, ok := s.finish()
	s.begun = first
	s.current = burst{sound: p, windows: 1, start: start, end: now}
	return done, ok
}

// leave ends the row before the given step.
func (s *steadyTones) leave(step int, power float64) (burst, bool) {
	if s.run > 0 && s.current.windows > 0 && step*frames.StepSubframes-s.current.end <= 2*windowEveryLong*frames.StepSubframes {
		s.current.end = step*frames.StepSubframes - edge(s.last, power, s.mean())
		s.current.sway = s.swayed()
	}
	s.run, s.residuals, s.held = 0, 0, false
	return s.finish()
}

// mean is the power of a step within the tone.
func (s *steadyTones) mean() float64 { return s.sum / float64(max(1, s.run-1)) }

func (s *steadyTones) swayed() float64 {
	m := s.mean()
	return math.Sqrt(max(0, s.squares/float64(max(1, s.run-1))/(m*m)-1))
}

// edge is the start of a tone, in subframes from the start of its first step: the tone's share of
// the step's time equals the step's share of the tone's power. It is negative if the tone reaches
// into the neighbour. Mirrored, it is the end of the tone.
func edge(own, neighbour, tone float64) int {
	const whole, something = 0.75, 1.4 // of a tone's power: a whole step of it; there is something else
	if tone <= 0 {
		return 0
	}
	if share := own / tone; share < whole {
		return int(math.Round((1 - share) * frames.StepSubframes))
	}
	if share := neighbour / tone; share < something {
		return -int(math.Round(min(1, share) * frames.StepSubframes))
	}
	return 0
}

// finish ends the current burst. It returns false if there is none, or if it is too short.
func (s *steadyTones) finish() (burst, bool) {
	b := s.current
	s.current = burst{}
	switch {
	case b.windows == 0:
		return b, false
	case signalOf(&b.sound) != nil:
		return b, b.windows >= 2 || s.begun && b.sound.purity >= singlePurity
	case b.sound.n == 1 && b.sound.list[0].hz < voiceHz:
		return b, b.windows >= unknownLowWindows
	default:
		return b, b.windows >= unknownWindows
	}
}

// same reports whether two spectra are of one tone or at least of one signal.
func (p *peaks) same(q *peaks) bool {
	if p.agree(q) {
		return true
	}
	s := signalOf(p)
	return s != nil && s == signalOf(q)
}

// agree reports whether two spectra are of one tone: their sinusoids are the same.
func (p *peaks) agree(q *peaks) bool {
	if p.n != q.n {
		return false
	}
	for i := range p.n {
		if math.Abs(p.list[i].hz-q.list[i].hz) > steadyTolerance*p.list[i].hz {
			return false
		}
	}
	return true
}
