package tone

import (
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

// The least level of a tone, in dBov: −44 dBm0, below what Q.24 requires of any receiver.
const toneMinLevel = -50

const (
	// A tone leaves at most this share of a step unexplained (see tonality) …
	toneResidual = 0.12
	// … or this share, in noise, once it is under way.
	goingOnResidual = 0.35

	plateauRatio     = 2 // a key's tones hold their power within this factor
	plateauSubframes = 7 // 28 ms: a tone of 40 ms has at least eight whole subframes

	steadyWindowS = 0.128 // separates the 40 Hz between 440 and 480 Hz
)

// Tones finds key presses and lasting tones in the base band.
type Tones struct {
	gate     tonality
	short    *peakFinder // over a plateau
	long     *peakFinder
	plateau  plateau
	keypad   keypad
	steady   steadyTones
	step     int // steps so far
	Found    List
	wasTonal bool // the last step may be part of a tone
}

func New(rate int) *Tones {
	return &Tones{
		gate:  newTonality(rate),
		short: newPeakFinder(rate, plateauSubframes*frames.StepS/frames.StepSubframes),
		long:  newPeakFinder(rate, steadyWindowS),
	}
}

// Add takes the base band, whose newest n samples are the step, the result of the speech band for
// it, and the log, in which it marks the frames of a tone.
func (t *Tones) Add(p *frames.Past, n int, b *frames.SpeechBand, f frames.Frame, log *frames.Log) {
	x := p.Before(0, n)
	first := t.step * frames.StepSubframes
	settled, begun := -1, 0 // newest subframe of the step that ends a window of steady level; where its plateau began
	left := -1              // first subframe of the step that leaves a plateau
	for i := range frames.StepSubframes {
		j := frames.FrameSubframes - frames.StepSubframes + i
		if t.plateau.add(b.Energy[j], b.Samples[j]) && left < 0 {
			left = first + i
		}
		if t.plateau.length >= plateauSubframes {
			settled, begun = i, first+i+1-t.plateau.length
		}
	}
	residual := 1.0
	if f.Level >= toneMinLevel {
		residual = t.gate.residual(x)
	}
	tonal := residual <= toneResidual
	if (tonal || t.wasTonal) && settled >= 0 {
		to := (settled + 1) * n / frames.StepSubframes
		found := t.short.find(p.Before(n-to, t.short.length))
		end := first + settled + 1
		if done, ok := t.keypad.add(keyOf(&found), begun, end-plateauSubframes, end); ok {
			t.press(done, log)
		}
	}
	if left >= 0 {
		t.keypad.leave(left)
	}
	if done, ok := t.keypad.pass(first + frames.StepSubframes); ok {
		t.press(done, log)
	}
	if done, ok := t.steady.add(t, p, residual, b.StepPower()); ok {
		t.lasting(done, log)
	}
	t.wasTonal = tonal
	t.step++
}

// Finish ends everything that is still open.
func (t *Tones) Finish(log *frames.Log) {
	if done, ok := t.keypad.finish(); ok {
		t.press(done, log)
	}
	if done, ok := t.steady.leave(t.step, 0); ok {
		t.lasting(done, log)
	}
	t.Found.closeCadence()
}

// press records a key press.
func (t *Tones) press(p press, log *frames.Log) {
	log.MarkTone(p.start, p.end)
	t.Found.add(event{kind: measurement.KeyTone, detail: string(p.key), count: 1, start: p.start, end: p.end})
}

// lasting records a tone that is longer than a key. A key that is held down is one, too.
func (t *Tones) lasting(b burst, log *frames.Log) {
	if keyOf(&b.sound) != 0 {
		log.MarkTone(b.start, b.end)
		return
	}
	t.Found.addBurst(b, log)
}

// plateau follows a steady level.
type plateau struct {
	length int // subframes
	sum    float64
}

// add takes the energy of a subframe and its samples. It reports whether the level left the
// plateau before it.
func (p *plateau) add(energy, samples float64) bool {
	if samples == 0 {
		return false
	}
	power := energy / samples
	// Compared with the mean, times the length.
	if times := power * float64(p.length); times < p.sum*plateauRatio && times*plateauRatio > p.sum {
		p.length++
		p.sum += power
		return false
	}
	p.length, p.sum = 1, power
	return true
}
