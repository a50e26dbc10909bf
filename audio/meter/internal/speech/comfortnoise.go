package speech

import (
	"math"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

// Comfort noise is what a receiver plays while the sender's voice activity detector sends nothing
// (ITU-T G.711 Appendix II, RFC 3389). By itself it cannot be recognised: its level varies, within
// 0.2 s and beyond, as that of Gaussian noise of the same spectrum does. What gives it away is the
// place at which it takes over. During the detector's hangover, the line's noise goes on for some
// tenths of a second. Then the noise changes at once, and in the same way in every pause. A noise
// gate and a noise suppressor do the same. Speech that dies away in a room falls as far, but not
// at once.
//
// Results with a line noise of −50 dBov and eight pauses: a gate of 6 dB is found in 179 channels
// of 192. Comfort noise whose level is 5 dB off is found in 340 of 384. Comfort noise of another
// spectrum is found if it is off in the speech band. Comfort noise within 3 dB of the line's noise
// cannot be distinguished from it. The same holds if the line's noise is other people's talk.
// False finds: none in 240 channels without comfort noise, 2 of 240 in a room, and none in 66
// calls and two real ones.
// without, in 2 of 240 in a room, and in none of 66 calls and two real ones.
const (
	hangoverFrom, hangoverTo = 2, 6   // frames after the end of speech
	pauseFrom, pauseTo       = 20, 60 // the part of the pause that is compared with them
	beforeSpeech             = 6      // frames before the next speech that are ignored
	leastPause               = 45     // frames
	fewestPauses             = 4
	mostPauses               = 256 // spread over the recording
	leastNoiseStepDB         = 4.0
	noiseStepSure            = 5.0  // standard deviations
	noiseStepKnown           = 0.1  // dB: the mean is no surer than this, however many pauses there are
	levelInHangoverDB        = 1.0  // the noise in the hangover may change by this much
	stepEdge                 = 0.25 // of the step at either end, that a step goes through …
	stepFrames               = 3    // … in this many frames
)

// NoiseStep is how far the noise right after speech is above the noise later in the pause: the
// median in dB. It is 0 unless the noise changes at once, and in the same way in all pauses.
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

// meanLevel is the mean level in dB of the frames, without digital silence, tones and music.
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
