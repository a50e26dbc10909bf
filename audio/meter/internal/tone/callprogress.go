package tone

import (
	"fmt"
	"math"
	"slices"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

// signal is a sound that networks and machines signal with. What it means
// follows from its cadence, too.
type signal struct {
	hz    []float64
	where string // that use it
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

// signalTolerance: networks keep to 1 % or better.
const signalTolerance = 0.013

// signalOf returns the signal whose frequencies come nearest to those of a
// sound, nil where none does within the tolerance.
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

// cadenceKept is how many bursts of a cadence are looked at; they repeat.
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

// goesOn reports whether a burst continues the cadence. Rings come at least
// every 6 s; the beep that tells of a recording every 15 s or so.
func (c *cadence) goesOn(b burst) bool {
	if !c.sound.same(&b.sound) {
		return false
	}
	limit := subframes(6.5)
	if signalOf(&c.sound).single() && c.longest <= subframes(1) {
		limit = subframes(20)
	}
	if c.unsure {
		limit = subframes(1)
	}
	return b.start-c.end <= limit
}

// single reports whether the signal is a beep that no network signals with.
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

// event says what the cadence means.
func (c *cadence) event() event {
	e := event{kind: measurement.OtherTone, detail: c.sound.frequencies(), count: c.count, start: c.start, end: c.end}
	if c.sound.n == 1 {
		e.hz = c.sound.list[0].hz
	}
	s := signalOf(&c.sound)
	if kind := c.progress(s); kind != "" {
		e.kind, e.detail = kind, s.where
		return e
	}
	on := c.median(c.on[:min(c.count, cadenceKept)])
	switch {
	case s.can(measurement.FaxTone) && on >= subframes(0.4) && on <= subframes(0.6): // T.30: 0.5 s ± 15 %
		e.kind, e.detail = measurement.FaxTone, "calling"
	case s.can(measurement.AnswerTone) && c.end-c.start >= subframes(0.4):
		e.kind, e.detail = measurement.AnswerTone, c.answer()
	case c.sound.n == 1 && c.longest <= subframes(1):
		e.kind = measurement.Beep
		if c.count > 1 {
			period := float64(c.end-c.start-c.on[0]) / float64(c.count-1) * frames.StepS / frames.StepSubframes
			e.detail += fmt.Sprintf(" every %.1f s", period)
		}
	}
	return e
}

// answer names an answer tone: V.25 has 2100 Hz, its phase reversed every
// 450 ms where echo cancellers shall keep off; V.8 modulates its amplitude.
func (c *cadence) answer() string {
	detail := c.sound.frequencies()
	if c.count >= 3 && c.median(c.off[:min(c.count-1, cadenceKept)]) <= subframes(0.08) {
		detail += ", phase reversals"
	}
	if c.sway >= modulated {
		detail += ", amplitude modulated"
	}
	return detail
}

// modulated: V.8 modulates by 20 %, which moves the power of a step by 24 %.
const modulated = 0.12

// progress is the kind of call-progress tone that a signal's cadence makes, ""
// where it makes none.
func (c *cadence) progress(s *signal) measurement.ToneKind {
	n := min(c.count, cadenceKept)
	on := c.median(c.on[:n])
	off, longestOff := 0, 0
	if c.count > 1 {
		pauses := c.off[:min(c.count-1, cadenceKept)]
		off, longestOff = c.median(pauses), slices.Max(pauses)
	}
	period := on + off
	uneven := c.count > 1 && float64(slices.Max(c.on[:n])) > 1.4*float64(slices.Min(c.on[:n]))
	switch {
	case s == nil:
		return ""
	case s.can(measurement.RingbackTone) && (longestOff >= subframes(1.8) || c.count == 1 && s.ringsOnce(on)):
		return measurement.RingbackTone
	case s.can(measurement.DialTone) && (c.longest >= subframes(2.2) || len(s.kinds) == 1):
		return measurement.DialTone
	case s.can(measurement.BusyTone) && c.count == 1 && len(s.kinds) == 2: // 480 + 620 Hz
		if on >= subframes(0.4) {
			return measurement.BusyTone
		}
		return measurement.CongestionTone
	case s.can(measurement.BusyTone) && c.count > 1 && on <= subframes(0.8) && off <= subframes(0.8):
		if period < subframes(0.65) || period > subframes(1.2) || uneven {
			return measurement.CongestionTone
		}
		return measurement.BusyTone
	}
	return ""
}

// ringsOnce reports whether a single burst of this length is a ring that was
// answered: certain for the pairs that nothing but ringback uses.
func (s *signal) ringsOnce(on int) bool {
	if len(s.kinds) == 1 {
		return on >= subframes(0.3)
	}
	return len(s.hz) == 1 && on >= subframes(0.8) && on <= subframes(2.1)
}

func (c *cadence) median(v []int) int {
	if len(v) == 0 {
		return 0
	}
	w := slices.Clone(v)
	slices.Sort(w)
	return w[len(w)/2]
}
