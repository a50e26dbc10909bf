package evaluate

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/report"
	"github.com/otoscope/otoscope/verify/stat"
)

// Text writes the report for a person.
func (r *FaultReport) Text(w io.Writer, ascii bool) error {
	var p page
	heard := "sound alone"
	if r.UseMetadata {
		heard = "sound and directions"
	}
	p.line("%s", escape.Text(fmt.Sprintf("Faults made in %s, each judged straight and exchanged; %s, profile %s, seed %d",
		plural(r.Recordings, "recording"), heard, r.Profile, r.Seed)))
	p.line("\nBy kind of fault")
	p.table(func(row func(...string)) {
		row("fault", "made", "right", "wrong", "undecided", "refused", "named", "silent", "named by")
		for i := range r.Kinds {
			row(append([]string{r.Kinds[i].Kind}, r.Kinds[i].cells()...)...)
		}
	})
	p.line("  right, wrong: decided at %s and more. refused: unusable. named: with a warning that the recording", percent(stat.Number(r.MinConfidence)))
	p.line("  does not have without the fault. silent: decided without one.")
	p.line("\nBy strength")
	p.table(func(row func(...string)) {
		row("fault", "strength", "on", "made", "right", "wrong", "undecided", "refused", "named", "silent", "named by")
		last := ""
		for i := range r.Rows {
			f := &r.Rows[i]
			name := f.Kind
			if name == last {
				name = ""
			}
			last = f.Kind
			row(append([]string{name, f.Label, string(f.Party)}, f.cells()...)...)
		}
	})
	r.wrong(&p)
	if len(r.Unreadable) > 0 {
		p.line("\nNot measured")
		for _, u := range r.Unreadable {
			p.line("  %s (line %d): %s", escape.Text(u.File), u.Line, escape.Text(u.Message))
			if u.Hint != "" {
				p.line("    %s", escape.Text(u.Hint))
			}
		}
	}
	text := p.String()
	if ascii {
		text = report.ASCII(text)
	}
	_, err := io.WriteString(w, text)
	return err
}

// cells are the counts of a row.
func (c *FaultCounts) cells() []string {
	var out []string
	for _, n := range []int{c.Made, c.Right, c.Wrong, c.Undecided, c.Refused, c.Named, c.Silent} {
		out = append(out, fmt.Sprint(n))
	}
	codes := slices.SortedFunc(maps.Keys(c.NamedBy), func(a, b finding.Code) int {
		if c.NamedBy[a] != c.NamedBy[b] {
			return c.NamedBy[b] - c.NamedBy[a]
		}
		return strings.Compare(string(a), string(b))
	})
	var names []string
	for _, code := range codes {
		names = append(names, fmt.Sprintf("%s %d", code, c.NamedBy[code]))
	}
	return append(out, strings.Join(names, ", "))
}

// wrong lists the recordings that were decided wrongly, and those that break the law
// that exchanging the channels negates the ratio.
func (r *FaultReport) wrong(p *page) {
	n := 0
	for i := range r.Rows {
		f := &r.Rows[i]
		for _, w := range f.WrongFiles {
			switch {
			case n == 0:
				p.line("\nDecided wrongly")
			case n == listed:
				p.line("  and more: --format json lists them all")
			}
			n++
			if n > listed {
				continue
			}
			layout := ""
			if w.Exchanged {
				layout = ", exchanged"
			}
			truth := "in truth it is the " + w.Left
			if w.Left == Mixed {
				truth = "in truth neither side is right"
			}
			p.line("  %s (%s%s): the %s is heard on the left (%+.2f); %s", escape.Text(w.File), f.name(), layout, w.Heard, w.Log10LR, truth)
			for _, e := range w.Evidence {
				p.line("    %-12s %+.2f  %s", escape.Text(e.Name), e.Log10LR, escape.Text(e.Detail))
			}
		}
	}
	for i := range r.Rows {
		if f := &r.Rows[i]; len(f.MirrorBroken) > 0 {
			p.line("\nNot exactly negated by exchanging the channels, %s: %s", f.name(), escape.Text(strings.Join(f.MirrorBroken, ", ")))
		}
	}
}

// name is the fault with its strength and party.
func (f *FaultRow) name() string {
	name := f.Kind
	if f.Label != "" {
		name += " " + f.Label
	}
	if f.Party != "" {
		name += ", " + string(f.Party) + "'s channel"
	}
	return name
}
