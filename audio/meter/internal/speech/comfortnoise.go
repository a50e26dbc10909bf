package speech

import (
	"math"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

// Comfort noise is what a receiver plays while the sender's voice activity
// detector sends nothing (ITU-T G.711 Appendix II, RFC 3389). By itself it is a
// noise like any other: how its level varies within 0.2 s and beyond is how that
// of Gaussian noise of the same spectrum does. What tells is the place at which it
// takes over. A detector's hangover goes on for some tenths of a second with the
// line's own noise, and then the noise changes at once, in each pause alike. A
// noise gate and a noise suppressor do the same. Speech that dies away in a room
// falls as far, but not at once.
//
// What it comes to with a line's noise of −50 dBov and eight pauses: a gate of 6 dB
// is found in 179 channels of 192, comfort noise that is 5 dB off in its level in
// 340 of 384, one of another spectrum where it is off in the band of speech. One
// that is like the line's to within 3 dB is not to be told from it, nor is any
// where the line's noise is other people's talk. None is found in 240 channels
// without, in 2 of 240 in a room, and in none of 66 calls and two real ones.
const (
	hangoverFrom, hangoverTo = 2, 6   // frames after the end of speech
	pauseFrom, pauseTo       = 20, 60 // what of the pause is compared with them
	beforeSpeech             = 6      // frames before the next speech that do not count
	leastPause               = 45     // frames
	fewestPauses             = 4
	mostPauses               = 256 // spread over the recording
	leastNoiseStepDB         = 4.0
	noiseStepSure            = 5.0  // standard deviations
	noiseStepKnown           = 0.1  // dB, of any number of pauses
	levelInHangoverDB        = 1.0  // by which the noise in the hangover may change
	stepEdge                 = 0.25 // of the step at either end, that a step goes through …
	stepFrames               = 3    // … in so many frames
)

// NoiseStep is how far the noise right after speech is above the noise later in
// the pause, in dB, in the median; 0 where it does not change at once and
// in all pauses alike.
func NoiseStep(log *frames.Log, speech []measurement.Segment, c frames.Clock) measurement.Ratio {
	var steps, falls, fars []float64
	var course [pauseFrom][]float64 // the levels of each frame after the speech, of all pauses
	for i := 0; i < len(speech); i += 1 + len(speech)/mostPauses {
		s := speech[i]
		end, next := c.FrameAt(s.End), log.N
		if i+1 < len(speech) {
			next = c.FrameAt(speech[i+1].Start)
		}
		if next-end < leastPause {
			continue
		}
		const middle = (hangoverFrom + hangoverTo) / 2
		early, ok1 := meanLevel(log, end+hangoverFrom, end+middle)
		late, ok2 := meanLevel(log, end+middle, end+hangoverTo)
		far, ok3 := meanLevel(log, end+pauseFrom, min(end+pauseTo, next-beforeSpeech))
		if !ok1 || !ok2 || !ok3 {
			continue
		}
		steps = append(steps, (early+late)/2-far)
		falls = append(falls, early-late)
		fars = append(fars, far)
		for k := range course {
			course[k] = append(course[k], float64(log.At(end+k))/frames.Scale)
		}
	}
	if len(steps) < fewestPauses {
		return 0
	}
	n := float64(len(steps))
	step := frames.Median(steps)
	var squares float64
	for _, s := range steps {
		squares += (s - step) * (s - step)
	}
	deviation := math.Sqrt(squares/(n*n) + noiseStepKnown*noiseStepKnown)
	if math.Abs(step) < max(leastNoiseStepDB, noiseStepSure*deviation) || math.Abs(frames.Median(falls)) > levelInHangoverDB {
		return 0
	}
	far, between := frames.Median(fars), 0
	for _, levels := range course[hangoverFrom:] {
		if share := (frames.Median(levels) - far) / step; share > stepEdge && share < 1-stepEdge {
			between++
		}
	}
	if between > stepFrames {
		return 0
	}
	return measurement.Ratio(step)
}

// meanLevel is the mean of the levels in dB of frames that are neither digital
// silence nor part of a tone or of music.
func meanLevel(log *frames.Log, from, to int) (float64, bool) {
	var sum float64
	n := 0
	for i := max(0, from); i < min(to, log.N); i++ {
		if log.Plain(i) {
			sum += float64(log.At(i)) / frames.Scale
			n++
		}
	}
	return sum / float64(max(1, n)), n > 0
}
