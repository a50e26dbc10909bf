package html

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"github.com/mattn/go-runewidth"

	"github.com/otoscope/otoscope/audio/measurement"
)

// A Call is what a picture shows of a recording.
type Call struct {
	Title       string
	Description string // the same in words
	DurationS   float64
	Channels    []Channel // left first
	Tracks      []Track   // of both channels
	// Unheard are stretches of which nothing is known: they are shaded, so that they do not look silent.
	Unheard []measurement.Segment
}

// A Channel is one channel of a call.
type Channel struct {
	Name     string // "Left"
	Party    Party
	Guess    string                // who it may be, where Party is not known
	Waveform *measurement.Waveform // nil: speech is drawn as blocks
	Speech   []measurement.Segment
	Tracks   []Track
}

// A Party is who is heard.
type Party string

// The parties. The zero value is nobody knows whom.
const (
	Customer Party = "customer"
	Agent    Party = "agent"
)

func (p Party) paint() paint {
	switch p {
	case Customer:
		return customerPaint
	case Agent:
		return agentPaint
	}
	return unknownPaint
}

// A Track is a row of marks under a channel.
type Track struct {
	Name  string
	Kind  TrackKind
	Marks []Mark
}

// A TrackKind says what the marks of a track are.
type TrackKind string

// The kinds of track.
const (
	Heard   TrackKind = ""        // something that is heard
	Absent  TrackKind = "absent"  // digital silence
	Warning TrackKind = "warning" // a finding
	Fatal   TrackKind = "fatal"   // a finding that makes the recording unusable
)

func (k TrackKind) paint() paint {
	switch k {
	case Absent:
		return absentPaint
	case Warning:
		return warningPaint
	case Fatal:
		return fatalPaint
	}
	return markPaint
}

// A Mark is a part of the recording, in seconds.
type Mark struct {
	FromS, ToS float64
	Text       string // shown where there is room
}

// A Size is how a picture is laid out.
type Size struct {
	Width  float64
	Names  float64 // width of the column of names; 0: the names are above what they name
	Lane   float64 // height of a waveform
	Column float64 // width of one line of a waveform
	Head   bool    // title and description are part of the picture
}

// Wide and Narrow are the sizes for a page and for a phone, Alone that of a file. Small is for a row of a table: the least
// width of a picture that becomes as wide as there is room (Scene.Fluid).
var (
	Wide   = Size{Width: 1080, Names: 148, Lane: 92, Column: 1.5}
	Narrow = Size{Width: 360, Lane: 68, Column: 1.5}
	Small  = Size{Width: 320, Lane: 44, Column: 1.1} // there may be 10,000 in a file
	Alone  = Size{Width: 1200, Names: 160, Lane: 104, Column: 1.5, Head: true}
)

// The layout of a picture, in pixels.
const (
	margin      = 8.0
	textHeight  = 12.0
	smallText   = 11.0
	trackHeight = 16.0
	laneGap     = 10.0
	axisHeight  = 24.0
	headHeight  = 54.0
	leastText   = 40.0 // of a text that is cut short
	glyph       = 0.56 // of the size of a text, its average advance
)

// Picture draws the call.
func (c Call) Picture(size Size) *Scene {
	d := &drawing{Scene: &Scene{Width: size.Width, Title: c.Title, Description: c.Description}, size: size, call: c}
	d.Time = TimeAxis{Left: margin, Right: size.Width - margin, DurationS: c.DurationS}
	if size.Names > 0 {
		d.Time.Left = size.Names
	}
	d.y = margin
	if size.Head {
		d.head()
	}
	top := d.y
	loudest := c.loudest()
	for _, channel := range c.Channels {
		d.channel(channel, loudest)
	}
	for _, t := range c.Tracks {
		d.track(t)
	}
	d.axis(top)
	d.Height = d.y + margin
	return d.Scene
}

type drawing struct {
	*Scene
	size Size
	call Call
	y    float64
}

func (d *drawing) head() {
	d.add(label{x: margin, y: d.y + 18, text: cut(d.call.Title, 17, d.size.Width-2*margin), paint: inkPaint, size: 17, strong: true},
		label{x: margin, y: d.y + 40, text: cut(d.call.Description, 13, d.size.Width-2*margin), paint: softPaint, size: 13})
	d.y += headHeight
}

// name writes what a lane or a track is.
func (d *drawing) name(text, more string, middle float64, p paint, strong bool) {
	if d.size.Names > 0 {
		d.add(label{x: d.size.Names - 8, y: middle + 4, text: cut(text, textHeight, d.size.Names-14), paint: p, anchor: "end", size: textHeight, strong: strong})
		if more != "" {
			d.add(label{x: d.size.Names - 8, y: middle + 20, text: cut(more, smallText, d.size.Names-14), paint: softPaint, anchor: "end", size: smallText})
		}
		return
	}
	if more != "" {
		text += ", " + more
	}
	d.add(label{x: margin, y: d.y + textHeight, text: text, paint: p, size: textHeight, strong: strong})
	d.y += textHeight + 5
}

// loudest is the largest deflection of all channels, on the scale that is drawn.
func (c Call) loudest() float64 {
	most := 0.0
	for _, channel := range c.Channels {
		if w := channel.Waveform; w != nil {
			for i := range w.Len() {
				low, high := w.At(i)
				most = max(most, companded(-low), companded(high))
			}
		}
	}
	return max(most, 0.05)
}

// companded is the scale of the waveforms: the square root, so that a faint party shows.
func companded(v float64) float64 { return math.Copysign(math.Sqrt(math.Abs(v)), v) }

// channel draws a lane and its tracks.
func (d *drawing) channel(c Channel, loudest float64) {
	party := cmp.Or(string(c.Party), c.Guess, "party not known")
	d.name(c.Name, party, d.y+d.size.Lane/2-8, c.Party.paint(), true)
	top, bottom := d.y, d.y+d.size.Lane
	d.add(bar{d.Time.Left, top, d.Time.Right - d.Time.Left, d.size.Lane, gridPaint, true, ""})
	for _, u := range d.call.Unheard {
		d.add(bar{d.Time.x(u.Start), top, d.Time.x(u.End) - d.Time.x(u.Start), d.size.Lane, gridPaint, false, ""})
	}
	middle := (top + bottom) / 2
	d.add(stroke{points: [][2]float64{{d.Time.Left, middle}, {d.Time.Right, middle}}, paint: gridPaint, width: 1})
	if c.Waveform != nil && c.Waveform.Len() > 0 && c.Waveform.CellS > 0 {
		d.waveform(c, middle, d.size.Lane/2-4, loudest)
		// A bar below says where speech is without its colour.
		d.speech(c, bottom-3, 3)
	} else {
		d.speech(c, top+d.size.Lane/4, d.size.Lane/2)
	}
	d.y = bottom + 4
	for _, t := range c.Tracks {
		d.track(t)
	}
	d.y += laneGap
}

func (d *drawing) waveform(c Channel, middle, half, loudest float64) {
	columnWidth := d.size.Column
	n := int((d.Time.Right - d.Time.Left) / columnWidth)
	w := c.Waveform
	spoken, still := bars{paint: c.Party.paint(), width: columnWidth}, bars{paint: stillPaint, width: columnWidth}
	next := 0
	for i := range n {
		from, to := d.call.DurationS*float64(i)/float64(n), d.call.DurationS*float64(i+1)/float64(n)
		first, last := int(from/w.CellS), int(math.Ceil(to/w.CellS))
		low, high := 0.0, 0.0
		for k := first; k < min(max(last, first+1), w.Len()); k++ {
			l, h := w.At(k)
			low, high = min(low, l), max(high, h)
		}
		if low == 0 && high == 0 {
			continue
		}
		line := [3]float64{d.Time.Left + columnWidth*(float64(i)+0.5), middle - half*companded(high)/loudest, middle - half*companded(low)/loudest}
		for next < len(c.Speech) && c.Speech[next].End <= from {
			next++
		}
		if next < len(c.Speech) && c.Speech[next].Start < to {
			spoken.lines = append(spoken.lines, line)
		} else {
			still.lines = append(still.lines, line)
		}
	}
	d.add(still, spoken)
}

// speech draws the segments of a channel as boxes.
func (d *drawing) speech(c Channel, y, height float64) {
	b := boxes{y: y, height: height, paint: c.Party.paint()}
	for _, s := range c.Speech {
		from, to := d.Time.x(s.Start), d.Time.x(s.End)
		from = min(from, d.Time.Right-1)
		b.spans = append(b.spans, [2]float64{from, max(to, from+1)})
	}
	d.add(b)
}

// block draws a mark, at least two pixels wide.
func (d *drawing) block(m Mark, y, height float64, p paint, hollow bool) {
	from, to := d.Time.x(m.FromS), d.Time.x(m.ToS)
	from = min(from, d.Time.Right-2)
	d.add(bar{from, y, max(to-from, 2), height, p, hollow, m.Text})
}

// track draws a row of marks, with their texts where there is room.
func (d *drawing) track(t Track) {
	d.name(t.Name, "", d.y+trackHeight/2, softPaint, false)
	p := t.Kind.paint()
	free := d.Time.Left
	for i, m := range t.Marks {
		d.block(m, d.y+3, trackHeight-6, p, t.Kind == Absent)
		if m.Text == "" || m.Text == t.Name {
			continue
		}
		x := max(d.Time.x(m.ToS), d.Time.x(m.FromS)+2) + 4
		room := d.Time.Right - x
		if i+1 < len(t.Marks) {
			room = d.Time.x(t.Marks[i+1].FromS) - x
		}
		if text := cut(m.Text, smallText, room); x >= free && (text == m.Text || room >= leastText) {
			d.add(label{x: x, y: d.y + trackHeight/2 + 4, text: text, paint: inkPaint, size: smallText})
			free = x + textWidth(text, smallText)
		}
	}
	d.y += trackHeight
}

// axis draws the times below everything, and lines up to the top.
func (d *drawing) axis(top float64) {
	y := d.y + 2
	d.add(stroke{points: [][2]float64{{d.Time.Left, y}, {d.Time.Right, y}}, paint: framePaint, width: 1})
	duration := d.Time.DurationS
	grid, ticks := bars{paint: gridPaint, width: gridWidth}, bars{paint: framePaint, width: 1}
	if duration > 0 {
		step := TickStep(duration * 64 / (d.Time.Right - d.Time.Left))
		for n := 0; float64(n)*step <= duration; n++ {
			t := float64(n) * step
			x := d.Time.x(t)
			anchor := "middle"
			text := Tick(t, step)
			if half := textWidth(text, smallText) / 2; x-half < margin {
				anchor = "start"
			} else if x+half > d.size.Width {
				anchor = "end"
			}
			grid.lines, ticks.lines = append(grid.lines, [3]float64{x, top, y}), append(ticks.lines, [3]float64{x, y, y + 4})
			d.add(label{x: x, y: y + 17, text: text, paint: softPaint, anchor: anchor, size: smallText})
		}
	}
	d.add(ticks)
	d.shapes = append([]shape{grid}, d.shapes...) // behind everything
	d.y += axisHeight
}

// TickStep returns the smallest round step of at least the given seconds.
func TickStep(least float64) float64 {
	for _, s := range []float64{0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600} {
		if s >= least {
			return s
		}
	}
	return 3600 * math.Ceil(least/3600)
}

// Tick writes a time of an axis with ticks at multiples of a step.
func Tick(t, step float64) string {
	if step < 1 {
		return measurement.Clock(t)
	}
	return measurement.WholeClock(t)
}

// letters counts the width of texts in letters: those of Chinese, Japanese and Korean are as wide
// as two of others, wherever otoscope runs.
func letters() *runewidth.Condition { return &runewidth.Condition{StrictEmojiNeutral: true} }

// textWidth estimates how wide a text is.
func textWidth(s string, size float64) float64 {
	return float64(letters().StringWidth(s)) * size * glyph
}

// cut shortens a text to a width.
func cut(s string, size, width float64) string {
	most := max(int(width/(size*glyph)), 1)
	if letters().StringWidth(s) <= most {
		return s
	}
	return strings.TrimSpace(letters().Truncate(s, most-1, "")) + "…"
}

// A Place is a line of the list that says the same as the picture.
type Place struct{ From, To, Where, What string }

// Places lists what is marked, channel by channel.
func (c Call) Places() []Place {
	var out []Place
	list := func(where string, tracks []Track) {
		for _, t := range tracks {
			for _, m := range t.Marks {
				what := t.Name
				if m.Text != "" && m.Text != t.Name {
					what = fmt.Sprintf("%s: %s", t.Name, m.Text)
				}
				out = append(out, Place{measurement.Clock(m.FromS), measurement.Clock(m.ToS), where, what})
			}
		}
	}
	for _, channel := range c.Channels {
		list(channel.Name, channel.Tracks)
	}
	list("both", c.Tracks)
	return out
}
