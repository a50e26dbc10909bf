package meter

import "math"

const (
	steadySteps     = 8  // 160 ms: the shortest lasting tone, and what the first window needs
	windowEvery     = 3  // steps from one window to the next …
	windowEveryLong = 10 // … in a tone that goes on
	longSteps       = 30

	steadyPurity    = 0.85
	steadyTolerance = 0.004 // windows of one tone agree in frequency within this; a voice drifts
	tonePowerFrom   = 1.4   // a step of so many times a tone's power holds something else
)

// burst is one sounding of a lasting tone, from subframe start to end.
type burst struct {
	sound      peaks
	start, end int
	windows    int // that agree
	sway       float64
}

// steadyTones finds tones that last: steps that may be a tone, in a row, whose
// spectra agree.
type steadyTones struct {
	run     int     // steps of the row
	next    int     // its length at which the next spectrum is taken
	first   float64 // power of its first step
	before  float64 // power of the step before
	sum     float64 // of the powers of the other steps
	last    float64 // power of the newest step
	current burst   // windows is 0 where there is none
	begun   bool    // the current burst began with the row
}

// add takes a step: whether it may be part of a tone, and its power. It returns
// the burst that this ends, if any.
func (s *steadyTones) add(t *tones, tonal bool, power float64) (burst, bool) {
	defer func() { s.last = power }()
	if !tonal {
		return s.leave(t.step, power)
	}
	s.run++
	if s.run == 1 {
		s.before, s.first, s.sum, s.next = s.last, power, 0, steadySteps
		return burst{}, false
	}
	s.sum += power
	if s.run < s.next {
		return burst{}, false
	}
	s.next += windowEvery
	if s.run >= longSteps {
		s.next += windowEveryLong - windowEvery
	}
	p := t.long.find(t.past.before(0, t.long.length))
	now := (t.step + 1) * stepSubframes
	if p.purity < steadyPurity {
		return burst{}, false
	}
	if s.current.windows > 0 && s.current.sound.agree(&p) {
		s.current.windows++
		s.current.end = now
		if p.purity > s.current.sound.purity {
			s.current.sound = p
		}
		return burst{}, false
	}
	done, ok := s.finish()
	s.begun = s.run == steadySteps
	s.current = burst{sound: p, windows: 1, end: now, start: now - t.longSubframes()}
	if s.begun {
		s.current.start = s.beginning(t.step - s.run + 1)
	}
	return done, ok
}

// leave ends the row of steps.
func (s *steadyTones) leave(step int, power float64) (burst, bool) {
	run := s.run
	s.run = 0
	if s.current.windows == 0 {
		return burst{}, false
	}
	// The tone goes on from the last window to the end of the row where no
	// other spectrum came between.
	if s.current.windows > 0 && step*stepSubframes-s.current.end <= windowEveryLong*stepSubframes {
		s.current.end = s.ending(step, power, run)
	}
	return s.finish()
}

// mean is the power of a step within the tone.
func (s *steadyTones) mean(steps int) float64 { return s.sum / float64(max(1, steps-1)) }

// beginning is the subframe in which a row begins whose first step is given:
// the step at its edge has the share of the tone's power that the tone has of
// the step.
func (s *steadyTones) beginning(first int) int {
	return first*stepSubframes + edge(s.first, s.before, s.mean(s.run), 1)
}

func (s *steadyTones) ending(after int, power float64, run int) int {
	return after*stepSubframes - edge(s.last, power, s.mean(run), 1)
}

// edge is where a tone begins, in subframes from the start of its first step
// or, mirrored, from the end of its last: negative is within the neighbour.
func edge(own, neighbour, tone float64, _ int) int {
	if tone <= 0 {
		return 0
	}
	if share := own / tone; share < 0.75 {
		return int(math.Round((1 - share) * stepSubframes))
	}
	if share := neighbour / tone; share < tonePowerFrom {
		return -int(math.Round(min(1, share) * stepSubframes))
	}
	return 0
}

// finish ends the current burst. It returns false where there is none or too
// little of it.
func (s *steadyTones) finish() (burst, bool) {
	b := s.current
	s.current = burst{}
	switch {
	case b.windows == 0:
		return b, false
	case signalOf(&b.sound) != nil:
		return b, b.windows >= 2 || s.begun && b.sound.purity >= singlePurity
	default:
		return b, b.windows >= 3
	}
}

const singlePurity = 0.95

func (t *tones) longSubframes() int { return int(math.Round(steadyWindowS / stepS * stepSubframes)) }

// agree reports whether two spectra are of one tone: their strongest sinusoids
// are the same.
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
