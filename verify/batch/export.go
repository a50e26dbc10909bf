package batch

import (
	"context"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch/manifest"
)

// WriteJSON writes results, one object a line.
func WriteJSON(w io.Writer, results iter.Seq2[Result, error]) error {
	for r, err := range results {
		if err != nil {
			return err
		}
		if err := r.WriteJSON(w); err != nil {
			return err
		}
	}
	return nil
}

// maxGroupColumns bounds the columns that groups get in CSV.
const maxGroupColumns = 100

// GroupNames lists the names of groups that rows have.
func (s *Store) GroupNames(ctx context.Context) ([]string, error) {
	var names []string
	// One step of the index for each name, however many rows there are.
	for last := ""; len(names) < maxGroupColumns; {
		var name *string
		if _, err := queryOne(ctx, s.db, `SELECT min(name) FROM otoscope_groups WHERE name > ?`, []any{last}, &name); err != nil {
			return nil, s.storageError("listing the groups", err)
		}
		if name == nil {
			break
		}
		names, last = append(names, *name), *name
	}
	return names, nil
}

// WriteCSV writes results as CSV with a header, and a column for each group. Text
// that a spreadsheet would take for a formula gets an apostrophe before it.
func WriteCSV(w io.Writer, results iter.Seq2[Result, error], groups []string) error {
	c := csv.NewWriter(w)
	header := []string{"id", "row", "recording", "outcome", "declared_left", "heard_left", "confidence", "log10_lr",
		"duration_s", "bytes", "sha256", "findings", "error_stage", "error", "agent"}
	for _, g := range groups {
		header = append(header, escape.Cell(manifest.GroupPrefix+g))
	}
	if err := c.Write(append(header, "version", "profile")); err != nil {
		return err
	}
	for r, err := range results {
		if err != nil {
			return err
		}
		v, err := r.Verdict()
		if err != nil {
			return err
		}
		if err := c.Write(record(r, v, groups)); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

func record(r Result, v verify.Verdict, groups []string) []string {
	number := func(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
	var declared, heard, confidence, stage, message string
	if v.Declared != nil {
		declared = string(v.Declared.Left)
	}
	if v.Heard != nil {
		heard = string(v.Heard.Left)
	}
	if v.Confidence != nil {
		confidence = number(*v.Confidence)
	}
	if v.Error != nil {
		stage, message = string(v.Error.Stage), v.Error.Message
	}
	var codes []string
	for _, f := range v.Findings {
		codes = append(codes, string(f.Code))
	}
	out := []string{escape.Cell(r.ID), strconv.FormatInt(r.Row, 10), escape.Cell(v.Recording), string(v.Outcome), declared, heard, confidence, number(v.Log10LR),
		number(v.DurationS), strconv.FormatInt(v.Bytes, 10), v.SHA256, strings.Join(codes, " "), stage, escape.Cell(message), escape.Cell(v.Agent)}
	for _, g := range groups {
		out = append(out, escape.Cell(v.Groups[g]))
	}
	return append(out, escape.Cell(v.Version), escape.Cell(v.Profile))
}

// WriteJUnit writes results in the form that continuous integration reads: what
// is refuted is a failure, what could not be checked an error, what is undecided
// skipped.
func WriteJUnit(w io.Writer, sum Summary, results iter.Seq2[Result, error]) error {
	counts := map[verify.Outcome]int64{}
	for _, o := range sum.Outcomes {
		counts[o.Outcome] = o.N
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	attribute := func(name, value string) xml.Attr { return xml.Attr{Name: xml.Name{Local: name}, Value: value} }
	n := func(x int64) string { return strconv.FormatInt(x, 10) }
	totals := []xml.Attr{
		attribute("name", "otoscope"), attribute("tests", n(sum.Results)), attribute("failures", n(counts[verify.Swapped]+counts[verify.Unusable])),
		attribute("errors", n(counts[verify.Errored])), attribute("skipped", n(counts[verify.Undecided])),
	}
	suites := xml.StartElement{Name: xml.Name{Local: "testsuites"}, Attr: totals}
	suite := xml.StartElement{Name: xml.Name{Local: "testsuite"}, Attr: totals}
	for _, start := range []xml.StartElement{suites, suite} {
		if err := e.EncodeToken(start); err != nil {
			return err
		}
	}
	for r, err := range results {
		if err != nil {
			return err
		}
		v, err := r.Verdict()
		if err != nil {
			return err
		}
		if err := e.Encode(newTestCase(r, v)); err != nil {
			return err
		}
	}
	for _, start := range []xml.StartElement{suite, suites} {
		if err := e.EncodeToken(start.End()); err != nil {
			return err
		}
	}
	if err := e.Flush(); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
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

func newTestCase(r Result, v verify.Verdict) testCase {
	t := testCase{Class: escape.Text(r.Batch), Name: escape.Text(r.ID), SystemOut: escape.Text(fmt.Sprintf("row %d: %s", r.Row, v.Recording))}
	var said []string
	for _, f := range v.Findings {
		said = append(said, escape.Text(fmt.Sprintf("%s: %s", f.Code, f.Detail)))
	}
	for _, i := range v.Evidence {
		said = append(said, escape.Text(fmt.Sprintf("%s (%+.2f): %s", i.Name, i.Log10LR, i.Detail)))
	}
	m := &message{Type: string(v.Outcome), Text: strings.Join(said, "\n")}
	switch v.Outcome {
	case verify.Swapped:
		m.Message = "the channels are the other way round than declared"
		if v.Heard != nil {
			m.Message = fmt.Sprintf("the %s is on the left, where the %s was declared", v.Heard.Left, v.Heard.Right)
		}
		t.Failure = m
	case verify.Unusable:
		m.Message = "the channels do not hold one party each"
		t.Failure = m
	case verify.Undecided:
		m.Type, m.Message = "", "the sound does not say surely enough"
		t.Skipped = m
	case verify.Errored:
		if v.Error != nil {
			m.Type, m.Message, m.Text = string(v.Error.Stage), escape.Text(v.Error.Message), escape.Text(v.Error.Hint)
		}
		t.Error = m
	}
	return t
}
