package verify_test

import (
	"testing"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
)

// TestPairFindings holds the findings for the measurements of the pair.
func TestPairFindings(t *testing.T) {
	heard := func(gain float64) measurement.EchoPath {
		return measurement.EchoPath{Strength: 12, GainDB: gain, Share: 1}
	}
	late := func(gain, lag float64) measurement.EchoPath { p := heard(gain); p.LagS = lag; return p }
	for _, tt := range []struct {
		name     string
		pair     func(p *measurement.Pair)
		code     finding.Code
		severity finding.Severity // "" for none
	}{
		{"nothing", func(*measurement.Pair) {}, finding.Bleed, ""},
		{"delayed copy", func(p *measurement.Pair) { p.Duplicate = measurement.Duplicate{Kind: measurement.Delayed, LagS: 0.18} }, finding.DualMono, finding.Fatal},
		{"recoded copy", func(p *measurement.Pair) { p.Duplicate = measurement.Duplicate{Kind: measurement.Transcoded} }, finding.DualMono, finding.Fatal},
		{"strong bleed", func(p *measurement.Pair) { p.LeftOnRight.Crosstalk = heard(-8) }, finding.Bleed, finding.Fatal},
		{"a mix on the right", func(p *measurement.Pair) { p.LeftOnRight.Crosstalk = heard(-1) }, finding.BothParties, finding.Fatal},
		{"a mix on both", func(p *measurement.Pair) { p.LeftOnRight.Crosstalk, p.RightOnLeft.Crosstalk = heard(-4), heard(-4) }, finding.Bleed, finding.Fatal},
		{"weak bleed", func(p *measurement.Pair) { p.RightOnLeft.Crosstalk = heard(-32) }, finding.Bleed, finding.Warning},
		{"strong bleed for a part", func(p *measurement.Pair) { b := heard(-8); b.Share = 0.1; p.LeftOnRight.Crosstalk = b }, finding.Bleed, finding.Warning},
		{"echo", func(p *measurement.Pair) { p.RightOnLeft.Echo = late(-32, 0.2) }, finding.Echo, finding.Info},
		{"loud echo", func(p *measurement.Pair) { p.RightOnLeft.Echo = late(-12, 0.2) }, finding.Echo, finding.Warning},
		{"before its own word", func(p *measurement.Pair) { p.RightOnLeft.Echo = late(-12, -0.04) }, finding.Bleed, finding.Fatal},
		{"bleed of shifted channels", func(p *measurement.Pair) { p.LeftOnRight.Echo, p.Skew.RightLateS = late(-12, 0.3), 0.3 }, finding.Bleed, finding.Fatal},
		{"one sound for long", func(p *measurement.Pair) { p.CommonS = 20 }, finding.DualMono, finding.Fatal},
		{"one sound for a moment", func(p *measurement.Pair) { p.CommonS = 2 }, finding.DualMono, finding.Warning},
		{"running apart", func(p *measurement.Pair) { p.Skew.DriftPPM = 5000 }, finding.ChannelOffset, finding.Warning},
		{"shifted by little", func(p *measurement.Pair) { p.Skew.RightLateS = 0.1 }, finding.ChannelOffset, ""},
		{"shifted", func(p *measurement.Pair) { p.Skew.RightLateS = -0.6 }, finding.ChannelOffset, finding.Warning},
	} {
		rec := exchange(0)
		tt.pair(&rec.Measurements.Pair)
		v := verify.Judge(rec, verify.Case{Declaration: declare.Default()})
		var got finding.Severity
		for _, f := range v.Findings {
			if f.Code == tt.code {
				got = f.Severity
			}
		}
		if got != tt.severity {
			t.Errorf("%s: %s has severity %q, want %q (%v)", tt.name, tt.code, got, tt.severity, v.Findings)
		}
		if unusable := v.Outcome == verify.Unusable; unusable != (tt.severity == finding.Fatal) {
			t.Errorf("%s: %s", tt.name, v.Outcome)
		}
	}
}

// TestOneWithinTheOther holds the conditions for a party on both channels if no bleed was
// measured.
func TestOneWithinTheOther(t *testing.T) {
	for _, tt := range []struct {
		name        string
		correlation float64
		share       float64 // of the left channel's talk that is under the right one's
		want        bool
	}{
		{"one party on both", 0.65, 1, true},
		{"the same, inverted", -0.65, 1, true},
		{"two parties who talk at once", 0.002, 1, false},
		{"a hum on both", 0.5, 0.2, false},
	} {
		rec := exchange(0)
		m := &rec.Measurements
		less := min(m.Left.Timing.TalkS, m.Right.Timing.TalkS)
		m.Pair.Duplicate.Correlation, m.Pair.DoubleTalkS = tt.correlation, tt.share*less
		v := verify.Judge(rec, verify.Case{Declaration: declare.Default()})
		if got := finds(v, finding.BothParties); got != tt.want || got != (v.Outcome == verify.Unusable) {
			t.Errorf("%s: %s, %+v", tt.name, v.Outcome, v.Findings)
		}
	}
}

// TestBleedOntoNobody holds that bleed on a channel without a speaker is covered by the
// finding that nobody speaks there.
func TestBleedOntoNobody(t *testing.T) {
	rec := exchange(0)
	m := &rec.Measurements
	m.Right.Segments, m.Right.Timing = nil, measurement.Timing{FirstSpeech: measurement.Never, LastSpeech: measurement.Never}
	m.Right.Levels.ActiveSpeechLevel = m.Left.Levels.ActiveSpeechLevel - 30
	m.Pair.LeftOnRight.Crosstalk = measurement.EchoPath{Strength: 30, GainDB: -30, Share: 1}
	v := verify.Judge(rec, verify.Case{Declaration: declare.Default()})
	for _, f := range v.Findings {
		if f.Code == finding.Bleed && f.Severity != finding.Warning {
			t.Errorf("%+v", f)
		}
	}
	if !finds(v, finding.OnePartyMissing) {
		t.Errorf("no word of the missing party: %+v", v.Findings)
	}
}
