package tone

import (
	"fmt"
	"math"
	"slices"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

// signal is a sound that networks and machines signal with. Its meaning depends on its cadence,
// too.
type signal struct {
	hz    []float64
	where string // the countries that use it
	kinds []measurement.ToneKind
}

// signals are those of ITU-T E.180 and its supplement 2, of T.30 (fax) and of
// V.25 (answer tones).
var signals = []signal{
	{[]float64{350, 440}, "North America, United Kingdom", []measurement.ToneKind{measurement.DialTone}},
	{[]float64{350, 450}, "United Kingdom", []measurement.ToneKind{measurement.DialTone}},
	{[]float64{413, 438}, "Australia", []measurement.ToneKind{measurement.DialTone, measurement.RingbackTone}},
	{[]float64{400, 425, 450}, "Australia", []measurement.ToneKind{measurement.DialTone, measurement.RingbackTone}},
	{[]float64{440, 480}, "North America", []measurement.ToneKind{measurement.RingbackTone}},
	{[]float64{400, 450}, "United Kingdom, Australia", []measurement.ToneKind{measurement.RingbackTone}},
	{[]float64{480, 620}, "North America", []measurement.ToneKind{measurement.BusyTone, measurement.CongestionTone}},
	{[]float64{400}, "Japan, United Kingdom", []measurement.ToneKind{measurement.DialTone, measurement.RingbackTone, measurement.BusyTone, measurement.CongestionTone}},
	{[]float64{425}, "Europe, Australia and most others", []measurement.ToneKind{measurement.DialTone, measurement.RingbackTone, measurement.BusyTone, measurement.CongestionTone}},
	{[]float64{440}, "France", []measurement.ToneKind{measurement.DialTone, measurement.RingbackTone, measurement.BusyTone, measurement.CongestionTone}},
	{[]float64{450}, "China", []measurement.ToneKind{measurement.DialTone, measurement.RingbackTone, measurement.BusyTone, measurement.CongestionTone}},
	{[]float64{1100}, "", []measurement.ToneKind{measurement.FaxTone}},
	{[]float64{2100}, "", []measurement.ToneKind{measurement.AnswerTone}},
	{[]float64{2225}, "Bell 103", []measurement.ToneKind{measurement.AnswerTone}},
	// What else short single tones are known by: recording and waiting beeps,
	// special information.
	{[]float64{913.8}, "", nil}, {[]float64{950}, "", nil}, {[]float64{985.2}, "", nil},
	{[]float64{1000}, "", nil}, {[]float64{1370.6}, "", nil}, {[]float64{1400}, "", nil},
	{[]float64{1428.5}, "", nil}, {[]float64{1776.7}, "", nil}, {[]float64{1800}, "", nil},
}

// signalTolerance: networks keep their frequencies to 1 % or better.
const signalTolerance = 0.013

// signalOf returns the signal with the frequencies nearest to those of a sound, or nil if none is
// within the tolerance.
func signalOf(p *peaks) *signal {
	var best *signal
	nearest := signalTolerance
	for i := range signals {
		s := &signals[i]
		if len(s.hz) != p.n {
			continue
		}
		var off float64
		for j, hz := range s.hz {
			off = max(off, math.Abs(p.list[j].hz/hz-1))
		}
		if off <= nearest {
			best, nearest = s, off
		}
	}
	return best
}

func (s *signal) can(k measurement.ToneKind) bool { return s != nil && slices.Contains(s.kinds, k) }

// Cadences, in seconds on and off, as ITU-T E.180 Supplement 2 ("Various tones used in
// national networks") lists them. Each limit below lies between the cadences that it separates.
//
//	            ringback         busy          congestion
//	N. America  2, 4             0.5, 0.5      0.25, 0.25
//	UK          0.4, 0.2, 0.4, 2 0.375, 0.375  0.4, 0.35, 0.225, 0.525
//	Germany     1, 4             0.48, 0.48    0.24, 0.24
//	France      1.5, 3.5         0.5, 0.5      0.5, 0.5
//	Italy       1, 4             0.5, 0.5      0.2, 0.2
//	Japan       1, 2             0.5, 0.5      0.5, 0.5
//	China       1, 4             0.35, 0.35    0.7, 0.7
//
// Dial tone lasts until somebody dials. The recording tone of North America, 1400 Hz, comes
// every 15 s.
const (
	ringShortestPause = 1.8  // 2 s is the shortest pause between rings
	ringLongestPause  = 6.5  // 5 s is the longest
	beepLongestPause  = 20   // 15 s between recording tones
	ringShortestSure  = 0.3  // the shorter part of a double ring is 0.4 s
	ringShortest      = 0.8  // a single ring on one frequency lasts 1 s and more …
	ringLongest       = 2.1  // … and 2 s at most
	dialShortest      = 2.2  // longer than any ring
	busyLongest       = 0.8  // on, and off: no busy tone has more than 0.5 s, no ringback less than 1 s
	busyShortestCycle = 0.65 // busy has 0.7 s and more, congestion 0.5 s and less …
	busyLongestCycle  = 1.2  // … or, in China, 1.4 s
	busyShortestOnce  = 0.4  // 480 + 620 Hz is busy with 0.5 s on, congestion with 0.25 s
	unevenBursts      = 1.4  // times the shortest: a cadence of two lengths is congestion's
	beepLongest       = 1.0
	faxShortest       = 0.4 // T.30: 0.5 s ± 15 %
	faxLongest        = 0.6
	answerShortest    = 0.4  // V.25: 2.6 to 4 s; less if the recording begins or ends in it
	phaseReversal     = 0.08 // V.25: the phase turns at once, which the meter hears as a short gap
)

// cadenceKept is how many bursts of a cadence are examined; they repeat.
const cadenceKept = 12

// cadence is a row of bursts of one sound.
type cadence struct {
	sound      peaks
	sway       float64
	start, end int
	count      int
	unsure     bool             // the only burst may be a voice
	on, off    [cadenceKept]int // of the first bursts, and after them, in subframes
	longest    int
}

// Times in subframes of 4 ms.
func subframes(seconds float64) int {
	return int(math.Round(seconds / frames.StepS * frames.StepSubframes))
}

// goesOn reports whether a burst continues the cadence.
func (c *cadence) goesOn(b burst) bool {
	if !c.sound.same(&b.sound) {
		return false
	}
	limit := subframes(ringLongestPause)
	if signalOf(&c.sound).single() && c.longest <= subframes(beepLongest) {
		limit = subframes(beepLongestPause)
	}
	if c.unsure {
		limit = subframes(beepLongest)
	}
	return b.start-c.end <= limit
}

// single reports whether the signal is a beep that no network uses as a signal.
func (s *signal) single() bool { return s != nil && len(s.kinds) == 0 }

func (c *cadence) add(b burst) {
	if c.count == 0 {
		c.sound, c.start, c.sway = b.sound, b.start, b.sway
	}
	if c.count > 0 && c.count <= cadenceKept {
		c.off[c.count-1] = b.start - c.end
	}
	if c.count < cadenceKept {
		c.on[c.count] = b.end - b.start
	}
	c.longest = max(c.longest, b.end-b.start)
	c.sway = max(c.sway, b.sway)
	c.end = b.end
	c.count++
}

// event gives the meaning of the cadence.
func (c *cadence) event() event {
	e := event{kind: measurement.OtherTone, detail: c.sound.frequencies(), count: c.count, start: c.start, end: c.end}
	for _, q := range c.sound.list[:c.sound.n] {
		e.all = append(e.all, q.hz)
	}
	if c.sound.n == 1 {
		e.hz = c.sound.list[0].hz
	}
	n := min(c.count, cadenceKept)
	e.on = c.median(c.on[:n])
	if c.count > 1 {
		e.pause = c.median(c.off[:min(c.count-1, cadenceKept)])
	}
	s := signalOf(&c.sound)
	if kind := c.progress(s); kind != "" {
		e.kind, e.detail = kind, s.where
		return e
	}
	on := c.median(c.on[:min(c.count, cadenceKept)])
	switch {
	case s.can(measurement.FaxTone) && on >= subframes(faxShortest) && on <= subframes(faxLongest):
		e.kind, e.detail = measurement.FaxTone, "calling"
	case s.can(measurement.AnswerTone) && c.end-c.start >= subframes(answerShortest):
		e.kind, e.detail = measurement.AnswerTone, c.answer()
	case c.sound.n == 1 && c.longest <= subframes(beepLongest):
		e.kind = measurement.Beep
		if c.count > 1 {
			period := float64(c.end-c.start-c.on[0]) / float64(c.count-1) * frames.StepS / frames.StepSubframes
			e.detail += fmt.Sprintf(" every %.1f s", period)
		}
	}
	return e
}

// answer names an answer tone. V.25 has 2100 Hz, with its phase reversed every 450 ms to disable
// echo cancellers; V.8 modulates its amplitude.
func (c *cadence) answer() string {
	detail := c.sound.frequencies()
	if c.count >= 3 && c.median(c.off[:min(c.count-1, cadenceKept)]) <= subframes(phaseReversal) {
		detail += ", phase reversals"
	}
	if c.sway >= modulated {
		detail += ", amplitude modulated"
	}
	return detail
}

// modulated: V.8 modulates by 20 %, which moves the power of a step by 24 %.
const modulated = 0.12

// progress is the kind of call-progress tone that a signal's cadence makes, or "".
func (c *cadence) progress(s *signal) measurement.ToneKind {
	n := min(c.count, cadenceKept)
	on := c.median(c.on[:n])
	off, longestOff := 0, 0
	if c.count > 1 {
		pauses := c.off[:min(c.count-1, cadenceKept)]
		off, longestOff = c.median(pauses), slices.Max(pauses)
	}
	period := on + off
	uneven := c.count > 1 && float64(slices.Max(c.on[:n])) > unevenBursts*float64(slices.Min(c.on[:n]))
	switch {
	case s == nil:
		return ""
	case s.can(measurement.RingbackTone) && (longestOff >= subframes(ringShortestPause) || c.count == 1 && s.ringsOnce(on)):
		return measurement.RingbackTone
	case s.can(measurement.DialTone) && (c.longest >= subframes(dialShortest) || len(s.kinds) == 1):
		return measurement.DialTone
	case s.can(measurement.BusyTone) && c.count == 1 && len(s.kinds) == 2: // 480 + 620 Hz
		if on >= subframes(busyShortestOnce) {
			return measurement.BusyTone
		}
		return measurement.CongestionTone
	case s.can(measurement.BusyTone) && c.count > 1 && on <= subframes(busyLongest) && off <= subframes(busyLongest):
		if period < subframes(busyShortestCycle) || period > subframes(busyLongestCycle) || uneven {
			return measurement.CongestionTone
		}
		return measurement.BusyTone
	}
	return ""
}

// ringsOnce reports whether a single burst of this length is a ring that was answered. It is
// certain for the pairs that only ringback uses.
func (s *signal) ringsOnce(on int) bool {
	if len(s.kinds) == 1 {
		return on >= subframes(ringShortestSure)
	}
	return len(s.hz) == 1 && on >= subframes(ringShortest) && on <= subframes(ringLongest)
}

func (c *cadence) median(v []int) int {
	if len(v) == 0 {
		return 0
	}
	w := slices.Clone(v)
	slices.Sort(w)
	return w[len(w)/2]
}
