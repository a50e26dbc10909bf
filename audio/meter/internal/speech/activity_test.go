package speech

import (
	"slices"
	"testing"

	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

// A click that a codec makes longer is a click. A word stays a word.
func TestAClickThatACodecSpreadsIsNoSpeech(t *testing.T) {
	level := func(n int, db ...float64) (out []float64) {
		for range n {
			out = append(out, db...)
		}
		return out
	}
	noise := level(30, -72, -71, -73)
	word := level(6, -25, -28, -24, -30, -22)
	click := []float64{-36, -36, -36, -49, -49, -49}
	l := &frames.Log{}
	for _, v := range slices.Concat(noise, word, noise, click, noise, word, noise) {
		l.Add(frames.Frame{Level: v})
	}
	clock := frames.Clock{Rate: 8000, Step: 160, Samples: int64(l.N) * 160}
	for spread, want := range map[int]int{0: 3, 8: 2} {
		if got := Find(l, clock, spread); len(got.Segments) != want {
			t.Errorf("with a window of %d frames: %v", spread, got.Segments)
		}
	}
}
