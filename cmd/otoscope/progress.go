package main

import (
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mattn/go-runewidth"

	"github.com/otoscope/otoscope/audio/escape"
)

const (
	// patience is how long a download runs before its progress is shown.
	patience = time.Second
	// redrawInterval limits how often the lines are drawn.
	redrawInterval = 100 * time.Millisecond
	// longestName is how many columns of a recording's name precede its bar.
	longestName = 40
	barWidth    = 30
)

// A progress shows a line for each slow download. Its lines are removed while other output
// is printed.
type progress struct {
	mu    sync.Mutex
	lines redrawn // out is nil if nothing is drawn
	shown []*track
	drawn time.Time
}

// newProgress draws on out if that is a terminal.
func newProgress(out io.Writer, wanted bool) *progress {
	if !wanted || !isTerminal(out) {
		out = nil
	}
	return &progress{lines: redrawn{out: out}}
}

// aside removes the lines, prints, and restores them.
func (p *progress) aside(print func() error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lines.erase()
	if err := print(); err != nil {
		return err
	}
	p.draw()
	return nil
}

// close removes the lines for good.
func (p *progress) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lines.erase()
	p.lines.out, p.shown = nil, nil
}

// draw draws the visible downloads; the caller holds the lock.
func (p *progress) draw() {
	if p.lines.out == nil {
		return
	}
	p.drawn = time.Now()
	var lines []string
	for _, t := range p.shown {
		lines = append(lines, t.line())
	}
	p.lines.draw(lines)
}

// A track follows one worker's downloads in sequence.
type track struct {
	*progress
	name        string
	done, total int64
	patience    *time.Timer
}

func (p *progress) track() *track { return &track{progress: p} }

// begin starts to follow a download.
func (t *track) begin(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.name, t.done, t.total = escape.Text(name), 0, -1
	t.patience = time.AfterFunc(patience, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.name != "" && t.lines.out != nil {
			t.shown = append(t.shown, t)
			t.draw()
		}
	})
}

// report sets the progress of the download; total is -1 if unknown.
func (t *track) report(done, total int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.done, t.total = done, total
	if slices.Contains(t.shown, t) && time.Since(t.drawn) >= redrawInterval {
		t.draw()
	}
}

// end removes the download's line.
func (t *track) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.patience.Stop()
	t.name = ""
	if i := slices.Index(t.shown, t); i >= 0 {
		t.shown = slices.Delete(t.shown, i, i+1)
		t.draw()
	}
}

// line formats the download for a person: its name, a bar and its sizes.
func (t *track) line() string {
	name := runewidth.FillRight(shortened(t.name, longestName), longestName)
	if t.total <= 0 {
		return name + "  " + bytesText(t.done)
	}
	full := int(min(t.done, t.total) * barWidth / t.total)
	return name + "  [" + strings.Repeat("=", full) + strings.Repeat("-", barWidth-full) + "]  " + bytesText(t.done) + " of " + bytesText(t.total)
}

// shortened keeps the end of a name, which distinguishes recordings.
func shortened(name string, width int) string {
	over := runewidth.StringWidth(name) - width
	if over <= 0 {
		return name
	}
	return runewidth.TruncateLeft(name, over+len("..."), "...")
}
