package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/mattn/go-runewidth"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/otoscope/otoscope/audio/escape"
)

// patience is how long a download goes on before its progress is shown.
const patience = time.Second

// longestName is how many columns of a recording's name stand before its bar.
const longestName = 40

// A progress draws a bar for each download that takes long. It never stands in
// the way of output, which is printed with the bars taken away.
type progress struct {
	mu    sync.Mutex
	out   io.Writer // nil: nothing is drawn
	bars  *mpb.Progress
	drawn map[*track]*mpb.Bar
}

// newProgress draws on out if that is a terminal.
func newProgress(out io.Writer, wanted bool) *progress {
	if !wanted || !isTerminal(out) {
		out = nil
	}
	return &progress{out: out, drawn: map[*track]*mpb.Bar{}}
}

// aside prints with the bars taken away and puts them back.
func (p *progress) aside(print func() error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	tracks := slices.Collect(maps.Keys(p.drawn))
	p.clear()
	if err := print(); err != nil {
		return err
	}
	for _, t := range tracks {
		t.draw()
	}
	return nil
}

// close takes the bars away for good.
func (p *progress) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	p.out = nil
}

func (p *progress) clear() {
	if p.bars == nil {
		return
	}
	for t, bar := range p.drawn {
		bar.Abort(true)
		delete(p.drawn, t)
	}
	p.bars.Wait()
	p.bars = nil
}

// A track follows one worker's downloads, one after the other.
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
		if t.name != "" {
			t.draw()
		}
	})
}

// report tells how far the download is; total is -1 where nobody knows.
func (t *track) report(done, total int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.done, t.total = done, total
	if bar, drawn := t.drawn[t]; drawn {
		t.show(bar)
	}
}

// draw makes a bar; the caller holds the lock.
func (t *track) draw() {
	if t.out == nil {
		return
	}
	if t.bars == nil {
		t.bars = mpb.New(mpb.WithOutput(t.out), mpb.WithWidth(30))
	}
	bar, err := t.bars.Add(0, mpb.BarStyle().Build(),
		mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Name(shortened(t.name, longestName)+" ")),
		mpb.AppendDecorators(decor.Any(counters)))
	if err != nil {
		return // the terminal is gone; the verdicts may still be wanted
	}
	t.drawn[t] = bar
	t.show(bar)
}

func (t *track) show(bar *mpb.Bar) {
	bar.SetTotal(max(t.total, 0), false)
	bar.SetCurrent(t.done)
}

// end takes the download's bar away.
func (t *track) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.patience.Stop()
	t.name = ""
	if bar, drawn := t.drawn[t]; drawn {
		bar.Abort(true)
		delete(t.drawn, t)
	}
}

// shortened keeps the end of a name, which tells recordings apart.
func shortened(name string, width int) string {
	over := runewidth.StringWidth(name) - width
	if over <= 0 {
		return name
	}
	return runewidth.TruncateLeft(name, over+len("..."), "...")
}

func counters(s decor.Statistics) string {
	if s.Total <= 0 {
		return fmt.Sprintf(" % .1f", decor.SizeB1000(s.Current))
	}
	return fmt.Sprintf(" % .1f of % .1f", decor.SizeB1000(s.Current), decor.SizeB1000(s.Total))
}
