package evidence_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/evidence"
)

// heard is a match at some place with a gain.
func heard(id string, start, gain float64) measurement.Match {
	return measurement.Match{Name: id + ".wav", SHA256: id, Matched: true, Score: 20, StartS: start, EndS: start + 5, Speed: 1, Coverage: 1, GainDB: gain}
}

func unheard(id string) measurement.Match {
	return measurement.Match{Name: id + ".wav", SHA256: id, Score: 4}
}

func TestKnownAudio(t *testing.T) {
	greeting := []measurement.Segment{{Start: 1, End: 5}, {Start: 20, End: 22}}
	answer := []measurement.Segment{{Start: 6, End: 9}, {Start: 12, End: 18}}
	agent := declare.Facts{AgentAudio: []string{"notice", "prompt"}}
	customer := declare.Facts{CustomerAudio: []string{"notice"}}
	both := declare.Facts{AgentAudio: []string{"notice"}, CustomerAudio: []string{"mailbox"}}
	for _, tt := range []struct {
		name        string
		left, right []measurement.Match
		facts       declare.Facts
		want        float64
		opening     bool
		says        string
	}{
		{"nowhere", []measurement.Match{unheard("notice")}, []measurement.Match{unheard("notice")}, agent, 0, true, ""},
		{"agent's, on the right", []measurement.Match{unheard("notice")}, []measurement.Match{heard("notice", 30, 0)}, agent, 3, true, "heard on the right channel from 30.0 s"},
		{"agent's, on the left", []measurement.Match{heard("notice", 30, 0)}, []measurement.Match{unheard("notice")}, agent, -3, true, "not on the right one"},
		{"customer's, on the right", []measurement.Match{unheard("notice")}, []measurement.Match{heard("notice", 30, 0)}, customer, -3, true, "customer's known audio"},
		{"nobody's", []measurement.Match{unheard("notice")}, []measurement.Match{heard("notice", 30, 0)}, declare.Facts{}, 0, true, ""},
		{"on both alike", []measurement.Match{heard("notice", 30, -3)}, []measurement.Match{heard("notice", 30, 0)}, agent, 0, true, ""},
		{"echoed to the left", []measurement.Match{heard("notice", 30.2, -29)}, []measurement.Match{heard("notice", 30, 0)}, agent, 2, true, "29 dB fainter"},
		{"echoed to the right", []measurement.Match{heard("notice", 30, 3)}, []measurement.Match{heard("notice", 30.1, -26)}, agent, -2, true, "29 dB fainter"},
		{"on both at other times", []measurement.Match{heard("notice", 10, -29)}, []measurement.Match{heard("notice", 30, 0)}, agent, 0, true, ""},
		{"two on one side count once", []measurement.Match{unheard("notice"), unheard("prompt")}, []measurement.Match{heard("notice", 30, 0), heard("prompt", 40, 0)}, agent, 3, true, "right"},
		{"two on two sides contradict each other", []measurement.Match{heard("notice", 30, 0), unheard("prompt")}, []measurement.Match{unheard("notice"), heard("prompt", 40, 0)}, agent, 0, true, ""},
		{"each on its side", []measurement.Match{heard("mailbox", 2, 0), unheard("notice")}, []measurement.Match{unheard("mailbox"), heard("notice", 30, 0)}, both, 3, true, "right"},
		{"it is the greeting", []measurement.Match{unheard("notice")}, []measurement.Match{heard("notice", 0.9, 0)}, agent, 3, false, "from 0.9 s"},
		{"it is the greeting, cut off", []measurement.Match{unheard("notice")}, []measurement.Match{heard("notice", -2, 0)}, agent, 3, false, "from 0.0 s"},
		{"it is the greeting, and the customer's", []measurement.Match{unheard("notice")}, []measurement.Match{heard("notice", 0.9, 0)}, customer, -3, false, "customer's"},
		{"it ends as the greeting begins", []measurement.Match{unheard("notice")}, []measurement.Match{heard("notice", -3.6, 0)}, agent, 3, true, "right"},
		{"it is heard while the other side greets", []measurement.Match{heard("notice", 0.9, 0)}, []measurement.Match{unheard("notice")}, agent, -3, true, "left"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := call(answer, greeting, 0, 0)
			m.Left.Known, m.Right.Known = tt.left, tt.right
			got, opening := evidence.Item{}, false
			for _, i := range evidence.Weigh(m, tt.facts, nil, evidence.Builtin()) {
				switch i.Name {
				case "known_audio":
					got = i
				case "opening":
					opening = true
				}
			}
			if got.Log10LR != tt.want || !strings.Contains(got.Detail, tt.says) {
				t.Errorf("%v %q, want %v and %q", got.Log10LR, got.Detail, tt.want, tt.says)
			}
			if opening != tt.opening {
				t.Errorf("the opening counts: %v, want %v", opening, tt.opening)
			}
			if got.FromTiming() {
				t.Error("it falls where the channels are shifted against each other")
			}
		})
	}
}

// Exchanging the channels negates the evidence, whatever is found on either side.
func TestKnownAudioNegates(t *testing.T) {
	ids := []string{"a", "b", "c"}
	rapid.Check(t, func(t *rapid.T) {
		m := call([]measurement.Segment{{Start: 6, End: 9}, {Start: 12, End: 18}}, []measurement.Segment{{Start: 1, End: 5}, {Start: 20, End: 22}}, 0, 0)
		matches := rapid.Custom(func(t *rapid.T) []measurement.Match {
			var all []measurement.Match
			for _, id := range ids {
				if rapid.Bool().Draw(t, "matched") {
					start := rapid.SampledFrom([]float64{-1, 1, 1.5, 30}).Draw(t, "start")
					all = append(all, heard(id, start, rapid.SampledFrom([]float64{-30, 0, 30}).Draw(t, "gain")))
				} else {
					all = append(all, unheard(id))
				}
			}
			return all
		})
		m.Left.Known, m.Right.Known = matches.Draw(t, "left"), matches.Draw(t, "right")
		facts := declare.Facts{
			AgentAudio:    rapid.SampledFrom([][]string{nil, {"a"}, {"a", "b"}}).Draw(t, "agent's"),
			CustomerAudio: rapid.SampledFrom([][]string{nil, {"c"}}).Draw(t, "customer's"),
		}
		a, b := evidence.Weigh(m, facts, nil, evidence.Builtin()), evidence.Weigh(mirror(m), facts, nil, evidence.Builtin())
		if len(a) != len(b) || evidence.Sum(a) != -evidence.Sum(b) {
			t.Errorf("%+v\nexchanged: %+v", a, b)
		}
	})
}
