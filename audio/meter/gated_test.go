package meter_test

import (
	"testing"

	"github.com/otoscope/otoscope/audio/measurement"
)

// TestGatedChannels checks that channels with digital silence in their pauses, such as those of
// bots and of lines with noise suppression, do not seem related because of it.
func TestGatedChannels(t *testing.T) {
	var all [2][]float32
	for _, file := range []string{"call-straight.wav", "call-swapped.wav", "call-outbound.wav", "call-mulaw.wav", "all of them"} {
		left, right := all[0], all[1]
		if file != "all of them" {
			left, right = load(t, file)
			all[0], all[1] = append(all[0], left...), append(all[1], right...)
		}
		m := listen(t, left, right)
		gatedLeft, gatedRight := gated(left, m.Left.Segments), gated(right, m.Right.Segments)
		for name, pair := range map[string][2][]float32{
			"left": {gatedLeft, right}, "right": {left, gatedRight}, "both": {gatedLeft, gatedRight},
		} {
			p := listen(t, pair[0], pair[1]).Pair
			if p.Duplicate.Kind != measurement.NoDuplicate || p.LeftOnRight != (measurement.Coupling{}) || p.RightOnLeft != (measurement.Coupling{}) {
				t.Errorf("%s, gated %s: %+v", file, name, p)
			}
		}
	}
}

// gated keeps only speech, and a little around it.
func gated(x []float32, speech []measurement.Segment) []float32 {
	out := make([]float32, len(x))
	for _, s := range speech {
		from, to := max(0, int((s.Start-0.1)*8000)), min(len(x), int((s.End+0.25)*8000))
		copy(out[from:to], x[from:to])
	}
	return out
}
