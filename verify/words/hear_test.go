package words_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/verify/transcript"
	"github.com/otoscope/otoscope/verify/words"
)

// said makes a transcript of turns "a: text" of the agent, on the right, and "c: text" of the
// customer, on the left, 3 s each.
func said(lines ...string) *transcript.Transcript {
	t := &transcript.Transcript{Maker: "otoscope"}
	for i, line := range lines {
		channel := 0
		if strings.HasPrefix(line, "a: ") {
			channel = 1
		}
		t.Turns = append(t.Turns, transcript.Turn{Channel: channel, Timed: true, Start: 3 * float64(i), End: 3*float64(i) + 2.5, Text: line[3:]})
	}
	return t
}

// exchanged has the channels exchanged from a turn on.
func exchanged(t *transcript.Transcript, from int) *transcript.Transcript {
	out := *t
	out.Turns = append([]transcript.Turn(nil), t.Turns...)
	for i := range out.Turns[from:] {
		out.Turns[from+i].Channel = 1 - out.Turns[from+i].Channel
	}
	return &out
}

// flipped is what is heard with the channels exchanged.
func flipped(h *words.Heard) *words.Heard {
	out := *h
	out.Left, out.Right = h.Right, h.Left
	out.Score, out.Log10LR = -h.Score, -h.Log10LR
	out.Halves = [2]float64{-h.Halves[0], -h.Halves[1]}
	return &out
}

// aCall is a call as there are many.
func aCall() *transcript.Transcript {
	return said(
		"a: Thank you for calling Northern Gas, my name is Ana. How can I help you today?",
		"c: Hi, I'm calling about my bill. I got a letter and I don't understand why it's so much.",
		"a: I'm sorry to hear that. Can I have your account number please?",
		"c: Yeah, it's 4 4 1 2 9. I just wanted to know why my bill went up, my husband says we didn't use more.",
		"a: Thank you. For verification purposes, could you please confirm your date of birth?",
		"c: Yes, it's May third. I think it's on my account. Do I need to send you something?",
		"a: Let me check that for you. I see here that we have an estimated reading on file. Would you like to give me the reading?",
		"c: Oh okay, I don't know, I can look. How do I do that?",
		"a: No problem at all, one moment please. Is there anything else I can help you with?",
		"c: No, that's it. Thank you so much, thanks for your help.",
		"a: You're very welcome, have a great day.",
	)
}

// anotherCall is one of another centre.
func anotherCall() *transcript.Transcript {
	return said(
		"a: Good morning, Hill Street Clinic, this is Tom speaking. How may I direct your call?",
		"c: Good morning. I need to make an appointment, I've been having pain in my knee and I can't sleep.",
		"a: I'd be happy to help you with that. May I have your full name and your phone number?",
		"c: Sure, my name is Ruth Bell. My phone number is five five two one. I'm not sure if you take my insurance.",
		"a: We do offer that. I have an opening on Tuesday at nine, would that work for you?",
		"c: Tuesday, that works for me. How long does it take? I was wondering if my daughter can come too.",
		"a: Certainly. Your appointment is on Tuesday at nine. You will receive a message to confirm. Anything else today?",
		"c: No that's all I needed. Thank you very much.",
	)
}

func TestWordsTellAgentFromCustomer(t *testing.T) {
	t.Parallel()
	h := words.Builtin().Hear(aCall())
	if h.Nothing != "" || h.Log10LR < 1.9 || h.Language != "en" || h.List == "" {
		t.Fatalf("%+v", h)
	}
	if h.Left.Weighed != h.Right.Weighed || len(h.Left.Grams) < 3 || len(h.Right.Grams) < 3 {
		t.Errorf("%+v", h)
	}
}

// Exchanging the channels negates what the words claim, exactly, whatever is said.
func TestExchangingTheChannelsNegates(t *testing.T) {
	t.Parallel()
	lists := words.Builtin()
	vocabulary := strings.Fields("how may can i help you with your my account number please is it yes no thanks for calling about bill let me check okay # 7 two leave a message after the tone may be recorded el la que")
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 20).Draw(t, "turns")
		tr := &transcript.Transcript{}
		timed := rapid.Bool().Draw(t, "timed")
		for range n {
			turn := transcript.Turn{Channel: rapid.IntRange(0, 1).Draw(t, "channel"), Text: strings.Join(rapid.SliceOfN(rapid.SampledFrom(vocabulary), 1, 30).Draw(t, "words"), " ")}
			if timed {
				turn.Timed, turn.Start = true, float64(rapid.IntRange(0, 20).Draw(t, "start"))
				turn.End = turn.Start + 1
			}
			if rapid.Bool().Draw(t, "confident") {
				turn.Confidence = rapid.Float64Range(0.01, 1).Draw(t, "confidence")
			}
			tr.Turns = append(tr.Turns, turn)
		}
		want, got := flipped(lists.Hear(tr)), lists.Hear(exchanged(tr, 0))
		equalZeros := cmp.Comparer(func(a, b float64) bool { return a == b })
		if diff := cmp.Diff(want, got, equalZeros); diff != "" {
			t.Fatal(diff)
		}
		if math.Abs(got.Log10LR) > 2.5 {
			t.Fatalf("claims %v", got.Log10LR)
		}
	})
}

// Talk share does not leak in: of two sides that speak from one hat, the one that speaks three
// times as much is taken for the agent in half of the calls.
func TestWhoTalksMoreSaysNothing(t *testing.T) {
	t.Parallel()
	lists := words.Builtin()
	const calls = 600
	var longerIsAgent, both, n float64
	var squares float64
	for seed := range uint64(calls) {
		dice := rand.New(rand.NewPCG(seed, 3))
		hat := phrasesOf(lists.Of("en"), dice)
		tr := &transcript.Transcript{}
		for i := range 40 {
			channel := 0
			if i%4 == 0 { // a quarter of the turns
				channel = 1
			}
			tr.Turns = append(tr.Turns, transcript.Turn{Channel: channel, Text: hat()})
		}
		h := lists.Hear(tr)
		if h.Score == 0 {
			continue
		}
		n++
		if h.Score < 0 { // the agent is on the left
			longerIsAgent++
		}
		both += -h.Score
		squares += h.Score * h.Score
	}
	if sd := math.Sqrt(n) / 2; math.Abs(longerIsAgent-n/2) > 3*sd {
		t.Errorf("the side that talks more is the agent in %v of %v calls", longerIsAgent, n)
	}
	if mean, sd := both/n, math.Sqrt(squares)/n; math.Abs(mean) > 3*sd {
		t.Errorf("talking more is worth %.3f ± %.3f", mean, sd)
	}
}

// phrasesOf draws phrases of a list, of agents more than of customers, so that a score of
// whole sides would be larger for the longer side.
func phrasesOf(l *words.List, dice *rand.Rand) func() string {
	var agent, customer []string
	for _, e := range l.Entries {
		plain := strings.NewReplacer("<s>", "", "</s>", "", "#", "7").Replace(e.Gram)
		switch {
		case e.Kind == words.Agent && e.Weight > 0.3:
			agent = append(agent, plain)
		case e.Kind == words.Customer && e.Weight > 0.3:
			customer = append(customer, plain)
		}
	}
	return func() string {
		from := agent
		if dice.Float64() < 0.4 {
			from = customer
		}
		return from[dice.IntN(len(from))] + " the " + fmt.Sprintf("w%c", 'a'+dice.IntN(26))
	}
}

// More words of one side, after those that are weighed, change nothing.
func TestOnlyEqualWordsAreWeighed(t *testing.T) {
	t.Parallel()
	lists := words.Builtin()
	short := aCall()
	long := aCall()
	for i := range 20 {
		long.Turns = append(long.Turns, transcript.Turn{Channel: 1, Timed: true, Start: 100 + float64(i), End: 101 + float64(i), Text: fmt.Sprintf("thank you for calling number %d how may I help you have a great day", i)})
	}
	a, b := lists.Hear(short), lists.Hear(long)
	left := a.Left.Words // fewer than the right ones
	if b.Left.Weighed > left || b.Right.Weighed > left {
		t.Errorf("%d words of the shorter side, %d weighed", left, b.Right.Weighed)
	}
}

func TestFewWordsSayNothing(t *testing.T) {
	t.Parallel()
	for name, tr := range map[string]*transcript.Transcript{
		"none":        {},
		"one side":    said("a: thank you for calling how may i help you today can i have your account number please"),
		"short":       said("a: thank you for calling how may i help you", "c: i'm calling about my bill"),
		"few n-grams": said("a: the dog sat on the hill by the old oak of the north and the rain fell on the roof of the barn", "c: in the north of the hill the oak of the barn fell on the dog and the old roof sat in the rain"),
		"no channels": {Turns: []transcript.Turn{{Channel: transcript.Unknown, Text: strings.Repeat("how may i help you today ", 20)}}},
	} {
		if h := words.Builtin().Hear(tr); h.Nothing != words.FewWords || h.Log10LR != 0 {
			t.Errorf("%s: %+v", name, h)
		}
	}
}

// The poorer the recognition, the less the same words claim.
func TestPoorRecognitionClaimsLess(t *testing.T) {
	t.Parallel()
	last := 3.0
	for _, confidence := range []float64{1, 0.7, 0.4, 0.2} {
		tr := aCall()
		for i := range tr.Turns {
			tr.Turns[i].Confidence = confidence
		}
		h := words.Builtin().Hear(tr)
		if h.Log10LR >= last || h.Log10LR <= 0 {
			t.Errorf("with confidence %v: %v, before %v", confidence, h.Log10LR, last)
		}
		last = h.Log10LR
	}
	sphinx := aCall()
	sphinx.Maker = "pocketsphinx"
	for i := range sphinx.Turns {
		sphinx.Turns[i].Confidence = 1 // it always says so
	}
	if h := words.Builtin().Hear(sphinx); h.Log10LR > 1.5 {
		t.Errorf("pocketsphinx claims %v", h.Log10LR)
	}
}

func TestPhrasesOfOnesOwnAreBounded(t *testing.T) {
	t.Parallel()
	own, err := words.Read(strings.NewReader("# name: acme\nagent\twelcome to acme widgets\t5\nagent\tacme\t5\nagent\tthat will be # widgets\t5\n"))
	if err != nil {
		t.Fatal(err)
	}
	tr := said(
		"a: Welcome to Acme widgets, that will be five widgets for the lady with the dog on the train",
		"c: the dog was on the train and the train was on the bridge, and so were you and your widget",
	)
	plain, with := words.Builtin().Hear(tr), words.Builtin().With(own).Hear(tr)
	if more := with.Score - plain.Score; more <= 0 || more*0.55 > 1.01 {
		t.Errorf("the phrases add %v to a score of %v", more, plain.Score)
	}
	if len(with.Right.Grams) == 0 || with.Right.Grams[0].Text != "welcome to acme widgets" {
		t.Errorf("the phrases are not shown: %+v", with.Right.Grams)
	}
	if with.List != plain.List+"+acme" {
		t.Errorf("list %q", with.List)
	}
	if again := words.Builtin().Hear(tr); again.Score != plain.Score {
		t.Error("the phrases changed the program's own list")
	}
}

// Words that weighed are shown with the beginnings of the turns in which they were said, where
// the transcript has times, and on their own channel.
func TestWordsAreShownWhereTheyWereSaid(t *testing.T) {
	t.Parallel()
	call := aCall()
	for i := range call.Turns {
		call.Turns[i].Timed, call.Turns[i].Start, call.Turns[i].End = false, 0, 0
	}
	untimed := words.Builtin().Hear(call)
	for _, g := range slices.Concat(untimed.Left.Grams, untimed.Right.Grams) {
		if g.AtS != nil {
			t.Errorf("%q was said at %v in a call without times", g.Text, g.AtS)
		}
	}
	for i := range call.Turns {
		call.Turns[i].Timed, call.Turns[i].Start, call.Turns[i].End = true, 10*float64(i), 10*float64(i)+8
	}
	h := words.Builtin().Hear(call)
	for channel, side := range []words.Side{h.Left, h.Right} {
		for _, g := range side.Grams {
			if len(g.AtS) == 0 {
				t.Errorf("%q has no time", g.Text)
			}
			for _, at := range g.AtS {
				turn := call.Turns[int(at/10)]
				if turn.Channel != channel || math.Mod(at, 10) != 0 {
					t.Errorf("%q is at %g s, where channel %d speaks: %s", g.Text, at, turn.Channel, turn.Text)
				}
			}
		}
	}
}
