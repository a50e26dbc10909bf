package report

import (
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/verify/cohort/rollout"
)

// RolloutPlan is how many recordings a decision takes.
type RolloutPlan struct {
	Schema     int                    `json:"schema"`
	Goal       rollout.Goal           `json:"goal"`
	Errors     rollout.Errors         `json:"verifier_errors"`
	Fixed      []rollout.FixedPlan    `json:"fixed"`
	Sequential rollout.SequentialPlan `json:"sequential"`
	Sample     *RolloutSample         `json:"sample,omitempty"` // drawn from a manifest
}

// RolloutSample is a sample that was drawn.
type RolloutSample struct {
	File       string   `json:"file"`
	Recordings int      `json:"recordings"` // that the manifest lists
	Unusable   int      `json:"unusable"`   // rows that say nothing usable
	TestCalls  int      `json:"test_calls"` // rows left out, being no customers' calls
	Size       int      `json:"size"`
	Seed       uint64   `json:"seed"`
	By         []string `json:"by"`
	Strata     int      `json:"strata"`
	Empty      int      `json:"empty"` // strata without a recording in the sample
	Warnings   []string `json:"warnings"`
}

// rolloutPlanText writes a plan for a QA lead.
func rolloutPlanText(w io.Writer, r RolloutPlan, o Options) error {
	p, g := &sheet{}, r.Goal
	p.line("The question: are fewer than %s of the recordings not as declared (swapped or unusable)?", odds(g.MaxSwapRate))
	p.line("The risk of \"go\" when it is more: at most %s.\n", odds(g.ConsumerRisk))
	p.line("Look at recordings one by one, and stop as soon as otoscope rollout check decides:")
	s := r.Sequential
	p.line("  %d recordings if all are as declared", s.Least)
	if s.Median > 0 {
		p.line("  %.0f on average, %d at the median, at most %d in 9 of 10 centres, if %s are not as declared", math.Ceil(s.Mean), s.Median, s.P90, odds(g.Expected))
	} else {
		p.line("  more than %d in many centres if %s are not as declared: that is too near to %s", 100*s.Least, odds(g.Expected), odds(g.MaxSwapRate))
	}
	p.line("\nOr settle a fixed number, by verdict or by listening to what stays undecided:")
	b := &p.Buffer
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "  recordings\tgo if not as declared\twrong go (%s are not)\tfailed go (%s are not)\n", odds(g.MaxSwapRate), odds(g.Expected))
	for _, f := range r.Fixed {
		most := "none"
		if f.Accept > 0 {
			most = fmt.Sprintf("at most %d", f.Accept)
		}
		fmt.Fprintf(t, "  %d\t%s\t%.2f %%\t%.1f %%\n", f.Size, most, 100*f.ConsumerRisk, 100*f.ProducerRisk)
	}
	t.Flush()
	p.errors(r.Errors)
	if d := r.Sample; d != nil {
		p.line("\nDrew %s of %s into %s, seed %d.", plural(int64(d.Size), "recording"), plural(int64(d.Recordings), "recording"), escape.Text(d.File), d.Seed)
		if len(d.By) > 0 {
			p.line("Strata by %s: %d, of which %d got no recording.", escape.Text(strings.Join(d.By, ", ")), d.Strata, d.Empty)
		}
		if d.Unusable > 0 {
			p.line("Left out %s of the manifest that cannot be read.", plural(int64(d.Unusable), "row"))
		}
		if d.TestCalls > 0 {
			p.line("Left out %s, which are no customers' calls.", plural(int64(d.TestCalls), "test call"))
		}
		for _, warning := range d.Warnings {
			p.line("Note: %s", escape.Text(warning))
		}
		p.line("Check it: otoscope batch %s, then otoscope rollout check", escape.Text(d.File))
	}
	return p.write(w, o)
}

// errors says what is assumed about the verifier.
func (p *sheet) errors(e rollout.Errors) {
	if e.Rate >= 1 {
		p.line("\n%s", errorsSentence(e))
		return
	}
	p.line("\nAllowed for: otoscope may mislead in up to %s of the recordings (%d wrong of %d labelled\nrecordings that it decided, from %s;\n--errors WRONG/DECIDED states your own).", odds(e.Rate), e.Wrong, e.Decided, escape.Text(e.Source))
}

// errorsSentence says the same on a page.
func errorsSentence(e rollout.Errors) string {
	if e.Rate >= 1 {
		return "Allowed for: otoscope may mislead in all recordings. Only what people say counts."
	}
	return fmt.Sprintf("Allowed for: otoscope may mislead in up to %s of the recordings (%d wrong of %d labelled recordings that it decided, from %s).", odds(e.Rate), e.Wrong, e.Decided, escape.Text(e.Source))
}

// answerSentences say what people's answers tell of the verifier, and whether the decision needs the
// bound of its errors.
func answerSentences(d rollout.Decision) []string {
	var all []string
	a := d.Answers
	say := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	for _, one := range []struct {
		of          rollout.Answered
		what        string
		right       int
		errorIsMost bool
	}{
		{a.Confirmed, "confirmed", a.Confirmed.AsDeclared, true},
		{a.Refuted, "refuted", a.Refuted.NotAsDeclared, true},
		{a.Undecided, "undecided", a.Undecided.AsDeclared, false},
	} {
		n, unclear := one.of.Settled(), ""
		if n+one.of.Unclear == 0 {
			continue
		}
		if one.of.Unclear > 0 {
			unclear = fmt.Sprintf(" (and could not tell of %d)", one.of.Unclear)
		}
		if !one.errorIsMost {
			say("People settled %d of the %d %s%s: %d are as declared.", n, one.of.Recordings, one.what, unclear, one.right)
			continue
		}
		say("People settled %d of the %d %s%s; otoscope was right in %d.", n, one.of.Recordings, one.what, unclear, one.right)
		if one.of.Drawn > 0 {
			all[len(all)-1] += fmt.Sprintf(" Its error among the %s is at most %s (95 %%, by %d drawn at random).", one.what, odds(one.of.ErrorAtMost), one.of.Drawn)
		}
	}
	if len(all) == 0 && d.Errors.Rate < 1 {
		return nil
	}
	if a.BoundRefuted {
		say("People's answers refute the bound of otoscope's errors. It is not used.")
	}
	switch {
	case d.Word == rollout.Go && a.ForGo >= a.NeededForGo, d.Word == rollout.NoGo && a.ForNoGo >= a.NeededForNoGo:
		say("The answer holds however otoscope errs: people's answers carry it.")
	case d.Errors.Rate < 1 && !a.BoundRefuted:
		if d.Word != rollout.More {
			say("The answer rests on the bound of otoscope's errors.")
		}
		say("However otoscope errs, people's answers are evidence for go of %.3g of %.3g needed, for no-go of %.3g of %.3g.", a.ForGo, a.NeededForGo, a.ForNoGo, a.NeededForNoGo)
	}
	if d.Word != rollout.NoGo && a.AnswerMore > 0 {
		say("If people answer %d more of the confirmed, and all are as declared, go holds however otoscope errs.", a.AnswerMore)
	}
	return all
}

// odds writes a probability in percent.
func odds(p float64) string {
	switch {
	case p == 0 || p >= 0.1:
		return fmt.Sprintf("%.0f %%", 100*p)
	case p >= 0.001:
		return fmt.Sprintf("%.2g %%", 100*p)
	}
	return fmt.Sprintf("%.1g %%", 100*p)
}

// How many recordings a person is shown of each list.
const shownRecordings = 10

// rolloutText writes a decision on one page.
func rolloutText(w io.Writer, d rollout.Decision, o Options) error {
	p, c := &sheet{}, d.Counts
	p.line("%s: %s", decisionWord(d), decisionSentence(d))
	p.missing(&d)
	p.line("")
	p.table(func(row func(...string)) {
		row("recordings", "as declared", "swapped", "unusable", "undecided", "not checked", "answered by people")
		row(countCells(c)...)
	})
	p.line("\nNot as declared: between %s and %s of all recordings.", odds(d.Rate[0]), odds(d.Rate[1]))
	p.line("Evidence for go %.3g of %.3g needed, for no-go %.3g of %.3g.", d.EvidenceForGo, d.NeededForGo, d.EvidenceForNoGo, d.NeededForNoGo)
	if len(d.Behind) > 0 {
		p.line("\nNot as declared")
		p.ids(d.Behind)
	}
	p.strata(d.Strata)
	p.testCalls(d)
	if answers := answerSentences(d); len(answers) > 0 {
		p.line("\nWhat people said")
		for _, sentence := range answers {
			p.line("  %s", sentence)
		}
	}
	p.errors(d.Errors)
	p.line("Assumed: the recordings were drawn at random from those in question, and those that\ncould not be checked are like the others.")
	if d.Answers.Confirmed.Drawn+d.Answers.Refuted.Drawn > 0 {
		p.line("People answered what was drawn for them in the order in which it came.")
	}
	return p.write(w, o)
}

// testCalls shows the test calls apart.
func (p *sheet) testCalls(d rollout.Decision) {
	c := d.TestCalls
	if c.Recordings == 0 {
		return
	}
	p.line("\nTest calls, which are no customers' calls and not part of the above: %s.", testCallCounts(c))
	if len(d.TestCallsBehind) > 0 {
		p.line("Find out why before you go ahead:")
		p.ids(d.TestCallsBehind)
	}
}

func testCallCounts(c rollout.Counts) string {
	return fmt.Sprintf("%s, %d as declared, %d swapped, %d unusable, %d undecided, %d not checked",
		plural(c.Recordings, "recording"), c.AsDeclared, c.Swapped, c.Unusable, c.Undecided, c.Unchecked)
}

func decisionOf(w rollout.Word) string {
	if w == rollout.More {
		return "not yet"
	}
	return string(w)
}

func decisionWord(d rollout.Decision) string { return strings.ToUpper(decisionOf(d.Word)) }

// decisionSentence says what the decision means.
func decisionSentence(d rollout.Decision) string {
	switch d.Word {
	case rollout.Go:
		return fmt.Sprintf("fewer than %s of the recordings are not as declared, at a risk of %s.", odds(d.Goal.MaxSwapRate), odds(d.Goal.ConsumerRisk))
	case rollout.NoGo:
		return fmt.Sprintf("more than %s of the recordings are not as declared, at a risk of %s.", odds(d.Goal.MaxSwapRate), odds(d.Goal.ProducerRisk))
	}
	return "the recordings decide neither for nor against."
}

// missing says what would decide.
func (p *sheet) missing(d *rollout.Decision) {
	if d.Word != rollout.More {
		return
	}
	if d.LookAt > 0 {
		p.line("%s", lookAt(d))
	}
	if len(d.Settle) == 0 {
		return
	}
	which := "Or settle these by listening or by test calls"
	if d.SettleIsEnough {
		which = "Settle these by listening or by test calls; if all are as declared, the answer is go"
	}
	p.line("%s (%d), the most useful first:", which, len(d.Settle))
	p.ids(d.Settle)
}

// lookAt says how many recordings are missing.
func lookAt(d *rollout.Decision) string {
	if d.PeopleAnswerAll() {
		return fmt.Sprintf("Look at %d more, and let people answer them all. If all are as declared, the answer is go.", d.LookAt)
	}
	return fmt.Sprintf("Look at %d more. If all are as declared, the answer is go.", d.LookAt)
}

// ids lists recordings.
func (p *sheet) ids(all []string) {
	for _, id := range all[:min(shownRecordings, len(all))] {
		p.line("  %s", escape.Text(id))
	}
	if more := len(all) - shownRecordings; more > 0 {
		p.line("  and %d more; --format json has them", more)
	}
}

// strata shows the groups, no-go first.
func (p *sheet) strata(all []rollout.Stratum) {
	if len(all) == 0 {
		return
	}
	p.line("")
	p.table(func(row func(...string)) {
		row("group", "decision", "recordings", "swapped", "unusable", "undecided", "not as declared")
		shown := 0
		for _, word := range []rollout.Word{rollout.NoGo, rollout.More, rollout.Go} {
			for _, s := range all {
				if s.Word != word || shown == shownGroups {
					continue
				}
				shown++
				row(escape.Text(s.Name+"="+s.Value), decisionOf(s.Word), fmt.Sprint(s.Counts.Recordings),
					fmt.Sprint(s.Counts.Swapped), fmt.Sprint(s.Counts.Unusable), fmt.Sprint(s.Counts.Undecided), odds(s.Rate[0])+" to "+odds(s.Rate[1]))
			}
		}
	})
	if more := len(all) - shownGroups; more > 0 {
		p.line("  and %s more; --format json has them", plural(more, "group"))
	}
}

// rolloutAlarmText writes what a watch found.
func rolloutAlarmText(w io.Writer, a rollout.Alarm, o Options) error {
	p := &sheet{}
	if !a.Alarmed {
		p.line("No alarm in %s: evidence %.3g of %.3g needed.", plural(a.Recordings, "recording"), a.Evidence, a.Needed)
		p.leftOut(a)
		return p.write(w, o)
	}
	p.line("ALARM: since %s the recordings are no longer as declared.", escape.Text(a.Since+recorded(a.SinceAt)))
	p.line("Told by recording %d, %s. Since the change: %d as declared, %d swapped, %d unusable, %d undecided.",
		a.Recordings, escape.Text(a.ID+recorded(a.At)), a.Counts.AsDeclared, a.Counts.Swapped, a.Counts.Unusable, a.Counts.Undecided)
	if len(a.Behind) > 0 {
		p.line("\nNot as declared since then")
		p.ids(a.Behind)
	}
	p.leftOut(a)
	return p.write(w, o)
}

// leftOut says that test calls were left out.
func (p *sheet) leftOut(a rollout.Alarm) {
	if a.TestCalls > 0 {
		p.line("Left out %s.", plural(a.TestCalls, "test call"))
	}
}

func recorded(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(" (2006-01-02 15:04 UTC)")
}
