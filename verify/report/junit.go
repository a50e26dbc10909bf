package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/verify"
)

// junitResults writes results in the form that continuous integration reads:
// what is refuted is a failure, what could not be checked an error, and what is
// undecided skipped. The totals stand first; where no summary has them, the
// results are kept until the last one.
type junitResults struct {
	w     *xml.Encoder
	to    io.Writer
	about About
	begun bool
	kept  []Row
}

func newJUnitResults(w io.Writer, about About, _ Options) Results {
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	return &junitResults{w: e, to: w, about: about}
}

func (j *junitResults) Write(r Row) error {
	if j.about.Summary == nil {
		j.kept = append(j.kept, r)
		return nil
	}
	return j.write(r)
}

func (j *junitResults) write(r Row) error {
	if err := j.begin(); err != nil {
		return fmt.Errorf("writing JUnit: %w", err)
	}
	if err := j.w.Encode(newTestCase(r)); err != nil {
		return fmt.Errorf("writing JUnit: %w", err)
	}
	return nil
}

// elements are the two that stand around the cases.
func (j *junitResults) elements() []xml.StartElement {
	counts := map[verify.Outcome]int64{}
	for _, o := range j.about.Summary.Outcomes {
		counts[o.Outcome] = o.N
	}
	attribute := func(name string, n int64) xml.Attr {
		return xml.Attr{Name: xml.Name{Local: name}, Value: strconv.FormatInt(n, 10)}
	}
	totals := []xml.Attr{
		{Name: xml.Name{Local: "name"}, Value: "otoscope"},
		attribute("tests", j.about.Summary.Results),
		attribute("failures", counts[verify.Swapped]+counts[verify.Unusable]),
		attribute("errors", counts[verify.Errored]),
		attribute("skipped", counts[verify.Undecided]),
	}
	return []xml.StartElement{
		{Name: xml.Name{Local: "testsuites"}, Attr: totals},
		{Name: xml.Name{Local: "testsuite"}, Attr: totals},
	}
}

func (j *junitResults) begin() error {
	if j.begun {
		return nil
	}
	j.begun = true
	if _, err := io.WriteString(j.to, xml.Header); err != nil {
		return err
	}
	for _, start := range j.elements() {
		if err := j.w.EncodeToken(start); err != nil {
			return err
		}
	}
	return nil
}

func (j *junitResults) Close() error {
	if j.about.Summary == nil {
		j.about.Summary = count(j.kept)
		for _, r := range j.kept {
			if err := j.write(r); err != nil {
				return err
			}
		}
	}
	if err := j.end(); err != nil {
		return fmt.Errorf("writing JUnit: %w", err)
	}
	return nil
}

func (j *junitResults) end() error {
	if err := j.begin(); err != nil {
		return err
	}
	elements := j.elements()
	for i := len(elements) - 1; i >= 0; i-- {
		if err := j.w.EncodeToken(elements[i].End()); err != nil {
			return err
		}
	}
	if err := j.w.Flush(); err != nil {
		return err
	}
	_, err := io.WriteString(j.to, "\n")
	return err
}

// count gives the totals of rows.
func count(rows []Row) *Summary {
	s := &Summary{Results: int64(len(rows))}
	for _, o := range verify.Outcomes() {
		c := OutcomeCount{Outcome: o}
		for _, r := range rows {
			if r.Verdict.Outcome == o {
				c.N++
			}
		}
		s.Outcomes = append(s.Outcomes, c)
	}
	return s
}

type testCase struct {
	XMLName   xml.Name `xml:"testcase"`
	Class     string   `xml:"classname,attr"`
	Name      string   `xml:"name,attr"`
	Failure   *message `xml:"failure"`
	Error     *message `xml:"error"`
	Skipped   *message `xml:"skipped"`
	SystemOut string   `xml:"system-out,omitempty"`
}

type message struct {
	Type    string `xml:"type,attr,omitempty"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func newTestCase(r Row) testCase {
	v := r.Verdict
	t := testCase{Class: escape.Text(r.Batch), Name: escape.Text(r.ID)}
	if r.ID == "" {
		t.Class, t.Name = "otoscope", escape.Text(v.Recording)
	} else {
		t.SystemOut = escape.Text(fmt.Sprintf("row %d: %s", r.Row, v.Recording))
	}
	var said []string
	for _, f := range v.Findings {
		said = append(said, escape.Text(fmt.Sprintf("%s: %s", f.Code, f.Detail)))
	}
	for _, i := range v.Evidence {
		said = append(said, escape.Text(fmt.Sprintf("%s (%+.2f): %s", i.Name, i.Log10LR, i.Detail)))
	}
	m := &message{Type: string(v.Outcome), Message: escape.Text(why(v)), Text: strings.Join(said, "\n")}
	switch v.Outcome {
	case verify.Swapped, verify.Unusable:
		t.Failure = m
	case verify.Undecided:
		m.Type = ""
		t.Skipped = m
	case verify.Errored:
		if v.Error != nil {
			m.Type, m.Message, m.Text = escape.Text(string(v.Error.Stage)), escape.Text(v.Error.Message), escape.Text(v.Error.Hint)
		}
		t.Error = m
	}
	return t
}
