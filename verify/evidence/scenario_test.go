package evidence_test

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/evidence"
)

// answers gives the segments of a call in which the agent greets at 1 s, the customer
// states the matter, and both take turns for a minute.
func answers() (customer, agent []measurement.Segment) {
	at := func(pairs ...float64) (out []measurement.Segment) {
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, measurement.Segment{Start: pairs[i], End: pairs[i+1]})
		}
		return out
	}
	return at(6.5, 10.5, 17, 18.5, 25, 26, 33.5, 34.3, 41.5, 43, 49, 49.8, 55, 56.5),
		at(1, 5.2, 12, 15.5, 20, 23.8, 27.5, 32, 36, 40.2, 44.4, 47.8, 51.2, 53.6)
}

func shifted(s []measurement.Segment, by float64) (out []measurement.Segment) {
	for _, g := range s {
		out = append(out, measurement.Segment{Start: g.Start + by, End: g.End + by})
	}
	return out
}

// without removes segments that begin before a time.
func without(s []measurement.Segment, before float64) (out []measurement.Segment) {
	for _, g := range s {
		if g.Start >= before {
			out = append(out, g)
		}
	}
	return out
}

// claim is the log10 likelihood ratio for the customer on the left, with all sentences.
func claim(m *measurement.Measurements, facts declare.Facts) (float64, string) {
	items := evidence.Weigh(m, facts, nil, evidence.Builtin())
	var details []string
	for _, i := range items {
		details = append(details, i.Detail)
	}
	return evidence.Sum(items), strings.Join(details, "\n")
}

// decided is the lowest ratio that claims 99 %.
var decided = math.Log10(99)

func TestCallThatWasRecordedWholeIsDecided(t *testing.T) {
	customer, agent := answers()
	if got, why := claim(call(customer, agent, 0, 0), declare.Facts{}); got < decided {
		t.Errorf("%.2f\n%s", got, why)
	}
}

// Each recipe changes the decided call and keeps its true sides. It must not be decided for
// the wrong side.
func TestFaultsAreNotDecidedWrongly(t *testing.T) {
	customer, agent := answers()
	greeting, menu := measurement.Segment{Start: 1, End: 6}, measurement.Segment{Start: 33, End: 39}
	message := []measurement.Segment{{Start: 7, End: 11}, {Start: 12, End: 17}, {Start: 18, End: 24}, {Start: 25, End: 32}}
	for _, tt := range []struct {
		name            string
		customer, agent []measurement.Segment
		lead            [2]float64
		tones           []measurement.Tone // on the agent's channel
		why             string             // what the sentences name; empty where there is nothing to say
	}{
		{name: "the customer's channel is late by zeros", customer: shifted(customer, 2), agent: agent, lead: [2]float64{2, 0}, why: "late"},
		{name: "the customer's channel is late by many zeros", customer: shifted(customer, 15), agent: agent, lead: [2]float64{15, 0}, why: "late"},
		{name: "the agent's channel is late by zeros", customer: customer, agent: shifted(agent, 7), lead: [2]float64{0, 7}, why: "late"},
		{name: "the customer's channel is late by noise", customer: shifted(customer, 10), agent: agent, why: "late"},
		{name: "the agent's channel is late by noise", customer: customer, agent: shifted(agent, 10), why: "late"},
		{name: "the customer's first seconds are zeros", customer: without(customer, 10), agent: agent, lead: [2]float64{10, 0}, why: "recorded late"},
		{name: "the agent's greeting is zeros", customer: customer, agent: without(agent, 6), lead: [2]float64{0, 6}, why: "recorded late"},
		{name: "the start is blanked on both", customer: without(customer, 5), agent: without(agent, 5), lead: [2]float64{5, 5}, why: "begins within the call"},
		{name: "the start is blanked on both with a beep", customer: without(customer, 5), agent: without(agent, 5), lead: [2]float64{5, 0}, tones: beep(0), why: "recorded late"},
		{name: "a mailbox", customer: []measurement.Segment{greeting}, agent: message, why: "machine"},
		{name: "a mailbox with a menu", customer: []measurement.Segment{greeting, menu}, agent: message, why: "machine"},
		{name: "a copy of the agent for the customer", customer: shifted(agent, 1.2), agent: agent, why: "would explain this as well"},
		{name: "a copy of the customer for the agent", customer: customer, agent: shifted(customer, 1.2), why: "would explain this as well"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := call(tt.customer, tt.agent, tt.lead[0], tt.lead[1])
			m.Right.Tones = tt.tones
			for _, facts := range []declare.Facts{{}, {Direction: declare.Inbound}} {
				got, why := claim(m, facts)
				if got <= -1.5 {
					t.Errorf("%q: %.2f for the other side\n%s", facts.Direction, got, why)
				}
				if !strings.Contains(why, tt.why) {
					t.Errorf("%q: the sentences do not say %q:\n%s", facts.Direction, tt.why, why)
				}
				if mirrored, _ := claim(mirror(m), facts); mirrored != -got {
					t.Errorf("%q: %v, exchanged %v", facts.Direction, got, mirrored)
				}
			}
		})
	}
}

// If the sides sound as if they changed places within the call, little is claimed and the
// sentence gives the reason.
func TestSidesThatMayChangePlacesClaimLittle(t *testing.T) {
	customer, agent := answers()
	m := call(customer, agent, 0, 0)
	m.Pair.SideSwap = measurement.SideSwap{At: 30, SameSide: 9, CrossSide: 8}
	got, why := claim(m, declare.Facts{})
	if got >= decided || !strings.Contains(why, "change places") {
		t.Errorf("%.2f\n%s", got, why)
	}
}

// Legs of two calls are hardly ever decided, whichever party greets first.
func TestLegsOfTwoCallsAreNotDecided(t *testing.T) {
	n, taken := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		leg := rapid.Custom(func(t *rapid.T) []measurement.Segment {
			at := rapid.Float64Range(0.5, 6).Draw(t, "first")
			var out []measurement.Segment
			for at < 55 {
				end := at + rapid.Float64Range(0.5, 5).Draw(t, "length")
				out = append(out, measurement.Segment{Start: at, End: end})
				at = end + rapid.Float64Range(1.5, 7).Draw(t, "pause")
			}
			return out
		})
		got, _ := claim(call(leg.Draw(t, "left"), leg.Draw(t, "right"), 0, 0), declare.Facts{})
		n++
		if math.Abs(got) >= decided {
			taken++
		}
	})
	if taken > n/20 {
		t.Errorf("%d of %d are decided", taken, n)
	}
}

// A claim with a scenario is smaller than without, never has the opposite sign, and falls as
// the scenario's rate rises.
func TestHigherRatesClaimLess(t *testing.T) {
	customer, agent := answers()
	m := call(customer, agent, 0, 0)
	before := math.Inf(1)
	for _, rate := range []float64{0.001, 0.01, 0.1, 1} {
		p := evidence.Builtin()
		for _, w := range p.Weights() {
			if w.Rate {
				*w.Value = rate
			}
		}
		got := evidence.Sum(evidence.Weigh(m, declare.Facts{}, nil, p))
		if got <= 0 || got >= before {
			t.Errorf("at rates of %v: %v after %v", rate, got, before)
		}
		before = got
	}
}

// A voice of neither party in the pauses of a call may take the first long turn. It is not
// taken for the agent's greeting.
func TestVoiceOfNeitherPartyIsNoGreeting(t *testing.T) {
	customer := []measurement.Segment{{Start: 0.4, End: 3.8}, {Start: 9, End: 15.2}, {Start: 19.8, End: 26.2}, {Start: 30.4, End: 31.4}}
	agent := []measurement.Segment{{Start: 5.6, End: 8}, {Start: 16.6, End: 18.4}, {Start: 27.4, End: 28.8}, {Start: 32.6, End: 34}}
	m := call(customer, agent, 0, 0)
	if got, why := claim(m, declare.Facts{}); got <= -decided {
		t.Errorf("%.2f for the other side\n%s", got, why)
	}
}

// An opening in which the other side answers soon and briefly may be such a voice's, and claims
// less the more often there is one. An answer at length, as to a greeting, is hardly ever given
// to it.
func TestVoiceOfNeitherPartyIsHardlyAnsweredAtLength(t *testing.T) {
	opening := func(answerS, rate float64) float64 {
		p := evidence.Builtin()
		p.Rates.ThirdVoice = rate
		m := call([]measurement.Segment{{Start: 6.5, End: 6.5 + answerS}}, []measurement.Segment{{Start: 1, End: 5.2}, {Start: 12, End: 15}}, 0, 0)
		for _, i := range evidence.Weigh(m, declare.Facts{}, nil, p) {
			if i.Name == "opening" {
				return i.Log10LR
			}
		}
		return 0
	}
	for _, rate := range []float64{0.01, 0.1, 1} {
		brief, long := opening(1.5, rate)/opening(1.5, 1e-6), opening(4, rate)/opening(4, 1e-6)
		if brief <= 0 || brief >= 1 || long <= brief || long > 1 {
			t.Errorf("at a rate of %v, %.3f of the claim is left after a brief answer, %.3f after a long one", rate, brief, long)
		}
	}
}
