package report

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/answer"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
)

// Text writes the verdict for a person.
func Text(w io.Writer, v verify.Verdict, o Options) error { return textOf(w, v, nil, o) }

// textOf writes the verdict, with what a person says who listened, if one did.
func textOf(w io.Writer, v verify.Verdict, human *answer.Answer, o Options) error {
	v = clean(v, o.ASCII)
	p := newPage(o)
	if o.Brief {
		p.line(p.headline(v) + humanClause(v, human, o)) // one recording, one line: for grep
	} else {
		p.paragraph("", p.headline(v))
		p.identity(v)
		if !misread(v) {
			p.channels(v)
			p.picture(v)
		}
		p.evidence(v)
		p.findings(v)
		p.talk(v, o.Detail)
		if o.Detail {
			if err := p.details(v); err != nil {
				return err
			}
		}
		p.advice(v)
	}
	text := p.String()
	if o.ASCII {
		text = likeness.Replace(text)
	}
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// humanClause says what a person says, and whether that is what otoscope says; "" if nobody did.
func humanClause(v verify.Verdict, human *answer.Answer, o Options) string {
	if human == nil {
		return ""
	}
	text := fmt.Sprintf("; %s listened: %s", safe(human.Reviewer, o.ASCII), safe(human.Answer.Sentence(), o.ASCII))
	switch agrees, known := human.Answer.Agrees(&v); {
	case known && agrees:
		text += ", too"
	case known:
		text += ", which contradicts"
	}
	return text
}

// misread reports whether the samples are not what the header says. What was measured
// is then noise and nothing of the call.
func misread(v verify.Verdict) bool {
	return slices.ContainsFunc(v.Findings, func(f finding.Finding) bool {
		return f.Severity == finding.Fatal && (f.Code == finding.WrongEncoding || f.Code == finding.ByteOrder)
	})
}

// headline is the recording, its outcome, and the verdict in a sentence.
func (p *page) headline(v verify.Verdict) string {
	inks := map[verify.Outcome]ink{verify.Match: green, verify.Undecided: yellow, verify.Swapped: red, verify.Unusable: red, verify.Errored: red}
	return fmt.Sprintf("%s: %s — %s", p.paint(bold, v.Recording), p.paint(inks[v.Outcome], strings.ToUpper(string(v.Outcome))), sentence(v))
}

// sentence is the verdict in a sentence, without a capital letter and a full stop.
func sentence(v verify.Verdict) string {
	text := ""
	switch v.Outcome {
	case verify.Match:
		text = "as declared"
		if v.Heard != nil {
			text = heardClause(v) + ", as declared"
		}
	case verify.Swapped:
		text = swappedClause(v)
	case verify.Unusable:
		text = reason(v, "the channels do not carry one party each")
	case verify.Undecided:
		text = reason(v, leaning(v))
	case verify.Errored:
		if v.Error != nil {
			return v.Error.Message
		}
		text = "no verdict"
	}
	if v.Confidence != nil && v.Heard != nil && (v.Outcome == verify.Match || v.Outcome == verify.Swapped) {
		text += fmt.Sprintf(" (confidence %s)", certainty(*v.Confidence))
	}
	if v.Part != nil {
		text += ", decided from " + v.Part.Of()
	}
	return text
}

func swappedClause(v verify.Verdict) string {
	if v.Heard == nil {
		return "the channels are the other way round than declared"
	}
	if namedByParty(v) {
		return fmt.Sprintf("%s, and the %s's file the %s", heardClause(v), v.Files[1].Party, v.Heard.Right)
	}
	return fmt.Sprintf("%s, where the %s was declared", heardClause(v), v.Heard.Right)
}

// why says in a clause how the outcome came about; "" where it is as declared.
func why(v verify.Verdict) string {
	clause := ""
	switch v.Outcome {
	case verify.Swapped:
		clause = swappedClause(v)
	case verify.Unusable:
		clause = reason(v, "the channels do not carry one party each")
	case verify.Undecided:
		clause = reason(v, leaning(v))
	case verify.Errored:
		clause = "no verdict"
	}
	return strings.ReplaceAll(clause, nbsp, " ")
}

// reason says in a clause which finding kept the recording from a verdict on
// its sides.
func reason(v verify.Verdict, otherwise string) string {
	clauses := map[finding.Code]string{
		finding.MonoFile:           "the recording is mono",
		finding.DualMono:           "both channels carry the same sound",
		finding.Downmixed:          "its encoder made one channel of two",
		finding.BothParties:        "both parties are on one channel",
		finding.Bleed:              "one channel also carries the other party",
		finding.OrientationChanges: "the parties change sides within the call",
		finding.AnotherCall:        "another call is joined on",
		finding.ThirdVoice:         "a third voice is on one channel",
		finding.SilentChannel:      "one channel is silent",
		finding.OnePartyMissing:    "only one party is heard",
		finding.NoSpeech:           "nobody speaks",
		finding.TooShort:           "the recording is too short",
		finding.IdentHeard:         "it holds idents and is not marked as a test call",
	}
	for _, f := range v.Findings {
		decides := f.Severity == finding.Fatal || v.Outcome == verify.Undecided
		if clause, known := clauses[f.Code]; known && decides {
			return clause
		}
		if f.Severity == finding.Fatal {
			return strings.TrimSuffix(f.Detail, ".")
		}
	}
	return otherwise
}

// leaning says which way an undecided recording points.
func leaning(v verify.Verdict) string {
	switch {
	case v.Heard == nil || v.Confidence == nil:
		return "nothing in the sound tells who is on which channel"
	case v.Declared == nil:
		return fmt.Sprintf("nothing is declared to compare with; %s (confidence %s)", strings.Replace(heardClause(v), " is ", " is heard ", 1), certainty(*v.Confidence))
	}
	return fmt.Sprintf("%s, but %s is not sure enough", probably(heardClause(v)), certainty(*v.Confidence))
}

// identity says which recording this is: its form, and whose call.
func (p *page) identity(v verify.Verdict) {
	if facts := identity(v); len(facts) > 0 {
		p.paragraph("", p.paint(dim, strings.Join(facts, " · ")))
	}
}

func identity(v verify.Verdict) []string {
	var facts []string
	if v.DurationS > 0 {
		facts = append(facts, span(v.DurationS))
	}
	if v.Format != "" {
		facts = append(facts, v.Format)
	}
	if v.Bytes > 0 {
		facts = append(facts, size(v.Bytes))
	}
	if v.Agent != "" {
		facts = append(facts, "agent "+v.Agent)
	}
	for _, name := range slices.Sorted(maps.Keys(v.Groups)) {
		facts = append(facts, name+"="+v.Groups[name])
	}
	return facts
}

// evidence lists what the verdict is the sum of.
func (p *page) evidence(v verify.Verdict) {
	if len(v.Evidence) == 0 {
		return
	}
	// LR is the likelihood ratio, explained by the words beside each figure.
	p.heading("Evidence (log10 LR; + means the customer is on the left)")
	names := columns("together")
	for _, e := range v.Evidence {
		names = max(names, columns(e.Name))
	}
	item := func(name string, log10LR float64, detail string) {
		lead := fmt.Sprintf("  %s  %6s  ", pad(name, names), signed("%+.2f", log10LR))
		p.paragraph(lead, p.paint(bold, favours(log10LR)))
		p.paragraph(strings.Repeat(" ", gap+2), detail)
	}
	for _, e := range v.Evidence {
		item(e.Name, e.Log10LR, e.Detail)
	}
	item("together", v.Log10LR, conclusion(v))
}

// favours names the side that a log10 likelihood ratio speaks for, and how strongly.
func favours(log10LR float64) string {
	words := support(log10LR)
	switch {
	case words == noSupport:
		return words
	case log10LR > 0:
		return words + ", customer left"
	default:
		return words + ", agent left"
	}
}

// conclusion says how the evidence became a confidence.
func conclusion(v verify.Verdict) string {
	if v.Heard == nil || v.Confidence == nil {
		return "The evidence favours neither side."
	}
	before := v.Prior
	if v.Heard.Left != declare.Customer {
		before = 1 - before
	}
	return fmt.Sprintf("Probability that the %s is on the left: %s before listening, %s after.",
		v.Heard.Left, certainty(before), certainty(*v.Confidence))
}

// findings lists everything else that was found.
func (p *page) findings(v verify.Verdict) {
	if len(v.Findings) == 0 {
		return
	}
	p.heading("Findings")
	inks := map[finding.Severity]ink{finding.Fatal: red, finding.Warning: yellow, finding.Info: dim}
	for _, f := range v.Findings {
		lead := "  " + p.paint(inks[f.Severity], pad(string(f.Severity), len(finding.Warning))) + "  "
		p.paragraph(lead, fmt.Sprintf("%s: %s", p.paint(bold, string(f.Code)), f.Detail))
	}
}
