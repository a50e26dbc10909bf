package verify_test

import (
	"testing"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
)

// exchange is two sides that take turns of 3 s with half a second between, with the right
// one shifted.
func exchange(shift float64) verify.Recording {
	m := measurement.Measurements{Schema: measurement.Schema, SampleRate: 8000, Channels: 2, DurationS: 90, Frames: 720000}
	for i := range 20 {
		start := 1 + 3.5*float64(i)
		side, by := &m.Left, 0.0
		if i%2 == 1 {
			side, by = &m.Right, shift
		}
		side.Segments = append(side.Segments, measurement.Segment{Start: start + by, End: start + 3 + by})
		side.Timing.TalkS += 3
	}
	m.Left.Timing.FirstSpeech = measurement.Time(m.Left.Segments[0].Start)
	m.Right.Timing.FirstSpeech = measurement.Time(m.Right.Segments[0].Start)
	m.Pair.DoubleTalkS = measurement.Overlap(m.Left.Segments, m.Right.Segments, 0)
	m.Pair.SideSwap.At = measurement.Never
	return verify.Recording{Measurements: m}
}

func TestChannelOffset(t *testing.T) {
	for _, tt := range []struct {
		shift float64
		want  bool
	}{{0, false}, {0.4, false}, {-0.4, false}, {2, true}, {-2, true}, {3.4, true}} {
		v := verify.Judge(exchange(tt.shift), verify.Case{Declaration: declare.Default()})
		if got := finds(v, finding.ChannelOffset); got != tt.want {
			t.Errorf("right channel %+.1f s late: channel_offset %v, want %v (%v)", tt.shift, got, tt.want, v.Findings)
		}
		if tt.want && v.Log10LR != 0 {
			t.Errorf("right channel %+.1f s late: timing still weighs %v", tt.shift, v.Log10LR)
		}
	}
}

func TestOrientationChanges(t *testing.T) {
	// In exchange the left side has the first long turn; both take their turns alike.
	for _, tt := range []struct {
		name     string
		e        measurement.SideSwap
		severity finding.Severity // "" for no finding
	}{
		{"too little said to tell", measurement.SideSwap{At: measurement.Never}, ""},
		{"sides that stay", measurement.SideSwap{At: 35, SameSide: 1, CrossSide: 12}, ""},
		{"beyond doubt", measurement.SideSwap{At: 35, SameSide: 20, CrossSide: 2}, finding.Fatal},
		{"likely", measurement.SideSwap{At: 35, SameSide: 8, CrossSide: 4.5}, finding.Warning},
	} {
		rec := exchange(0)
		rec.Measurements.Pair.SideSwap = tt.e
		v := verify.Judge(rec, verify.Case{Declaration: declare.Default()})
		var got finding.Severity
		for _, f := range v.Findings {
			if f.Code == finding.OrientationChanges {
				got = f.Severity
			}
		}
		if got != tt.severity {
			t.Errorf("%s: severity %q, want %q", tt.name, got, tt.severity)
		}
		if unusable := v.Outcome == verify.Unusable; unusable != (tt.severity == finding.Fatal) {
			t.Errorf("%s: %s", tt.name, v.Outcome)
		}
		if weighed := v.Log10LR != 0; weighed != (tt.severity == "") {
			t.Errorf("%s: log10 LR %v", tt.name, v.Log10LR)
		}
	}
}

// TestTurnTakingTurnsAround holds that sides which also exchange their manner need less
// evidence from the sound.
func TestTurnTakingTurnsAround(t *testing.T) {
	rec := exchange(0)
	m := &rec.Measurements
	m.Left.Segments, m.Right.Segments = nil, nil
	for i := range 20 {
		// Long stretches on the left in the first half, on the right in the second, the others short.
		start := 4 * float64(i)
		long, short := &m.Left, &m.Right
		if i >= 10 {
			long, short = short, long
		}
		long.Segments = append(long.Segments, measurement.Segment{Start: start, End: start + 2.5})
		short.Segments = append(short.Segments, measurement.Segment{Start: start + 2.7, End: start + 3.3})
	}
	m.Pair.SideSwap = measurement.SideSwap{At: 40, SameSide: 8, CrossSide: 4.7}
	v := verify.Judge(rec, verify.Case{Declaration: declare.Default()})
	if v.Outcome != verify.Unusable || !finds(v, finding.OrientationChanges) {
		t.Errorf("%s, %v", v.Outcome, v.Findings)
	}
}
