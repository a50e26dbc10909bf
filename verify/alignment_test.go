package verify_test

import (
	"testing"

	"github.com/otoscope/otoscope/audio/meter"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
)

// exchange is two sides that take turns of 3 s with half a second between,
// the right one shifted.
func exchange(shift float64) verify.Recording {
	m := meter.Measurements{Schema: meter.Schema, SampleRate: 8000, Channels: 2, DurationS: 90, Frames: 720000}
	for i := range 20 {
		start := 1 + 3.5*float64(i)
		side, by := &m.Left, 0.0
		if i%2 == 1 {
			side, by = &m.Right, shift
		}
		side.Segments = append(side.Segments, meter.Segment{Start: start + by, End: start + 3 + by})
		side.Timing.TalkS += 3
	}
	m.Left.Timing.FirstSpeech = meter.Time(m.Left.Segments[0].Start)
	m.Right.Timing.FirstSpeech = meter.Time(m.Right.Segments[0].Start)
	m.Pair.DoubleTalkS = meter.Overlap(m.Left.Segments, m.Right.Segments, 0)
	m.Pair.Exchange.At = meter.Never
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
	rec := exchange(0)
	if v := verify.Judge(rec, verify.Case{Declaration: declare.Default()}); finds(v, finding.OrientationChanges) || v.Outcome == verify.Unusable {
		t.Errorf("sides that stay: %s, %v", v.Outcome, v.Findings)
	}
	rec.Measurements.Pair.Exchange = meter.Exchange{At: 65, Straight: 20, Crossed: 2}
	v := verify.Judge(rec, verify.Case{Declaration: declare.Default()})
	if !finds(v, finding.OrientationChanges) || v.Outcome != verify.Unusable || v.Heard != nil {
		t.Errorf("sides that change places: %s, heard %v, %v", v.Outcome, v.Heard, v.Findings)
	}
}
