package verify_test

import (
	"testing"

	"github.com/otoscope/otoscope/audio/meter"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
)

// TestPairFindings holds what the measurements of the pair come to.
func TestPairFindings(t *testing.T) {
	heard := func(gain float64) meter.Path { return meter.Path{Strength: 12, GainDB: gain} }
	for _, tt := range []struct {
		name     string
		pair     func(p *meter.Pair)
		code     finding.Code
		severity finding.Severity // "" for none
	}{
		{"nothing", func(*meter.Pair) {}, finding.Bleed, ""},
		{"delayed copy", func(p *meter.Pair) { p.Copy = meter.Copy{Kind: meter.Delayed, LagS: 0.18} }, finding.DualMono, finding.Fatal},
		{"recoded copy", func(p *meter.Pair) { p.Copy = meter.Copy{Kind: meter.Recoded} }, finding.DualMono, finding.Fatal},
		{"strong bleed", func(p *meter.Pair) { p.LeftOnRight.Bleed = heard(-8) }, finding.Bleed, finding.Fatal},
		{"weak bleed", func(p *meter.Pair) { p.RightOnLeft.Bleed = heard(-32) }, finding.Bleed, finding.Warning},
		{"echo", func(p *meter.Pair) { p.RightOnLeft.Echo = heard(-12) }, finding.Echo, finding.Info},
		{"one sound for long", func(p *meter.Pair) { p.CommonS = 20 }, finding.DualMono, finding.Fatal},
		{"one sound for a moment", func(p *meter.Pair) { p.CommonS = 2 }, finding.DualMono, finding.Warning},
		{"shifted", func(p *meter.Pair) { p.Shift.RightLateS = -0.6 }, finding.ChannelOffset, finding.Warning},
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
