package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/cohort"
	"github.com/otoscope/otoscope/verify/cohort/rollout"
	"github.com/otoscope/otoscope/verify/report/html"
)

// A Batch is what a page for many recordings shows.
type Batch struct {
	Summary  Summary
	Chosen   []string // what the results were chosen by: "outcome swapped"; empty: all are there
	Made     string   // when the page was made, and by what
	Periods  Periods
	Cohort   *cohort.Report    // nil: not asked for
	Decision *rollout.Decision // nil: not asked for
	// Rows are the results with measurements, those that matter most first. Of more than
	// html.MaxRows the rest is left out.
	Rows iter.Seq2[Row, error]
}

// batchPage writes the page.
func batchPage(w io.Writer, b Batch, _ Options) error {
	page := html.Batch{
		Name: cmp.Or(safe(b.Summary.Name, false), "results"), Facts: summaryFacts(b.Summary), Made: safe(b.Made, false),
		Refuted: shareOf("refuted of those decided", "", b.Summary.Refuted),
		Charts:  charts(b.Periods), Periods: periodsTable(b.Periods), TimeNote: periodsNote(b.Periods),
	}
	if h := b.Summary.Human; h != nil {
		page.Human = joinedPercent(AgreementWords(*h))
	}
	for _, c := range b.Chosen {
		page.Chosen = append(page.Chosen, safe(c, false))
	}
	for _, o := range b.Summary.Outcomes {
		page.Outcomes = append(page.Outcomes, shareOf(string(o.Outcome), o.Outcome, o.Rate))
	}
	for _, g := range b.Summary.Groups[:min(len(b.Summary.Groups), shownGroups)] {
		page.Groups = append(page.Groups, html.Group{
			Name: safe(g.Name+"="+g.Value, false), Results: g.Results, Refuted: shareOf("", "", g.Refuted),
			Outcomes: countsOf(g.Outcomes),
		})
	}
	if more := int64(len(b.Summary.Groups)-len(page.Groups)) + b.Summary.MoreGroups; more > 0 {
		page.GroupNote = fmt.Sprintf("%s more are left out, all of them better than these.", plural(more, "group"))
	}
	for _, f := range b.Summary.Findings {
		page.Findings = append(page.Findings, shareOf(safe(f.Code, false)+" ("+safe(f.Severity, false)+")", "", f.Rate))
	}
	for _, e := range b.Summary.Errors {
		for _, r := range e.Reasons {
			page.Errors = append(page.Errors, html.Count{Name: ended(r.Reason), N: r.N, Hint: ended(r.Hint)})
		}
	}
	if b.Decision != nil {
		page.Decision = decisionView(*b.Decision)
	}
	recurs := map[string][]cohort.Place{}
	if b.Cohort != nil {
		page.Cohort = cohortView(b.Cohort)
		recurs = b.Cohort.Recurring()
	}
	for r, err := range b.Rows {
		if err != nil {
			return err
		}
		if page.Rows.Shown == html.MaxRows {
			break
		}
		if err := page.Rows.Add(rowView(r, recurs)); err != nil {
			return err
		}
	}
	page.Rows.All = b.Summary.Results
	if left := page.Rows.All - page.Rows.Shown; left > 0 {
		page.Rows.LeftOut = fmt.Sprintf("The table lists %s; %d more are left out. Swapped recordings come first, then unusable and undecided ones, errors, and matches. The figures above count all of them; --format csv and json list all.",
			plural(page.Rows.Shown, "recording"), left)
	}
	if err := html.WriteBatch(w, page); err != nil {
		return fmt.Errorf("the page for %s: %w", page.Name, err)
	}
	return nil
}

// ended makes a clause a sentence for a page, where no line begins with a per cent sign.
func ended(clause string) string {
	s := capitalised(joinedPercent(safe(clause, false)))
	if s == "" || strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}

func joinedPercent(s string) string { return strings.ReplaceAll(s, " %", nbsp+"%") }

// countsOf are the counts of outcomes in the order of verify.Outcomes.
func countsOf(outcomes map[verify.Outcome]int64) []int64 {
	var counts []int64
	for _, o := range verify.Outcomes() {
		counts = append(counts, outcomes[o])
	}
	return counts
}

// ByImportance is the order of the outcomes on a page.
func ByImportance() []verify.Outcome {
	return []verify.Outcome{verify.Swapped, verify.Unusable, verify.Undecided, verify.Errored, verify.Match}
}

func summaryFacts(s Summary) []string {
	facts := []string{plural(s.Results, "result"), fmt.Sprintf("%.1f hours of audio", s.DurationS/3600), size(s.Bytes)}
	if s.Parts > 0 {
		facts = append(facts, plural(s.Parts, "result")+" from a part of the recording", bytesRead(s))
	}
	if s.Waiting > 0 {
		facts = append(facts, plural(s.Waiting, "row")+" waiting")
	}
	if s.Repeated > 0 {
		facts = append(facts, plural(s.Repeated, "repeated row")+", verified once")
	}
	if s.Stale > 0 {
		facts = append(facts, plural(s.Stale, "result")+" measured by another version")
	}
	return facts
}

func shareOf(name string, o verify.Outcome, r Rate) html.Share {
	s := html.Share{Name: name, Outcome: html.Outcome(o), N: r.N, Of: r.Of, Rate: r.Rate, Low: r.Low, Top: r.High, Words: ratePercent(r)}
	if r.Of > 0 {
		s.Interval = rateInterval(r)
	}
	return s
}

// rowView is a line of the table, and what it opens to.
func rowView(r Row, recurs map[string][]cohort.Place) (html.Line, html.Detail) {
	v := clean(r.Verdict, false)
	name := cmp.Or(safe(r.ID, false), v.Recording)
	l := html.Line{
		Recording: name, Outcome: html.Outcome(v.Outcome), ConfidenceValue: -1, LengthS: finite(v.DurationS),
	}
	if v.Agent != "" {
		l.Groups = append(l.Groups, "agent="+v.Agent)
	}
	for _, name := range slices.Sorted(maps.Keys(v.Groups)) {
		l.Groups = append(l.Groups, name+"="+v.Groups[name])
	}
	bare := v
	if v.Outcome == verify.Match || v.Outcome == verify.Swapped {
		bare.Confidence = nil // which has a column
	}
	l.Sentence = ended(sentence(bare))
	if v.Confidence != nil {
		l.Confidence, l.ConfidenceValue = certainty(*v.Confidence), finite(*v.Confidence)
	}
	if v.DurationS > 0 {
		l.Length = span(v.DurationS)
	}
	if !r.Started.IsZero() {
		l.Started = r.Started.UTC().Format("2006-01-02 15:04")
	}
	var codes []string
	for _, f := range v.Findings {
		codes = append(codes, string(f.Code))
	}
	l.Findings, l.Person = strings.Join(codes, " "), personWords(r, v)
	page := RecordingPage(r.Verdict, r.Facts, nil)
	d := html.Detail{Name: page.Name, Sentence: page.Sentence, Call: page.Call, Ledger: page.Ledger, Findings: page.Findings, Cohort: opinionWords(r.Cohort), Person: listenedWords(r, v)}
	for i, channel := range d.Call.Channels {
		t := html.Track{Name: "recurring sound"}
		for _, p := range recurs[r.ID] {
			if strings.EqualFold(p.Channel, channel.Name) {
				t.Marks = append(t.Marks, html.Mark{FromS: p.StartS, ToS: p.EndS})
			}
		}
		if len(t.Marks) > 0 {
			slices.SortFunc(t.Marks, func(a, b html.Mark) int { return cmp.Compare(a.FromS, b.FromS) })
			d.Call.Channels[i].Tracks = append(channel.Tracks, t)
		}
	}
	return l, d
}

// personWords tells what a person says who listened, and whether otoscope says the same.
func personWords(r Row, v verify.Verdict) string {
	if r.Human == nil {
		return ""
	}
	return strings.TrimPrefix(humanClause(v, r.Human, Options{}), "; ") + "."
}

// listenedWords tells the same with when and how it was said, and the note.
func listenedWords(r Row, v verify.Verdict) string {
	if r.Human == nil {
		return ""
	}
	s := personWords(r, v) + " That was on " + r.Human.At.UTC().Format("2006-01-02 at 15:04 UTC")
	if r.Human.Blind {
		s += ", without knowing what otoscope says"
	}
	s += "."
	if r.Human.Note != "" {
		s += " Note: " + safe(r.Human.Note, false)
	}
	return s
}

// opinionWords tells what the other recordings say of one.
func opinionWords(stored json.RawMessage) string {
	var o cohort.Opinion
	if stored == nil || json.Unmarshal(stored, &o) != nil {
		return ""
	}
	return strings.TrimSuffix(safe(string(o.Outcome)+": "+o.Detail, false), ".") + "."
}
