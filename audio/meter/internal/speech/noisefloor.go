package speech

import (
	"iter"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

const (
	floorAway    = 5  // frames between speech and what is taken for noise: 0.1 s
	FloorMinimum = 25 // frames of noise that make a floor: half a second
	// Noise holds its level to about half a decibel; what else there is between
	// the speech, as music or the other party's echo, lies above it.
	NoisePercentile = 0.25
)

// NoiseFloor is the level of the line's noise in the band of speech: a low
// percentile of the frames apart from all speech, digital silence left out;
// −Inf where there are too few.
func NoiseFloor(log *frames.Log, speech []measurement.Segment, c frames.Clock) measurement.Level {
	var noise frames.Histogram
	for _, level := range BetweenSpeech(log, speech, c) {
		noise.Add(level)
	}
	if noise.N < FloorMinimum {
		return measurement.Silence()
	}
	return logged(noise.Quantile(NoisePercentile))
}

const (
	idleBelow   = 10 * frames.Scale // under the noise of the line: no line yet
	soundFrames = 5                 // of the line end it: 0.1 s; fewer are a click
)

// LeadingIdle is how long the line is not there yet, in seconds: what is heard
// before the first speech is far below the noise from then on. 0 where that noise is
// not known.
func LeadingIdle(log *frames.Log, speech []measurement.Segment, c frames.Clock) float64 {
	if len(speech) == 0 {
		return 0
	}
	first := c.FrameAt(speech[0].Start)
	var line frames.Histogram
	for i, level := range BetweenSpeech(log, speech, c) {
		if i >= first {
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

// BetweenSpeech yields the frames apart from all speech, digital silence left
// out, with their logged levels.
func BetweenSpeech(log *frames.Log, speech []measurement.Segment, c frames.Clock) iter.Seq2[int, int16] {
	return func(yield func(int, int16) bool) {
		frame := float64(c.Step) / float64(c.Rate)
		speech := speech
		for i, level := range log.All() {
			for len(speech) > 0 && float64(i-floorAway)*frame >= speech[0].End {
				speech = speech[1:]
			}
			near := len(speech) > 0 && float64(i+floorAway)*frame > speech[0].Start
			if !near && level != frames.Quiet && !yield(i, level) {
				return
			}
		}
	}
}
