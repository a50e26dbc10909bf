package evidence_test

import (
	"math"
	"strings"
	"testing"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/evidence"
	"github.com/otoscope/otoscope/verify/words"
)

// aTalk is a conversation in which the right side greets and talks more.
func aTalk() *measurement.Measurements {
	var left, right []measurement.Segment
	at := 1.0
	for range 10 {
		right = append(right, measurement.Segment{Start: at, End: at + 4})
		left = append(left, measurement.Segment{Start: at + 4.5, End: at + 6.5})
		at += 7
	}
	side := func(s []measurement.Segment) measurement.Channel {
		c := measurement.Channel{Segments: s, Timing: measurement.Timing{FirstSpeech: measurement.Time(s[0].Start), LastSpeech: measurement.Time(s[len(s)-1].End)}}
		for _, x := range s {
			c.Timing.TalkS += x.End - x.Start
		}
		return c
	}
	return &measurement.Measurements{
		Schema: measurement.Schema, SampleRate: 8000, Channels: 2, DurationS: at, Frames: int64(8000 * at),
		Left: side(left), Right: side(right), Pair: measurement.Pair{SideSwap: measurement.SideSwap{At: measurement.Never}},
	}
}

func saidBy(customerLeft bool) *words.Heard {
	h := &words.Heard{
		List: "en-1", Language: "en", Measured: true, Hits: 40, Log10LR: 2.2, Change: -2, Mixed: -2,
		Left:  words.Side{Words: 80, Weighed: 80, AgentLR: -2.2, Grams: []words.Gram{{Text: "i'm calling about", Weight: -1.5}, {Text: "okay", Weight: 0.2}}},
		Right: words.Side{Words: 90, Weighed: 80, AgentLR: 2.2, Grams: []words.Gram{{Text: "<s> how may i", Weight: 1.5}, {Text: "is #", Weight: 0.5}}},
	}
	if !customerLeft {
		h.Left, h.Right, h.Log10LR = h.Right, h.Left, -h.Log10LR
	}
	return h
}

func itemNamed(items []evidence.Item, name string) evidence.Item {
	for _, i := range items {
		if i.Name == name {
			return i
		}
	}
	return evidence.Item{}
}

func TestWordsAreNamedInTheSentence(t *testing.T) {
	t.Parallel()
	item := itemNamed(evidence.Weigh(aTalk(), declare.Facts{}, saidBy(true), evidence.Builtin()), "words")
	want := `The right side says "how may i", "is (number)" as agents do, the left side "i'm calling about" as customers do (40 n-grams in 80 words a side).`
	if item.Log10LR < 1.9 || item.Log10LR > 2.2 || !strings.HasPrefix(item.Detail, want) {
		t.Errorf("%+v", item)
	}
	if item.FromTiming() {
		t.Error("words fail with the timing")
	}
	other := itemNamed(evidence.Weigh(aTalk(), declare.Facts{}, saidBy(false), evidence.Builtin()), "words")
	if other.Log10LR >= 0 || !strings.HasPrefix(other.Detail, `The left side says "how may i"`) {
		t.Errorf("%+v", other)
	}
	unmeasured := saidBy(true)
	unmeasured.Measured, unmeasured.Log10LR = false, 0.7
	if item := itemNamed(evidence.Weigh(aTalk(), declare.Facts{}, unmeasured, evidence.Builtin()), "words"); !strings.Contains(item.Detail, "Nobody has measured") {
		t.Errorf("%+v", item)
	}
}

// Without words, or with too few, the sound is weighed as it is.
func TestTooFewWordsLeaveTheSoundAlone(t *testing.T) {
	t.Parallel()
	sound := evidence.Sum(evidence.Weigh(aTalk(), declare.Facts{}, nil, evidence.Builtin()))
	for _, reason := range []words.Reason{words.FewWords, words.OtherLanguage, words.MailboxGreets} {
		if got := evidence.Sum(evidence.Weigh(aTalk(), declare.Facts{}, &words.Heard{Nothing: reason}, evidence.Builtin())); got != sound {
			t.Errorf("%s: %v, without words %v", reason, got, sound)
		}
	}
}

// What explains the words otherwise lowers what words and timing claim together.
func TestOtherExplanationsLowerTheClaim(t *testing.T) {
	t.Parallel()
	sum := func(h *words.Heard) float64 {
		return evidence.Sum(evidence.Weigh(aTalk(), declare.Facts{}, h, evidence.Builtin()))
	}
	whole := sum(saidBy(true))
	if sound := sum(nil); whole <= sound {
		t.Fatalf("with words %v, without %v", whole, sound)
	}
	for name, change := range map[string]func(*words.Heard){
		"both sides speak like agents":    func(h *words.Heard) { h.Left.AgentLR = 2.2 },
		"both sides speak like customers": func(h *words.Heard) { h.Right.AgentLR = -2.2 },
		"the sides change places":         func(h *words.Heard) { h.Change = 2 },
		"both parties on both channels":   func(h *words.Heard) { h.Mixed = 2.2 },
	} {
		h := saidBy(true)
		change(h)
		if got := sum(h); got >= whole-0.3 || got < 0 {
			t.Errorf("%s: %v, without %v", name, got, whole)
		}
		h.Log10LR, h.Nothing = 0, words.HalvesDisagree
		if got, sound := sum(h), sum(nil); got > sound+1e-9 {
			t.Errorf("%s, and nothing claimed: %v, by the sound %v", name, got, sound)
		}
	}
	// Words against the timing: the sum is less than either.
	if against := sum(saidBy(false)); math.Abs(against) >= 2 {
		t.Errorf("words against the timing claim %v", against)
	}
}
