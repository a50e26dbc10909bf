package report

import (
	"strings"

	"github.com/mattn/go-runewidth"
)

// An ink is an ANSI graphic rendition (ECMA-48 SGR parameters). Only the
// colours that every terminal theme defines are used.
type ink string

const (
	plain  ink = ""
	bold   ink = "1"
	dim    ink = "2"
	red    ink = "1;31"
	green  ink = "1;32"
	yellow ink = "1;33"
	cyan   ink = "36"
	purple ink = "35"
)

// A page lays text out for a terminal. What is written to it must have gone
// through clean: the only escape sequences on it are its own inks.
type page struct {
	strings.Builder
	width int
	color bool
	ascii bool
}

func newPage(o Options) *page { return &page{width: o.width(), color: o.Color, ascii: o.ASCII} }

// paint returns s in the given ink, word by word so that wrapping never tears
// a sequence from its end.
func (p *page) paint(i ink, s string) string {
	if !p.color || i == plain || s == "" {
		return s
	}
	words := strings.Split(s, " ")
	for n, w := range words {
		if w != "" {
			words[n] = "\x1b[" + string(i) + "m" + w + "\x1b[0m"
		}
	}
	return strings.Join(words, " ")
}

// columns returns how many terminal columns s takes, inks aside.
func columns(s string) int {
	if !strings.Contains(s, "\x1b[") {
		return runewidth.StringWidth(s)
	}
	var bare strings.Builder
	for {
		before, rest, found := strings.Cut(s, "\x1b[")
		bare.WriteString(before)
		if !found {
			return runewidth.StringWidth(bare.String())
		}
		_, s, _ = strings.Cut(rest, "m")
	}
}

func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-columns(s)))
}

// line writes one line as it stands.
func (p *page) line(s string) {
	p.WriteString(joined(strings.ReplaceAll(strings.TrimRight(s, " "), nbsp, " ")))
	p.WriteByte('\n')
}

// joined puts neighbouring words of one ink under one sequence.
func joined(s string) string {
	const begin = "\x1b["
	var b strings.Builder
	ink := "" // of what was written last
	for {
		before, rest, found := strings.Cut(s, begin)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		parameters, after, _ := strings.Cut(rest, "m")
		spaces := len(after) - len(strings.TrimLeft(after, " "))
		if next := after[spaces:]; parameters == "0" && ink != "" && strings.HasPrefix(next, begin+ink+"m") {
			b.WriteString(after[:spaces])
			s = strings.TrimPrefix(next, begin+ink+"m")
			continue
		}
		if b.WriteString(begin + parameters + "m"); parameters == "0" {
			ink = ""
		} else {
			ink = parameters
		}
		s = after
	}
}

// heading begins a new section.
func (p *page) heading(title string) {
	p.line("")
	p.line(p.paint(bold, title))
}

// paragraph writes text wrapped to the page; the first line begins with lead,
// the others are indented by as much.
func (p *page) paragraph(lead, text string) {
	indent := columns(lead)
	for i, l := range wrap(text, p.width-indent) {
		if i == 0 {
			p.line(lead + l)
		} else {
			p.line(strings.Repeat(" ", indent) + l)
		}
	}
}

// wrap breaks text at its spaces into lines of at most width columns. A word
// longer than that, such as a URL, gets a separate line and stays whole so
// that it can be copied.
func wrap(text string, width int) []string {
	var lines []string
	line, used := "", 0
	for word := range strings.SplitSeq(text, " ") {
		if word == "" {
			continue
		}
		w := columns(word)
		if line != "" && used+1+w > width {
			lines = append(lines, line)
			line, used = "", 0
		}
		if line != "" {
			line, used = line+" ", used+1
		}
		line, used = line+word, used+w
	}
	if line != "" || lines == nil {
		lines = append(lines, line)
	}
	return lines
}

// A row of a table: what the figures are, and one cell a column.
type row struct {
	name  string
	cells []string
}

// gap is the space between the columns of a table.
const gap = 2

// table writes rows under column titles. Names keep their width, the cells
// share what is left and are wrapped where that is not enough.
func (p *page) table(titles []string, rows []row) {
	names, widths := 0, make([]int, len(titles))
	for i, t := range titles {
		widths[i] = columns(t)
	}
	for _, r := range rows {
		names = max(names, columns(r.name))
		for i, c := range r.cells {
			widths[i] = max(widths[i], columns(c))
		}
	}
	room := (p.width - gap - names - gap*len(titles)) / len(titles)
	for i := range widths {
		// Wide pages still keep the columns near each other, to be compared.
		widths[i] = min(max(widths[i], 22), room)
	}
	var painted []string
	for _, t := range titles {
		painted = append(painted, p.paint(bold, t))
	}
	p.row(names, widths, row{cells: painted})
	for _, r := range rows {
		p.row(names, widths, r)
	}
}

func (p *page) row(names int, widths []int, r row) {
	cells, height := make([][]string, len(r.cells)), 1
	for i, c := range r.cells {
		cells[i] = wrap(c, widths[i])
		height = max(height, len(cells[i]))
	}
	for n := range height {
		name := ""
		if n == 0 {
			name = r.name
		}
		line := strings.Repeat(" ", gap) + pad(name, names)
		for i, c := range cells {
			text := ""
			if n < len(c) {
				text = c[n]
			}
			line += strings.Repeat(" ", gap) + pad(text, widths[i])
		}
		p.line(line)
	}
}
