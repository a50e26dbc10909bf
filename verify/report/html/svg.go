package html

import (
	"fmt"
	"html"
	"html/template"
	"strconv"
	"strings"
	"unicode/utf8"
)

// fonts are those of every picture and page.
const fonts = "system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', 'DejaVu Sans', sans-serif"

// SVG is the picture as a file, with its colours, on a white ground.
func (s *Scene) SVG() string {
	w := s.begin(fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%[2]s" `, pixel(s.Width), pixel(s.Height)) + s.viewBox())
	w.inks = lightInks()
	bar{0, 0, s.Width, s.Height, groundPaint, false, ""}.svg(w)
	return w.end(s)
}

// Inline is the picture as an element of a page, whose stylesheet has the colours.
func (s *Scene) Inline() template.HTML {
	return template.HTML(s.begin(`<svg ` + s.viewBox()).end(s)) // every text in it is escaped by svgWriter
}

// Fluid is the picture as an element of a page that is as wide as there is room, and at least as wide as the scene: shapes
// are stretched, texts are not. Its height is fixed.
func (s *Scene) Fluid() template.HTML {
	w := s.begin(fmt.Sprintf(`<svg width="100%%" height="%s" `, pixel(s.Height)))
	w.WriteString(`<svg width="100%" height="100%" ` + s.viewBox() + `preserveAspectRatio="none">` + "\n")
	var texts []label
	for _, x := range s.shapes {
		if text, ok := x.(label); ok {
			texts = append(texts, text)
			continue
		}
		x.svg(w)
	}
	w.WriteString("</svg>\n")
	w.share = s.Width
	for _, text := range texts {
		text.svg(w)
	}
	w.WriteString("</svg>\n")
	return template.HTML(w.String()) // every text in it is escaped by svgWriter
}

// decoration is the picture as an element that says nothing that the words beside it do not say.
func (s *Scene) decoration() template.HTML {
	w := &svgWriter{}
	w.WriteString(`<svg ` + s.viewBox() + `preserveAspectRatio="none" aria-hidden="true" focusable="false">`)
	return template.HTML(w.end(s)) // every text in it is escaped by svgWriter
}

// viewBox gives a picture its own coordinates.
func (s *Scene) viewBox() string {
	return fmt.Sprintf(`viewBox="0 0 %s %s" `, pixel(s.Width), pixel(s.Height))
}

func (s *Scene) begin(start string) *svgWriter {
	w := &svgWriter{}
	w.WriteString(start)
	w.printf(`role="img" font-family="%s"`, fonts)
	if s.Time.DurationS > 0 {
		w.printf(` data-left="%s" data-right="%s" data-duration="%s"`, pixel(s.Time.Left), pixel(s.Time.Right), strconv.FormatFloat(s.Time.DurationS, 'f', -1, 64))
	}
	w.printf(">\n<title>%s</title>\n", escaped(s.Title))
	if s.Description != "" {
		w.printf("<desc>%s</desc>\n", escaped(s.Description))
	}
	return w
}

func (w *svgWriter) end(s *Scene) string {
	for _, shape := range s.shapes {
		shape.svg(w)
	}
	w.WriteString("</svg>\n")
	return w.String()
}

// An svgWriter writes shapes. Without inks they get a class, with inks their colour.
type svgWriter struct {
	strings.Builder
	inks  map[paint]string
	share float64 // texts stand at shares of so wide a picture; 0: in its coordinates
}

func (w *svgWriter) printf(format string, args ...any) { fmt.Fprintf(w, format, args...) }

// fill and line give the attribute for a colour of an area, or of a line.
func (w *svgWriter) fill(p paint) string {
	if w.inks == nil {
		return `class="f-` + string(p) + `"`
	}
	return `fill="` + w.inks[p] + `"`
}

func (w *svgWriter) line(p paint) string {
	if w.inks == nil {
		return `class="s-` + string(p) + `"`
	}
	return `fill="none" stroke="` + w.inks[p] + `"`
}

func (b bar) svg(w *svgWriter) {
	colour := w.fill(b.paint)
	if b.hollow {
		colour = w.line(b.paint)
	}
	w.printf(`<rect x="%s" y="%s" width="%s" height="%s" %s`, pixel(b.x), pixel(b.y), pixel(b.width), pixel(b.height), colour)
	if b.title == "" {
		w.WriteString("/>\n")
		return
	}
	w.printf("><title>%s</title></rect>\n", escaped(b.title))
}

func (s stroke) svg(w *svgWriter) {
	w.WriteString(`<polyline points="`)
	for i, p := range s.points {
		if i > 0 {
			w.WriteByte(' ')
		}
		w.WriteString(pixel(p[0]) + "," + pixel(p[1]))
	}
	w.printf(`" %s stroke-width="%s"`, w.line(s.paint), pixel(s.width))
	if s.dashes != "" {
		w.printf(` stroke-dasharray="%s"`, s.dashes)
	}
	w.WriteString("/>\n")
}

func (b bars) svg(w *svgWriter) {
	if len(b.lines) == 0 {
		return
	}
	w.WriteString(`<path d="`)
	for _, l := range b.lines {
		w.WriteString("M" + pixel(l[0]) + " " + pixel(l[1]) + "V" + pixel(l[2]))
	}
	w.printf(`" %s stroke-width="%s"/>`+"\n", w.line(b.paint), pixel(b.width))
}

func (b boxes) svg(w *svgWriter) {
	if len(b.spans) == 0 {
		return
	}
	w.WriteString(`<path d="`)
	for _, s := range b.spans {
		wide := pixel(s[1] - s[0])
		w.WriteString("M" + pixel(s[0]) + " " + pixel(b.y) + "h" + wide + "v" + pixel(b.height) + "h-" + wide + "z")
	}
	w.printf(`" %s/>`+"\n", w.fill(b.paint))
}

func (l label) svg(w *svgWriter) {
	x := pixel(l.x)
	if w.share > 0 {
		x = pixel(100*l.x/w.share) + "%"
	}
	place := fmt.Sprintf(`x="%s" y="%s"`, x, pixel(l.y))
	if l.turned {
		place = fmt.Sprintf(`transform="translate(%s %s) rotate(-90)"`, pixel(l.x), pixel(l.y))
	}
	w.printf(`<text %s font-size="%s" %s`, place, pixel(l.size), w.fill(l.paint))
	if l.anchor != "" && l.anchor != "start" {
		w.printf(` text-anchor="%s"`, l.anchor)
	}
	if l.strong {
		w.WriteString(` font-weight="600"`)
	}
	w.printf(">%s</text>\n", escaped(l.text))
}

func (d dot) svg(w *svgWriter) {
	w.printf(`<circle cx="%s" cy="%s" r="%s" %s/>`+"\n", pixel(d.x), pixel(d.y), pixel(d.radius), w.fill(d.paint))
}

// escaped is a text as XML 1.0 (2.2) allows it: what may not stand in a document at all becomes
// the replacement character.
func escaped(s string) string {
	return html.EscapeString(strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\r' || r >= ' ' && r <= '\uD7FF' || r >= '\uE000' && r <= '\uFFFD' || r >= 0x10000 {
			return r
		}
		return utf8.RuneError
	}, strings.ToValidUTF8(s, string(utf8.RuneError))))
}

// pixel writes a coordinate to a tenth.
func pixel(x float64) string {
	s := strconv.FormatFloat(x, 'f', 1, 64)
	return strings.TrimSuffix(s, ".0")
}
