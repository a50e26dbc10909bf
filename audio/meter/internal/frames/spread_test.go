package frames

import (
	"math"
	"testing"
)

// logOf makes a log of frames at levels in dBov.
func logOf(levels ...float64) *Log {
	l := &Log{}
	for _, v := range levels {
		l.Add(Frame{Level: v, Quiet: math.IsInf(v, -1)})
	}
	return l
}

// What is far below a tone next to it belongs to the tone, up to the codec's window. Speech next to a
// tone is louder, and ends what belongs to it.
func TestWhatACodecSpreadsOfAToneIsTone(t *testing.T) {
	l := logOf(-60, -45, -40, -18, -18, -40, -22, -45, -50, -50, -18, -40, -45, -45, -60, -60)
	l.Tones.Add(Range{Start: 3, End: 5})
	l.Tones.Add(Range{Start: 10, End: 11})
	l.SpreadTones(3)
	const want = "TTTTTT.TTTTTTT.."
	got := ""
	for i := range l.N {
		if l.Tones.Has(i) {
			got += "T"
		} else {
			got += "."
		}
	}
	if got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// A frame may be the codec's only where something far louder is within its window.
func TestSpreadEndsWithTheWindow(t *testing.T) {
	l := logOf(-60, -60, -60, -20, -31, -33, -60, -60, math.Inf(-1))
	for n, want := range []string{".........", "..S...S..", ".SS..SSS.", "SSS..SSS."} {
		got := ""
		for i := range l.N {
			if l.At(i) != Quiet && l.Spread(i, n) {
				got += "S"
			} else {
				got += "."
			}
		}
		if got != want {
			t.Errorf("window of %d frames: %s, want %s", n, got, want)
		}
	}
}
