package report

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/verify/evaluate"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/stat"
)

// faultTrials are laid out for a person.
type faultTrials struct{ *evaluate.FaultReport }

// faultsText writes how the made faults were judged, for a person.
func faultsText(w io.Writer, report *evaluate.FaultReport, o Options) error {
	r, p := faultTrials{report}, &sheet{}
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
			row(append([]string{r.Kinds[i].Kind}, faultCells(&r.Kinds[i].FaultCounts)...)...)
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
			row(append([]string{name, f.Label, string(f.Party)}, faultCells(&f.FaultCounts)...)...)
		}
	})
	r.wrong(p)
	p.unreadable(r.Unreadable)
	return p.write(w, o)
}

// faultCells are the counts of a row.
func faultCells(c *evaluate.FaultCounts) []string {
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
func (r faultTrials) wrong(p *sheet) {
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
			if w.Left == evaluate.Mixed {
				truth = "in truth neither side is right"
			}
			p.line("  %s (%s%s): the %s is heard on the left (%+.2f); %s", escape.Text(w.File), faultName(f), layout, w.Heard, w.Log10LR, truth)
			for _, e := range w.Evidence {
				p.line("    %-12s %+.2f  %s", escape.Text(e.Name), e.Log10LR, escape.Text(e.Detail))
			}
		}
	}
	for i := range r.Rows {
		if f := &r.Rows[i]; len(f.MirrorBroken) > 0 {
			p.line("\nNot exactly negated by exchanging the channels, %s: %s", faultName(f), escape.Text(strings.Join(f.MirrorBroken, ", ")))
		}
	}
}

// faultName is the fault with its strength and party.
func faultName(f *evaluate.FaultRow) string {
	name := f.Kind
	if f.Label != "" {
		name += " " + f.Label
	}
	if f.Party != "" {
		name += ", " + string(f.Party) + "'s channel"
	}
	return name
}
