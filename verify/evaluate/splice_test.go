package evaluate

import (
	"math"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"

	"github.com/otoscope/otoscope/audio/decode/decodetest"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const fixtures = "../../testdata/"

// fileSource is the source of a file without a label.
func fileSource(path string) *source { return &source{name: path, open: []opener{openFile(path)}} }

func spliced(t *testing.T, s splice) (out [2][]float32) {
	t.Helper()
	for block, err := range s.blocks(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(block.Data); i += 2 {
			out[0], out[1] = append(out[0], block.Data[i]), append(out[1], block.Data[i+1])
		}
	}
	return out
}

func fixture(t *testing.T, name string) [2][]float32 {
	t.Helper()
	left, right, _ := decodetest.File(t, fixtures+name)
	return [2][]float32{left, right}
}

// A splice holds the samples of its parts, in their order, exactly.
func TestSplice(t *testing.T) {
	const rate = 8000
	a, b := fixture(t, "call-straight.wav"), fixture(t, "call-swapped.wav")
	got := spliced(t, splice{rate: rate, parts: []part{
		{source: fileSource(fixtures + "call-straight.wav"), from: 1.25, to: 3.5},
		{source: fileSource(fixtures + "call-swapped.wav"), from: 20, to: math.Inf(1), swap: true},
	}})
	for side := range 2 {
		want := append(append([]float32{}, a[side][10000:28000]...), b[1-side][160000:]...)
		if !cmp.Equal(got[side], want) {
			t.Errorf("side %d: %d samples, want %d", side, len(got[side]), len(want))
		}
	}
}

// Removed speech leaves nothing behind, and everything else stays.
func TestHush(t *testing.T) {
	const rate = 8000
	whole := fixture(t, "call-straight.wav")
	got := spliced(t, splice{rate: rate, parts: []part{{
		source: fileSource(fixtures + "call-straight.wav"), to: math.Inf(1),
		hush:  [2][]measurement.Segment{1: {{Start: 5, End: 8}}},
		floor: [2]measurement.Level{-60, -60},
	}}})
	if !cmp.Equal(got[0], whole[0]) {
		t.Error("the other channel has changed")
	}
	first, last := frameAt(5-hushEdgeS, rate), frameAt(8+hushEdgeS, rate)
	var sum float64
	for i := range got[1] {
		inside := int64(i) >= first && int64(i) < last
		if !inside && got[1][i] != whole[1][i] {
			t.Fatalf("sample %d outside has changed", i)
		}
		if inside {
			sum += float64(got[1][i]) * float64(got[1][i])
		}
	}
	if level := 10 * math.Log10(sum/float64(last-first)); math.Abs(level+60) > 0.2 {
		t.Errorf("the noise is at %.1f dBov, want -60", level)
	}
}

// A splice of the whole file measures the same as the file, and its mirror the same as the
// mirror, also of a file that a lossy codec has changed.
func TestSpliceIsMeasuredAsAFile(t *testing.T) {
	for _, path := range []string{fixtures + "call-straight.wav", "../../audio/decode/mp3/testdata/8000-joint.mp3"} {
		t.Run(filepath.Base(path), func(t *testing.T) { wholeSplice(t, path) })
	}
}

func wholeSplice(t *testing.T, path string) {
	want, err := fileSource(path).measure(t.Context(), verify.MeasureOptions{})
	if err != nil {
		t.Fatal(err)
	}
	all := Recording{Result: want}
	whole := splice{rate: 8000, parts: []part{{source: fileSource(path), to: math.Inf(1)}}, lossy: all.lossy()}
	got, err := whole.measure(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.Measurements, got.Measurements, cmpopts.EquateNaNs()); diff != "" {
		t.Error(diff)
	}
	whole.parts[0].swap = true
	got, err = whole.measure(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.Measurements.Left, got.Measurements.Right, cmpopts.EquateNaNs()); diff != "" {
		t.Error(diff)
	}
}

func TestSpliceFails(t *testing.T) {
	for name, s := range map[string]splice{
		"no such file": {rate: 8000, parts: []part{{source: fileSource(fixtures + "none.wav"), to: 1}}},
		"one channel":  {rate: 8000, parts: []part{{source: fileSource(fixtures + "call-mono.wav"), to: 1}}},
		"another rate": {rate: 16000, parts: []part{{source: fileSource(fixtures + "call-straight.wav"), to: 1}}},
		"no recording": {rate: 8000, parts: []part{{source: fileSource(fixtures + "README.md"), to: 1}}},
	} {
		if _, err := s.measure(t.Context()); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// The cuts of a call: every kind exists, and each has the contents that its name states.
func TestCutsOf(t *testing.T) {
	joined := 4200 * time.Millisecond
	facts := declare.Facts{Joined: declare.Joined{Agent: &joined}}
	labels := []Label{
		{File: "call-straight.wav", Left: Customer, Fault: faultNone, Agent: "kim", Line: 1, Facts: facts},
		{File: "call-swapped.wav", Left: Agent, Fault: faultSwapped, Agent: "lee", Line: 2},
		{File: "call-mono.wav", Left: Mixed, Fault: "mono_file", Line: 3},
	}
	all, err := Listen(t.Context(), labels, ListenOptions{Sources: Sources{Dir: fixtures}, Cuts: true})
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for i := range all {
		r := &all[i]
		if r.Err != nil {
			t.Fatalf("%s: %v", r.Name(), r.Err)
		}
		counts[r.Cut]++
		m := &r.Result.Measurements
		agent := channel(m, r.channelOf(declare.Agent))
		whole := 33.863
		if r.Label.File == "call-swapped.wav" {
			whole = 29.088
		}
		var want float64
		switch r.Cut {
		case cutFirst15:
			want = whole - 15
			if got := r.Facts.Joined.Agent; got != nil && got.Seconds() != 4.2-15 {
				t.Errorf("%s: the agent joins at %v", r.Name(), got)
			}
		case cutTenSeconds:
			want = 10
		case cutHoldQuiet, cutHoldMusic:
			want = whole + holdS
			if got := r.Facts.Joined.Agent; got != nil && got.Seconds() != 4.2+holdS {
				t.Errorf("%s: the agent joins at %v", r.Name(), got)
			}
		case cutAgentQuiet:
			if agent.Timing.TalkS > 2*fewWordsS {
				t.Errorf("%s: the agent still talks for %.1f s", r.Name(), agent.Timing.TalkS)
			}
		case cutExchange:
			want = whole
			if r.Left != Mixed {
				t.Errorf("%s: the %s is said to be on the left of all of it", r.Name(), r.Left)
			}
		case CutTransfer:
			want = (33.863 + 29.088) / 2
		}
		if want > 0 && math.Abs(m.DurationS-want) > 0.01 {
			t.Errorf("%s lasts %.2f s, want %.2f", r.Name(), m.DurationS, want)
		}
	}
	want := map[string]int{
		"": 3, cutFirst15: 2, cutLastHalf: 2, cutTenSeconds: 10, cutAgentQuiet: 2, cutCustQuiet: 2, cutHoldQuiet: 2,
		cutHoldMusic: 2, cutCustOpens: 2, cutCustAtStart: 2, CutTransfer: 2, cutExchange: 2,
	}
	if diff := cmp.Diff(want, counts); diff != "" {
		t.Error(diff)
	}
}

// The most misleading cuts are decided on neither side, by the sound of these calls.
func TestCutsAreNotDecidedWrongly(t *testing.T) {
	labels := []Label{
		{File: "call-straight.wav", Left: Customer, Fault: faultNone, Agent: "kim", Line: 1},
		{File: "call-swapped.wav", Left: Agent, Fault: faultSwapped, Agent: "lee", Line: 2},
	}
	all, err := Listen(t.Context(), labels, ListenOptions{Sources: Sources{Dir: fixtures}, Cuts: true})
	if err != nil {
		t.Fatal(err)
	}
	report := Judge(all, JudgeOptions{})
	for _, w := range report.Wrong {
		t.Errorf("%s (%s %s) is decided wrongly: %v", w.File, w.Cut, w.At, w.Evidence)
	}
	if len(report.Cuts) < 9 {
		t.Errorf("%d kinds of cuts", len(report.Cuts))
	}
}

func TestAllButFewWords(t *testing.T) {
	for _, tt := range []struct {
		name           string
		segments, want []measurement.Segment
	}{
		{"nobody speaks", nil, nil},
		{"few words", []measurement.Segment{{Start: 0, End: 1}}, nil},
		{"the longest go", []measurement.Segment{{Start: 0, End: 5}, {Start: 6, End: 7}, {Start: 8, End: 11}, {Start: 12, End: 12.5}}, []measurement.Segment{{Start: 0, End: 5}, {Start: 8, End: 11}}},
		{"one second of the only one", []measurement.Segment{{Start: 2, End: 9}}, []measurement.Segment{{Start: 3, End: 9}}},
	} {
		got, fewer := allButFewWords(tt.segments)
		if diff := cmp.Diff(tt.want, got); diff != "" || fewer != (len(tt.want) > 0) {
			t.Errorf("%s: %v\n%s", tt.name, fewer, diff)
		}
	}
}

func TestActivity(t *testing.T) {
	r := Recording{
		Label: &Label{File: "a.wav", Left: Agent, Fault: faultSwapped, Talk: []Utterance{{"agent", 1, 1}, {"agent", 3, 0.1}, {"customer", 2, 1}}},
		Left:  Agent,
		Result: verify.Recording{Measurements: measurement.Measurements{Channels: 2, DurationS: 5,
			Left:  measurement.Channel{Segments: []measurement.Segment{{Start: 1.1, End: 2}}, Timing: measurement.Timing{FirstSpeech: 1.1}},
			Right: measurement.Channel{Segments: []measurement.Segment{{Start: 1.9, End: 2.9}}, Timing: measurement.Timing{FirstSpeech: 1.9}},
		}},
	}
	var a Activity
	a.add(&r)
	// Agent: 0.7 s of 0.8 s are heard; the rest of the second and 0.1 s at 3 s do not count.
	// Customer: 0.8 s are heard, 0.1 s too early.
	if a.Channels != 2 || a.Hits != 35+40 || a.Missed != 5 || a.False != 5 {
		t.Errorf("%+v", a)
	}
	o := a.FirstSpeech()
	if o.Channels != 2 || math.Abs(float64(o.MaxS)-0.1) > 1e-9 || o.Never != 0 {
		t.Errorf("%+v", o)
	}
	r.Result.Measurements.Left = measurement.Channel{Timing: measurement.Timing{FirstSpeech: measurement.Never}}
	a.add(&r)
	if o := a.FirstSpeech(); o.Never != 1 || o.P90S.Known() {
		t.Errorf("who was never heard is not behind all others: %+v", o)
	}
}
