package speaker

import (
	"testing"

	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

// part is a passage of the same voice on any side, with frames of noise at some levels in dBov, and
// frames of digital silence.
func part(silent int, noise ...float64) passage {
	var p passage
	p.n, p.energy, p.silent = 2*minSpectra, 2*minSpectra, silent
	for _, level := range noise {
		p.noise.Add(int16(level * frames.Scale))
	}
	return p
}

func line(n int, level float64) (all []float64) {
	for range n {
		all = append(all, level)
	}
	return all
}

// A line's noise that one side lacks counts neither for nor against an exchange: the voices alone
// are compared.
func TestNoiseOfOneSideAloneShowsNoExchange(t *testing.T) {
	changing := []passage{part(0, line(40, -60)...), part(0, line(40, -75)...)}
	got := SideSwapOf(changing, []passage{part(0), part(0)}, 5)
	if got.SameSide != got.CrossSide {
		t.Errorf("the same voices, and noise on one side only: %+v", got)
	}
}

// A line that is digital silence in its pauses but for what a codec lets through around the words is
// silent, however loud that is. The sides then stay what they are.
func TestWhatACodecLetsThroughIsNoNoise(t *testing.T) {
	noisy := part(0, line(40, -60)...)
	left := []passage{part(60, line(10, -62)...), part(60, line(10, -75)...)}
	got := SideSwapOf(left, []passage{noisy, noisy}, 5)
	if got.SameSide != 0 || got.CrossSide < levelsAtMost {
		t.Errorf("a silent and a noisy line: %+v", got)
	}
	// Where most of the noise is left, it counts.
	left = []passage{part(5, line(40, -62)...), part(5, line(40, -75)...)}
	if got := SideSwapOf(left, []passage{noisy, noisy}, 5); got.SameSide == 0 {
		t.Errorf("noise that changes: %+v", got)
	}
}
