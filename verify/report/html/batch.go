package html

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"
)

// MaxRows is how many recordings a page lists: with more, browsers become slow.
const MaxRows = 10_000

// A Batch is the page for many recordings, in words and figures that are ready to be read.
type Batch struct {
	Name      string
	Made      string // when, and by what
	Facts     []string
	Chosen    []string // what the results were chosen by
	Outcomes  []Share  // of all results
	Refuted   Share    // of those decided
	Human     string   // what people say who listened; "" if nobody did
	Charts    []*Scene // outcomes over time; none: no times are known
	Periods   Table
	TimeNote  string
	Groups    []Group
	GroupNote string
	Findings  []Share
	Errors    []Count
	Decision  *Decision // nil: not asked for
	Cohort    *Cohort   // nil: not asked for
	Rows      Rows
}

// A Share is a count with its part of a whole and the interval of that part.
type Share struct {
	Name           string
	Outcome        Outcome // "" where it is none
	N, Of          int64
	Rate, Low, Top float64 // 0–1
	Words          string  // "12.0 %"
	Interval       string  // "8.1–16.9 %"
}

// Bar shows the rate and its interval on a line from 0 to 100 %.
func (s Share) Bar() template.HTML {
	if s.Of == 0 {
		return ""
	}
	const width, height = 160.0, 14.0
	x := func(p float64) float64 { return 2 + (width-4)*p }
	scene := &Scene{Width: width, Height: height}
	scene.add(bar{2, height/2 - 0.5, width - 4, 1, gridPaint, false, ""},
		bar{x(s.Low), height/2 - 3, max(x(s.Top)-x(s.Low), 1), 6, stillPaint, false, ""},
		bar{x(s.Rate) - 1, 1, 2, height - 2, inkPaint, false, ""})
	return scene.decoration()
}

// A Group is the results of a group.
type Group struct {
	Name     string
	Results  int64
	Outcomes []int64 // in the order of Batch.Outcomes
	Refuted  Share
}

// A Count is how often something happened, with what to do.
type Count struct {
	Name string
	N    int64
	Hint string
}

// A Decision is whether to go ahead.
type Decision struct {
	Word, Sentence string
	Missing        string // what is needed yet; "" for nothing
	Counts         Table
	Rate           string
	Strata         Table
	Behind         []string // recordings that are not as declared
	Settle         []string // recordings whose answer can decide
}

// Good reports whether the decision is to go.
func (d Decision) Good() bool { return d.Word == "GO" }

// A Cohort is what many recordings together say.
type Cohort struct {
	Sentence string
	Counts   Table
	Sounds   []RecurringSound
	More     int // sounds that are left out
	Groups   Table
	Copies   []string
}

// A RecurringSound is sound that many recordings have.
type RecurringSound struct{ What, Why, Example string }

// Rows is the table of recordings.
type Rows struct {
	Shown, All int64
	LeftOut    string // what is left out; "" for nothing
	rows       []row
	details    []string // of the last rows, up to detailsAtOnce
	packed     []string // of all rows before, in blocks of as many: gzip in base64
}

// A Line is a recording in the table.
type Line struct {
	Recording, Sentence, Started, Confidence, Length, Findings string
	Person                                                     string   // what a person says who listened; "" if nobody did
	Groups                                                     []string // "queue=billing"
	Outcome                                                    Outcome
	ConfidenceValue, LengthS                                   float64 // to sort by; −1 where there is none
}

// row is a line as the script reads it: what is shown, and the numbers to sort by.
type row struct {
	Shown   [7]string  `json:"c"`
	Groups  []string   `json:"g,omitempty"`
	Person  string     `json:"h,omitempty"`
	Numbers [2]float64 `json:"n"`
}

// detailsAtOnce is how many details are compressed together.
const detailsAtOnce = 100

// Add adds a recording: a line, and what it opens to.
func (r *Rows) Add(l Line, detail Detail) error {
	text, err := detail.render()
	if err != nil {
		return err
	}
	r.rows = append(r.rows, row{
		[7]string{l.Recording, string(l.Outcome), l.Sentence, l.Started, l.Confidence, l.Length, l.Findings}, l.Groups, l.Person,
		[2]float64{l.ConfidenceValue, l.LengthS},
	})
	r.Shown++
	if r.details = append(r.details, text); len(r.details) < detailsAtOnce {
		return nil
	}
	block, err := pack(r.details)
	if err != nil {
		return err
	}
	r.packed, r.details = append(r.packed, block), nil
	return nil
}

// pack compresses details.
func pack(details []string) (string, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if err := json.NewEncoder(z).Encode(details); err != nil {
		return "", fmt.Errorf("compressing the recordings: %w", err)
	}
	if err := z.Close(); err != nil {
		return "", fmt.Errorf("compressing the recordings: %w", err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes()), nil
}

// A Detail is what a recording in the table opens to.
type Detail struct {
	Name     string
	Sentence string
	Person   string // what a person says who listened
	Cohort   string // what the other recordings say of it
	Call     Call
	Ledger   *Ledger
	Findings []Finding
}

// Picture is the picture for a row of a table.
func (d Detail) Picture() template.HTML { return d.Call.Picture(Small).Fluid() }

// HasPicture reports whether there is anything to draw.
func (d Detail) HasPicture() bool { return d.Call.DurationS > 0 && len(d.Call.Channels) > 0 }

// detailTemplate is the template of a Detail, read once.
var detailTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("detail").Funcs(functions()).ParseFS(parts, "page/parts.tmpl", "page/batch/detail.tmpl"))
})

func (d Detail) render() (string, error) {
	var b strings.Builder
	if err := detailTemplate().ExecuteTemplate(&b, "detail", d); err != nil {
		return "", fmt.Errorf("showing %s: %w", d.Name, err)
	}
	return b.String(), nil
}

// shownWithoutScript is how many lines are there before the script runs, and without it.
const shownWithoutScript = 100

// First are the lines that are there without the script.
func (r Rows) First() []Line {
	var out []Line
	for _, x := range r.rows[:min(len(r.rows), shownWithoutScript)] {
		c := x.Shown
		out = append(out, Line{Recording: c[0], Outcome: Outcome(c[1]), Sentence: c[2], Started: c[3], Confidence: c[4], Length: c[5], Findings: c[6], Groups: x.Groups, Person: x.Person})
	}
	return out
}

// data is what the script reads: the lines, and in blocks, each gzip in base64, the HTML of what
// they open to.
type data struct {
	Rows    []row    `json:"rows"`
	At      int      `json:"block"`
	Details []string `json:"details"`
}

// Data is the lines and what they open to.
func (r Rows) Data() (data, error) {
	d := data{Rows: r.rows, At: detailsAtOnce, Details: append([]string{}, r.packed...)}
	if d.Rows == nil {
		d.Rows = []row{}
	}
	if len(r.details) > 0 {
		block, err := pack(r.details)
		if err != nil {
			return d, err
		}
		d.Details = append(d.Details, block)
	}
	return d, nil
}

// WriteBatch writes the page for many recordings.
func WriteBatch(w io.Writer, b Batch) error {
	return Page{Title: b.Name, Templates: body("batch"), Body: b, Scripts: []string{read("rows.js")}}.Write(w)
}
