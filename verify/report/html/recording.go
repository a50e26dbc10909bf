package html

import (
	"html/template"
	"io"
)

// A Recording is the page for one recording, in words and figures that are ready to be read.
type Recording struct {
	Name     string // the reference, secrets removed
	Outcome  Outcome
	Sentence string // the verdict in a sentence
	Identity []string
	Call     Call
	Legend   string
	Ledger   *Ledger // nil: there is no evidence
	Channels Table
	Talk     Table
	TalkNote string
	Findings []Finding
	Steps    []Step
	Words    []Word
	Sound    *Sound // nil: none was asked for
	Facts    []Fact // what gave this result
}

// An Outcome is the word for a result. Its mark tells it apart without colour.
type Outcome string

// Mark is a sign for the outcome.
func (o Outcome) Mark() string {
	switch o {
	case "match":
		return "✓"
	case "swapped":
		return "⇄"
	case "unusable":
		return "✗"
	case "error":
		return "!"
	}
	return "?"
}

// A Table sets columns side by side.
type Table struct {
	Titles []string
	Rows   []TableRow
}

// A TableRow is what its figures are, and one cell a column.
type TableRow struct {
	Name  string
	Cells []string
}

// A Finding is what else there is to say.
type Finding struct {
	Severity, Code, Detail string
	Places                 []string
	Cure                   string // what to do; "" where nothing needs doing
}

// A Step is something to do, with what to type.
type Step struct {
	Text string
	Code []string
}

// A Word is an n-gram that one side said and the other did not.
type Word struct {
	Where, Text, Favours string
	At                   []string // when; empty where it is not known
}

// A Fact is a line of what gave a result.
type Fact struct{ Name, Value string }

// Wide and Narrow are the picture in its two sizes for a page; the stylesheet shows one.
func (r Recording) Wide() template.HTML   { return r.Call.Picture(Wide).Inline() }
func (r Recording) Narrow() template.HTML { return r.Call.Picture(Narrow).Inline() }

// HasPicture reports whether there is anything to draw.
func (r Recording) HasPicture() bool { return r.Call.DurationS > 0 && len(r.Call.Channels) > 0 }

// WriteRecording writes the page for one recording.
func WriteRecording(w io.Writer, r Recording) error {
	p := Page{Title: r.Name + " – " + string(r.Outcome), Templates: body("recording"), Body: r}
	if r.Sound.plays() {
		p.Scripts = append(p.Scripts, PlayerScript())
	}
	return p.Write(w)
}
