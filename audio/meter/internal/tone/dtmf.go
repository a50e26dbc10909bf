package tone

import (
	"math"

	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

// Reception of DTMF by ITU-T Q.23 (frequencies) and the table of ITU-T Q.24 (what administrations
// require of receivers).
const (
	keyTolerance = 0.022 // Q.24: accept ±1.5 %, reject ±3.5 %
	keyPurity    = 0.85  // the pair's share of the power: this allows noise 12 dB below
	// Twist: how far the high tone may lie above or below the low one. Q.24 has
	// +4 and −8 dB; 2 dB are for the measurement, codecs and lines.
	twistAboveDB = 6.0
	twistBelowDB = -10.0

	minKeySubframes = 8 // of 4 ms: Q.24 requires 40 ms to be recognised; the tone's edges take up to two subframes
	maxKeyBreak     = 6 // a break of 24 ms is inside a digit; Q.24 requires pauses of 40 ms to be recognised
)

var (
	keyRows    = [4]float64{697, 770, 852, 941}
	keyColumns = [4]float64{1209, 1336, 1477, 1633}
)

const keys = "123A456B789C*0#D"

// keyOf returns the key of a DTMF pair, or 0 if the sound is not one.
func keyOf(p *peaks) byte {
	if p.n != 2 || p.purity < keyPurity {
		return 0
	}
	low, high := p.list[0], p.list[1]
	row, column := nearest(keyRows[:], low.hz, keyTolerance), nearest(keyColumns[:], high.hz, keyTolerance)
	if row < 0 || column < 0 {
		return 0
	}
	if twist := 10 * math.Log10(high.power/low.power); twist > twistAboveDB || twist < twistBelowDB {
		return 0
	}
	return keys[4*row+column]
}

// nearest is the index of the frequency that hz matches within a relative tolerance, or −1.
func nearest(of []float64, hz, tolerance float64) int {
	for i, f := range of {
		if math.Abs(hz-f) <= tolerance*f {
			return i
		}
	}
	return -1
}

// press is one key press, from subframe start to end.
type press struct {
	key        byte
	start, end int
	heard      int // windows that agree
}

// keypad joins the windows that hold a key into presses.
type keypad struct {
	press
	whole bool // the end is known: the level left the press
}

// add takes a window of the plateau that began at subframe run. It returns the press that ends
// with it, if any.
func (k *keypad) add(key byte, run, from, to int) (press, bool) {
	if k.key == key && key != 0 && from-k.end <= maxKeyBreak {
		k.end, k.whole = to, false
		k.heard++
		return press{}, false
	}
	if key == 0 {
		return press{}, false
	}
	done, ok := k.finish()
	k.press = press{key: key, start: max(run, from-frames.StepSubframes), end: to, heard: 1}
	k.whole = false
	return done, ok
}

// leave says that the level changed at a subframe.
func (k *keypad) leave(at int) {
	if k.key != 0 && !k.whole && at >= k.end {
		k.end, k.whole = min(at, k.end+frames.StepSubframes), true
	}
}

// pass says that subframe now has come, and returns the press that is over with it.
func (k *keypad) pass(now int) (press, bool) {
	if k.key == 0 || now-k.end <= maxKeyBreak+frames.StepSubframes {
		return press{}, false
	}
	return k.finish()
}

// finish ends the open press. It returns false if there is none, or if it is too short to be a
// key.
func (k *keypad) finish() (press, bool) {
	p := k.press
	k.press = press{}
	return p, p.key != 0 && p.end-p.start >= minKeySubframes
}
