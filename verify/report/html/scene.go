package html

// A Scene is a picture as a list of shapes, in pixels from the top left corner.
type Scene struct {
	Width, Height float64
	// Title names the picture, and Description tells in words what it shows, for who cannot see it.
	Title, Description string
	// Time is where the time axis is; zero if there is none.
	Time   TimeAxis
	shapes []shape
}

// A TimeAxis says where in a picture the recording begins and ends.
type TimeAxis struct{ Left, Right, DurationS float64 }

// x is the pixel of a time in seconds.
func (a TimeAxis) x(t float64) float64 {
	if a.DurationS <= 0 {
		return a.Left
	}
	return a.Left + (a.Right-a.Left)*min(max(t/a.DurationS, 0), 1)
}

// A paint is the role of a shape's colour. The stylesheet has a class of this name, and lightInks
// the colour for pictures by themselves.
type paint string

const (
	inkPaint      paint = "ink"      // text
	softPaint     paint = "soft"     // text that matters less
	groundPaint   paint = "ground"   // what everything is drawn on
	gridPaint     paint = "grid"     // lines to read by
	framePaint    paint = "frame"    // axes
	stillPaint    paint = "still"    // sound that is no speech
	customerPaint paint = "customer" // speech of the customer
	agentPaint    paint = "agent"    // speech of the agent
	unknownPaint  paint = "unknown"  // speech of nobody knows whom
	markPaint     paint = "mark"     // something that is heard
	absentPaint   paint = "absent"   // digital silence
	warningPaint  paint = "warning"  // a finding
	fatalPaint    paint = "fatal"    // a finding that makes the recording unusable
	goodPaint     paint = "good"     // recordings that are as declared
)

// lightInks are the colours of pictures by themselves, and those of pages in the light. Text
// and the colours that carry meaning have a contrast of 4.5 and more against the ground (WCAG
// 2.2, 1.4.3), other shapes 3 and more (1.4.11).
func lightInks() map[paint]string {
	return map[paint]string{
		inkPaint: "#1b1f24", softPaint: "#57606a", groundPaint: "#ffffff", gridPaint: "#d8dee4", framePaint: "#6e7781",
		stillPaint: "#848d97", customerPaint: "#0b5cad", agentPaint: "#b04a05", unknownPaint: "#6f42c1",
		markPaint: "#0f766e", absentPaint: "#848d97", warningPaint: "#8a5a00", fatalPaint: "#b3261e",
		goodPaint: "#17693a",
	}
}

// A shape is one of bar, stroke, bars, boxes, label and dot.
type shape interface {
	svg(*svgWriter)
	raster(*raster) error
}

// A bar is a rectangle, filled or, if hollow, with an outline only.
type bar struct {
	x, y, width, height float64
	paint               paint
	hollow              bool
	title               string // what it is, for who points at it
}

// A stroke is a line through points.
type stroke struct {
	points [][2]float64
	paint  paint
	width  float64
	dashes string
}

// bars are vertical lines of one width: x, from y, to y.
type bars struct {
	lines [][3]float64
	paint paint
	width float64
}

// boxes are filled rectangles of one paint and height, which take little room in a file.
type boxes struct {
	spans     [][2]float64 // from x, to x
	y, height float64
	paint     paint
}

// A label is text; anchor is start, middle or end.
type label struct {
	x, y   float64
	text   string
	paint  paint
	anchor string
	size   float64
	strong bool
	turned bool // by a quarter, to be read from below
}

// A dot is a filled circle.
type dot struct {
	x, y, radius float64
	paint        paint
}

func (s *Scene) add(shapes ...shape) { s.shapes = append(s.shapes, shapes...) }
