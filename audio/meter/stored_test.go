package meter

import (
	"math"
	"testing"
)

// What a lossy codec makes of silence counts as digital silence, of a recording that it kept alone.
func TestACodecsOwnOutputIsSilence(t *testing.T) {
	const rate = 8000
	x := make([]float32, 4*rate)
	for i := range x {
		v := 2e-5 * math.Sin(float64(i)) // -97 dBov
		if i >= 2*rate {
			v = 0.1 * math.Sin(float64(i)/3)
		}
		x[i] = float32(v)
	}
	for _, c := range []struct {
		stored Stored
		want   float64
	}{{Stored{}, 0}, {Stored{Lossy: true}, 0}, {Stored{Lossy: true, FloorDB: -86}, 2}} {
		got := measure(t, rate, Options{Stored: [2]Stored{c.stored, c.stored}}, append([]float32(nil), x...)).Left
		if math.Abs(got.Timing.LeadingDigitalSilenceS-c.want) > 0.01 {
			t.Errorf("%+v: %.2f s of silence, not %.2f", c.stored, got.Timing.LeadingDigitalSilenceS, c.want)
		}
		if got.Line.Lossy != c.stored.Lossy || c.stored.Lossy && got.Line.G711Share != 0 {
			t.Errorf("%+v: the line is %+v", c.stored, got.Line)
		}
	}
}

// A few samples at full scale are clipping in samples that were kept, and not where a codec may have
// exceeded full scale by itself.
func TestFullScaleIsALevelLikeAnyOtherInALossyFile(t *testing.T) {
	x := make([]float32, 16000)
	for i := range x {
		x[i] = float32(0.98 * math.Sin(float64(i)/7))
	}
	copy(x[8000:], []float32{1.1, 1.2, 1.1})
	plain := measure(t, 8000, Options{}, append([]float32(nil), x...)).Left.Levels.ClippedSamples
	lossy := measure(t, 8000, Options{Stored: [2]Stored{{Lossy: true}}}, append([]float32(nil), x...)).Left.Levels.ClippedSamples
	if plain == 0 || lossy != 0 {
		t.Errorf("%d clipped samples as they were kept, %d by a lossy codec", plain, lossy)
	}
}
