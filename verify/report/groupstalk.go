package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/verify/cohort"
)

// groupsTalkText writes what the declaration makes of the talk measures, for a person.
func groupsTalkText(w io.Writer, t cohort.Talk, o Options) error {
	p := &sheet{}
	if t.All == nil {
		p.line("Declared and decided: 0 of %s, so there is nothing to compare.", plural(t.Recordings, "recording"))
		return p.write(w, o)
	}
	p.line("Declared and decided: %d of %s.", t.All.AgentShareHeard.N, plural(t.Recordings, "recording"))
	p.line("")
	p.costs(*t.All, func(show func(string, cohort.Cost)) {
		for _, g := range t.Groups {
			show(g.Name+"="+g.Value, g.Cost)
		}
	})
	return p.write(w, o)
}

// costs shows the measures of all recordings and of the groups that rows gives.
func (p *sheet) costs(all cohort.Cost, rows func(show func(group string, c cohort.Cost))) {
	p.line("The agent's share of the talk, crosstalk and silence as shares of the call (mean, 95 %% interval)")
	p.table(func(row func(...string)) {
		row("", "as declared", "as heard", "crosstalk", "silence")
		show := func(name string, c cohort.Cost) {
			row(escape.Text(name), average(c.AgentShareDeclared), average(c.AgentShareHeard), average(c.CrosstalkShare), average(c.SilenceShare))
		}
		show("all recordings", all)
		rows(show)
	})
}

// groupsTalkCSV writes the same for spreadsheets: a row for all recordings, whose group is empty,
// and one for each group; of each measure its mean and the ends of its 95 % interval.
func groupsTalkCSV(w io.Writer, t cohort.Talk, _ Options) error {
	table := csv.NewWriter(w)
	header := []string{"group", "value", "recordings"}
	for _, measure := range []string{"agent_share_declared", "agent_share_heard", "crosstalk_share", "silence_share"} {
		header = append(header, measure, measure+"_low", measure+"_high")
	}
	rows := [][]string{header}
	add := func(group, value string, c cohort.Cost) {
		row := []string{escape.Cell(group), escape.Cell(value), strconv.Itoa(c.AgentShareHeard.N)}
		for _, m := range []cohort.Mean{c.AgentShareDeclared, c.AgentShareHeard, c.CrosstalkShare, c.SilenceShare} {
			low, high := "", ""
			if m.Interval != nil {
				low, high = decimal(m.Interval[0], 4), decimal(m.Interval[1], 4)
			}
			row = append(row, decimal(float64(m.Mean), 4), low, high)
		}
		rows = append(rows, row)
	}
	if t.All != nil {
		add("", "", *t.All)
	}
	for _, g := range t.Groups {
		add(g.Name, g.Value, g.Cost)
	}
	if err := table.WriteAll(rows); err != nil {
		return fmt.Errorf("writing CSV: %w", err)
	}
	return nil
}
