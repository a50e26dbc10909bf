package report

import (
	"fmt"
	"html"
	"strings"
)

// The layout of a plot, in pixels.
const (
	plotWidth, plotHeight   = 720, 480
	plotLeft, plotRight     = 76, 24
	plotTop, plotBottom     = 84, 64
	plotFont                = "font-family=\"system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif\""
	insideWidth             = plotWidth - plotLeft - plotRight
	insideHeight            = plotHeight - plotTop - plotBottom
	titleSize, textSize     = 17, 13
	keyWidth                = 160
	tickLength, dotRadius   = 5, 4.5
	lineWidth, gridHairline = 2, 0.6
)

const (
	axisColour = "#333333"
	gridColour = "#dddddd"
)

// A plotAxis is what is drawn along it and its range.
type plotAxis struct {
	title    string
	from, to float64
}

// A plot is an SVG picture with two axes that needs nothing but itself.
type plot struct {
	strings.Builder
	x, y plotAxis
}

func newPlot(title, below string, x, y plotAxis) *plot {
	p := &plot{x: x, y: y}
	p.add(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" role="img" %s font-size="%d">`, plotWidth, plotHeight, plotFont, textSize)
	p.add(`<title>%s</title>`, html.EscapeString(title))
	p.add(`<rect width="%d" height="%d" fill="#ffffff"/>`, plotWidth, plotHeight)
	p.text(plotLeft, 28, title, "#111111", "start", fmt.Sprintf(`font-size="%d" font-weight="600"`, titleSize))
	p.text(plotLeft, 50, below, inkGrey, "start", "")
	p.add(`<rect x="%d" y="%d" width="%d" height="%d" fill="none" stroke="%s"/>`, plotLeft, plotTop, insideWidth, insideHeight, axisColour)
	p.text(plotLeft+insideWidth/2, plotHeight-16, x.title, axisColour, "middle", "")
	p.text(0, 0, y.title, axisColour, "middle", fmt.Sprintf(`transform="translate(20 %d) rotate(-90)"`, plotTop+insideHeight/2))
	return p
}

func (p *plot) add(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

// at gives the pixel of a point.
func (p *plot) at(x, y float64) (float64, float64) {
	return plotLeft + insideWidth*(x-p.x.from)/(p.x.to-p.x.from), plotTop + insideHeight*(p.y.to-y)/(p.y.to-p.y.from)
}

func (p *plot) text(x, y float64, s, colour, anchor, more string) {
	p.add(`<text x="%.1f" y="%.1f" fill="%s" text-anchor="%s" %s>%s</text>`, x, y, colour, anchor, more, html.EscapeString(s))
}

func (p *plot) line(x1, y1, x2, y2 float64, colour string, width float64) {
	p.add(`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s" stroke-width="%.1f"/>`, x1, y1, x2, y2, colour, width)
}

func (p *plot) xTick(x float64, label string) {
	at, bottom := p.at(x, p.y.from)
	p.line(at, plotTop, at, bottom, gridColour, gridHairline)
	p.line(at, bottom, at, bottom+tickLength, axisColour, 1)
	p.text(at, bottom+20, label, axisColour, "middle", "")
}

func (p *plot) yTick(y float64, label string) {
	left, at := p.at(p.x.from, y)
	p.line(left, at, plotLeft+insideWidth, at, gridColour, gridHairline)
	p.line(left-tickLength, at, left, at, axisColour, 1)
	p.text(left-9, at+4.5, label, axisColour, "end", "")
}

func (p *plot) curve(points [][2]float64, colour, dashes string) {
	var path []string
	for _, q := range points {
		x, y := p.at(q[0], q[1])
		path = append(path, fmt.Sprintf("%.1f,%.1f", x, y))
	}
	width := lineWidth
	if colour == inkGrey {
		width = 1
	}
	p.add(`<polyline points="%s" fill="none" stroke="%s" stroke-width="%d" stroke-dasharray="%s"/>`, strings.Join(path, " "), colour, width, dashes)
}

func (p *plot) dot(x, y float64, colour string) {
	cx, cy := p.at(x, y)
	p.add(`<circle cx="%.1f" cy="%.1f" r="%.1f" fill="%s"/>`, cx, cy, dotRadius, colour)
}

// beside writes to the right of a point.
func (p *plot) beside(x, y float64, s, colour string) {
	px, py := p.at(x, y)
	p.text(px+8, py+4.5, s, colour, "start", "")
}

// key explains the colours, above the plot on the right.
func (p *plot) key(names, colours []string) {
	x, y := float64(plotWidth-plotRight), float64(plotTop-12)
	for i := len(names) - 1; i >= 0; i-- {
		p.text(x, y, names[i], colours[i], "end", `font-weight="600"`)
		x -= keyWidth
	}
}

// String ends the picture.
func (p *plot) String() string { return p.Builder.String() + "</svg>\n" }
