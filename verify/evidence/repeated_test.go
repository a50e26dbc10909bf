package evidence

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/coupling"
)

// speech draws segments in whole steps of 20 ms, in exact binary fractions of a second, so
// that moving them causes no rounding.
func speech(t *rapid.T, name string) []measurement.Segment {
	var out []measurement.Segment
	at := 0
	for range rapid.IntRange(0, 12).Draw(t, name) {
		at += rapid.IntRange(1, 300).Draw(t, "pause")
		end := at + rapid.IntRange(4, 250).Draw(t, "length")
		out = append(out, measurement.Segment{Start: float64(at) / 64, End: float64(end) / 64})
		at = end
	}
	return out
}

func later(segments []measurement.Segment, by float64) []measurement.Segment {
	var out []measurement.Segment
	for _, s := range segments {
		out = append(out, measurement.Segment{Start: s.Start + by, End: s.End + by})
	}
	return out
}

// Exchanging the channels changes nothing of how much they resemble two parties who talk.
func TestTalkIsTheSameForExchangedChannels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &measurement.Measurements{}
		m.Left.Segments, m.Right.Segments = speech(t, "left"), speech(t, "right")
		exchanged := *m
		exchanged.Left, exchanged.Right = m.Right, m.Left
		talk := func(m *measurement.Measurements) talk {
			return talkOf(m, m.Turns(), coupling.New(m.Left.Segments, m.Right.Segments))
		}
		if a, b := talk(m), talk(&exchanged); a != b {
			t.Fatalf("%+v, exchanged %+v", a, b)
		}
	})
}

func TestRepeatedSpeechIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &measurement.Measurements{}
		m.Left.Segments = []measurement.Segment{{Start: 1, End: 5}}
		m.Left.Segments = append(m.Left.Segments, later(speech(t, "more"), 6)...)
		m.Right.Segments = later(m.Left.Segments, rapid.Float64Range(0.3, 5.9).Draw(t, "late"))
		if !repeated(m) {
			t.Fatalf("share %.2f", repeatedShare(m))
		}
	})
}
