package speech

import (
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

// The limits that separate speech from other sound on a line. Levels are in steps of 0.01 dB, as
// logged.
const (
	AboveFloor = 9 * frames.Scale  // speech is this far above the local floor
	strong     = 14 * frames.Scale // below the channel's speech level: certainly speech
	weak       = 26 * frames.Scale // below it: speech if it is connected with strong frames
	minStrong  = 2                 // a segment needs this many strong frames

	// The channel's speech level is a high percentile of the frames above the floor …
	speechPercentile = 0.75
	// … and not far below the loudest of them: if hardly anything is said, nearly all of them may
	// be the crackle of the line. On the 100 channels of 50 calls it is 0 to 12.5 dB below.
	loudPercentile = 0.995
	belowLoud      = 16 * frames.Scale

	// If a channel's loudest sounds stay this far below the other channel's speech, it usually has
	// no speech: it carries breath, handling noise or crosstalk. It does hold speech if it stands
	// out from the channel's noise as clearly as speech does on a line that is merely too quiet,
	// if it lasts, and if it does not coincide with the other party's words.
	farBelow   = 30 * frames.Scale
	clearOf    = 20 * frames.Scale
	clearS     = 3.0
	clearApart = 0.4 // share of it in which the other party is silent: at least 0.42 on the sides of 108 calls
	crosstalkS = 0.3 // sound this soon after a word may be that word's crosstalk

	CloseGapS = 0.34 // shorter pauses are inside a talkspurt
	MinBurstS = 0.08 // if all bursts are shorter they are clicks, for example from a keyboard
)

// Speech is what activity detection found on a channel.
type Speech struct {
	Segments []measurement.Segment
	level    int16             // of the speech, as logged; frames.Floor if there is none
	floor    int16             // of the noise over the whole call, as logged
	Weakest  measurement.Level // level of the weakest speech; 0 if there is none
}

// Find finds the stretches of speech in a frame log. The level that counts as speech depends on how
// loud the talker is. A walk therefore finds the frames that may be speech, and with them the level of
// the channel's speech; those that reach it make the segments. spread is over how many frames a codec
// spreads its noise around a sound; 0: it does not.
func Find(log *frames.Log, c frames.Clock, spread int) Speech {
	var candidates frames.Histogram
	var where []frames.Range
	floor := callFloor(log)
	for f := range walk(log, floor) {
		if f.level < f.floor+AboveFloor || f.steady || f.tone {
			continue
		}
		candidates.Add(f.level)
		if n := len(where); n > 0 && where[n-1].End == f.i {
			where[n-1].End++
		} else {
			where = append(where, frames.Range{Start: f.i, End: f.i + 1})
		}
	}
	if candidates.N < minStrong {
		return Speech{level: frames.Floor}
	}
	level := max(candidates.Quantile(speechPercentile), candidates.Quantile(loudPercentile)-belowLoud)
	spurts := talkspurts{level: level, clock: c}
	for _, r := range where {
		for i := r.Start; i < r.End; i++ {
			spurts.add(i, log.At(i), log.Spread(i, spread))
		}
	}
	return Speech{
		Segments: spurts.finish(),
		level:    level,
		floor:    floor,
		Weakest:  logged(level - weak),
	}
}

// DropFarBelow removes the segments of a channel that is too far below the other one to hold
// speech.
func DropFarBelow(a, b *Speech) {
	for _, pair := range [][2]*Speech{{a, b}, {b, a}} {
		if weaker, stronger := pair[0], pair[1]; int(weaker.level) < int(stronger.level)-farBelow && !weaker.clear(stronger) {
			weaker.Segments, weaker.Weakest = nil, 0
		}
	}
}

// clear reports whether a faint channel holds speech that is not the other party's.
func (s *Speech) clear(other *Speech) bool {
	if int(s.level) < int(s.floor)+clearOf {
		return false
	}
	heard := make([]measurement.Segment, len(other.Segments))
	for i, w := range other.Segments {
		heard[i] = measurement.Segment{Start: w.Start, End: w.End + crosstalkS}
		if i > 0 { // they must not overlap
			heard[i].Start = max(heard[i].Start, heard[i-1].End)
		}
	}
	var talk float64
	for _, w := range s.Segments {
		talk += w.End - w.Start
	}
	return talk >= clearS && talk-measurement.Overlap(s.Segments, heard, 0) >= clearApart*talk
}

// logged converts a logged level to a Level.
func logged(v int16) measurement.Level {
	if v <= frames.Floor {
		return measurement.Silence()
	}
	return measurement.Level(v) / frames.Scale
}

// talkspurts joins frames of speech into segments.
type talkspurts struct {
	level  int16 // of the channel's speech
	clock  frames.Clock
	done   []measurement.Segment
	open   bool
	start  int // first frame of the open talkspurt
	end    int // frame after its last active one
	run    int // its newest active frames in a row
	burst  int // the longest run of them
	strong int // its strong ones
}

// add takes the next frame that may be speech. spread says that it may be what a codec spreads of a
// sound next to it: it makes a click no longer.
func (t *talkspurts) add(i int, level int16, spread bool) {
	if level < t.level-weak {
		return
	}
	if gap := float64(i-t.end) * frames.StepS; t.open && gap >= CloseGapS {
		t.close()
	}
	if !t.open {
		t.open, t.start, t.burst, t.strong = true, i, 0, 0
	}
	if i > t.end {
		t.run = 0
	}
	if !spread {
		t.run++
		t.burst = max(t.burst, t.run)
	}
	t.end = i + 1
	if level >= t.level-strong {
		t.strong++
	}
}

func (t *talkspurts) close() {
	if t.strong >= minStrong && float64(t.burst)*frames.StepS >= MinBurstS {
		t.done = append(t.done, measurement.Segment{Start: t.clock.FrameTime(t.start), End: t.clock.FrameTime(t.end)})
	}
	t.open = false
}

func (t *talkspurts) finish() []measurement.Segment {
	if t.open {
		t.close()
	}
	return t.done
}
