package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/verify/consumer"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/lint"
)

// lintText writes what was found in files, for a person.
func lintText(w io.Writer, r *lint.Report, o Options) error {
	p := &sheet{}
	width := o.Width
	if width == 0 {
		width = DefaultWidth
	}
	width = min(max(width, MinWidth), MaxWidth)
	indented := func(indent, text string) {
		for _, line := range wrap(text, width-len(indent)) {
			p.line("%s%s", indent, line)
		}
	}
	for _, f := range r.Findings {
		p.line("%s: %s: %s", lintPlace(f), f.Severity, f.Code)
		if f.Pointer != "" {
			p.line("  at %s", escape.Text(f.Pointer))
		}
		indented("  ", escape.Text(f.Detail))
		indented("  ", "Why it matters: "+f.Why)
		indented("  ", "What to do: "+f.Cure)
		if f.Corrected != "" {
			p.line("  Corrected: %s", escape.Text(f.Corrected))
		}
		p.line("")
	}
	for _, f := range r.Files {
		p.line("%s: %s, %s", escape.Text(f.File), f.Is, lintCounts(r, f.File))
	}
	if len(r.Consumers) > 0 && o.Consumers {
		p.line("\nWho would read recordings rightly that are made and declared so")
		p.consumers(r.Consumers)
	}
	return p.write(w, o)
}

// lintPlace is FILE:LINE:COLUMN, which editors and terminals follow.
func lintPlace(f lint.Finding) string {
	if f.Line == 0 {
		return escape.Text(f.File)
	}
	return fmt.Sprintf("%s:%d:%d", escape.Text(f.File), f.Line, f.Column)
}

func lintCounts(r *lint.Report, file string) string {
	warnings, infos := 0, 0
	for _, f := range r.Findings {
		switch {
		case f.File != file:
		case f.Severity == finding.Info:
			infos++
		default:
			warnings++
		}
	}
	if warnings+infos == 0 {
		return "no findings"
	}
	return fmt.Sprintf("%s, %d info", plural(warnings, "warning"), infos)
}

// consumers writes how each consumer would read a recording.
func (p *sheet) consumers(all []consumer.Reading) {
	p.table(func(row func(...string)) {
		for _, r := range all {
			how := map[consumer.Reads]string{
				consumer.Rightly: "reads it rightly", consumer.Wrongly: "reads it WRONGLY",
				consumer.MustTell: "must be told", consumer.Unknown: "not known",
			}[r.Reads]
			row(r.What, how, strings.TrimSpace(r.Setting+r.Note))
		}
	})
}
