package report

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/otoscope/otoscope/audio/escape"
)

// Manual writes a page of the manual, which is Markdown, for a terminal: it
// wraps paragraphs and list items, sets headings in bold, and writes a table as
// a list, since few fit the width. It knows the Markdown that the manual uses.
func Manual(w io.Writer, markdown string, o Options) error {
	p := newPage(o)
	m := manualPage{page: p}
	for line := range strings.Lines(markdown) {
		m.add(strings.TrimRight(line, "\n"))
	}
	m.end()
	text := p.String()
	if o.ASCII {
		text = toASCII(text)
	}
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("writing the manual: %w", err)
	}
	return nil
}

// A manualPage collects the lines of one block, and lays it out at its end.
type manualPage struct {
	*page
	code   bool
	lead   string   // of the paragraph that is collected: "" or a list's mark
	words  []string // its lines
	titles []string // of the table that is collected
}

var (
	listMark  = regexp.MustCompile(`^\s*([-*]|\d+\.) +`)
	tableRule = regexp.MustCompile(`^\|[-:| ]+\|$`)
	link      = regexp.MustCompile(`\[([^\]]+)\]\(([^)]+)\)`)
)

func (m *manualPage) add(line string) {
	line = link.ReplaceAllString(line, "$1 ($2)")
	switch {
	case strings.HasPrefix(line, "```"):
		m.end()
		m.code = !m.code
	case m.code:
		m.line("    " + escape.Text(strings.ReplaceAll(line, "\t", "    "))) // a tab would be escaped
	case strings.TrimSpace(line) == "":
		m.end()
		m.titles = nil
		m.line("")
	case strings.HasPrefix(line, "#"):
		m.end()
		m.line(m.paint(bold, escape.Text(strings.TrimLeft(line, "# "))))
	case tableRule.MatchString(line):
	case strings.HasPrefix(line, "|"):
		m.end()
		m.row(strings.Split(strings.ReplaceAll(strings.Trim(line, "|"), `\|`, "\x00"), "|"))
	case listMark.MatchString(line):
		m.end()
		m.lead = "  " + strings.TrimSpace(listMark.FindString(line)) + " "
		m.words = []string{listMark.ReplaceAllString(line, "")}
	default:
		m.words = append(m.words, strings.TrimSpace(line))
	}
}

// row writes a row of a table; the first one names the columns.
func (m *manualPage) row(cells []string) {
	for i, c := range cells {
		cells[i] = escape.Text(strings.ReplaceAll(strings.TrimSpace(c), "\x00", "|"))
	}
	if m.titles == nil {
		m.titles = cells
		return
	}
	m.paragraph("  ", m.paint(bold, cells[0]))
	for i, c := range cells[1:] {
		if len(cells) > 2 && i+1 < len(m.titles) && m.titles[i+1] != "" {
			c = m.titles[i+1] + ": " + c
		}
		m.paragraph("      ", c)
	}
}

// end lays out the paragraph that was collected.
func (m *manualPage) end() {
	if len(m.words) > 0 {
		m.paragraph(m.lead, escape.Text(strings.Join(m.words, " ")))
	}
	m.lead, m.words = "", nil
}
