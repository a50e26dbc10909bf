package report

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/cohort"
	"github.com/otoscope/otoscope/verify/cohort/rates"
	"github.com/otoscope/otoscope/verify/stat"
)

// cohortText writes what many recordings together say, for a person.
func cohortText(w io.Writer, r *cohort.Report, o Options) error {
	p := &sheet{}
	p.line("%s, %d with a fingerprint.", plural(r.Recordings, "recording"), r.Traced)
	p.line("")
	p.table(func(row func(...string)) {
		row("", "match", "swapped", "unusable", "undecided", "error")
		for _, c := range []struct {
			name   string
			counts map[verify.Outcome]int
		}{{"each by itself", r.Own}, {"all together", r.Cohort}} {
			cells := []string{c.name}
			for _, o := range verify.Outcomes() {
				cells = append(cells, fmt.Sprint(c.counts[o]))
			}
			row(cells...)
		}
	})
	p.line("\nExchanged: %s of all recordings, likely %s; whatever the undecided ones are, %s.", likely(r.All.Rate), bounds(r.All.Likely), bounds(r.All.Worst))
	p.turn("", r.All.Turn)
	p.sounds(r.Sounds)
	if r.Voices != "" {
		p.line("\nVoices: %s.", escape.Text(r.Voices))
	}
	if len(r.Copies) > 0 {
		p.line("\nThe same speech in two recordings, which no prompt explains: one of them holds a part of another call")
		for _, c := range r.Copies[:min(shownGroups, len(r.Copies))] {
			p.line("  %s and %s", spot(c.A), spot(c.B))
		}
	}
	p.groups(r.Groups)
	p.cost(r)
	return p.write(w, o)
}

func spot(p cohort.Place) string {
	return fmt.Sprintf("%s, %s, %s to %s", escape.Text(p.ID), escape.Text(p.Channel), measurement.Clock(p.StartS), measurement.Clock(p.EndS))
}

// sounds lists what recurs.
func (p *sheet) sounds(all []cohort.Sound) {
	if len(all) == 0 {
		return
	}
	p.line("\nSound that recurs")
	for i, s := range all[:min(shownGroups, len(all))] {
		whose := "tells nothing"
		if s.Owner != "" {
			whose = fmt.Sprintf("the %s's side (odds of %.0f to 1)", s.Owner, math.Pow(10, s.Log10Odds))
		}
		p.line("  %d. %.1f s from %s on: %s", i+1, s.Seconds, measurement.Clock(s.StartS), whose)
		p.line("     %s.", escape.Text(s.Why))
		p.line("     To hear it: %s.", spot(s.Example))
	}
	if more := len(all) - shownGroups; more > 0 {
		p.line("  and %d more; --format json has them", more)
	}
}

// groups shows the groups, the most exchanged first.
func (p *sheet) groups(all []cohort.Group) {
	if len(all) == 0 {
		return
	}
	p.line("")
	var turns []cohort.Group
	p.table(func(row func(...string)) {
		row("group", "recordings", "exchanged", "likely", "at worst", "in a word")
		for _, g := range all[:min(2*shownGroups, len(all))] {
			row(escape.Text(g.Name+"="+g.Value), fmt.Sprint(g.Calls), likely(g.Rate), bounds(g.Likely), bounds(g.Worst), word(g.Word))
		}
	})
	for _, g := range all {
		if g.Turn != nil {
			turns = append(turns, g)
		}
	}
	if more := len(all) - 2*shownGroups; more > 0 {
		p.line("  and %s more; --format json has them", plural(more, "group"))
	}
	for _, g := range turns[:min(shownGroups, len(turns))] {
		p.turn(g.Name+"="+g.Value+": ", g.Turn)
	}
}

func word(w rates.Word) string { return strings.ReplaceAll(string(w), "_", " ") }

// turn says when recordings turned.
func (p *sheet) turn(who string, t *rates.Turn) {
	if t == nil {
		return
	}
	p.line("%sExchanged %s since %s (between %s and %s), %s before. First: %s.", escape.Text(who), likely(t.After.Rate), day(t.At), day(t.From), day(t.To), likely(t.Before.Rate), escape.Text(t.Since))
}

func day(t time.Time) string {
	if t.Equal(t.Truncate(24 * time.Hour)) {
		return t.UTC().Format(time.DateOnly)
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}

// cost says what the declaration makes of the talk measures.
func (p *sheet) cost(r *cohort.Report) {
	if r.All.Cost == nil {
		return
	}
	p.line("")
	p.costs(*r.All.Cost, func(show func(string, cohort.Cost)) {
		shown := 0
		for _, g := range r.Groups {
			if g.Cost != nil && shown < shownGroups {
				show(g.Name+"="+g.Value, *g.Cost)
				shown++
			}
		}
	})
}

func average(m cohort.Mean) string {
	if !m.Mean.Known() {
		return "-"
	}
	if m.Interval == nil {
		return fmt.Sprintf("%.0f %%", 100*float64(m.Mean))
	}
	return fmt.Sprintf("%.0f %% (%.0f-%.0f)", 100*float64(m.Mean), 100*max(0, m.Interval[0]), 100*min(1, m.Interval[1]))
}

// likely writes a rate from the grid of the estimates.
func likely(p float64) string {
	switch {
	case p < 0.005:
		return "under 1 %"
	case p > 0.995:
		return "over 99 %"
	}
	return fmt.Sprintf("%.0f %%", 100*p)
}

func bounds(i stat.Interval) string { return fmt.Sprintf("%.0f-%.0f %%", 100*i[0], 100*i[1]) }
