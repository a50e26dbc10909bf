package evidence_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/evidence"
)

// call makes measurements of who speaks when; all other values are those of a sound line.
func call(left, right []measurement.Segment, leadLeft, leadRight float64) *measurement.Measurements {
	m := &measurement.Measurements{Schema: measurement.Schema, SampleRate: 8000, Channels: 2, DurationS: 60, Frames: 480000}
	m.Pair.SideSwap = measurement.SideSwap{At: 30, SameSide: 2, CrossSide: 20} // the sides stay
	for _, s := range []struct {
		c    *measurement.Channel
		segs []measurement.Segment
		lead float64
	}{{&m.Left, left, leadLeft}, {&m.Right, right, leadRight}} {
		s.c.Segments = s.segs
		s.c.Timing = measurement.Timing{FirstSound: measurement.Time(s.lead), LeadingDigitalSilenceS: s.lead, DigitalSilenceS: s.lead, LeadingIdleS: s.lead, FirstSpeech: measurement.Never, LastSpeech: measurement.Never}
		for i, seg := range s.segs {
			if i == 0 {
				s.c.Timing.FirstSpeech = measurement.Time(seg.Start)
			}
			s.c.Timing.LastSpeech = measurement.Time(seg.End)
			s.c.Timing.TalkS += seg.End - seg.Start
		}
	}
	return m
}

// mirror exchanges the channels of measurements.
func mirror(m *measurement.Measurements) *measurement.Measurements {
	out := *m
	out.Left, out.Right = m.Right, m.Left
	out.Pair.LeftResponse, out.Pair.RightResponse = m.Pair.RightResponse, m.Pair.LeftResponse
	out.Pair.LeftOnRight, out.Pair.RightOnLeft = m.Pair.RightOnLeft, m.Pair.LeftOnRight
	return &out
}

func key(starts ...float64) []measurement.Tone {
	var out []measurement.Tone
	for _, s := range starts {
		out = append(out, measurement.Tone{Kind: measurement.KeyTone, Detail: "5", Start: s, End: s + 0.1})
	}
	return out
}

func beep(start float64) []measurement.Tone {
	return []measurement.Tone{{Kind: measurement.Beep, Detail: "1000 Hz", Start: start, End: start + 0.3, Count: 1}}
}

func ring() []measurement.Tone {
	return []measurement.Tone{{Kind: measurement.RingbackTone, Start: 0.1, End: 0.9}}
}

func seconds(s float64) *time.Duration {
	d := time.Duration(s * float64(time.Second))
	return &d
}

// goingOn lets the sides take short turns from 62 s on.
func goingOn(left, right []measurement.Segment) (l, r []measurement.Segment) {
	l, r = slices.Clone(left), slices.Clone(right)
	for i, at := 0, 62.0; i < 8; i++ {
		length, gap := 0.6+0.2*float64(i%4), 1.1+0.2*float64(i%3)
		r = append(r, measurement.Segment{Start: at, End: at + length})
		at += length + gap
		l = append(l, measurement.Segment{Start: at, End: at + 1.4 - length/2})
		at += 1.4 - length/2 + 1.2 + gap*float64(i%2)
	}
	return l, r
}

func TestKinds(t *testing.T) {
	greeting := []measurement.Segment{{Start: 1, End: 5}, {Start: 20, End: 22}}
	answer := []measurement.Segment{{Start: 6, End: 9}, {Start: 12, End: 18}}
	hello := []measurement.Segment{{Start: 0.3, End: 0.7}, {Start: 6, End: 9}}
	w := evidence.Builtin().Opening
	short := []measurement.Segment{{Start: 1, End: 2}}
	shortLater := []measurement.Segment{{Start: 3, End: 4}}
	shortGreeting, story := []measurement.Segment{{Start: 0.4, End: 1.5}, {Start: 8, End: 14}}, []measurement.Segment{{Start: 2, End: 7.5}}
	hold := []measurement.Segment{{Start: 23, End: 33}}
	queue := []measurement.Segment{{Start: 0, End: 20}}
	greetingAfterQueue, afterQueue := []measurement.Segment{{Start: 21, End: 25}}, []measurement.Segment{{Start: 26, End: 29}}
	for _, tt := range []struct {
		name        string
		left, right []measurement.Segment
		lead        [2]float64
		facts       declare.Facts
		tones       [2][]measurement.Tone
		music       [2][]measurement.Segment
		gated       bool                 // the left channel pauses with digital silence
		leak        measurement.Coupling // of the right channel on the left one
		kind        string
		want        float64 // of a call recorded whole; a little less is claimed. 0: the kind must be absent
	}{
		{name: "greeting", left: answer, right: greeting, kind: "opening", want: w.Complete},
		{name: "greeting on the left", left: greeting, right: answer, kind: "opening", want: -w.Complete},
		{name: "hello before it", left: hello, right: greeting, kind: "opening", want: w.HelloFirst},
		{name: "a leg joins before it", left: answer, right: greeting, lead: [2]float64{0, 1}, kind: "opening", want: w.Joined},
		{name: "a leg joins and hello before it: who was called is not known", left: hello, right: greeting, lead: [2]float64{0, 1}, kind: "opening", want: w.HelloFirst},
		{name: "hello before it, outbound", left: hello, right: greeting, lead: [2]float64{1, 0}, facts: declare.Facts{Direction: declare.Outbound}, kind: "opening", want: w.HelloFirst + 0.2},
		{name: "hello before it, inbound", left: hello, right: greeting, lead: [2]float64{0, 1}, facts: declare.Facts{Direction: declare.Inbound}, kind: "opening", want: 0.2},
		{name: "nobody says hello, outbound", left: answer, right: greeting, facts: declare.Facts{Direction: declare.Outbound}, kind: "opening", want: 0.4},
		{name: "a long greeting", left: []measurement.Segment{{Start: 10, End: 13}}, right: []measurement.Segment{{Start: 1, End: 9}}, kind: "opening", want: w.Plain},
		{name: "a leg joins long before it", left: []measurement.Segment{{Start: 26, End: 28}}, right: []measurement.Segment{{Start: 20, End: 23}}, lead: [2]float64{0, 5}, kind: "opening", want: w.Plain},
		{name: "greeting of an excerpt", left: answer, right: greeting, facts: declare.Facts{Excerpt: declare.IsExcerpt}, kind: "opening", want: 0},
		{name: "greeting of a recording that is known to be whole", left: answer, right: greeting, facts: declare.Facts{Excerpt: declare.IsWhole}, kind: "opening", want: w.Complete},
		{name: "no reply", left: []measurement.Segment{{Start: 30, End: 33}}, right: greeting, kind: "opening", want: w.Partial},
		{name: "begins in the first word", left: answer, right: []measurement.Segment{{Start: 0, End: 5}}, kind: "opening", want: w.AtOnce},
		{name: "begins in the first word, and the answer takes long", left: []measurement.Segment{{Start: 14, End: 17}}, right: []measurement.Segment{{Start: 0, End: 5}}, kind: "opening", want: w.AtOnce},
		{name: "begins in a first word that is no greeting", left: answer, right: []measurement.Segment{{Start: 0, End: 2}}, kind: "opening", want: w.Partial},
		{name: "hello before it, and nobody answers", left: []measurement.Segment{{Start: 0.3, End: 0.7}, {Start: 30, End: 33}}, right: greeting, kind: "opening", want: w.Unlikely},
		{name: "first long turn comes late", left: []measurement.Segment{{Start: 1, End: 2}, {Start: 50, End: 51}}, right: []measurement.Segment{{Start: 30, End: 34}}, kind: "opening", want: w.Unlikely},
		{name: "no long turn, no direction", left: shortLater, right: short, kind: "opening", want: 0},
		{name: "no long turn, inbound", left: shortLater, right: short, facts: declare.Facts{Direction: declare.Inbound}, kind: "opening", want: 1},
		{name: "no long turn, outbound", left: shortLater, right: short, facts: declare.Facts{Direction: declare.Outbound}, kind: "opening", want: -0.7},
		{name: "more than a hello before it", left: shortGreeting, right: story, kind: "opening", want: 0.2},
		{name: "more than a hello before it, outbound", left: shortGreeting, right: story, facts: declare.Facts{Direction: declare.Outbound}, kind: "opening", want: w.HelloFirst + 0.2},
		{name: "a breath before it, inbound", left: []measurement.Segment{{Start: 0.5, End: 0.6}, {Start: 6, End: 9}}, right: greeting, facts: declare.Facts{Direction: declare.Inbound}, kind: "opening", want: w.Complete},
		{name: "talk before the other leg is there", left: []measurement.Segment{{Start: 1, End: 4}, {Start: 26, End: 29}}, right: []measurement.Segment{{Start: 20.4, End: 24}}, lead: [2]float64{0, 20}, kind: "opening", want: -0.2},
		{name: "talk before a gated line's first word", left: []measurement.Segment{{Start: 6, End: 9}}, right: greeting, lead: [2]float64{6, 0}, gated: true, kind: "opening", want: w.Complete},
		{name: "a mailbox greets", left: answer, right: greeting, tones: [2][]measurement.Tone{nil, beep(5.5)}, kind: "opening", want: w.Unlikely},
		{name: "a mailbox greets, outbound", left: answer, right: greeting, tones: [2][]measurement.Tone{nil, beep(5.5)}, facts: declare.Facts{Direction: declare.Outbound}, kind: "opening", want: w.Unlikely},
		{name: "a beep after the notice, inbound", left: answer, right: greeting, tones: [2][]measurement.Tone{nil, beep(5.5)}, facts: declare.Facts{Direction: declare.Inbound}, kind: "opening", want: w.Complete},
		{name: "the recorder beeps", left: answer, right: greeting, tones: [2][]measurement.Tone{nil, {{Kind: measurement.Beep, Start: 5.5, End: 20.8, Count: 2}}}, kind: "opening", want: w.Complete},
		{name: "a beep on the other channel", left: answer, right: greeting, tones: [2][]measurement.Tone{beep(5.5), nil}, kind: "opening", want: w.Complete},
		{name: "both begin at once", left: []measurement.Segment{{Start: 1, End: 4}}, right: []measurement.Segment{{Start: 1, End: 4}}, kind: "opening", want: 0},

		{name: "agent joined later", left: answer, right: greeting, lead: [2]float64{0, 12}, kind: "join_order", want: 1.5,
			facts: declare.Facts{Joined: declare.Joined{Customer: seconds(0), Agent: seconds(12)}}},
		{name: "agent joined later, a leg that carries no queue", left: answer, right: greeting, lead: [2]float64{0, 12}, kind: "join_order", want: 1.5 + 0.5,
			facts: declare.Facts{RecordedBy: declare.FlexNative, Joined: declare.Joined{Customer: seconds(0), Agent: seconds(12)}}},
		{name: "agent joined later, dialled on a leg that may ring", left: answer, right: greeting, lead: [2]float64{0, 12}, kind: "join_order", want: 1.5,
			facts: declare.Facts{RecordedBy: declare.Dial, Joined: declare.Joined{Customer: seconds(0), Agent: seconds(12)}}},
		{name: "customer called, joined later, and sits on the right", left: greeting, right: answer, lead: [2]float64{0, 7}, kind: "join_order", want: -1.5,
			facts: declare.Facts{Direction: declare.Outbound, Joined: declare.Joined{Agent: seconds(0), Customer: seconds(7)}}},
		{name: "customer joined later, and sits on the right", left: greeting, right: answer, lead: [2]float64{0, 7}, kind: "join_order", want: -2,
			facts: declare.Facts{Joined: declare.Joined{Agent: seconds(0), Customer: seconds(7)}}},
		{name: "both channels begin early: the times are off", left: answer, right: greeting, kind: "join_order", want: 0,
			facts: declare.Facts{Joined: declare.Joined{Customer: seconds(0), Agent: seconds(12)}}},
		{name: "late leg, inbound, method unknown", left: answer, right: greeting, lead: [2]float64{0, 3}, kind: "join_order", want: 0.5,
			facts: declare.Facts{Direction: declare.Inbound}},
		{name: "late leg, outbound, dial", left: answer, right: greeting, lead: [2]float64{3, 0}, kind: "join_order", want: 1,
			facts: declare.Facts{Direction: declare.Outbound, RecordedBy: declare.Dial}},
		{name: "late leg, inbound, native conference: either may be first", left: answer, right: greeting, lead: [2]float64{0, 3}, kind: "join_order", want: 0,
			facts: declare.Facts{Direction: declare.Inbound, RecordedBy: declare.FlexNative}},
		{name: "keys on the left", left: answer, right: greeting, tones: [2][]measurement.Tone{key(0.2, 0.5), nil}, kind: "keypad", want: 0.8},
		{name: "keys on the right", left: answer, right: greeting, tones: [2][]measurement.Tone{nil, key(0.2)}, kind: "keypad", want: -0.8},
		{name: "keys on both sides", left: answer, right: greeting, tones: [2][]measurement.Tone{key(0.2), key(0.2)}, kind: "keypad", want: 0},
		{name: "keys, outbound", left: answer, right: greeting, tones: [2][]measurement.Tone{key(0.2), nil}, facts: declare.Facts{Direction: declare.Outbound}, kind: "keypad", want: 0},
		{name: "keys in answer to a menu, direction unknown", left: answer, right: greeting, tones: [2][]measurement.Tone{key(5.2), nil}, kind: "keypad", want: 0},
		{name: "keys in answer to a menu, inbound", left: answer, right: greeting, tones: [2][]measurement.Tone{key(5.2), nil}, facts: declare.Facts{Direction: declare.Inbound}, kind: "keypad", want: 0.8},
		{name: "keys once the parties have met, direction unknown", left: answer, right: greeting, tones: [2][]measurement.Tone{key(10, 10.4), nil}, kind: "keypad", want: 0},
		{name: "keys once the parties have met, inbound", left: answer, right: greeting, tones: [2][]measurement.Tone{key(10, 10.4), nil}, facts: declare.Facts{Direction: declare.Inbound}, kind: "keypad", want: 0.8},
		{name: "keys of the side that greets", left: greeting, right: answer, tones: [2][]measurement.Tone{key(10, 10.4), nil}, kind: "keypad", want: 0.8},
		{name: "a number is dialled before anybody speaks, direction unknown", left: answer, right: greeting, tones: [2][]measurement.Tone{key(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7), nil}, kind: "keypad", want: 0},
		{name: "a number is dialled before anybody speaks, inbound", left: answer, right: greeting, tones: [2][]measurement.Tone{key(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7), nil}, facts: declare.Facts{Direction: declare.Inbound}, kind: "keypad", want: 0.8},
		{name: "music on hold after a menu, direction unknown", left: answer, right: greeting, tones: [2][]measurement.Tone{key(5.2), nil}, music: [2][]measurement.Segment{nil, hold}, kind: "waiting_sound", want: 0},
		{name: "music on hold after a menu, inbound", left: answer, right: greeting, tones: [2][]measurement.Tone{key(5.2), nil}, music: [2][]measurement.Segment{nil, hold}, facts: declare.Facts{Direction: declare.Inbound}, kind: "waiting_sound", want: 0.4},
		{name: "ringback, inbound, customer's leg", left: answer, right: greeting, tones: [2][]measurement.Tone{nil, ring()}, kind: "waiting_sound", want: 1,
			facts: declare.Facts{Direction: declare.Inbound, RecordedBy: declare.CustomerLeg}},
		{name: "ringback, outbound, dial", left: answer, right: greeting, tones: [2][]measurement.Tone{nil, ring()}, kind: "waiting_sound", want: -1,
			facts: declare.Facts{Direction: declare.Outbound, RecordedBy: declare.Dial}},
		{name: "ringback, nothing known", left: answer, right: greeting, tones: [2][]measurement.Tone{nil, ring()}, kind: "waiting_sound", want: 0},
		{name: "music on hold, method unknown", left: answer, right: greeting, music: [2][]measurement.Segment{nil, hold}, kind: "waiting_sound", want: 0.4},
		{name: "music on hold on the left, customer's leg", left: greeting, right: answer, music: [2][]measurement.Segment{hold, nil}, kind: "waiting_sound", want: -1,
			facts: declare.Facts{RecordedBy: declare.CustomerLeg}},
		{name: "music on hold, native conference", left: answer, right: greeting, music: [2][]measurement.Segment{nil, hold}, kind: "waiting_sound", want: 0,
			facts: declare.Facts{RecordedBy: declare.FlexNative}},
		{name: "a jingle", left: answer, right: greeting, music: [2][]measurement.Segment{nil, {{Start: 23, End: 27}}}, kind: "waiting_sound", want: 0},
		{name: "music while the other side talks", left: []measurement.Segment{{Start: 6, End: 9}, {Start: 24, End: 32}}, right: greeting, music: [2][]measurement.Segment{nil, hold}, kind: "waiting_sound", want: 0},
		{name: "music for both", left: answer, right: greeting, music: [2][]measurement.Segment{hold, hold}, kind: "waiting_sound", want: 0},
		{name: "music and its echo", left: answer, right: greeting, music: [2][]measurement.Segment{hold, hold}, kind: "waiting_sound", want: 0.4,
			leak: measurement.Coupling{Echo: measurement.EchoPath{Strength: 20, LagS: 0.1, GainDB: -20, Share: 1}}},
		{name: "queue, inbound", left: afterQueue, right: greetingAfterQueue, music: [2][]measurement.Segment{nil, queue}, kind: "waiting_sound", want: 0.4,
			facts: declare.Facts{Direction: declare.Inbound}},
		{name: "queue, inbound, customer's leg", left: afterQueue, right: greetingAfterQueue, music: [2][]measurement.Segment{nil, queue}, kind: "waiting_sound", want: 1,
			facts: declare.Facts{Direction: declare.Inbound, RecordedBy: declare.CustomerLeg}},
		{name: "queue of a called company, outbound", left: afterQueue, right: greetingAfterQueue, music: [2][]measurement.Segment{queue, nil}, kind: "waiting_sound", want: 0.4,
			facts: declare.Facts{Direction: declare.Outbound}},
		{name: "queue, nothing known", left: afterQueue, right: greetingAfterQueue, music: [2][]measurement.Segment{nil, queue}, kind: "waiting_sound", want: 0},

		{name: "late leg, nothing known", left: answer, right: greeting, lead: [2]float64{0, 3}, kind: "join_order", want: 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			left, right := goingOn(tt.left, tt.right)
			m := call(left, right, tt.lead[0], tt.lead[1])
			m.Left.Tones, m.Right.Tones = tt.tones[0], tt.tones[1]
			m.Left.Music, m.Right.Music = tt.music[0], tt.music[1]
			m.Pair.RightOnLeft = tt.leak
			if tt.gated {
				m.Left.Timing.DigitalSilenceS = m.DurationS - m.Left.Timing.TalkS
			}
			items := evidence.Weigh(m, tt.facts, nil, evidence.Builtin())
			got := 0.0
			for _, i := range items {
				if i.Name == tt.kind {
					got = i.Log10LR
					if i.Detail == "" {
						t.Error("no sentence")
					}
				}
			}
			low, high := min(0.7*tt.want, tt.want), max(0.7*tt.want, tt.want)
			if tt.kind != "opening" {
				low, high = tt.want, tt.want
			}
			if got < low-1e-4 || got > high+1e-4 {
				t.Errorf("%s = %v, want %v (%v)", tt.kind, got, tt.want, items)
			}
		})
	}
}

// An agent who calls a company presses keys in its menu, is put on hold by it, and is greeted by it, as
// customers are who call in. All of that together is no verdict unless somebody says who called whom.
func TestAMenuIsACompanysWhoeverCalled(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		begin := rapid.Float64Range(0.3, 3).Draw(t, "menu")
		end := begin + rapid.Float64Range(1.6, 14).Draw(t, "length")
		meet := end + rapid.Float64Range(2, 30).Draw(t, "queue")
		caller, called := goingOn(
			[]measurement.Segment{{Start: meet + 5, End: meet + 11}},
			[]measurement.Segment{{Start: begin, End: end}, {Start: meet, End: meet + 4}})
		m := call(caller, called, 0, 0)
		switch rapid.SampledFrom([]string{"a menu", "an extension", "a number"}).Draw(t, "keys") {
		case "a menu":
			m.Left.Tones = key(end+0.2, end+0.6)
		case "an extension":
			m.Left.Tones = key(meet+12, meet+12.4)
		case "a number":
			m.Left.Tones = key(0.01, 0.04, 0.07, 0.10, 0.13, 0.16, 0.19)
		}
		if rapid.Bool().Draw(t, "hold") {
			m.Right.Music = []measurement.Segment{{Start: end + 1, End: meet}, {Start: 90, End: 110}}
		}
		facts := declare.Facts{Excerpt: rapid.SampledFrom([]declare.Excerpt{declare.MaybeExcerpt, declare.IsWhole}).Draw(t, "excerpt")}
		if lr := evidence.Sum(evidence.Weigh(m, facts, nil, evidence.Builtin())); lr >= 1.9956 {
			t.Fatalf("decided at %.2f", lr)
		}
	})
}

// A lossy codec makes digital silence of a line's noise. A leg that joins late is told from that by its
// first silence: it is far longer than any pause, and ends before the first word.
func TestALegThatJoinsIsNotAPause(t *testing.T) {
	left, right := goingOn([]measurement.Segment{{Start: 10, End: 13}}, []measurement.Segment{{Start: 5, End: 9}, {Start: 20, End: 22}})
	for _, tt := range []struct {
		name  string
		lead  float64
		pause float64 // the longest digital silence later
		want  bool
	}{
		{"the leg joins", 4, 1.5, true},
		{"the line is silent in every pause as long", 4, 3, false},
		{"the line is silent up to the first word", 4.9, 1.5, false},
		{"a short silence", 1.5, 0, false},
	} {
		m := call(left, right, 0, tt.lead)
		m.Right.Timing.DigitalSilenceS = 0.5 * m.DurationS
		m.Right.Blanks = []measurement.Blank{{Segment: measurement.Segment{End: tt.lead}}, {Segment: measurement.Segment{Start: 30, End: 30 + tt.pause}}}
		late := slices.ContainsFunc(evidence.Weigh(m, declare.Facts{Direction: declare.Inbound}, nil, evidence.Builtin()),
			func(i evidence.Item) bool { return i.Name == "join_order" })
		if late != tt.want {
			t.Errorf("%s: the leg is late: %v", tt.name, late)
		}
	}
}

func TestNothingWithoutBothParties(t *testing.T) {
	m := call([]measurement.Segment{{Start: 1, End: 9}}, nil, 0, 0)
	if items := evidence.Weigh(m, declare.Facts{Direction: declare.Inbound}, nil, evidence.Builtin()); items != nil {
		t.Errorf("evidence from one party alone: %v", items)
	}
}

// A turn that begins at the same instant as the greeting is neither before it nor an answer
// to it, on either side.
func TestTurnsThatBeginAtOnceAreNotOrdered(t *testing.T) {
	greeting := []measurement.Segment{{Start: 1, End: 5}, {Start: 20, End: 22}}
	word := []measurement.Segment{{Start: 1, End: 2.2}, {Start: 6, End: 9}, {Start: 12, End: 18}}
	for _, facts := range []declare.Facts{{}, {Direction: declare.Inbound}, {Direction: declare.Outbound}} {
		m := call(greeting, word, 0, 0)
		straight, exchanged := evidence.Weigh(m, facts, nil, evidence.Builtin()), evidence.Weigh(mirror(m), facts, nil, evidence.Builtin())
		if a, b := evidence.Sum(straight), evidence.Sum(exchanged); a != -b {
			t.Errorf("%q: %v, exchanged %v", facts.Direction, a, b)
		}
	}
}

// TestExchangeNegates holds law 2: exchanging the channels negates the log10 likelihood
// ratio exactly, for all measurements and facts.
func TestExchangeNegates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		segments := rapid.Custom(func(t *rapid.T) []measurement.Segment {
			var out []measurement.Segment
			at := 0.0
			for range rapid.IntRange(0, 8).Draw(t, "segments") {
				// Whole steps of 20 ms, so that both sides often start at once.
				at += 0.02 * float64(rapid.IntRange(0, 200).Draw(t, "gap"))
				end := at + 0.02*float64(rapid.IntRange(4, 300).Draw(t, "length"))
				out = append(out, measurement.Segment{Start: at, End: end})
				at = end + 0.34
			}
			return out
		})
		latency := rapid.Custom(func(t *rapid.T) measurement.ResponseLatency {
			return measurement.ResponseLatency{Count: rapid.IntRange(0, 9).Draw(t, "answers"), MedianS: rapid.Float64Range(0, 9).Draw(t, "median")}
		})
		offset := rapid.Custom(func(t *rapid.T) *time.Duration {
			if rapid.Bool().Draw(t, "unknown") {
				return nil
			}
			return seconds(rapid.Float64Range(-5, 20).Draw(t, "joined"))
		})
		lead := rapid.SampledFrom([]float64{0, 0.5, 3, 12})
		m := call(segments.Draw(t, "left"), segments.Draw(t, "right"), lead.Draw(t, "lead"), lead.Draw(t, "lead"))
		m.Pair.LeftResponse, m.Pair.RightResponse = latency.Draw(t, "left answers"), latency.Draw(t, "right answers")
		tones := rapid.SampledFrom([][]measurement.Tone{nil, key(0.1), ring(), beep(3)})
		m.Left.Tones, m.Right.Tones = tones.Draw(t, "left tones"), tones.Draw(t, "right tones")
		music := rapid.SampledFrom([][]measurement.Segment{nil, {{Start: 0, End: 8}}, {{Start: 12, End: 30}}})
		m.Left.Music, m.Right.Music = music.Draw(t, "left music"), music.Draw(t, "right music")
		leak := rapid.SampledFrom([]measurement.Coupling{{}, {Echo: measurement.EchoPath{Strength: 20, LagS: 0.1, GainDB: -20, Share: 1}}})
		m.Pair.LeftOnRight, m.Pair.RightOnLeft = leak.Draw(t, "left on right"), leak.Draw(t, "right on left")
		swap := rapid.SampledFrom([]measurement.SideSwap{{At: measurement.Never}, {At: 30, SameSide: 5, CrossSide: 7}, {At: 30, SameSide: 20, CrossSide: 3}})
		m.Pair.SideSwap = swap.Draw(t, "side swap")
		facts := declare.Facts{
			Direction:  rapid.SampledFrom([]declare.Direction{declare.UnknownDirection, declare.Inbound, declare.Outbound}).Draw(t, "direction"),
			RecordedBy: rapid.SampledFrom([]declare.Method{declare.UnknownMethod, declare.FlexNative, declare.CustomerLeg, declare.AgentLeg, declare.Dial}).Draw(t, "method"),
			Excerpt:    rapid.SampledFrom([]declare.Excerpt{declare.MaybeExcerpt, declare.IsExcerpt, declare.IsWhole}).Draw(t, "excerpt"),
			Joined:     declare.Joined{Customer: offset.Draw(t, "customer"), Agent: offset.Draw(t, "agent")},
		}
		straight, exchanged := evidence.Weigh(m, facts, nil, evidence.Builtin()), evidence.Weigh(mirror(m), facts, nil, evidence.Builtin())
		type named struct {
			Name    string
			Log10LR float64
		}
		var want, got []named
		for _, i := range straight {
			want = append(want, named{i.Name, -i.Log10LR})
		}
		for _, i := range exchanged {
			got = append(got, named{i.Name, i.Log10LR})
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("exchanging the channels does not negate the evidence (-want +got):\n%s", diff)
		}
		if a, b := evidence.Sum(straight), evidence.Sum(exchanged); a != -b {
			t.Fatalf("sums %v and %v", a, b)
		}
	})
}
