package lint

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/verify/batch/manifest"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
)

// looksLikeTable reports whether a text is a manifest: a table, or one object a line.
func looksLikeTable(name, text string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".csv", ".tsv", ".jsonl", ".ndjson":
		return true
	}
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "[") || strings.HasPrefix(text, `"`) || text == "" {
		return false
	}
	if !strings.HasPrefix(text, "{") {
		return strings.ContainsAny(strings.SplitN(text, "\n", 2)[0], ",;\t")
	}
	first, rest, more := strings.Cut(text, "\n")
	return more && declare.ValidJSON([]byte(first)) == nil && strings.HasPrefix(strings.TrimSpace(rest), "{")
}

// manifest checks the rows of a manifest, each by itself.
func (c *checker) manifest(name, text string) {
	doc := &document{file: name, text: text}
	m, err := manifest.Read(name, ".", strings.NewReader(text))
	if err != nil {
		c.add(spot{doc: doc}, RowUnreadable, sentence(err))
		return
	}
	defer m.Close()
	facts := map[string]declare.Fact{}
	for _, f := range declare.Table() {
		facts[f.Name] = f
	}
	for _, column := range m.Ignored {
		detail := fmt.Sprintf("The column %s has no meaning.", quote(column))
		if m.Hint != "" {
			detail += " " + upper(m.Hint) + "."
		}
		c.at(doc, 1, column, RowUnreadable, finding.Info, detail)
	}
	for e := range m.Entries() {
		if c.full(name) {
			return
		}
		c.row(doc, e, facts)
	}
}

// at notes a finding at a line of a table.
func (c *checker) at(doc *document, line int64, column string, code finding.Code, severity finding.Severity, detail string) {
	before := len(c.report.Findings)
	pointer := ""
	if column != "" {
		pointer = step(column)
	}
	c.add(spot{doc: doc, pointer: pointer}, code, fmt.Sprintf("Line %d: %s", line, detail))
	if len(c.report.Findings) > before {
		f := &c.report.Findings[before]
		f.Line, f.Column, f.Severity, f.Detail = int(line), 1, severity, detail
	}
}

// row checks one row.
func (c *checker) row(doc *document, e manifest.Entry, facts map[string]declare.Fact) {
	warn := func(column string, code finding.Code, detail string) {
		c.at(doc, e.Line, column, code, RuleOf(code).Severity, detail)
	}
	if e.Err != nil {
		warn("", RowUnreadable, sentence(e.Err))
		return
	}
	if declaring := declare.Declaring(e.Fields.Words); len(declaring) > 1 {
		warn(declaring[1], RowUnreadable, "More than one column declares who is on which channel: "+strings.Join(declaring, ", ")+".")
	}
	var call declare.Call
	call.Facts = c.options.Facts
	for _, w := range e.Fields.Words {
		if w.Fact == "attributes" {
			c.rowAttributes(doc, e, w.Value, &call)
			continue
		}
		if err := facts[w.Fact].Set(&call, w.Value); err != nil {
			warn(w.Fact, RowUnreadable, sentence(err))
		}
	}
	if r := e.Fields.Recording; r != "" {
		c.reference(doc, e, "recording", r)
	}
	if err := call.Complete(); err != nil {
		column := "convention"
		var fact *declare.FactError
		if errors.As(err, &fact) {
			column = fact.Fact
		}
		warn(column, RowUnreadable, sentence(err))
		return
	}
	if left, why := expected(call.Facts, call.Declaration.Direction); left != "" && call.Declaration.Sides != nil && call.Declaration.Sides.Left != left {
		warn("channels", ChannelOrder, why+". Declared is the other order.")
	}
}

// rowAttributes checks the attributes of a row, where they are in it and not in a file.
func (c *checker) rowAttributes(doc *document, e manifest.Entry, text string, call *declare.Call) {
	if !strings.HasPrefix(strings.TrimSpace(text), "{") {
		return
	}
	d, located, err := declare.Inspect([]byte(text))
	if err != nil {
		c.at(doc, e.Line, "attributes", NotJSON, finding.Warning, sentence(err))
		return
	}
	for _, l := range located {
		if l.Code != finding.StartTimeForm {
			c.at(doc, e.Line, "attributes", l.Code, RuleOf(l.Code).Severity, l.Detail)
		}
	}
	if d.Sides != nil {
		call.Declaration = d
	}
	if d.Recording != "" {
		c.reference(doc, e, "attributes", d.Recording)
	}
}

// reference checks the form of a recording's address in a table.
func (c *checker) reference(doc *document, e manifest.Entry, column, ref string) {
	if !strings.Contains(ref, "://") || len(ref) > MaxFile {
		return
	}
	inner, err := open(doc.file, quoted(ref))
	if err != nil {
		return
	}
	apart := &checker{options: c.options, count: map[string]int{}, seen: map[said]bool{}, report: &Report{}}
	apart.url(spot{inner, inner.root, ""})
	for _, f := range apart.report.Findings {
		if f.Code != URLExtension { // a manifest names what is fetched
			c.at(doc, e.Line, column, f.Code, f.Severity, escape.Text(f.Detail))
		}
	}
}
