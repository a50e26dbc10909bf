package report

import (
	"math"
	"slices"
	"strings"

	"github.com/mattn/go-runewidth"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/report/html"
)

// The marks of the timeline. A cell's block is the taller, the more of its
// time somebody speaks.
const (
	stillMark  = "·" // the line is open and nobody speaks
	absentMark = " " // digital silence: there is no signal at all
	foundMark  = "×" // where a finding is
	deafMark   = "░" // what was not heard
)

// longestLabel leaves the timeline most of even the narrowest page.
const longestLabel = 24

// blocks returns the marks for speech, from a little of the cell to all of it.
func blocks() []string { return strings.Split("▁▂▃▄▅▆▇█", "") }

// A lane is one channel's row in the timeline, or the row of a finding.
type lane struct {
	label string
	ink   ink
	measurement.Channel
	unheard []measurement.Segment
	places  []measurement.Segment // of a finding; nil in a channel's row
}

// timeline draws who speaks when, a row a channel, over a time axis.
func (p *page) timeline(duration float64, lanes []lane) {
	labels := 0
	for i, l := range lanes {
		lanes[i].label = runewidth.Truncate(l.label, longestLabel, "")
		labels = max(labels, columns(lanes[i].label))
	}
	cells := p.width - gap - labels - 3 // a space and the two bars
	indent := strings.Repeat(" ", gap)
	for _, l := range lanes {
		row := p.lane(duration, l.Channel, l.unheard, cells)
		if l.places != nil {
			row = found(duration, l.places, cells)
		}
		p.line(indent + pad(l.label, labels) + " │" + p.paint(l.ink, row) + "│")
	}
	ruler, times := axis(duration, cells)
	p.line(indent + strings.Repeat(" ", labels) + " └" + ruler + "┘")
	p.line(indent + strings.Repeat(" ", labels) + "  " + times)
}

// lane draws one channel in the given number of cells.
func (p *page) lane(duration float64, c measurement.Channel, unheard []measurement.Segment, cells int) string {
	spoken := spokenIn(c.Segments, duration, cells)
	blanks := make([]measurement.Segment, len(c.Blanks))
	for i, b := range c.Blanks {
		blanks[i] = b.Segment
	}
	blank, deaf := spokenIn(blanks, duration, cells), spokenIn(unheard, duration, cells)
	marks := blocks()
	var b strings.Builder
	for i, s := range spoken {
		end := duration * float64(i+1) / float64(cells)
		switch {
		case s > 0:
			b.WriteString(marks[min(int(s*float64(len(marks))), len(marks)-1)])
		case deaf[i] > mostly:
			b.WriteString(deafMark)
		case !c.Timing.FirstSound.Happened(), end <= c.Timing.LeadingDigitalSilenceS, blank[i] > mostly:
			b.WriteString(absentMark)
		default:
			b.WriteString(stillMark)
		}
	}
	return b.String()
}

// mostly is the part of a cell that digital silence has to fill.
const mostly = 0.99

// found marks the cells in which a finding is, each place by at least one.
func found(duration float64, places []measurement.Segment, cells int) string {
	marks := slices.Repeat([]string{" "}, cells)
	for _, s := range places {
		from := min(max(0, int(s.Start/duration*float64(cells))), cells-1)
		to := min(int(math.Ceil(s.End/duration*float64(cells))), cells)
		for i := from; i < max(to, from+1); i++ {
			marks[i] = foundMark
		}
	}
	return strings.Join(marks, "")
}

// spokenIn returns for each of n equal cells the part of it that is speech.
func spokenIn(segments []measurement.Segment, duration float64, n int) []float64 {
	spoken := make([]float64, n)
	if duration <= 0 {
		return spoken
	}
	cell := func(t float64) float64 { return min(max(t, 0), duration) / duration * float64(n) }
	for _, s := range segments {
		start, end := cell(s.Start), cell(s.End)
		for i := int(start); i < n && float64(i) < end; i++ {
			spoken[i] += min(end, float64(i+1)) - max(start, float64(i))
		}
	}
	return spoken
}

// axis draws the time axis: a ruler with ticks at round times, and the times.
func axis(duration float64, cells int) (ruler, times string) {
	ticks, labels := []rune(strings.Repeat("─", cells)), []rune(strings.Repeat(" ", cells))
	if duration <= 0 {
		return string(ticks), ""
	}
	widest := len(html.Tick(duration, 1)) + 2
	step := html.TickStep(duration * float64(widest) / float64(cells))
	free := 0
	for n := 0; ; n++ {
		t := float64(n) * step
		at := int(math.Round(t / duration * float64(cells)))
		label := html.Tick(t, step)
		if at >= cells || t > duration {
			break
		}
		ticks[at] = '┴'
		if at >= free && at+len(label) <= cells {
			copy(labels[at:], []rune(label))
			free = at + len(label) + 1
		}
	}
	return string(ticks), string(labels)
}
