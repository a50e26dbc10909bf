package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/verify/cohort/discover"
)

// Discovered is which rule put the parties on the channels.
type Discovered struct {
	Schema     int              `json:"schema"`
	Recordings int              `json:"recordings"`
	Rules      []discover.Found `json:"rules"` // the likeliest first
	// Settings are the lines to paste for each consumer, where a rule was found.
	Settings []discover.Setting `json:"settings"`
}

// discoveredText writes the rule for a person.
func discoveredText(w io.Writer, d Discovered, o Options) error {
	p := &sheet{}
	best := d.Rules[0]
	if best.Named() {
		p.line("Left is %s (%.1f %%).", best.Left, 100*best.Probability)
	} else {
		p.line("No rule is sure in %s. The likeliest: left is %s (%.1f %%).", plural(d.Recordings, "recording"), best.Left, 100*best.Probability)
	}
	if best.Agree+best.Against > 0 {
		p.line("Of the %s that it speaks of and that are decided, %d agree; exceptions: %s.", plural(best.Agree+best.Against, "recording"), best.Agree, exceptions(best))
	}
	for _, s := range best.Same {
		p.line("Or left is %s: these recordings cannot tell. %s would.", s.Left, strings.ToUpper(s.Needs[:1])+s.Needs[1:])
	}
	p.line("")
	p.table(func(row func(...string)) {
		row("left is", "by", "probability", "agree", "against")
		for _, r := range d.Rules[:min(6, len(d.Rules))] {
			row(r.Left, strings.ReplaceAll(string(r.Kind), "_", " "), fmt.Sprintf("%.2f %%", 100*r.Probability), fmt.Sprint(r.Agree), fmt.Sprint(r.Against))
		}
	})
	if len(d.Settings) > 0 {
		p.line("\nThe setting for each consumer")
		for _, s := range d.Settings {
			p.line("  %s: %s", s.Consumer, s.Line)
			if s.Note != "" {
				p.line("    %s", s.Note)
			}
		}
	}
	return p.write(w, o)
}

func exceptions(f discover.Found) string {
	if len(f.Exceptions) == 0 {
		return "none"
	}
	var names []string
	for _, id := range f.Exceptions[:min(shownRecordings, len(f.Exceptions))] {
		names = append(names, escape.Text(id))
	}
	text := strings.Join(names, ", ")
	if more := len(f.Exceptions) - shownRecordings; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
