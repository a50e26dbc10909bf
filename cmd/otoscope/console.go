package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch"
	"github.com/otoscope/otoscope/verify/batch/manifest"
)

// plainInterval is how often progress is printed if standard error is not a terminal.
const plainInterval = 10 * time.Second

// A console reports the progress of a batch on standard error: on a terminal in lines that
// it redraws, elsewhere every few seconds in a separate line, or as JSON.
type console struct {
	logger *slog.Logger
	quiet  bool

	mu      sync.Mutex
	out     io.Writer
	drawing bool // a terminal, and not JSON
	json    bool
	screen  redrawn
	printed time.Time
	pace    pace
}

func newConsole(env environment, o *workOptions) *console {
	c := &console{out: env.stderr, screen: redrawn{out: env.stderr}, quiet: o.quiet, json: o.logFormat == "json", printed: time.Now()}
	c.drawing = !c.json && !c.quiet && isTerminal(env.stderr) && env.getenv("TERM") != "dumb"
	level := &slog.HandlerOptions{Level: slog.LevelInfo}
	if c.json {
		c.logger = slog.New(slog.NewJSONHandler(aside{c}, level))
	} else {
		level.Level = slog.LevelWarn // the progress lines report everything else
		c.logger = slog.New(slog.NewTextHandler(aside{c}, level))
	}
	return c
}

// aside writes log records without disturbing the progress lines.
type aside struct{ c *console }

func (a aside) Write(b []byte) (int, error) {
	a.c.mu.Lock()
	defer a.c.mu.Unlock()
	a.c.screen.erase()
	return logWriter{a.c.out, a.c.json}.Write(b)
}

// A logWriter escapes text that package log/slog leaves as it is.
type logWriter struct {
	out  io.Writer
	json bool
}

func (w logWriter) Write(b []byte) (int, error) {
	clean := []byte(escape.Lines(string(b)))
	if w.json {
		clean = escape.JSON(b)
	}
	if _, err := w.out.Write(clean); err != nil {
		return 0, err
	}
	return len(b), nil
}

// note prints an important message.
func (c *console) note(text string, attributes ...any) {
	if c.json {
		c.logger.Info(text, attributes...)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.screen.erase()
	for i := 0; i+1 < len(attributes); i += 2 {
		text += fmt.Sprintf("; %v: %v", attributes[i], attributes[i+1])
	}
	fmt.Fprintf(c.out, "otoscope: %s\n", escape.Text(text))
}

// notice prints at once any news that might make a person stop the batch.
func (c *console) notice(text, advice string) {
	if advice == "" {
		c.note(text)
		return
	}
	c.note(text, "hint", advice)
}

// failed logs an error that ends the command if programs read the output, and returns it.
func (c *console) failed(ctx context.Context, err error) error {
	if err == nil || !c.json || errors.As(err, new(statusError)) || errors.Is(err, syscall.EPIPE) {
		return err
	}
	if ctx.Err() != nil {
		c.logger.Error("interrupted")
		return loggedError{ctx.Err()}
	}
	var attributes []any
	if advice := hint.Of(err); advice != "" {
		attributes = append(attributes, "hint", advice)
	}
	c.logger.Error(err.Error(), attributes...)
	return loggedError{err}
}

// ignored lists the columns without a meaning here.
func (c *console) ignored(m *manifest.Manifest) {
	if len(m.Ignored) == 0 {
		return
	}
	text := "unused columns: " + strings.Join(m.Ignored, ", ")
	if m.Hint != "" {
		text += "; " + m.Hint
	}
	c.note(text)
}

// leftOut counts the files of a folder that are no rows.
func (c *console) leftOut(m *manifest.Manifest) {
	if m.LeftOut.Files > 0 {
		c.note(fmt.Sprintf("left out of the folder: %s named like recordings that only ffmpeg reads (.%s); --decoder ffmpeg takes them",
			counted(int(m.LeftOut.Files), "file"), strings.Join(m.LeftOut.Endings, ", .")))
	}
}

// read reports the manifest's rows that may not be as they seem.
func (c *console) read(r batch.Report) {
	if r.Renamed != "" {
		c.note(fmt.Sprintf("the batch %s of an earlier version goes on under its manifest's path: %s", r.Renamed, r.Batch))
	}
	for _, x := range r.Manifest.Repeats {
		c.note(fmt.Sprintf("row %d repeats row %d (id %s); it is verified once", x.Row, x.First, x.ID))
	}
	if more := r.Manifest.Repeated - int64(len(r.Manifest.Repeats)); more > 0 {
		c.note(fmt.Sprintf("%d more rows repeat another", more))
	}
	for _, x := range r.Manifest.Shares {
		c.note(fmt.Sprintf("row %d has the id %s of row %d, but another recording or other facts; both are verified", x.Row, x.ID, x.First))
	}
	if more := r.Manifest.Shared - int64(len(r.Manifest.Shares)); more > 0 {
		c.note(fmt.Sprintf("%d more rows share an id; each is verified", more))
	}
	if r.Manifest.Replaced > 0 {
		c.note(fmt.Sprintf("%d rows name another recording than before under their id; the new ones are verified, and the old results are gone", r.Manifest.Replaced))
	}
}

func (c *console) progress(s batch.Status) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pace.note(s)
	if c.quiet {
		return
	}
	if c.drawing {
		c.screen.draw(c.lines(s))
		return
	}
	if time.Since(c.printed) >= plainInterval {
		c.printStatus(s)
	}
}

// end prints the result, once.
func (c *console) end(s batch.Status) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.screen.erase()
	if !c.quiet && s.Elapsed >= time.Second {
		c.printStatus(s)
	}
}

// printStatus writes a permanent line. The caller holds the lock.
func (c *console) printStatus(s batch.Status) {
	c.printed = time.Now()
	if !c.json {
		fmt.Fprintln(c.out, strings.Join(c.lines(s), "; "))
		return
	}
	attributes := []any{"done", s.Done, "waiting", max(s.Waiting-s.Done, 0), "read", s.Read, "bytes", s.Bytes, "rows_per_second", c.pace.rate()}
	if left, known := c.pace.left(s); known {
		attributes = append(attributes, "seconds_left", int64(left.Seconds()))
	}
	outcomes, kinds := []any{}, []any{}
	for _, o := range slices.Sorted(maps.Keys(s.Outcomes)) {
		outcomes = append(outcomes, slog.Int64(string(o), s.Outcomes[o]))
	}
	for _, k := range slices.Sorted(maps.Keys(s.Errors)) {
		kinds = append(kinds, slog.Int64(k, s.Errors[k]))
	}
	attributes = append(attributes, slog.Group("outcomes", outcomes...), slog.Group("errors", kinds...))
	slog.New(slog.NewJSONHandler(logWriter{c.out, true}, nil)).Info("progress", attributes...)
}

// lines formats the progress for a person.
func (c *console) lines(s batch.Status) []string {
	of := ""
	switch {
	case s.Waiting > 0 && s.Read:
		of = fmt.Sprintf(" of %d (%d %%)", s.Waiting, 100*s.Done/s.Waiting)
	case s.Waiting > 0:
		of = fmt.Sprintf(" of %d so far", s.Waiting)
	}
	line := fmt.Sprintf("%d%s done, %.1f/s, %s", s.Done, of, c.pace.rate(), bytesText(s.Bytes))
	if left, known := c.pace.left(s); known {
		line += fmt.Sprintf(", %v left", left.Round(time.Second))
	}
	var counts []string
	for _, o := range []verify.Outcome{verify.Match, verify.Swapped, verify.Unusable, verify.Undecided, verify.Errored} {
		if n := s.Outcomes[o]; n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n, o))
		}
	}
	lines := []string{line}
	if len(counts) > 0 {
		lines[0] += ": " + strings.Join(counts, ", ")
	}
	var kinds []string
	for _, k := range slices.SortedFunc(maps.Keys(s.Errors), func(a, b string) int {
		if s.Errors[a] != s.Errors[b] {
			return int(s.Errors[b] - s.Errors[a])
		}
		return strings.Compare(a, b)
	}) {
		kinds = append(kinds, fmt.Sprintf("%d %s", s.Errors[k], escape.Text(k)))
	}
	if len(kinds) > 0 {
		lines = append(lines, "errors: "+strings.Join(kinds, ", "))
	}
	return lines
}

func bytesText(n int64) string {
	const unit = 1000.0
	x, units := float64(n), []string{"B", "kB", "MB", "GB", "TB", "PB"}
	i := 0
	for ; x >= unit && i < len(units)-1; i++ {
		x /= unit
	}
	if i == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", x, units[i])
}

// paceWindow is the period over which the speed is measured.
const paceWindow = 30 * time.Second

// A pace is the recent speed.
type pace struct{ marks []mark }

type mark struct {
	at   time.Duration
	done int64
}

func (p *pace) note(s batch.Status) {
	p.marks = append(p.marks, mark{s.Elapsed, s.Done})
	for len(p.marks) > 2 && s.Elapsed-p.marks[1].at > paceWindow {
		p.marks = p.marks[1:]
	}
}

// rate returns rows per second.
func (p *pace) rate() float64 {
	if len(p.marks) == 0 {
		return 0
	}
	first, last := mark{}, p.marks[len(p.marks)-1]
	if last.at > paceWindow {
		first = p.marks[0]
	}
	if last.at <= first.at {
		return 0
	}
	return float64(last.done-first.done) / (last.at - first.at).Seconds()
}

// left returns the remaining time, if the total is known.
func (p *pace) left(s batch.Status) (time.Duration, bool) {
	rate := p.rate()
	if !s.Read || rate == 0 || s.Done >= s.Waiting {
		return 0, false
	}
	return time.Duration(float64(s.Waiting-s.Done) / rate * float64(time.Second)), true
}
