package html

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// pixelRatio is how many pixels of the PNG file are one of the scene, so that it is sharp on
// the screens of today.
const pixelRatio = 2

// PNG writes the picture as a PNG file on a white ground. Letters are those of the Go fonts
// (Latin, Greek, Cyrillic); others are boxes.
func (s *Scene) PNG(w io.Writer) error {
	regular, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return fmt.Errorf("reading a font: %w", err)
	}
	strong, err := opentype.Parse(gobold.TTF)
	if err != nil {
		return fmt.Errorf("reading a font: %w", err)
	}
	p := &raster{
		RGBA:  image.NewRGBA(image.Rect(0, 0, int(math.Ceil(s.Width*pixelRatio)), int(math.Ceil(s.Height*pixelRatio)))),
		fonts: map[bool]*opentype.Font{false: regular, true: strong},
		faces: map[faceKey]font.Face{}, inks: map[paint]color.Color{},
	}
	for name, ink := range lightInks() {
		var c color.RGBA
		if _, err := fmt.Sscanf(ink, "#%02x%02x%02x", &c.R, &c.G, &c.B); err != nil {
			return fmt.Errorf("reading the colour %s: %w", ink, err)
		}
		c.A = 255
		p.inks[name] = c
	}
	draw.Draw(p, p.Bounds(), image.NewUniform(p.inks[groundPaint]), image.Point{}, draw.Src)
	for _, shape := range s.shapes {
		if err := shape.raster(p); err != nil {
			return err
		}
	}
	if err := png.Encode(w, p); err != nil {
		return fmt.Errorf("writing the picture: %w", err)
	}
	return nil
}

// A raster is a picture in pixels.
type raster struct {
	*image.RGBA
	fonts map[bool]*opentype.Font
	faces map[faceKey]font.Face
	inks  map[paint]color.Color
}

type faceKey struct {
	size   float64
	strong bool
}

// fill fills a polygon, in pixels of the scene.
func (p *raster) fill(ink paint, points ...[2]float64) {
	// The rasteriser is as large as the polygon, not as the picture.
	low, high := points[0], points[0]
	for _, q := range points {
		low = [2]float64{min(low[0], q[0]), min(low[1], q[1])}
		high = [2]float64{max(high[0], q[0]), max(high[1], q[1])}
	}
	box := image.Rect(int(math.Floor(low[0]*pixelRatio)), int(math.Floor(low[1]*pixelRatio)), int(math.Ceil(high[0]*pixelRatio)), int(math.Ceil(high[1]*pixelRatio))).Intersect(p.Bounds())
	if box.Empty() {
		return
	}
	r := vector.NewRasterizer(box.Dx(), box.Dy())
	at := func(q [2]float64) (float32, float32) {
		return float32(q[0]*pixelRatio - float64(box.Min.X)), float32(q[1]*pixelRatio - float64(box.Min.Y))
	}
	r.MoveTo(at(points[0]))
	for _, q := range points[1:] {
		r.LineTo(at(q))
	}
	r.ClosePath()
	r.Draw(p, box, image.NewUniform(p.inks[ink]), image.Point{})
}

func (p *raster) rectangle(ink paint, x, y, width, height float64) {
	p.fill(ink, [2]float64{x, y}, [2]float64{x + width, y}, [2]float64{x + width, y + height}, [2]float64{x, y + height})
}

// segment draws a line from one point to the other.
func (p *raster) segment(ink paint, a, b [2]float64, width float64) {
	dx, dy := b[0]-a[0], b[1]-a[1]
	long := math.Hypot(dx, dy)
	if long == 0 {
		return
	}
	nx, ny := -dy/long*width/2, dx/long*width/2
	p.fill(ink, [2]float64{a[0] + nx, a[1] + ny}, [2]float64{b[0] + nx, b[1] + ny}, [2]float64{b[0] - nx, b[1] - ny}, [2]float64{a[0] - nx, a[1] - ny})
}

func (b bar) raster(p *raster) error {
	if !b.hollow {
		p.rectangle(b.paint, b.x, b.y, b.width, b.height)
		return nil
	}
	p.rectangle(b.paint, b.x-0.5, b.y-0.5, b.width+1, 1)
	p.rectangle(b.paint, b.x-0.5, b.y+b.height-0.5, b.width+1, 1)
	p.rectangle(b.paint, b.x-0.5, b.y, 1, b.height)
	p.rectangle(b.paint, b.x+b.width-0.5, b.y, 1, b.height)
	return nil
}

// dash is how dashed lines are drawn: on and off, in pixels of the scene.
const dash = 4.0

func (s stroke) raster(p *raster) error {
	walked := 0.0 // along a dashed line
	for i := 1; i < len(s.points); i++ {
		a, b := s.points[i-1], s.points[i]
		if s.dashes == "" {
			p.segment(s.paint, a, b, s.width)
			continue
		}
		long := math.Hypot(b[0]-a[0], b[1]-a[1])
		for at := 0.0; at < long; {
			step := min(long-at, dash-math.Mod(walked, dash))
			if on := int(walked/dash)%2 == 0; on {
				p.segment(s.paint, between(a, b, at/long), between(a, b, (at+step)/long), s.width)
			}
			at, walked = at+max(step, 1e-6), walked+max(step, 1e-6)
		}
	}
	return nil
}

func between(a, b [2]float64, t float64) [2]float64 {
	return [2]float64{a[0] + (b[0]-a[0])*t, a[1] + (b[1]-a[1])*t}
}

func (b bars) raster(p *raster) error {
	for _, l := range b.lines {
		p.rectangle(b.paint, l[0]-b.width/2, l[1], b.width, max(l[2]-l[1], 0.5))
	}
	return nil
}

func (b boxes) raster(p *raster) error {
	for _, s := range b.spans {
		p.rectangle(b.paint, s[0], b.y, s[1]-s[0], b.height)
	}
	return nil
}

func (d dot) raster(p *raster) error {
	var circle [][2]float64
	const corners = 24
	for i := range corners {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / corners)
		circle = append(circle, [2]float64{d.x + d.radius*cos, d.y + d.radius*sin})
	}
	p.fill(d.paint, circle...)
	return nil
}

func (l label) raster(p *raster) error {
	face, err := p.face(faceKey{l.size, l.strong})
	if err != nil {
		return err
	}
	to := draw.Image(p.RGBA)
	width := font.MeasureString(face, l.text)
	x, y := l.x*pixelRatio, l.y*pixelRatio
	if l.turned {
		// The text is drawn flat and then turned by a quarter.
		flat := image.NewRGBA(image.Rect(0, 0, width.Ceil()+2, int(l.size*pixelRatio*2)))
		base := l.size * pixelRatio * 1.4
		(&font.Drawer{Dst: flat, Src: image.NewUniform(p.inks[l.paint]), Face: face, Dot: point(1, base)}).DrawString(l.text)
		left, top := x-base, y+shift(l.anchor, float64(width)/64, -1)
		turned := image.NewRGBA(image.Rect(0, 0, flat.Bounds().Dy(), flat.Bounds().Dx()))
		for fy := range flat.Bounds().Dy() {
			for fx := range flat.Bounds().Dx() {
				turned.Set(fy, flat.Bounds().Dx()-1-fx, flat.At(fx, fy))
			}
		}
		at := image.Pt(int(left), int(top)-flat.Bounds().Dx())
		draw.Draw(to, turned.Bounds().Add(at), turned, image.Point{}, draw.Over)
		return nil
	}
	x += shift(l.anchor, float64(width)/64, 1)
	(&font.Drawer{Dst: to, Src: image.NewUniform(p.inks[l.paint]), Face: face, Dot: point(x, y)}).DrawString(l.text)
	return nil
}

// shift is how far a text begins before its place, along its direction.
func shift(anchor string, width, direction float64) float64 {
	switch anchor {
	case "middle":
		return -direction * width / 2
	case "end":
		return -direction * width
	}
	return 0
}

func point(x, y float64) fixed.Point26_6 {
	return fixed.Point26_6{X: fixed.Int26_6(math.Round(x * 64)), Y: fixed.Int26_6(math.Round(y * 64))}
}

func (p *raster) face(key faceKey) (font.Face, error) {
	if f := p.faces[key]; f != nil {
		return f, nil
	}
	f, err := opentype.NewFace(p.fonts[key.strong], &opentype.FaceOptions{Size: key.size * pixelRatio, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, fmt.Errorf("preparing a font: %w", err)
	}
	p.faces[key] = f
	return f, nil
}
