package evidence

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/measurement"
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

// Moving a channel in time moves the score by the same amount. Exchanging the channels
// negates the shift of each score.
func TestConversationMovesWithTheChannels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &measurement.Measurements{}
		m.Left.Segments, m.Right.Segments = speech(t, "left"), speech(t, "right")
		shift := float64(rapid.IntRange(-1000, 1000).Draw(t, "shift")) / 64
		by := float64(rapid.IntRange(-1000, 1000).Draw(t, "by")) / 64
		moved := *m
		moved.Right.Segments = later(m.Right.Segments, by)
		if a, b := conversation(m, shift+by), conversation(&moved, shift); a != b {
			t.Fatalf("%v, with the channel moved %v", a, b)
		}
		exchanged := *m
		exchanged.Left, exchanged.Right = m.Right, m.Left
		if a, b := conversation(m, shift), conversation(&exchanged, -shift); a != b {
			t.Fatalf("%v, exchanged %v", a, b)
		}
		if a, b := talkOf(m, m.Turns()), talkOf(&exchanged, exchanged.Turns()); a != b {
			t.Fatalf("%+v, exchanged %+v", a, b)
		}
	})
}

// Parties who answer each other fit at their own time and nowhere else; a late channel fits
// at its former place.
func TestConversationIsFoundWhereItIs(t *testing.T) {
	var left, right []measurement.Segment
	draw := rand.New(rand.NewPCG(1, 1))
	for i, at := 0, 1.0; at < 110; i++ {
		s := measurement.Segment{Start: at, End: at + 0.8 + 6*draw.Float64()}
		if i%2 == 0 {
			left = append(left, s)
		} else {
			right = append(right, s)
		}
		at = s.End + 1.1 + 0.3*float64(i%3)
	}
	m := &measurement.Measurements{}
	m.Left.Segments, m.Right.Segments = left, right
	if here, there := conversation(m, 0), elsewhere(m); here < mostConversation || there > 0.1 {
		t.Errorf("at its own time %.2f, elsewhere %.2f times as likely", here, there)
	}
	late := *m
	late.Right.Segments = later(right, 7.6)
	best, at := math.Inf(-1), 0.0
	for shift := -20.0; shift <= 20; shift += 0.4 {
		if score := conversation(&late, shift); score > best {
			best, at = score, shift
		}
	}
	if math.Abs(at+7.6) > 1 || elsewhere(&late) < 10 {
		t.Errorf("found at %.1f s, want -7.6; elsewhere %.2f times as likely", at, elsewhere(&late))
	}
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
