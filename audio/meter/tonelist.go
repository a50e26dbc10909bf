package meter

import (
	"cmp"
	"fmt"
	"github.com/otoscope/otoscope/audio/measurement"
	"slices"
	"strings"
)

// maxTones bounds what is kept of the tones of a channel.
const maxTones = 256

// melodyGap is the longest pause between the notes of a melody, in subframes.
const melodyGap = 150

// toneEvent is a Tone in subframes.
type toneEvent struct {
	kind       measurement.ToneKind
	detail     string
	count      int
	start, end int
	hz         float64 // of a single tone; 0 of others
}

// toneList keeps what was heard of tones on a channel.
type toneList struct {
	events  []toneEvent
	omitted int
	cadence cadence // not yet over
}

// addBurst takes the next burst of a lasting tone and marks its frames.
func (l *toneList) addBurst(b burst, log *frameLog) {
	c := &l.cadence
	if c.count == 0 || !c.goesOn(b) {
		l.closeCadence()
	}
	if c.unsure = c.count == 0 && b.unsure(); !c.unsure {
		log.markTone(b.start, b.end)
		if c.count == 1 {
			log.markTone(c.start, c.end)
		}
	}
	c.add(b)
}

// closeCadence says what the open cadence means.
func (l *toneList) closeCadence() {
	if l.cadence.count > 0 && !l.cadence.unsure {
		l.add(l.cadence.event())
	}
	l.cadence = cadence{}
}

// add takes an event, and joins it with those before it of which it is part.
func (l *toneList) add(e toneEvent) {
	if l.joinInformation(e) || l.joinMelody(e) {
		return
	}
	if len(l.events) == maxTones {
		l.omitted++
		return
	}
	l.events = append(l.events, e)
}

// The bands of the three tones of special information, in Hz: ITU-T E.180 §8
// has 950, 1400 and 1800 Hz, each ±50 Hz; the first two have a lower and a
// higher form that say why a call fails.
var informationHz = [3][2]float64{{900, 1000}, {1350, 1450}, {1750, 1850}}

// joinInformation joins the third of the tones of special information with the
// two before it.
func (l *toneList) joinInformation(e toneEvent) bool {
	n := len(l.events)
	if n < 2 {
		return false
	}
	three := [3]toneEvent{l.events[n-2], l.events[n-1], e}
	for i, t := range three {
		if t.hz < informationHz[i][0] || t.hz > informationHz[i][1] || t.count != 1 {
			return false
		}
		if i > 0 && t.start-three[i-1].end > 25 { // E.180: pauses of up to 30 ms
			return false
		}
	}
	l.events = append(l.events[:n-2], toneEvent{kind: measurement.SpecialInformation, count: 1, start: three[0].start, end: e.end})
	return true
}

// joinMelody joins tones without a meaning that follow upon each other.
func (l *toneList) joinMelody(e toneEvent) bool {
	n := len(l.events)
	if n == 0 || !e.isNote() || !l.events[n-1].isNote() || e.start-l.events[n-1].end > melodyGap {
		return false
	}
	last := &l.events[n-1]
	if informationHz[0][0] <= last.hz && last.hz <= informationHz[0][1] && informationHz[1][0] <= e.hz && e.hz <= informationHz[1][1] {
		return false // may become special information
	}
	*last = toneEvent{kind: measurement.MelodyTone, count: last.count + e.count, start: last.start, end: e.end}
	return true
}

// isNote reports whether the event can be part of a melody.
func (e toneEvent) isNote() bool {
	return e.kind == measurement.Beep || e.kind == measurement.OtherTone || e.kind == measurement.MelodyTone
}

// What is a tone and what is music, where both were found: signals are tones
// that hold, too, and notes of music can have a signal's frequencies.
const (
	signalShare = 0.6 // of a stretch in signals: it is no music
	noteShare   = 0.5 // of a tone in music: it is a note of it
)

// settle decides between tones and music, marks the frames of music in the log
// and returns the stretches that remain.
func (l *toneList) settle(music []frameRange, log *frameLog) []frameRange {
	music = slices.DeleteFunc(music, func(r frameRange) bool {
		covered := 0
		for _, e := range l.events {
			if e.kind != measurement.MelodyTone {
				covered += overlapOf(e.frames(), r)
			}
		}
		return float64(covered) >= signalShare*float64(r.end-r.start)
	})
	music = withDrums(music, log)
	l.events = slices.DeleteFunc(l.events, func(e toneEvent) bool {
		if e.kind == measurement.KeyTone {
			return false
		}
		within, f := 0, e.frames()
		for _, r := range music {
			within += overlapOf(f, r)
		}
		return float64(within) >= noteShare*float64(f.end-f.start)
	})
	for _, r := range music {
		log.music.add(r)
	}
	return music
}

// frames are those in which the tone sounds.
func (e toneEvent) frames() frameRange {
	return frameRange{e.start / stepSubframes, max(e.start/stepSubframes+1, e.end/stepSubframes)}
}

func overlapOf(a, b frameRange) int { return max(0, min(a.end, b.end)-max(a.start, b.start)) }

// result gives the tones in the order of their starts, and how many more there were.
func (l *toneList) result(c clock) ([]measurement.Tone, int) {
	slices.SortStableFunc(l.events, func(a, b toneEvent) int { return cmp.Compare(a.start, b.start) })
	var out []measurement.Tone
	for _, e := range l.events {
		out = append(out, measurement.Tone{Kind: e.kind, Detail: e.detail, Count: e.count, Start: c.subframeTime(e.start), End: c.subframeTime(e.end)})
	}
	return out, l.omitted
}

// frequencies names the sinusoids of a sound.
func (p *peaks) frequencies() string {
	var parts []string
	for _, q := range p.list[:p.n] {
		parts = append(parts, fmt.Sprintf("%.0f", q.hz))
	}
	return strings.Join(parts, "+") + " Hz"
}
