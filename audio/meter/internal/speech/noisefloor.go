package speech

import (
	"iter"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

const (
	floorAway    = 5  // frames between speech and noise: 0.1 s
	FloorMinimum = 25 // frames of noise that a floor needs: half a second
	// Noise keeps its level to within about half a decibel. Other sound between the speech, such
	// as music or the other party's echo, is louder.
	NoisePercentile = 0.25
)

// NoiseFloor is the level of the line's noise in the speech band: a low percentile of the frames
// outside speech and digital silence. It is −Inf if there are too few.
func NoiseFloor(log *frames.Log, speech []measurement.Segment, c frames.Clock) measurement.Level {
	var noise frames.Histogram
	for _, level := range BetweenSpeech(log, speech, c) {
		if level != frames.Quiet {
			noise.Add(level)
		}
	}
	if noise.N < FloorMinimum {
		return measurement.Silence()
	}
	return logged(noise.Quantile(NoisePercentile))
}

const (
	idleBelow   = 10 * frames.Scale // below the noise of the line: the line is not there yet
	soundFrames = 5                 // of the line end it: 0.1 s; fewer are a click
)

// LeadingIdle is the time in seconds before the line is there: the sound before the first speech
// is far below the noise after it. It is 0 if that noise is unknown.
func LeadingIdle(log *frames.Log, speech []measurement.Segment, c frames.Clock) float64 {
	if len(speech) == 0 {
		return 0
	}
	first := c.FrameAt(speech[0].Start)
	var line frames.Histogram
	for i, level := range BetweenSpeech(log, speech, c) {
		if i >= first && level != frames.Quiet {
			line.Add(level)
		}
	}
	if line.N < FloorMinimum {
		return 0
	}
	least, run := line.Quantile(NoisePercentile)-idleBelow, 0
	for i, level := range log.All() {
		if level < least {
			run = 0
		} else if run++; run == soundFrames || i == first {
			return c.FrameTime(i - run + 1)
		}
	}
	return 0
}

// BetweenSpeech yields the frames outside speech, with their logged levels. Those of digital silence
// are among them.
func BetweenSpeech(log *frames.Log, speech []measurement.Segment, c frames.Clock) iter.Seq2[int, int16] {
	return func(yield func(int, int16) bool) {
		frame := float64(c.Step) / float64(c.Rate)
		speech := speech
		for i, level := range log.All() {
			for len(speech) > 0 && float64(i-floorAway)*frame >= speech[0].End {
				speech = speech[1:]
			}
			near := len(speech) > 0 && float64(i+floorAway)*frame > speech[0].Start
			if !near && !yield(i, level) {
				return
			}
		}
	}
}
