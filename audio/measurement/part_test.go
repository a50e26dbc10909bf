package measurement

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Every moment that was heard has its time in the recording, in the same order.
func TestPlacedTimesAreThoseOfTheRecording(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := &Part{}
		at := 0.0
		for i := range rapid.IntRange(1, 6).Draw(t, "spans") {
			if i > 0 {
				at += float64(rapid.IntRange(1, 50).Draw(t, "gap"))
			}
			end := at + float64(rapid.IntRange(1, 50).Draw(t, "span"))
			part.Spans = append(part.Spans, Segment{at, end})
			at = end
		}
		part.WholeS = at + float64(rapid.IntRange(0, 50).Draw(t, "rest"))
		heard := part.HeardS()
		s := Segment{Start: float64(rapid.IntRange(0, int(heard)-1).Draw(t, "start"))}
		s.End = s.Start + float64(rapid.IntRange(1, int(heard-s.Start)).Draw(t, "length"))

		m := Measurements{Part: part, DurationS: heard, Left: Channel{Segments: []Segment{s}, Timing: Timing{FirstSpeech: Time(s.Start), LastSpeech: Never}}}
		before, _ := json.Marshal(m)
		placed := m.Placed()
		if after, _ := json.Marshal(m); string(after) != string(before) {
			t.Fatal("the measurements themselves changed")
		}
		var sum float64
		for i, g := range placed.Left.Segments {
			sum += g.End - g.Start
			if i > 0 && g.Start < placed.Left.Segments[i-1].End {
				t.Fatalf("out of order: %v", placed.Left.Segments)
			}
			if over := Overlap([]Segment{g}, part.Spans, 0); over != g.End-g.Start {
				t.Fatalf("%v lies outside of what was heard: %v", g, part.Spans)
			}
		}
		if sum != s.End-s.Start {
			t.Fatalf("%v became %v", s, placed.Left.Segments)
		}
		first := placed.Left.Timing.FirstSpeech
		if float64(first) != placed.Left.Segments[0].Start || placed.Left.Timing.LastSpeech != Never {
			t.Fatalf("first speech at %v, last at %v; the speech is %v", first, placed.Left.Timing.LastSpeech, placed.Left.Segments)
		}
		if got := heard + Overlap(part.Unheard(), []Segment{{0, part.WholeS}}, 0); got != part.WholeS {
			t.Fatalf("heard and unheard are %v of %v", got, part.WholeS)
		}
	})
}

func TestWhatIsInSeveralPlacesIsPlaced(t *testing.T) {
	part := &Part{WholeS: 100, Spans: []Segment{{0, 10}, {50, 60}}}
	m := Measurements{Part: part, DurationS: 20, Right: Channel{
		Tones:  []Tone{{Kind: Beep, Start: 12, End: 13}},
		Blanks: []Blank{{Segment: Segment{8, 12}}},
		Known:  []Match{{StartS: 15, EndS: 18}, {}},
		Edges:  Edges{Count: 3},
		Line:   Line{Dropouts: Dropouts{Times: []Time{4, 14}}},
	}}
	m.Pair.Exchanges = []Exchange{{Segment: Segment{10, 20}, LeftGain: 3}}
	want := Measurements{Part: part, DurationS: 100, Right: Channel{
		Tones:  []Tone{{Kind: Beep, Start: 52, End: 53}},
		Blanks: []Blank{{Segment: Segment{8, 52}}},
		Known:  []Match{{StartS: 55, EndS: 58}, {}},
		Edges:  Edges{Count: 3},
		Line:   Line{Dropouts: Dropouts{Times: []Time{4, 54}}},
	}}
	want.Pair.Exchanges = []Exchange{{Segment: Segment{50, 60}, LeftGain: 3}}
	if diff := cmp.Diff(want, m.Placed()); diff != "" {
		t.Error(diff)
	}
	m.Part = nil
	if diff := cmp.Diff(m, m.Placed()); diff != "" {
		t.Error(diff)
	}
}
