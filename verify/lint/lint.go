package lint

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify/consumer"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
)

// MaxFile bounds a file, in bytes.
const MaxFile = 8 << 20

// MaxFindings bounds the findings of a file.
const MaxFindings = 500

// A File is a text to check. Name stands in the findings.
type File struct {
	Name string
	Text []byte
}

// Options are what is known of the calls.
type Options struct {
	Facts declare.Facts // direction, recording method, joins
	// Storage says how the account stores recordings: "" as usual, Encrypted, or External.
	Storage Storage
	// Intelligence says that Conversational Intelligence reads the recordings, too, with no
	// participants given.
	Intelligence bool
}

// Storage is how an account stores recordings.
type Storage string

// The ways that make recordings of conferences mono.
const (
	Encrypted Storage = "encrypted"
	External  Storage = "external"
)

// A Finding is one remark about a file.
type Finding struct {
	Code     finding.Code     `json:"code"`
	Severity finding.Severity `json:"severity"`
	File     string           `json:"file"`
	Line     int              `json:"line"`   // from 1; 0 for the whole file
	Column   int              `json:"column"` // from 1, in characters
	// Pointer is the JSON pointer (RFC 6901) of the value. # leads into the JSON that is in a string.
	Pointer string `json:"pointer"`
	Detail  string `json:"detail"`
	Why     string `json:"why"`
	Cure    string `json:"cure"`
	// Corrected is the text that is right there, "" where that is not certain.
	Corrected string `json:"corrected"`

	edits []edit
}

// A Region is what a correction replaces in a file, in bytes.
type Region struct {
	From, To int
	Text     string
}

// Region gives the correction of a finding as one replacement in its file. It reports false if
// there is none.
func (f Finding) Region() (Region, bool) {
	if len(f.edits) == 0 {
		return Region{}, false
	}
	top := f.edits[0].doc.top()
	after := apply(top, f.edits)
	from := 0
	for from < min(len(after), len(top.text)) && after[from] == top.text[from] {
		from++
	}
	end := 0
	for end < min(len(after), len(top.text))-from && after[len(after)-1-end] == top.text[len(top.text)-1-end] {
		end++
	}
	return Region{from, len(top.text) - end, after[from : len(after)-end]}, true
}

// A Report is what was found in files.
type Report struct {
	Schema   int        `json:"schema"`
	Files    []Checked  `json:"files"`
	Findings []Finding  `json:"findings"` // in the order of files and lines
	Counts   SeverityOf `json:"counts"`
	// Consumers says who would read recordings rightly that are made and declared so; null where
	// the files do not tell who is on which channel.
	Consumers []consumer.Reading `json:"consumers"`

	documents map[string]*document
}

// Checked is a file that was checked, and what it was taken for.
type Checked struct {
	File string `json:"file"`
	Is   string `json:"is"`
}

// SeverityOf counts findings.
type SeverityOf struct {
	Warning int `json:"warning"`
	Info    int `json:"info"`
}

// Check checks files together.
func Check(files []File, o Options) *Report {
	c := &checker{options: o, count: map[string]int{}, seen: map[said]bool{}, report: &Report{Schema: 1, Files: []Checked{}, Findings: []Finding{}, documents: map[string]*document{}}}
	for _, f := range files {
		c.file(f)
	}
	c.together()
	order := map[string]int{}
	for i, f := range c.report.Files {
		order[f.File] = i
	}
	slices.SortStableFunc(c.report.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(order[a.File], order[b.File]), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	for _, f := range c.report.Findings {
		if f.Severity == finding.Info {
			c.report.Counts.Info++
		} else {
			c.report.Counts.Warning++
		}
	}
	if c.left != "" {
		c.report.Consumers = consumer.Read(c.left, c.declared)
	}
	return c.report
}

// Fixed gives the text of a file with all corrections. It reports false if there are none.
func (r *Report) Fixed(file string) (string, bool) {
	top := r.documents[file]
	var edits []edit
	for _, f := range r.Findings {
		if f.File == file {
			edits = append(edits, f.edits...)
		}
	}
	if top == nil || len(edits) == 0 {
		return "", false
	}
	return apply(top, edits), true
}

// A checker gathers the findings of files.
type checker struct {
	options Options
	report  *Report
	count   map[string]int // findings by file
	seen    map[said]bool

	// What the files say of each other.
	flowRecords, pluginRecords, intelligence *spot
	taskMedia                                *spot
	pluginWorker                             bool
	// left is who is on the left by the way of recording; declared is what was declared.
	left     declare.Role
	declared *declare.Sides
	// told is whom the participants of a transcript request put on channel 1.
	told   declare.Role
	toldAt *spot
}

// said is what makes two findings one.
type said struct {
	code                  finding.Code
	file, pointer, detail string
}

// A spot is a place in a document.
type spot struct {
	doc     *document
	node    *node
	pointer string
}

// add notes a finding at a value.
func (c *checker) add(at spot, code finding.Code, detail string, edits ...edit) {
	same := said{code, at.doc.file, at.pointer, detail}
	if c.full(at.doc.file) || c.seen[same] {
		return
	}
	c.seen[same] = true
	rule := RuleOf(code)
	f := Finding{Code: code, Severity: rule.Severity, File: at.doc.file, Pointer: at.pointer, Detail: detail, Why: rule.Why, Cure: rule.Cure, edits: edits}
	if at.node != nil {
		f.Line, f.Column = at.doc.position(at.node.from)
	}
	for i, e := range edits {
		if i > 0 {
			f.Corrected += " ... "
		}
		f.Corrected += strings.TrimSpace(strings.TrimPrefix(e.text, ","))
	}
	c.report.Findings = append(c.report.Findings, f)
	c.count[f.File]++
}

// full reports whether a file has as many findings as are told of one. Nothing more is looked for then.
func (c *checker) full(file string) bool { return c.count[file] >= MaxFindings }

// file checks one file by what it is.
func (c *checker) file(f File) {
	is := func(what string) { c.report.Files = append(c.report.Files, Checked{f.Name, what}) }
	text := string(declare.DecodeText(f.Text))
	blank := &document{file: f.Name, text: text}
	if len(f.Text) > MaxFile {
		is("too large")
		c.add(spot{doc: blank}, NotJSON, fmt.Sprintf("The file is larger than %d bytes.", MaxFile))
		return
	}
	if looksLikeTable(f.Name, text) {
		is("manifest")
		c.manifest(f.Name, text)
		return
	}
	d, err := open(f.Name, text)
	c.report.documents[f.Name] = d
	if err != nil {
		is("JSON")
		c.broken(d, spot{doc: d}, err)
		return
	}
	what := whatIs(d.root)
	is(what)
	root := spot{d, d.root, ""}
	switch what {
	case "flow":
		c.flow(root)
	case "plugin configuration":
		c.plugin(root)
	case "transcript request":
		c.transcript(root)
	case "recording":
		c.recording(root)
	case "attributes":
		c.attributes(root, nil)
	default:
		c.add(root, UnknownFile, "The file has no task attributes, no states of a flow, and no configuration of the dual-channel plugin.")
	}
}

// broken says why a text is not JSON.
func (c *checker) broken(d *document, at spot, err error) {
	if d != nil && d.tags {
		c.add(at, LiquidUnchecked, "Liquid tags ({% ... %}) make the text, so that it is JSON only when they are filled in.")
		return
	}
	detail := "The text is not valid JSON: " + escape.Text(err.Error()) + "."
	if d != nil {
		if err := declare.ValidJSON([]byte(d.masked)); err != nil {
			detail = upper(err.Error()) + ". " + upper(hint.Of(err)) + "."
		}
	}
	c.add(at, NotJSON, detail)
}

// whatIs tells what a JSON value is.
func whatIs(root *node) string {
	definition := root.get("definition")
	switch {
	case root.get("states") != nil, definition.get("states") != nil, definition.str() != "":
		return "flow"
	case root.get("custom_data", "features") != nil, root.get("features") != nil, root.get("ui_attributes") != nil,
		root.get("dual_channel_recording") != nil:
		return "plugin configuration"
	case root.get("auto_transcribe") != nil, root.get("service_sid") != nil, root.get("ServiceSid") != nil, root.get("participants") != nil,
		root.get("channel", "participants") != nil, root.get("channel", "media_properties") != nil:
		return "transcript request"
	case strings.HasPrefix(root.get("sid").str(), "RE") && root.get("account_sid") != nil:
		return "recording"
	case root.kind == '{' || root.kind == '[' || root.kind == '"':
		return "attributes"
	}
	return "unknown"
}
