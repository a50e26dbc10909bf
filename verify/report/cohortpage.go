package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/cohort"
	"github.com/otoscope/otoscope/verify/cohort/rollout"
	"github.com/otoscope/otoscope/verify/report/html"
)

// decisionView tells the decision.
func decisionView(d rollout.Decision) *html.Decision {
	c := d.Counts
	v := &html.Decision{
		Word: decisionWord(d), Sentence: capitalised(decisionSentence(d)),
		Rate: fmt.Sprintf("Not as declared: between %s and %s of all recordings. %s", odds(d.Rate[0]), odds(d.Rate[1]), errorsSentence(d.Errors)),
		Counts: html.Table{
			Titles: []string{"recordings", "as declared", "swapped", "unusable", "undecided", "not checked", "answered by people"},
			Rows:   []html.TableRow{{Name: "all", Cells: countCells(c)}},
		},
		Strata: html.Table{Titles: []string{"decision", "not as declared", "recordings", "swapped", "unusable", "undecided"}},
	}
	if d.Word == rollout.More && d.LookAt > 0 {
		v.Missing = lookAt(&d)
	}
	if answers := answerSentences(d); len(answers) > 0 {
		v.Rate += " " + strings.Join(answers, " ")
	}
	if d.TestCalls.Recordings > 0 {
		v.Rate += " Test calls, which are no customers' calls and not part of this: " + testCallCounts(d.TestCalls) + "."
	}
	for _, s := range d.Strata {
		v.Strata.Rows = append(v.Strata.Rows, html.TableRow{Name: safe(s.Name+"="+s.Value, false), Cells: []string{
			safe(decisionOf(s.Word), false), fmt.Sprintf("%s to %s", odds(s.Rate[0]), odds(s.Rate[1])),
			fmt.Sprint(s.Counts.Recordings), fmt.Sprint(s.Counts.Swapped), fmt.Sprint(s.Counts.Unusable), fmt.Sprint(s.Counts.Undecided),
		}})
	}
	for _, name := range d.Behind[:min(len(d.Behind), shownRecordings)] {
		v.Behind = append(v.Behind, safe(name, false))
	}
	for _, name := range d.Settle[:min(len(d.Settle), shownRecordings)] {
		v.Settle = append(v.Settle, safe(name, false))
	}
	return v
}

func countCells(c rollout.Counts) []string {
	var cells []string
	for _, n := range []int{c.Recordings, c.AsDeclared, c.Swapped, c.Unusable, c.Undecided, c.Unchecked, c.Answered} {
		cells = append(cells, fmt.Sprint(n))
	}
	return cells
}

// cohortView tells what the recordings together say.
func cohortView(r *cohort.Report) *html.Cohort {
	v := &html.Cohort{
		Sentence: fmt.Sprintf("%s, %d with a fingerprint. Exchanged: %s of all, likely %s; whatever the undecided ones are, %s.",
			plural(int64(r.Recordings), "recording"), r.Traced, likely(r.All.Rate), bounds(r.All.Likely), bounds(r.All.Worst)),
		More:   max(0, len(r.Sounds)-shownGroups),
		Groups: html.Table{Titles: []string{"recordings", "exchanged", "likely", "at worst", "in a word"}},
	}
	if r.Voices != "" {
		v.Sentence += " Voices: " + safe(r.Voices, false) + "."
	}
	for _, o := range verify.Outcomes() {
		v.Counts.Titles = append(v.Counts.Titles, string(o))
	}
	for _, c := range []struct {
		name   string
		counts map[verify.Outcome]int
	}{{"each by itself", r.Own}, {"all together", r.Cohort}} {
		row := html.TableRow{Name: c.name}
		for _, o := range verify.Outcomes() {
			row.Cells = append(row.Cells, fmt.Sprint(c.counts[o]))
		}
		v.Counts.Rows = append(v.Counts.Rows, row)
	}
	for _, s := range r.Sounds[:min(len(r.Sounds), shownGroups)] {
		whose := "tells nothing"
		if s.Owner != "" {
			whose = fmt.Sprintf("the %s's side (odds of %.0f to 1)", s.Owner, math.Pow(10, s.Log10Odds))
		}
		v.Sounds = append(v.Sounds, html.RecurringSound{
			What: fmt.Sprintf("%.1f s from %s on: %s", s.Seconds, measurement.Clock(s.StartS), whose),
			Why:  strings.TrimSuffix(capitalised(safe(s.Why, false)), ".") + ".", Example: "To hear it: " + spot(s.Example) + ".",
		})
	}
	for _, c := range r.Copies[:min(len(r.Copies), shownGroups)] {
		v.Copies = append(v.Copies, spot(c.A)+" and "+spot(c.B))
	}
	for _, g := range r.Groups[:min(len(r.Groups), 2*shownGroups)] {
		v.Groups.Rows = append(v.Groups.Rows, html.TableRow{Name: safe(g.Name+"="+g.Value, false), Cells: []string{
			fmt.Sprint(g.Calls), likely(g.Rate), bounds(g.Likely), bounds(g.Worst), safe(word(g.Word), false),
		}})
	}
	return v
}
