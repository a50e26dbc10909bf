package evidence_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/fingerprint"
	"github.com/otoscope/otoscope/audio/meter"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/evidence"
)

// heard is a match at some place with a gain.
func heard(id string, start, gain float64) fingerprint.Match {
	return fingerprint.Match{Name: id + ".wav", SHA256: id, Matched: true, Score: 20, StartS: start, EndS: start + 5, Speed: 1, Coverage: 1, GainDB: gain}
}

func unheard(id string) fingerprint.Match {
	return fingerprint.Match{Name: id + ".wav", SHA256: id, Score: 4}
}

func TestKnownAudio(t *testing.T) {
	greeting := []meter.Segment{{Start: 1, End: 5}, {Start: 20, End: 22}}
	answer := []meter.Segment{{Start: 6, End: 9}, {Start: 12, End: 18}}
	agent := declare.Facts{AgentAudio: []string{"notice", "prompt"}}
	customer := declare.Facts{CustomerAudio: []string{"notice"}}
	both := declare.Facts{AgentAudio: []string{"notice"}, CustomerAudio: []string{"mailbox"}}
	for _, tt := range []struct {
		name        string
		left, right []fingerprint.Match
		facts       declare.Facts
		want        float64
		opening     bool
		says        string
	}{
		{"nowhere", []fingerprint.Match{unheard("notice")}, []fingerprint.Match{unheard("notice")}, agent, 0, true, ""},
		{"agent's, on the right", []fingerprint.Match{unheard("notice")}, []fingerprint.Match{heard("notice", 30, 0)}, agent, 3, true, "heard on the right channel from 30.0 s"},
		{"agent's, on the left", []fingerprint.Match{heard("notice", 30, 0)}, []fingerprint.Match{unheard("notice")}, agent, -3, true, "not on the right one"},
		{"customer's, on the right", []fingerprint.Match{unheard("notice")}, []fingerprint.Match{heard("notice", 30, 0)}, customer, -3, true, "customer's known audio"},
		{"nobody's", []fingerprint.Match{unheard("notice")}, []fingerprint.Match{heard("notice", 30, 0)}, declare.Facts{}, 0, true, ""},
		{"on both alike", []fingerprint.Match{heard("notice", 30, -3)}, []fingerprint.Match{heard("notice", 30, 0)}, agent, 0, true, ""},
		{"echoed to the left", []fingerprint.Match{heard("notice", 30.2, -29)}, []fingerprint.Match{heard("notice", 30, 0)}, agent, 2, true, "29 dB fainter"},
		{"echoed to the right", []fingerprint.Match{heard("notice", 30, 3)}, []fingerprint.Match{heard("notice", 30.1, -26)}, agent, -2, true, "29 dB fainter"},
		{"on both at other times", []fingerprint.Match{heard("notice", 10, -29)}, []fingerprint.Match{heard("notice", 30, 0)}, agent, 0, true, ""},
		{"two on one side count once", []fingerprint.Match{unheard("notice"), unheard("prompt")}, []fingerprint.Match{heard("notice", 30, 0), heard("prompt", 40, 0)}, agent, 3, true, "right"},
		{"two on two sides contradict each other", []fingerprint.Match{heard("notice", 30, 0), unheard("prompt")}, []fingerprint.Match{unheard("notice"), heard("prompt", 40, 0)}, agent, 0, true, ""},
		{"each on its side", []fingerprint.Match{heard("mailbox", 2, 0), unheard("notice")}, []fingerprint.Match{unheard("mailbox"), heard("notice", 30, 0)}, both, 3, true, "right"},
		{"it is the greeting", []fingerprint.Match{unheard("notice")}, []fingerprint.Match{heard("notice", 0.9, 0)}, agent, 3, false, "from 0.9 s"},
		{"it is the greeting, cut off", []fingerprint.Match{unheard("notice")}, []fingerprint.Match{heard("notice", -2, 0)}, agent, 3, false, "from 0.0 s"},
		{"it is the greeting, and the customer's", []fingerprint.Match{unheard("notice")}, []fingerprint.Match{heard("notice", 0.9, 0)}, customer, -3, false, "customer's"},
		{"it ends as the greeting begins", []fingerprint.Match{unheard("notice")}, []fingerprint.Match{heard("notice", -3.6, 0)}, agent, 3, true, "right"},
		{"it is heard while the other side greets", []fingerprint.Match{heard("notice", 0.9, 0)}, []fingerprint.Match{unheard("notice")}, agent, -3, true, "left"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := call(answer, greeting, 0, 0)
			m.Left.Known, m.Right.Known = tt.left, tt.right
			got, opening := evidence.Item{}, false
			for _, i := range evidence.Weigh(m, tt.facts, evidence.Builtin()) {
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

// Exchanging the channels negates all of it, whatever is found where.
func TestKnownAudioNegates(t *testing.T) {
	ids := []string{"a", "b", "c"}
	rapid.Check(t, func(t *rapid.T) {
		m := call([]meter.Segment{{Start: 6, End: 9}, {Start: 12, End: 18}}, []meter.Segment{{Start: 1, End: 5}, {Start: 20, End: 22}}, 0, 0)
		matches := rapid.Custom(func(t *rapid.T) []fingerprint.Match {
			var all []fingerprint.Match
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
		a, b := evidence.Weigh(m, facts, evidence.Builtin()), evidence.Weigh(mirror(m), facts, evidence.Builtin())
		if len(a) != len(b) || evidence.Sum(a) != -evidence.Sum(b) {
			t.Errorf("%+v\nexchanged: %+v", a, b)
		}
	})
}
