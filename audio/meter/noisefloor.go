package meter

import "iter"

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
func noiseFloor(log *frameLog, speech []Segment, c clock) Level {
	var noise histogram
	for _, level := range betweenSpeech(log, speech, c) {
		noise.add(level)
	}
	if noise.n < floorMinimum {
		return silence
	}
	return logged(noise.quantile(noisePercentile))
}

// betweenSpeech yields the frames apart from all speech, digital silence left
// out, with their logged levels.
func betweenSpeech(log *frameLog, speech []Segment, c clock) iter.Seq2[int, int16] {
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
