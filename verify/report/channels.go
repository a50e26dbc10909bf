package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
)

// channels sets the two channels side by side.
func (p *page) channels(v verify.Verdict) {
	sides := sides(v)
	if len(sides) == 0 {
		return
	}
	p.line("")
	heads := fileTitles(v)
	if heads == nil {
		heads = titles(sides)
	}
	p.table(heads, p.channelRows(v, sides))
}

// A side is one channel of the verdict with its name and its result.
type side struct {
	name            string
	declared, heard declare.Role // "" where unknown
	*verify.Side
	answers *measurement.ResponseLatency // nil where unknown
	segment []measurement.Segment
	blanks  []measurement.Blank
}

// sides returns the channels that were measured, left first.
func sides(v verify.Verdict) []side {
	var all []side
	if v.Left != nil {
		s := side{name: "Left", Side: v.Left}
		if v.Right == nil {
			s.name = "Mono"
		}
		all = append(all, s)
	}
	if v.Right != nil {
		all = append(all, side{name: "Right", Side: v.Right})
	}
	for i := range all {
		s := &all[i]
		right := s.Side == v.Right
		if v.Declared != nil {
			s.declared = roleOf(*v.Declared, right)
		}
		if v.Heard != nil {
			s.heard = roleOf(*v.Heard, right)
		}
		if m := v.Measurements; m != nil && right {
			s.segment, s.blanks, s.answers = m.Right.Segments, m.Right.Blanks, &m.Pair.RightResponse
		} else if m != nil {
			s.segment, s.blanks, s.answers = m.Left.Segments, m.Left.Blanks, &m.Pair.LeftResponse
		}
	}
	return all
}

func roleOf(s declare.Sides, right bool) declare.Role {
	if right {
		return s.Right
	}
	return s.Left
}

func titles(sides []side) []string {
	var t []string
	for _, s := range sides {
		t = append(t, s.name)
	}
	return t
}

// figure makes a table's row by asking each side for its cell.
func figure(name string, sides []side, cell func(side) string) row {
	r := row{name: name}
	for _, s := range sides {
		r.cells = append(r.cells, cell(s))
	}
	return r
}

// channelRows returns what a person compares the channels by.
func (p *page) channelRows(v verify.Verdict, sides []side) []row {
	rows := []row{
		figure("declared", sides, func(s side) string { return or(string(s.declared), "–") }),
		figure("heard", sides, func(s side) string { return p.heardAs(v, s) }),
		figure("speech level", sides, func(s side) string {
			if len(s.segment) == 0 && s.Timing.TalkS == 0 {
				return "no speech"
			}
			return level(s.Levels.ActiveSpeechLevel, "dBov")
		}),
		figure("noise floor", sides, func(s side) string { return level(s.Levels.NoiseFloor, "dBov") }),
		figure("talk time", sides, func(s side) string {
			return fmt.Sprintf("%s (%s)", span(s.Timing.TalkS), share(s.Timing.TalkS, heardS(v)))
		}),
		figure("turns", sides, func(s side) string {
			if s.Timing.Turns == 0 {
				return "0"
			}
			return fmt.Sprintf("%d, longest %s", s.Timing.Turns, span(s.Timing.LongestTurnS))
		}),
	}
	if len(sides) == 2 && sides[0].answers != nil {
		rows = append(rows, figure("answers after", sides, func(s side) string {
			if s.answers.Count == 0 {
				return "–"
			}
			return fmt.Sprintf("%s (median of %d)", span(s.answers.MedianS), s.answers.Count)
		}))
	}
	rows = append(rows,
		figure("first sound", sides, func(s side) string { return when(s.Timing.FirstSound) }),
		figure("first speech", sides, func(s side) string { return when(s.Timing.FirstSpeech) }),
		figure("digital silence", sides, func(s side) string { return digitalSilence(s.Timing, heardS(v)) }),
	)
	if known(sides, func(s side) bool { return s.Line.BandHighHz > 0 || s.Line.G711 != "" }) {
		rows = append(rows, figure("line", sides, func(s side) string { return line(s.Line) }))
	}
	return rows
}

// heardAs says whom a side was heard as, in the ink of whether it was declared so.
func (p *page) heardAs(v verify.Verdict, s side) string {
	switch {
	case s.heard == "":
		return "–"
	case s.declared == "":
		return string(s.heard)
	case v.Outcome == verify.Undecided && v.Confidence != nil:
		return fmt.Sprintf("%s? (%s)", s.heard, certainty(*v.Confidence))
	case s.heard == s.declared:
		return p.paint(green, string(s.heard))
	default:
		return p.paint(red, string(s.heard))
	}
}

// heardS is how many seconds of a recording were heard.
func heardS(v verify.Verdict) float64 {
	if v.Part != nil {
		return v.Part.HeardS
	}
	return v.DurationS
}

// unheard are the stretches of a recording that were not heard.
func unheard(m *measurement.Measurements) []measurement.Segment {
	if m == nil || m.Part == nil {
		return nil
	}
	return m.Part.Unheard()
}

func digitalSilence(t measurement.Timing, duration float64) string {
	leading, all := t.LeadingDigitalSilenceS, t.DigitalSilenceS
	switch {
	case all < 0.05 && leading < 0.05:
		return "none"
	case !t.FirstSound.Happened(), duration > 0 && all >= duration-0.001:
		return "all of it"
	case leading < 0.05:
		return span(all)
	case all-leading < 0.05:
		return fmt.Sprintf("%s at the start", span(leading))
	default:
		return fmt.Sprintf("%s, %s of it at the start", span(all), span(leading))
	}
}

func line(l measurement.Line) string {
	var facts []string
	if l.BandHighHz > 0 {
		facts = append(facts, fmt.Sprintf("up to %.1f kHz", l.BandHighHz/1000))
	}
	switch l.G711 {
	case "mu":
		facts = append(facts, "G.711 µ-law grid")
	case "a":
		facts = append(facts, "G.711 A-law grid")
	}
	if l.NoiseStep != 0 {
		facts = append(facts, "comfort noise or noise gate")
	}
	return or(strings.Join(facts, ", "), "–")
}

// picture draws who speaks when.
func (p *page) picture(v verify.Verdict) {
	m := v.Measurements
	if m == nil || v.DurationS <= 0 {
		return
	}
	var lanes []lane
	for _, s := range sides(v) {
		l := lane{label: strings.ToLower(s.name), ink: cyan, Channel: measurement.Channel{Timing: s.Timing, Segments: s.segment, Blanks: s.blanks}, unheard: unheard(m)}
		where := finding.Left
		if s.name == "Right" {
			l.ink, where = purple, finding.Right
		}
		if s.heard != "" && v.Outcome != verify.Undecided {
			l.label += " " + string(s.heard)
		}
		lanes = append(lanes, l)
		lanes = append(lanes, placed(v.Findings, where)...)
	}
	if len(lanes) == 0 {
		return
	}
	lanes = append(lanes, placed(v.Findings, "")...)
	p.heading("Who speaks when")
	p.timeline(v.DurationS, lanes)
	legend := "█ speech, · no speech, blank digital silence"
	if m.Part != nil {
		legend += ", ░ not heard"
	}
	if v.Left != nil && v.Right != nil {
		legend += fmt.Sprintf("; both speak %s, neither %s",
			share(m.Pair.DoubleTalkS, heardS(v)), share(m.Pair.MutualSilenceS, heardS(v)))
	}
	if slices.ContainsFunc(lanes, func(l lane) bool { return l.places != nil }) {
		legend += "; × where the finding is"
	}
	p.paragraph("  ", p.paint(dim, legend))
}

// placed returns a row for each finding that is in some places of a side: below the row of
// its channel, or of both where side is empty.
func placed(findings []finding.Finding, side finding.Side) []lane {
	var out []lane
	for _, f := range findings {
		if f.Severity == finding.Info {
			continue
		}
		l := lane{label: "  " + string(f.Code), ink: yellow}
		if f.Severity == finding.Fatal {
			l.ink = red
		}
		for _, place := range f.Places {
			if place.Side == side {
				l.places = append(l.places, measurement.Segment{Start: place.FromS, End: place.ToS})
			}
		}
		if len(l.places) > 0 {
			out = append(out, l)
		}
	}
	return out
}

// or returns s, or what to say instead of nothing.
func or(s, instead string) string {
	if s == "" {
		return instead
	}
	return s
}

func known(sides []side, is func(side) bool) bool {
	for _, s := range sides {
		if is(s) {
			return true
		}
	}
	return false
}
