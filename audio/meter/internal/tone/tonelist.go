package tone

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
	"github.com/otoscope/otoscope/audio/meter/internal/music"
)

// maxTones limits how many tones of a channel are kept.
const maxTones = 256

// melodyGap is the longest pause between the notes of a melody, in subframes.
const melodyGap = 150

// toneEvent is a Tone in subframes.
type event struct {
	kind       measurement.ToneKind
	detail     string
	count      int
	start, end int
	hz         float64 // of a single tone; 0 of others
	all        []float64
	on, pause  int // medians
}

// List keeps the tones found on a channel.
type List struct {
	events  []event
	omitted int
	cadence cadence // not yet over
}

// addBurst takes the next burst of a lasting tone and marks its frames.
func (l *List) addBurst(b burst, log *frames.Log) {
	c := &l.cadence
	if c.count == 0 || !c.goesOn(b) {
		l.closeCadence()
	}
	if c.unsure = c.count == 0 && b.unsure(); !c.unsure {
		log.MarkTone(b.start, b.end)
		if c.count == 1 {
			log.MarkTone(c.start, c.end)
		}
	}
	c.add(b)
}

// closeCadence gives the open cadence its meaning.
func (l *List) closeCadence() {
	if l.cadence.count > 0 && !l.cadence.unsure {
		l.add(l.cadence.event())
	}
	l.cadence = cadence{}
}

// add takes an event, and joins it with the earlier ones if they are one signal.
func (l *List) add(e event) {
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

// joinInformation joins the third of the special information tones with the two before it.
func (l *List) joinInformation(e event) bool {
	n := len(l.events)
	if n < 2 {
		return false
	}
	three := [3]event{l.events[n-2], l.events[n-1], e}
	for i, t := range three {
		if t.hz < informationHz[i][0] || t.hz > informationHz[i][1] || t.count != 1 {
			return false
		}
		if i > 0 && t.start-three[i-1].end > 25 { // E.180: pauses of up to 30 ms
			return false
		}
	}
	l.events = append(l.events[:n-2], event{kind: measurement.SpecialInformation, count: 1, start: three[0].start, end: e.end})
	return true
}

// joinMelody joins consecutive tones without a meaning.
func (l *List) joinMelody(e event) bool {
	n := len(l.events)
	if n == 0 || !e.isNote() || !l.events[n-1].isNote() || e.start-l.events[n-1].end > melodyGap {
		return false
	}
	last := &l.events[n-1]
	if informationHz[0][0] <= last.hz && last.hz <= informationHz[0][1] && informationHz[1][0] <= e.hz && e.hz <= informationHz[1][1] {
		return false // may become special information
	}
	*last = event{kind: measurement.MelodyTone, count: last.count + e.count, start: last.start, end: e.end}
	return true
}

// isNote reports whether the event can be part of a melody.
func (e event) isNote() bool {
	return e.kind == measurement.Beep || e.kind == measurement.OtherTone || e.kind == measurement.MelodyTone
}

// How to decide between a tone and music if both were found: signals are tones that last, too, and
// musical notes can have the frequencies of a signal.
const (
	signalShare = 0.6 // of a stretch is signals: it is not music
	noteShare   = 0.5 // of a tone is in music: it is a note
)

// Settle decides between tones and music, marks the frames of music in the log
// and returns the stretches that remain.
func (l *List) Settle(stretches []frames.Range, log *frames.Log) []frames.Range {
	stretches = slices.DeleteFunc(stretches, func(r frames.Range) bool {
		covered := 0
		for _, e := range l.events {
			if e.kind != measurement.MelodyTone {
				covered += overlapOf(e.frames(), r)
			}
		}
		return float64(covered) >= signalShare*float64(r.End-r.Start)
	})
	stretches = music.WithDrums(stretches, log)
	l.events = slices.DeleteFunc(l.events, func(e event) bool {
		if e.kind == measurement.KeyTone {
			return false
		}
		within, f := 0, e.frames()
		for _, r := range stretches {
			within += overlapOf(f, r)
		}
		return float64(within) >= noteShare*float64(f.End-f.Start)
	})
	for _, r := range stretches {
		log.Music.Add(r)
	}
	return stretches
}

// frames are the frames in which the tone sounds.
func (e event) frames() frames.Range {
	return frames.Range{Start: e.start / frames.StepSubframes, End: max(e.start/frames.StepSubframes+1, e.end/frames.StepSubframes)}
}

func overlapOf(a, b frames.Range) int { return max(0, min(a.End, b.End)-max(a.Start, b.Start)) }

// Result gives the tones in the order of their starts, and how many more there were.
func (l *List) Result(c frames.Clock) ([]measurement.Tone, int) {
	slices.SortStableFunc(l.events, func(a, b event) int { return cmp.Compare(a.start, b.start) })
	var out []measurement.Tone
	for _, e := range l.events {
		t := measurement.Tone{Kind: e.kind, Detail: e.detail, Count: e.count, Start: c.SubframeTime(e.start), End: c.SubframeTime(e.end)}
		if e.kind == measurement.Beep || e.kind == measurement.OtherTone {
			t.Hz, t.OnS, t.PauseS = e.all, seconds(c, e.on), seconds(c, e.pause)
		}
		out = append(out, t)
	}
	return out, l.omitted
}

// seconds is how long subframes last.
func seconds(c frames.Clock, subframes int) float64 {
	return c.Seconds(int64(subframes)*int64(c.Step)) / frames.StepSubframes
}

// frequencies names the sinusoids of a sound.
func (p *peaks) frequencies() string {
	var parts []string
	for _, q := range p.list[:p.n] {
		parts = append(parts, fmt.Sprintf("%.0f", q.hz))
	}
	return strings.Join(parts, "+") + " Hz"
}
