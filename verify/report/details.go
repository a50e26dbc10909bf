package report

import (
	"fmt"
	"strings"

	"github.com/otoscope/otoscope/audio/meter"
	"github.com/otoscope/otoscope/verify"
)

// details writes every measurement that the short report leaves out.
func (p *page) details(v verify.Verdict) {
	if sides := sides(v); len(sides) > 0 {
		p.heading("All measurements")
		p.table(titles(sides), detailRows(sides))
		if m := v.Measurements; m != nil && m.Channels == 2 {
			p.line("")
			p.pair(m.Pair)
		}
		if v.Measurements != nil {
			p.segments(sides)
		}
	}
	p.provenance(v)
}

func detailRows(sides []side) []row {
	rows := []row{
		figure("RMS", sides, func(s side) string { return level(s.Energy.RMS, "dBov") }),
		figure("peak", sides, func(s side) string { return level(s.Energy.Peak, "dBFS") }),
		figure("activity factor", sides, func(s side) string { return fmt.Sprintf("%.3f", s.Energy.ActivityFactor) }),
		figure("DC", sides, func(s side) string { return signed("%+.6f", s.Energy.DC) }),
		figure("clipped samples", sides, func(s side) string {
			if s.Energy.ClippedSamples == 0 {
				return "0"
			}
			return fmt.Sprintf("%d, at %s", s.Energy.ClippedSamples, level(s.Energy.ClipLevel, "dBFS"))
		}),
		figure("last speech", sides, func(s side) string { return when(s.Timing.LastSpeech) }),
		figure("mean turn", sides, func(s side) string { return span(s.Timing.MeanTurnS) }),
		figure("leading digital silence", sides, func(s side) string { return fmt.Sprintf("%.4f s", s.Timing.LeadingDigitalSilenceS) }),
		figure("digital silence", sides, func(s side) string { return fmt.Sprintf("%.4f s", s.Timing.DigitalSilenceS) }),
		figure("bandwidth", sides, func(s side) string { return fmt.Sprintf("%.0f Hz", s.Line.BandwidthHz) }),
	}
	if sides[0].answers != nil && len(sides) == 2 {
		rows = append(rows, figure("mean answer", sides, func(s side) string { return span(s.answers.MeanS) }))
	}
	return rows
}

// pair writes what the channels are to each other.
func (p *page) pair(m meter.Pair) {
	p.paragraph("  double talk      ", fmt.Sprintf("%.2f s", m.DoubleTalkS))
	p.paragraph("  mutual silence   ", fmt.Sprintf("%.2f s", m.MutualSilenceS))
	p.paragraph("  correlation      ", signed("%+.4f", m.Copy.Correlation)+" at lag zero")
	switch m.Copy.Kind {
	case meter.Equal:
		p.paragraph("  copy             ", "the channels are equal")
	case meter.Gain:
		p.paragraph("  copy             ", "right is left at "+signed("%+.2f dB", m.Copy.GainDB))
	case meter.Inverted:
		p.paragraph("  copy             ", "right is left inverted, at "+signed("%+.2f dB", m.Copy.GainDB))
	}
}

// segments lists the stretches of speech.
func (p *page) segments(sides []side) {
	p.heading("Segments of speech")
	for _, s := range sides {
		var times []string
		for _, g := range s.segment {
			times = append(times, clock(g.Start)+"–"+clock(g.End))
		}
		p.paragraph("  "+pad(strings.ToLower(s.name), len("right"))+"  ", or(strings.Join(times, " "), "none"))
	}
}

// provenance says what gave this result.
func (p *page) provenance(v verify.Verdict) {
	p.heading("Provenance")
	add := func(name, value string) {
		if value != "" {
			p.paragraph("  "+pad(name, len("otoscope"))+"  ", value)
		}
	}
	add("sha256", v.SHA256)
	if v.Bytes > 0 {
		add("bytes", fmt.Sprint(v.Bytes))
	}
	add("otoscope", v.Version)
	add("profile", v.Profile)
	if m := v.Measurements; m != nil {
		add("schema", fmt.Sprintf("verdict %d, measurements %d", v.Schema, m.Schema))
	}
}
