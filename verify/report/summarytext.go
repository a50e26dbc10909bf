package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/answer"
)

// Rows of the summary's tables that a person is shown.
const shownGroups = 20

// summaryText writes a summary for a person.
func summaryText(w io.Writer, s Summary, o Options) error {
	p := &sheet{}
	b := &p.Buffer
	fmt.Fprintf(b, "%s: %s", escape.Text(s.Name), plural(s.Results, "result"))
	if s.Waiting > 0 {
		fmt.Fprintf(b, ", %s waiting", plural(s.Waiting, "row"))
	}
	fmt.Fprintf(b, "; %.1f hours of audio, %s\n", s.DurationS/3600, strings.ReplaceAll(size(s.Bytes), nbsp, " "))
	if s.Reused > 0 {
		fmt.Fprintf(b, "%d from an earlier run\n", s.Reused)
	}
	if s.Repeated > 0 {
		fmt.Fprintf(b, "repeated rows: %s, verified once\n", plural(s.Repeated, "row"))
	}
	if s.Parts > 0 {
		fmt.Fprintf(b, "%s decided from a part of the recording; faults elsewhere in them are not excluded\n", plural(s.Parts, "result"))
		fmt.Fprintf(b, "%s\n", strings.ReplaceAll(bytesRead(s), nbsp, " "))
	}
	if s.Stale > 0 {
		fmt.Fprintf(b, "%s measured by another version of otoscope; --again stale measures them again\n", plural(s.Stale, "result"))
	}
	if s.Results > 0 {
		t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
		fmt.Fprintf(t, "\noutcome\tresults\trate\t95 %% interval\n")
		for _, o := range s.Outcomes {
			fmt.Fprintf(t, "%s\t%d\t%s\t%s\n", o.Outcome, o.N, ratePercent(o.Rate), rateInterval(o.Rate))
		}
		fmt.Fprintf(t, "refuted of those decided\t%d of %d\t%s\t%s\n", s.Refuted.N, s.Refuted.Of, ratePercent(s.Refuted), rateInterval(s.Refuted))
		t.Flush()
	}
	if h := s.Human; h != nil {
		fmt.Fprintf(b, "\n%s\n", AgreementWords(*h))
	}
	if len(s.Errors) > 0 {
		t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
		fmt.Fprintf(t, "\nerror\tresults\n")
		for _, e := range s.Errors {
			fmt.Fprintf(t, "%s\t%d\n", escape.Text(e.Kind), e.N)
		}
		t.Flush()
		for _, e := range s.Errors {
			for _, r := range e.Reasons {
				fmt.Fprintf(b, "%d x %s", r.N, escape.Text(r.Reason))
				if r.Hint != "" {
					fmt.Fprintf(b, ": %s", escape.Text(r.Hint))
				}
				b.WriteString("\n")
			}
		}
		b.WriteString("otoscope results --outcome error lists them; otoscope batch --again errors retries them\n")
	}
	if len(s.Findings) > 0 {
		t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
		fmt.Fprintf(t, "\nfinding\tseverity\tresults\trate\t95 %% interval\n")
		for _, f := range s.Findings {
			fmt.Fprintf(t, "%s\t%s\t%d\t%s\t%s\n", escape.Text(f.Code), escape.Text(f.Severity), f.N, ratePercent(f.Rate), rateInterval(f.Rate))
		}
		t.Flush()
	}
	if len(s.Groups) > 0 {
		t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
		fmt.Fprintf(t, "\ngroup, worst first\tresults\trefuted of decided\trate\t95 %% interval\tundecided\terror\n")
		for _, g := range s.Groups[:min(shownGroups, len(s.Groups))] {
			fmt.Fprintf(t, "%s\t%d\t%d of %d\t%s\t%s\t%d\t%d\n", escape.Text(g.Name+"="+g.Value), g.Results, g.Refuted.N, g.Refuted.Of,
				ratePercent(g.Refuted), rateInterval(g.Refuted), g.Outcomes[verify.Undecided], g.Outcomes[verify.Errored])
		}
		t.Flush()
		if more := int64(len(s.Groups)-min(shownGroups, len(s.Groups))) + s.MoreGroups; more > 0 {
			fmt.Fprintf(b, "and %s more; --format json --summary has them\n", plural(more, "group"))
		}
	}
	return p.write(w, o)
}

// AgreementWords tells in sentences what people who listened say, and how often it is what
// otoscope says.
func AgreementWords(a answer.Agreement) string {
	text := fmt.Sprintf("People listened to %s", plural(a.Answered, "recording"))
	if a.CannotTell > 0 {
		text += fmt.Sprintf(", and cannot tell of %d", a.CannotTell)
	}
	text += "."
	if a.Settled > 0 {
		text += fmt.Sprintf(" They settled %d that otoscope left undecided.", a.Settled)
	}
	if a.All.Of > 0 {
		rate := NewRate(a.All.Agree, a.All.Of)
		text += fmt.Sprintf(" Of the %d that both decided, they agree with otoscope on %d (%s, 95 %% interval %s).", a.All.Of, a.All.Agree, ratePercent(rate), rateInterval(rate))
	}
	return text
}

// ratePercent writes a rate. Nothing has none.
func ratePercent(r Rate) string {
	if r.Of == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f %%", 100*r.Rate)
}

func rateInterval(r Rate) string {
	return fmt.Sprintf("%.2f-%.2f %%", 100*r.Low, 100*r.High)
}

// NothingChosen says that a choice of results has none, and which groups there
// would have been to choose from.
func NothingChosen(w io.Writer, byGroup bool, groups []string, o Options) error {
	p := &sheet{}
	text := "Nothing matches the choice."
	switch {
	case !byGroup:
	case len(groups) == 0:
		text += " No row has a group."
	default:
		text += " The groups are " + strings.Join(groups, ", ") + "; otoscope results lists their values."
	}
	p.line("\n%s", escape.Text(text))
	return p.write(w, o)
}

// Deleted says how many rows are gone.
func Deleted(w io.Writer, rows int64) error {
	_, err := fmt.Fprintf(w, "%s deleted\n", plural(rows, "row"))
	return err
}

// bytesRead says how much of the recordings the verdicts rest on.
func bytesRead(s Summary) string {
	return fmt.Sprintf("read %s of %s (%.0f %%)", size(s.BytesRead), size(s.Bytes), 100*float64(s.BytesRead)/float64(max(s.Bytes, 1)))
}
