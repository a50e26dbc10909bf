package verify_test

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/evidence"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/planted"
)

func testCall(t testing.TB, name string) verify.Recording {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "testdata", "testcalls", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rec, err := verify.Measure(t.Context(), f, verify.MeasureOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

func codes(v verify.Verdict) (all []finding.Code) {
	for _, f := range v.Findings {
		all = append(all, f.Code)
	}
	return all
}

// The idents of a test call decide who is where, or say why nobody can. In a recording that is not
// marked they count for nothing, and are told; nor does their timing count.
func TestIdentsDecideTestCalls(t *testing.T) {
	for _, tt := range []struct {
		file    string
		outcome verify.Outcome
		lr      float64
		has     []finding.Code
		lacks   []finding.Code
	}{
		{"straight.wav", verify.Match, 3, []finding.Code{finding.IdentLines}, []finding.Code{finding.IdentCrossed, finding.IdentMissing}},
		{"swapped.wav", verify.Swapped, -3, []finding.Code{finding.IdentCrossed, finding.IdentLines}, []finding.Code{finding.IdentMissing}},
		{"mono.wav", verify.Unusable, 0, []finding.Code{finding.DualMono}, []finding.Code{finding.IdentMissing}},
		{"agent-missing.wav", verify.Unusable, 0, []finding.Code{finding.OnePartyMissing, finding.IdentMissing}, nil},
	} {
		rec := testCall(t, tt.file)
		v := verify.Judge(rec, verify.Case{Declaration: declare.Default(), Facts: declare.Facts{TestCall: true}})
		if v.Outcome != tt.outcome || v.Log10LR != tt.lr || !v.TestCall || slices.Contains(codes(v), finding.IdentHeard) {
			t.Errorf("%s: %s with %.2f, %v", tt.file, v.Outcome, v.Log10LR, codes(v))
		}
		for _, c := range tt.has {
			if !slices.Contains(codes(v), c) {
				t.Errorf("%s: no %s in %v", tt.file, c, codes(v))
			}
		}
		for _, c := range tt.lacks {
			if slices.Contains(codes(v), c) {
				t.Errorf("%s: %s in %v", tt.file, c, codes(v))
			}
		}
		v = verify.Judge(rec, verify.Case{Declaration: declare.Default()})
		if !slices.Contains(codes(v), finding.IdentHeard) || v.Log10LR != 0 || v.Outcome == verify.Match || v.Outcome == verify.Swapped {
			t.Errorf("%s, not marked: %s with %.2f, %v", tt.file, v.Outcome, v.Log10LR, codes(v))
		}
	}
}

// A test call without idents is judged as any call, and lacks them.
func TestTestCallWithoutIdents(t *testing.T) {
	f, err := os.Open("../testdata/call-straight.wav")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rec, err := verify.Measure(t.Context(), f, verify.MeasureOptions{})
	if err != nil {
		t.Fatal(err)
	}
	plain := verify.Judge(rec, verify.Case{Declaration: declare.Default()})
	v := verify.Judge(rec, verify.Case{Declaration: declare.Default(), Facts: declare.Facts{TestCall: true}})
	if v.Outcome != plain.Outcome || v.Log10LR != plain.Log10LR || !slices.Contains(codes(v), finding.IdentMissing) || slices.Contains(codes(plain), finding.IdentMissing) {
		t.Errorf("%s with %.2f, %v", v.Outcome, v.Log10LR, codes(v))
	}
}

// ident of a party that is heard from a time to another.
func heard(party string, from, to, level float64) measurement.Ident {
	return measurement.Ident{Party: party, ID: 1, Start: from, End: to, Begins: from, Score: 12, Level: measurement.Level(level)}
}

// withIdents is a call in which both parties speak, and idents.
func withIdents(left, right []measurement.Ident) *measurement.Measurements {
	m := &measurement.Measurements{Schema: measurement.Schema, SampleRate: 8000, Channels: 2, Frames: 480000, DurationS: 60}
	for _, s := range []struct {
		c *measurement.Channel
		i []measurement.Ident
	}{{&m.Left, left}, {&m.Right, right}} {
		s.c.Segments = []measurement.Segment{{Start: 1, End: 20}}
		s.c.Timing.TalkS = 19
		s.c.Idents = s.i
	}
	return m
}

// Where the idents are is told from their levels and times: an echo is not a party, and what is on
// both channels alike, or moves, is a fault.
func TestPlacesOfIdents(t *testing.T) {
	type idents = []measurement.Ident
	for _, tt := range []struct {
		name        string
		left, right idents
		lr          float64
		code        finding.Code // "": no fault
	}{
		{"each on its channel", idents{heard("a", 1, 20, -25)}, idents{heard("b", 2, 20, -25)}, 3, ""},
		{"the customer's alone", idents{heard("a", 1, 20, -25)}, nil, 2.5, finding.IdentMissing},
		{"the agent's alone", idents{heard("b", 1, 20, -25)}, nil, -2.5, finding.IdentMissing},
		{"with an echo", idents{heard("a", 1, 20, -25), heard("b", 2, 20, -50)}, idents{heard("b", 2, 20, -25)}, 3, ""},
		{"with echoes both ways", idents{heard("b", 2, 20, -25), heard("a", 1, 20, -33)}, idents{heard("a", 1, 20, -25), heard("b", 2, 20, -40)}, -3, ""},
		{"both on the left", idents{heard("a", 1, 20, -25), heard("b", 2, 20, -25)}, nil, 0, finding.BothParties},
		{"one on both", idents{heard("a", 1, 20, -25)}, idents{heard("a", 1, 20, -27), heard("b", 2, 20, -25)}, 0, finding.BothParties},
		{"the sides change places", idents{heard("a", 1, 20, -25)}, idents{heard("a", 30, 50, -25)}, 0, finding.OrientationChanges},
	} {
		m := withIdents(tt.left, tt.right)
		v := verify.Judge(verify.Recording{Measurements: *m}, verify.Case{Declaration: declare.Default(), Facts: declare.Facts{TestCall: true}})
		if v.Log10LR != tt.lr || tt.code != "" && !slices.Contains(codes(v), tt.code) || (tt.lr == 0) != (v.Outcome == verify.Unusable) {
			t.Errorf("%s: %s with %.2f, %v", tt.name, v.Outcome, v.Log10LR, v.Findings)
		}
	}
}

// An echo of an ident is told with its delay and its level.
func TestEchoOfIdentIsTold(t *testing.T) {
	back := heard("a", 1, 20, -50)
	back.Begins = 1.15
	m := withIdents([]measurement.Ident{heard("a", 1, 20, -25)}, []measurement.Ident{heard("b", 2, 20, -25), back})
	v := verify.Judge(verify.Recording{Measurements: *m}, verify.Case{Declaration: declare.Default(), Facts: declare.Facts{TestCall: true}})
	i := slices.Index(codes(v), finding.IdentLines)
	if i < 0 || !strings.Contains(v.Findings[i].Detail, "comes back on the right channel 150 ms later at -25 dB") {
		t.Errorf("%v", v.Findings)
	}
}

// An ident that runs fast or slow tells the speed of its channel.
func TestIdentTellsSpeed(t *testing.T) {
	fast := heard("a", 1, 20, -25)
	fast.SpeedPPM, fast.SpeedErrorPPM = 19000, 100
	m := withIdents([]measurement.Ident{fast}, []measurement.Ident{heard("b", 2, 20, -25)})
	v := verify.Judge(verify.Recording{Measurements: *m}, verify.Case{Declaration: declare.Default(), Facts: declare.Facts{TestCall: true}})
	i := slices.Index(codes(v), finding.WrongSpeed)
	if i < 0 || v.Findings[i].Detail != "The left channel runs at 1.019 × its speed: its ident is 1.9 % faster than it was made." {
		t.Errorf("%v", v.Findings)
	}
}

// The evidence of idents is finite and capped, and exchanging the channels negates it.
func TestIdentEvidenceIsCapped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) []measurement.Ident {
			return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) measurement.Ident {
				from := rapid.Float64Range(0, 50).Draw(t, "from")
				i := heard(rapid.SampledFrom([]string{"a", "b"}).Draw(t, "party"), from, from+rapid.Float64Range(5, 30).Draw(t, "for"), rapid.Float64Range(-60, -3).Draw(t, "level"))
				i.Score = rapid.Float64Range(7.9, 16).Draw(t, "score")
				return i
			}), 0, 4).Draw(t, name)
		}
		left, right := draw("left"), draw("right")
		facts := declare.Facts{TestCall: rapid.Bool().Draw(t, "marked")}
		lr := evidence.Sum(evidence.Weigh(withIdents(left, right), facts, nil, evidence.Builtin()))
		back := evidence.Sum(evidence.Weigh(withIdents(right, left), facts, nil, evidence.Builtin()))
		any := len(left)+len(right) > 0
		if lr != -back || math.Abs(lr) > 3 || any && !facts.TestCall && lr != 0 {
			t.Errorf("%+v, %+v: %v, exchanged %v", left, right, lr, back)
		}
		if h := planted.Hear(withIdents(left, right)); h.Any() != any {
			t.Errorf("%+v", h)
		}
	})
}
