package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/verify/evaluate"
	"github.com/otoscope/otoscope/verify/stat"
)

// A sheet collects lines and tables; foreign words must go through escape.Text.
type sheet struct{ bytes.Buffer }

func (p *sheet) line(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

// table aligns columns that are separated by tabs.
func (p *sheet) table(fill func(row func(cells ...string))) {
	var aligned bytes.Buffer
	w := tabwriter.NewWriter(&aligned, 0, 0, 2, ' ', 0)
	fill(func(cells ...string) { fmt.Fprintln(w, "  "+strings.Join(cells, "\t")) })
	w.Flush() // to memory
	for line := range strings.Lines(aligned.String()) {
		p.line("%s", strings.TrimRight(line, " \n"))
	}
}

// write writes the sheet, in ASCII where that is asked for.
func (p *sheet) write(w io.Writer, o Options) error {
	text := p.String()
	if o.ASCII {
		text = toASCII(text)
	}
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// unreadable lists the labelled recordings that could not be measured.
func (p *sheet) unreadable(list []evaluate.Unreadable) {
	if len(list) == 0 {
		return
	}
	p.line("\nNot measured")
	for _, u := range list {
		p.line("  %s (line %d): %s", escape.Text(u.File), u.Line, escape.Text(u.Message))
		if u.Hint != "" {
			p.line("    %s", escape.Text(u.Hint))
		}
	}
}

// An evaluation is laid out for a person.
type evaluation struct{ *evaluate.Report }

// evaluationText writes an evaluation for a person.
func evaluationText(w io.Writer, r *evaluate.Report, o Options) error {
	e, p := evaluation{r}, &sheet{}
	p.line("%s", escape.Text(e.summary()))
	e.headline(p)
	e.wrong(p)
	e.reliabilityTable(p)
	e.evidenceTable(p)
	e.faultTable(p)
	e.activity(p)
	strataTable(p, "By stratum", r.Strata, false)
	e.alike(p)
	e.cueTables(p)
	strataTable(p, "Hard cases, cut from these calls", r.Cuts, true)
	p.unreadable(r.Unreadable)
	return p.write(w, o)
}

// summary says what was judged.
func (r evaluation) summary() string {
	heard := "sound alone"
	if r.UseMetadata {
		heard = "sound, directions and join times"
	}
	if r.Transcripts {
		heard = strings.Replace(heard, "sound alone", "sound", 1) + " and transcripts"
	}
	return fmt.Sprintf("%s, %.0f min; %s, profile %s", plural(r.Recordings, "recording"), r.AudioS/60, heard, r.Profile)
}

// alike gives the figures of sources of equal weight.
func (r evaluation) alike(p *sheet) {
	if a := r.Alike; a != nil {
		p.line("  With equal weight for each of %d sources: forced choice %s right, %s decided, %d of these wrong, Cllr %s.",
			a.Sources, percent(a.ForcedChoice), percent(a.Coverage), a.Wrong, bits(a.Cllr))
	}
}

// cueTables say what each cue is worth before it has a weight.
func (r evaluation) cueTables(p *sheet) {
	if len(r.Cues.BySource) == 0 {
		return
	}
	p.line("\nWhat who speaks when goes by, before it has a weight")
	p.table(func(row func(...string)) {
		row("cue", "source", "direction", "right", "opposite", "silent", "mean", "sd")
		for _, c := range r.Cues.BySource {
			row(c.Cue, cmp.Or(escape.Text(c.Source), "-"), c.Direction, fmt.Sprintf("%d of %d", c.Right, c.Calls), fmt.Sprint(c.Opposite),
				fmt.Sprint(c.Calls-c.Right-c.Opposite), decimals(c.Mean), decimals(c.SD))
		}
	})
	if len(r.Cues.Between) == 0 {
		return
	}
	p.line("\nWhat of it carries over to another source (equal weight for each source)")
	p.table(func(row func(...string)) {
		row("cue", "sources", "right", "mean", "sd within", "sd between", "log10 LR of one unit")
		for _, c := range r.Cues.Between {
			row(c.Cue, fmt.Sprint(c.Sources), percent(c.Right), decimals(c.Mean), decimals(c.SDWithin), decimals(c.SDBetween), decimals(c.Slope))
		}
	})
}

func decimals(n stat.Number) string {
	if !n.Known() {
		return "-"
	}
	return fmt.Sprintf("%+.2f", float64(n))
}

func (r evaluation) headline(p *sheet) {
	f := &r.Figures
	if f.Calls == 0 {
		p.line("\nNo recording is labelled with one party on each channel, so who is on which was not evaluated.")
		return
	}
	p.line("\nWho is on which channel: %s", plural(f.Calls, "call"))
	p.table(func(row func(...string)) {
		row("forced choice", fmt.Sprintf("%d of %d right", f.Right, f.Calls), percent(f.ForcedChoice), between(f.ForcedChoiceInterval))
		row("decided at "+percent(stat.Number(r.MinConfidence)), fmt.Sprintf("%d of %d", f.Decided, f.Calls), percent(f.Coverage), "coverage")
		if f.Decided > 0 {
			row("  of these wrong", fmt.Sprintf("%d of %d", f.WrongDecided, f.Decided), percent(f.DecidedRight)+" right", between(f.DecidedRightInterval))
		}
		row("not decided", fmt.Sprintf("%d undecided, %d unusable", f.Undecided, f.Unusable))
		row("Cllr", bits(f.Cllr), "best possible in this order: "+bits(f.CllrMin))
	})
	p.line("  Each interval covers the true rate with 95 %% probability (Clopper–Pearson), if the calls are independent.")
	right, calls := 0, 0
	for _, b := range r.Reliability { // those with evidence
		right, calls = right+b.Right, calls+b.Calls
	}
	if evaluate.Contradicted(right, calls) {
		p.line("  Most calls sound swapped against their labels. \"left\" must say who really is on the left, not who was declared there: check the labels first.")
	}
}

// listed is how many wrong calls the text shows; JSON has all.
const listed = 50

func (r evaluation) wrong(p *sheet) {
	if len(r.Wrong) == 0 {
		return
	}
	p.line("\nDecided wrongly")
	for i, w := range r.Wrong {
		if i == listed {
			p.line("  and %d more: --format json lists them all", len(r.Wrong)-listed)
			break
		}
		name := escape.Text(w.File)
		if w.Cut != "" {
			name += " (" + strings.TrimSuffix(escape.Text(w.Cut+", "+w.At), ", ") + ")"
		}
		truth := "the " + w.Left + " is on the left; heard otherwise"
		if w.Left == evaluate.Mixed {
			truth = "the sides change places; heard as constant"
		}
		p.line("  %s: %s with %s", name, truth, percent(stat.Number(w.Confidence)))
		for _, e := range w.Evidence {
			p.line("    %-12s %+.2f  %s", escape.Text(e.Name), e.Log10LR, escape.Text(e.Detail))
		}
	}
}

func (r evaluation) reliabilityTable(p *sheet) {
	if r.Calls == 0 {
		return
	}
	p.line("\nReliability: what is claimed, and what is true")
	p.table(func(row func(...string)) {
		row("confidence", "calls", "claimed", "right", "95 % interval")
		for _, b := range r.Reliability {
			if b.Calls > 0 {
				row(percent(stat.Number(b.From))+" to "+percent(stat.Number(b.To)), fmt.Sprint(b.Calls), percent(b.MeanConfidence),
					fmt.Sprintf("%d (%s)", b.Right, percent(b.Accuracy)), between(b.Interval))
			}
		}
	})
}

func (r evaluation) evidenceTable(p *sheet) {
	if len(r.Evidence) == 0 {
		return
	}
	p.line("\nWhat each kind of evidence contributes")
	p.table(func(row func(...string)) {
		row("", "alone, where present", "", "", "without it", "", "")
		row("evidence", "right", "decided, wrong", "Cllr", "right", "decided, wrong", "Cllr")
		for _, c := range r.Evidence {
			row(escape.Text(c.Name),
				fmt.Sprintf("%d of %d", c.Alone.Right, c.Calls), fmt.Sprintf("%d, %d", c.Alone.Decided, c.Alone.WrongDecided), bits(c.Alone.Cllr),
				fmt.Sprintf("%d of %d", c.Without.Right, r.Calls), fmt.Sprintf("%d, %d", c.Without.Decided, c.Without.WrongDecided), bits(c.Without.Cllr))
		}
	})
}

func (r evaluation) faultTable(p *sheet) {
	p.line("\nStructural faults: %d of %d found; false alarms on %d of %d clean recordings, %d of them fatal",
		r.Faults.Found, r.Faults.Of, r.FalseAlarms, r.Calls, r.FatalFalseAlarms)
	p.table(func(row func(...string)) {
		for _, f := range r.Faults.ByFault {
			what := ""
			if f.Undecided > 0 {
				what = fmt.Sprintf("%d undecided", f.Undecided)
			}
			row(f.Fault, fmt.Sprintf("%d of %d", f.Found, f.Of), what)
		}
	})
	for _, m := range r.Missed {
		var codes []string
		for _, c := range m.Findings {
			codes = append(codes, string(c))
		}
		p.line("  missed: %s (%s), called %s [%s]", escape.Text(m.File), m.Fault, m.Outcome, strings.Join(codes, ", "))
	}
	for _, a := range r.Alarms {
		p.line("  false: %s: %s (%s): %s", escape.Text(a.File), a.Code, a.Severity, escape.Text(a.Detail))
	}
}

func (r evaluation) activity(p *sheet) {
	a := &r.Activity
	if a.Channels == 0 {
		return
	}
	o := a.FirstSpeech()
	p.line("\nSpeech activity, in frames of 20 ms, the last 0.2 s of each utterance left out: %d channels", a.Channels)
	p.table(func(row func(...string)) {
		row("F1", fmt.Sprintf("%.4f", float64(r.VADF1)), fmt.Sprintf("precision %.4f, recall %.4f", float64(a.Precision), float64(a.Recall)))
		row("first speech", fmt.Sprintf("median error %s", seconds(o.MedianS)), fmt.Sprintf("90th percentile %s, largest %s, never heard %d", seconds(o.P90S), seconds(o.MaxS), o.Never))
	})
}

func strataTable(p *sheet, title string, strata []evaluate.Stratum, cuts bool) {
	if len(strata) == 0 {
		return
	}
	p.line("\n%s", title)
	p.table(func(row func(...string)) {
		head := []string{"", "calls", "right", "decided", "wrong", "unusable", "Cllr", "Cllr min"}
		if !cuts {
			head = append(head, "faults", "false alarms", "speech F1")
		}
		row(head...)
		by := ""
		for _, s := range strata {
			if !cuts && s.By != by {
				by = s.By
				row(append([]string{by}, make([]string, len(head)-1)...)...) // a shorter row would end the columns
			}
			name := escape.Text(s.Value)
			if !cuts {
				name = "  " + name
			}
			cells := []string{name, fmt.Sprint(s.Calls), fmt.Sprintf("%d (%s)", s.Right, percent(s.ForcedChoice)),
				fmt.Sprintf("%d (%s)", s.Decided, percent(s.Coverage)), fmt.Sprint(s.WrongDecided), fmt.Sprint(s.Unusable), bits(s.Cllr), bits(s.CllrMin)}
			if !cuts {
				f1 := "-"
				if s.VADF1.Known() {
					f1 = fmt.Sprintf("%.4f", float64(s.VADF1))
				}
				cells = append(cells, fmt.Sprintf("%d of %d", s.Faults.Found, s.Faults.Of), fmt.Sprint(s.FalseAlarms), f1)
			}
			row(cells...)
		}
	})
}

// percent writes a rate as people do; it is cut off, not rounded, so that 100 % is all.
func percent(n stat.Number) string {
	if !n.Known() {
		return "-"
	}
	return fmt.Sprintf("%.1f %%", math.Floor(float64(n)*1000+1e-6)/10)
}

func plural[N int | int64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func between(i stat.Interval) string {
	return fmt.Sprintf("%.1f to %.1f %%", 100*i[0], 100*i[1])
}

func bits(n stat.Number) string {
	if !n.Known() {
		return "-"
	}
	return fmt.Sprintf("%.3f", float64(n))
}

func seconds(n stat.Number) string {
	if !n.Known() {
		return "-"
	}
	return fmt.Sprintf("%.3f s", float64(n))
}
