package html

import "slices"

// An Ink is a colour by its role.
type Ink = paint

// The inks of plots: two series, and what helps to read them.
const (
	FirstInk  Ink = customerPaint
	SecondInk Ink = agentPaint
	QuietInk  Ink = framePaint
)

// OutcomeInk is the ink of an outcome.
func OutcomeInk(o Outcome) Ink {
	switch o {
	case "match":
		return goodPaint
	case "swapped":
		return fatalPaint
	case "unusable":
		return warningPaint
	case "error":
		return inkPaint
	}
	return stillPaint
}

// An Axis is what is drawn along it and its range.
type Axis struct {
	Title    string
	From, To float64
}

// A Plot is a picture with two axes. Its methods take values, not pixels.
type Plot struct {
	*Scene
	x, y                     Axis
	left, top, right, bottom float64
	labelled                 float64 // where the last label of the lower axis ends
	beside                   []area  // where texts are already
}

// The layout of a plot, in pixels.
const (
	plotRight, plotTop, plotBottom = 24.0, 84.0, 64.0
	untitledBottom                 = 40.0 // where the lower axis has no title
	plotLeft                       = 76.0
	titleSize, plotText            = 17.0, 13.0
	keyGap, strongGlyph            = 20.0, 1.1
	tickLength, tickGap, dotRadius = 5.0, 8.0, 4.5
	curveWidth, quietWidth         = 2.0, 1.0
	gridWidth                      = 0.6
)

// NewPlot is a plot with nothing on it. names is the width of the labels on the left; 0: that of
// figures.
func NewPlot(title, below string, width, height, names float64, x, y Axis) *Plot {
	p := &Plot{Scene: &Scene{Width: width, Height: height, Title: title, Description: below}, x: x, y: y}
	p.left, p.top, p.right, p.bottom = max(plotLeft, names), plotTop, width-plotRight, height-plotBottom
	if x.Title == "" {
		p.bottom = height - untitledBottom
	}
	p.add(
		label{x: margin, y: 28, text: cut(title, titleSize, width-2*margin), paint: inkPaint, size: titleSize, strong: true},
		label{x: margin, y: 50, text: cut(below, plotText, width-2*margin), paint: softPaint, size: plotText},
		bar{p.left, p.top, p.right - p.left, p.bottom - p.top, framePaint, true, ""},
	)
	if x.Title != "" {
		p.add(label{x: (p.left + p.right) / 2, y: height - 16, text: x.Title, paint: softPaint, anchor: "middle", size: plotText})
	}
	if y.Title != "" {
		p.add(label{x: 20, y: (p.top + p.bottom) / 2, text: y.Title, paint: softPaint, anchor: "middle", size: plotText, turned: true})
	}
	return p
}

// at gives the pixel of a point.
func (p *Plot) at(x, y float64) (float64, float64) {
	return p.left + (p.right-p.left)*(x-p.x.From)/(p.x.To-p.x.From), p.top + (p.bottom-p.top)*(p.y.To-y)/(p.y.To-p.y.From)
}

// XTick marks a value of the lower axis. Ticks are marked from the left; one whose text would
// touch the one before it has none.
func (p *Plot) XTick(x float64, text string) {
	at, _ := p.at(x, p.y.From)
	p.add(stroke{points: [][2]float64{{at, p.bottom}, {at, p.bottom + tickLength}}, paint: framePaint, width: 1})
	half := textWidth(text, plotText) / 2
	if at-half < p.labelled+tickGap || at+half > p.Width {
		return
	}
	p.labelled = at + half
	p.add(stroke{points: [][2]float64{{at, p.top}, {at, p.bottom}}, paint: gridPaint, width: gridWidth},
		label{x: at, y: p.bottom + 20, text: text, paint: softPaint, anchor: "middle", size: plotText})
}

// YTick marks a value of the axis on the left.
func (p *Plot) YTick(y float64, text string) {
	_, at := p.at(p.x.From, y)
	p.add(stroke{points: [][2]float64{{p.left, at}, {p.right, at}}, paint: gridPaint, width: gridWidth},
		stroke{points: [][2]float64{{p.left - tickLength, at}, {p.left, at}}, paint: framePaint, width: 1},
		label{x: p.left - 9, y: at + 4.5, text: cut(text, plotText, p.left-16), paint: softPaint, anchor: "end", size: plotText})
}

// Curve joins points; dashes are those of SVG, "" for none.
func (p *Plot) Curve(points [][2]float64, ink Ink, dashes string) {
	s := stroke{paint: ink, width: curveWidth, dashes: dashes}
	if ink == QuietInk {
		s.width = quietWidth
	}
	for _, q := range points {
		x, y := p.at(q[0], q[1])
		s.points = append(s.points, [2]float64{x, y})
	}
	p.add(s)
}

// Column fills a box between two values of each axis, a little narrower than that.
func (p *Plot) Column(x, width, from, to float64, ink Ink) {
	left, bottom := p.at(x, from)
	right, top := p.at(x+width, to)
	gap := min(1.5, (right-left)/5)
	p.add(bar{left + gap, top, right - left - 2*gap, max(bottom-top-0.5, 0), ink, false, ""})
}

// Dot marks a point.
func (p *Plot) Dot(x, y float64, ink Ink) {
	cx, cy := p.at(x, y)
	p.add(dot{cx, cy, dotRadius, ink})
}

// Mark marks a point by an upright line, to be told from a dot without its colour.
func (p *Plot) Mark(x, y float64, ink Ink) {
	cx, cy := p.at(x, y)
	p.add(bar{cx - 1.5, cy - 7, 3, 14, ink, false, ""})
}

// An area is a rectangle.
type area struct{ left, top, right, bottom float64 }

func (a area) touches(b area) bool {
	return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}

// Beside writes next to a point, where no other such text is and within the plot: to the right or to
// the left, at its height, above or below. Where there is no room it writes nothing.
func (p *Plot) Beside(x, y float64, text string, ink Ink) {
	px, py := p.at(x, y)
	width := textWidth(text, plotText)
	for _, up := range []float64{0, plotText + 1, -plotText - 1} {
		for _, anchor := range []string{"start", "end"} {
			l := label{x: px + 8, y: py + 4.5 - up, text: text, paint: ink, anchor: anchor, size: plotText}
			a := area{left: l.x, right: l.x + width}
			if anchor == "end" {
				l.x = px - 8
				a = area{left: l.x - width, right: l.x}
			}
			a.top, a.bottom = l.y-plotText, l.y+2
			if a.left < p.left || a.right > p.right || a.top < p.top || a.bottom > p.bottom || slices.ContainsFunc(p.beside, a.touches) {
				continue
			}
			p.beside = append(p.beside, a)
			p.add(l)
			return
		}
	}
}

// Key explains the inks, above the plot on the right.
func (p *Plot) Key(names []string, inks []Ink) {
	x := p.right
	for i := len(names) - 1; i >= 0; i-- {
		p.add(label{x: x, y: p.top - 12, text: names[i], paint: inks[i], anchor: "end", size: plotText, strong: true})
		x -= textWidth(names[i], plotText)*strongGlyph + keyGap
	}
}
