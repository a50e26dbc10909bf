package transcript_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/transcript"
)

// heard is a call in which the channels speak in these stretches.
func heard(durationS float64, left, right []measurement.Segment) *measurement.Measurements {
	m := &measurement.Measurements{Channels: 2, DurationS: durationS}
	for _, side := range []struct {
		c        *measurement.Channel
		segments []measurement.Segment
	}{{&m.Left, left}, {&m.Right, right}} {
		side.c.Segments = side.segments
		for _, s := range side.segments {
			side.c.Timing.TalkS += s.End - s.Start
		}
	}
	return m
}

// dialogue is a call of a minute: the right channel asks, the left one answers.
func dialogue() (*measurement.Measurements, *transcript.Transcript) {
	var left, right []measurement.Segment
	t := &transcript.Transcript{Maker: "otoscope", Language: "en"}
	for at := 0.0; at < 60; at += 10 {
		right = append(right, measurement.Segment{Start: at + 1, End: at + 4})
		left = append(left, measurement.Segment{Start: at + 5, End: at + 8})
		t.Turns = append(t.Turns,
			said(1, at+1.1, at+3.9, "how may i help you with that today", 0),
			said(0, at+5.1, at+7.9, "i have lost my card and need another", 0))
	}
	return heard(60, left, right), t
}

func withoutChannels(t *transcript.Transcript) *transcript.Transcript {
	mono := *t
	mono.Turns = slices.Clone(t.Turns)
	for i := range mono.Turns {
		mono.Turns[i].Channel = unknown
	}
	return &mono
}

func TestATranscriptOfTheCallIsLaidOnItsChannels(t *testing.T) {
	m, own := dialogue()
	for name, given := range map[string]*transcript.Transcript{"with channels": own, "without channels": withoutChannels(own)} {
		laid := transcript.Lay(given, m)
		if laid.Misfit != "" || laid.Unplaced+laid.Unheard != 0 || laid.Words != 96 {
			t.Errorf("%s: %+v", name, laid)
		}
		if diff := cmp.Diff(own, laid.Transcript); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}

// A turn without a channel goes to the channel that has four fifths of the speech in its time.
func TestTurnsThatBothChannelsSpeakInAreLeftOut(t *testing.T) {
	m, own := dialogue()
	m.Left.Segments[0] = measurement.Segment{Start: 2, End: 8} // the customer interrupts
	mono := withoutChannels(own)
	laid := transcript.Lay(mono, m)
	if laid.Misfit != "" || laid.Unplaced != 8 || len(laid.Transcript.Turns) != 11 {
		t.Errorf("%+v", laid)
	}
	m.Left.Segments[0] = measurement.Segment{Start: 3.6, End: 8} // by a word
	if laid := transcript.Lay(mono, m); laid.Unplaced != 0 || laid.Transcript.Turns[0].Channel != 1 {
		t.Errorf("%+v", laid)
	}
}

// Recognisers invent words over silence.
func TestWordsWhereNobodySpeaksAreLeftOut(t *testing.T) {
	m, own := dialogue()
	m.DurationS = 90
	for _, channel := range []int{0, 1, unknown} {
		given := *own
		given.Turns = append(slices.Clone(own.Turns), said(channel, 70, 72, "thanks for watching", 0))
		laid := transcript.Lay(&given, m)
		if laid.Misfit != "" || laid.Unheard != 3 || len(laid.Transcript.Turns) != len(own.Turns) {
			t.Errorf("on channel %d: %+v", channel, laid)
		}
	}
}

func TestATranscriptOfAnotherRecordingCountsForNothing(t *testing.T) {
	change := func(f func(*measurement.Measurements, *transcript.Transcript)) func(t *testing.T) transcript.Laid {
		return func(t *testing.T) transcript.Laid {
			m, own := dialogue()
			f(m, own)
			return transcript.Lay(own, m)
		}
	}
	untimed := func(given *transcript.Transcript) {
		for i := range given.Turns {
			given.Turns[i].Timed, given.Turns[i].Start, given.Turns[i].End = false, 0, 0
		}
	}
	for name, tt := range map[string]struct {
		lay func(t *testing.T) transcript.Laid
		why string
	}{
		"of a longer recording": {change(func(m *measurement.Measurements, _ *transcript.Transcript) {
			m.DurationS = 40
		}), "its last words end at 57.9 s"},
		"with its channels exchanged": {change(func(_ *measurement.Measurements, given *transcript.Transcript) {
			for i := range given.Turns {
				given.Turns[i].Channel = 1 - given.Turns[i].Channel
			}
		}), "the other way round"},
		"that speaks at other times": {change(func(m *measurement.Measurements, given *transcript.Transcript) {
			for i := range given.Turns {
				given.Turns[i].Start, given.Turns[i].End = 3*float64(i), 3*float64(i)+2.8
			}
		}), "not where speech is heard"},
		"without words": {change(func(_ *measurement.Measurements, given *transcript.Transcript) {
			given.Turns = nil
		}), "no words"},
		"without times or channels": {change(func(_ *measurement.Measurements, given *transcript.Transcript) {
			untimed(given)
			*given = *withoutChannels(given)
		}), "neither when"},
		"with more words than can be said": {change(func(m *measurement.Measurements, given *transcript.Transcript) {
			untimed(given)
			for i := range given.Turns {
				given.Turns[i].Text = strings.Repeat("word ", 40)
			}
		}), "240 words on the left channel, where 18.0 s of speech are heard"},
		"with hardly a word": {change(func(m *measurement.Measurements, given *transcript.Transcript) {
			untimed(given)
			given.Turns = given.Turns[:1]
			given.Turns[0].Text = "hello"
		}), "1 words, and 36 s of speech"},
		"with a few words where nobody speaks": {change(func(m *measurement.Measurements, given *transcript.Transcript) {
			given.Turns = []transcript.Turn{said(0, 1.5, 3.5, "hello", 0), said(1, 5.5, 7, "hello there", 0)}
		}), "no speech is heard where it has 3 of its 3 words"},
	} {
		t.Run(name, func(t *testing.T) {
			if laid := tt.lay(t); laid.Transcript != nil || !strings.Contains(laid.Misfit, tt.why) {
				t.Errorf("%+v", laid)
			}
		})
	}
}

// A recogniser that gives a turn the time until the next one is still one of the call.
func TestTurnsThatLastTooLongStillFit(t *testing.T) {
	m, own := dialogue()
	for i := range own.Turns {
		own.Turns[i].End = own.Turns[i].Start + 9
	}
	own.Turns = own.Turns[:len(own.Turns)-1]
	if laid := transcript.Lay(own, m); laid.Misfit != "" {
		t.Error(laid.Misfit)
	}
}

// Exchanging the channels of the recording and of the transcript exchanges those of the
// result and nothing else.
func TestLayingIsSymmetric(t *testing.T) {
	segments := rapid.Custom(func(t *rapid.T) []measurement.Segment {
		var all []measurement.Segment
		at := 0.0
		for range rapid.IntRange(0, 12).Draw(t, "n") {
			start := at + rapid.Float64Range(0.1, 5).Draw(t, "pause")
			at = start + rapid.Float64Range(0.1, 5).Draw(t, "length")
			all = append(all, measurement.Segment{Start: start, End: at})
		}
		return all
	})
	rapid.Check(t, func(t *rapid.T) {
		m := heard(120, segments.Draw(t, "left"), segments.Draw(t, "right"))
		given := &transcript.Transcript{Maker: "otoscope"}
		for range rapid.IntRange(0, 20).Draw(t, "turns") {
			start := rapid.Float64Range(0, 110).Draw(t, "start")
			turn := said(rapid.IntRange(unknown, 1).Draw(t, "channel"), start, start+rapid.Float64Range(0, 6).Draw(t, "length"), rapid.StringMatching("([a-z]+ ){1,9}").Draw(t, "text"), 0)
			if rapid.IntRange(0, 5).Draw(t, "untimed") == 0 {
				turn.Timed, turn.Start, turn.End = false, 0, 0
			}
			given.Turns = append(given.Turns, turn)
		}
		mirrored := *m
		mirrored.Left, mirrored.Right = m.Right, m.Left
		got, want := transcript.Lay(exchanged(given), &mirrored), transcript.Lay(given, m)
		if want.Transcript != nil {
			want.Transcript = exchanged(want.Transcript)
		}
		swap := strings.NewReplacer("left", "right", "right", "left")
		if strings.Contains(want.Misfit, "channel, where") && strings.Contains(got.Misfit, "channel, where") {
			got.Misfit, want.Misfit = "", "" // both channels may have too many words: the first is named
		}
		if got.Misfit != want.Misfit && swap.Replace(got.Misfit) != want.Misfit {
			t.Fatalf("%q became %q", want.Misfit, got.Misfit)
		}
		got.Misfit, want.Misfit = "", ""
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
	})
}

func exchanged(t *transcript.Transcript) *transcript.Transcript {
	other := *t
	other.Turns = slices.Clone(t.Turns)
	for i := range other.Turns {
		if c := other.Turns[i].Channel; c != unknown {
			other.Turns[i].Channel = 1 - c
		}
	}
	return &other
}

// Any transcript can be laid on any recording.
func FuzzLay(f *testing.F) {
	for _, s := range specimens() {
		f.Add([]byte(s.text), 4.0)
	}
	f.Fuzz(func(t *testing.T, text []byte, durationS float64) {
		given, err := transcript.Parse(text)
		if err != nil || !(durationS >= 0 && durationS < 1000) || math.IsNaN(durationS) {
			return
		}
		m := heard(durationS, []measurement.Segment{{Start: durationS / 4, End: durationS / 2}}, []measurement.Segment{{Start: durationS / 2, End: durationS}})
		laid := transcript.Lay(given, m)
		if laid.Transcript == nil {
			return
		}
		for _, turn := range laid.Transcript.Turns {
			if turn.Channel != 0 && turn.Channel != 1 {
				t.Errorf("a turn is on channel %d", turn.Channel)
			}
		}
	})
}

// BenchmarkTranscript reads and lays a transcript of ten minutes, 240 turns of eight words.
func BenchmarkTranscript(b *testing.B) {
	var text strings.Builder
	text.WriteString(`{"turns": [`)
	var left, right []measurement.Segment
	for i := range 120 {
		at := 5 * float64(i)
		right = append(right, measurement.Segment{Start: at + 0.2, End: at + 2})
		left = append(left, measurement.Segment{Start: at + 2.5, End: at + 4.5})
		if i > 0 {
			text.WriteByte(',')
		}
		fmt.Fprintf(&text, `{"start_s": %v, "end_s": %v, "text": "how may i help you with that today"},{"start_s": %v, "end_s": %v, "text": "i have lost my card and need another"}`,
			at+0.2, at+2, at+2.5, at+4.5)
	}
	text.WriteString(`]}`)
	m := heard(600, left, right)
	for b.Loop() {
		t, err := transcript.Parse([]byte(text.String()))
		if err != nil {
			b.Fatal(err)
		}
		if laid := transcript.Lay(t, m); laid.Misfit != "" || len(laid.Transcript.Turns) != 240 {
			b.Fatalf("%+v", laid)
		}
	}
}
