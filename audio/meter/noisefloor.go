package meter

import (
	"github.com/otoscope/otoscope/audio/measurement"
	"iter"
)

const (
	floorAway    = 5  // frames between speech and what is taken for noise: 0.1 s
	floorMinimum = 25 // frames of noise that make a floor: half a second
	// Noise holds its level to about half a decibel; what else there is between
	// the speech, as music or the other party's echo, lies above it.
	noisePercentile = 0.25
)

// noiseFloor is the level of the line's noise in the band of speech: a low
// percentile of the frames apart from all speech, digital silence left out;
// −Inf where there are too few.
func noiseFloor(log *frameLog, speech []measurement.Segment, c clock) measurement.Level {
	var noise histogram
	for _, level := range betweenSpeech(log, speech, c) {
		noise.add(level)
	}
	if noise.n < floorMinimum {
		return measurement.Silence()
	}
	return logged(noise.quantile(noisePercentile))
}

const (
	idleBelow   = 10 * logScale // under the noise of the line: no line yet
	soundFrames = 5             // of the line end it: 0.1 s; fewer are a click
)

// leadingIdle is how long the line is not there yet, in seconds: what is heard
// before the first speech is far below the noise from then on. 0 where that noise is
// not known.
func leadingIdle(log *frameLog, speech []measurement.Segment, c clock) float64 {
	if len(speech) == 0 {
		return 0
	}
	first := c.frameAt(speech[0].Start)
	var line histogram
	for i, level := range betweenSpeech(log, speech, c) {
		if i >= first {
			line.add(level)
		}
	}
	if line.n < floorMinimum {
		return 0
	}
	least, run := line.quantile(noisePercentile)-idleBelow, 0
	for i, level := range log.all() {
		if level < least {
			run = 0
		} else if run++; run == soundFrames || i == first {
			return c.frameTime(i - run + 1)
		}
	}
	return 0
}

// betweenSpeech yields the frames apart from all speech, digital silence left
// out, with their logged levels.
func betweenSpeech(log *frameLog, speech []measurement.Segment, c clock) iter.Seq2[int, int16] {
	return func(yield func(int, int16) bool) {
		frame := float64(c.step) / float64(c.rate)
		speech := speech
		for i, level := range log.all() {
			for len(speech) > 0 && float64(i-floorAway)*frame >= speech[0].End {
				speech = speech[1:]
			}
			near := len(speech) > 0 && float64(i+floorAway)*frame > speech[0].Start
			if !near && level != logQuiet && !yield(i, level) {
				return
			}
		}
	}
}
