package meter

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/signals"
)

// dithered are samples of 16 bits made of others with triangular noise of one bit, as programs do that convert
// a sample rate.
func dithered(seed uint64, x []float32) []float32 {
	rng := rand.New(rand.NewPCG(seed, 2))
	out := make([]float32, len(x))
	for i, v := range x {
		out[i] = float32(math.Round(float64(v)*32768+rng.Float64()-rng.Float64()) / 32768)
	}
	return out
}

// Digital silence that a converter has dithered is no line. Here the pauses of one channel are silent in a
// part of the call, those of the other one in the rest: no line changes its side.
func TestDitherIsNoLine(t *testing.T) {
	const rate, seconds, from, to = 8000, 36, 12, 22
	var side [2][]float32
	for c := range side {
		side[c] = signals.Gate(signals.QuietTalker(uint64(c+1), rate, seconds, -24), rate, 2, 5)
		for i, v := range signals.Hiss(uint64(c+7), rate, seconds, -60) {
			if within := i >= from*rate && i < to*rate; within == (c == 1) {
				side[c][i] += v
			}
		}
	}
	clean := measure(t, rate, Options{}, side[0], side[1]).Pair
	noisy := measure(t, rate, Options{}, dithered(1, side[0]), dithered(2, side[1])).Pair
	for _, pair := range []measurement.Pair{clean, noisy} {
		for _, e := range pair.Exchanges {
			t.Errorf("the sides are exchanged: %+v", e)
		}
	}
	if more := noisy.SideSwap.SameSide - clean.SideSwap.SameSide; more > 3 {
		t.Errorf("the sides are apart by %+v, dithered by %+v", clean.SideSwap, noisy.SideSwap)
	}
}
