package main

import (
	"fmt"
	"io"
	"sync"
)

// A counter shows the progress of a piece of work on a terminal. It is safe for concurrent
// use.
type counter struct {
	mu    sync.Mutex
	lines redrawn // out is nil if nothing is shown
	what  string
	most  int
}

// newCounter draws on out if that is a terminal.
func newCounter(out io.Writer, what string) *counter {
	if !isTerminal(out) {
		out = nil
	}
	return &counter{lines: redrawn{out: out}, what: what}
}

// show prints the progress. It ignores late calls with less progress than already shown.
func (c *counter) show(done, total int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lines.out == nil || done <= c.most {
		return
	}
	c.most = done
	c.lines.draw([]string{fmt.Sprintf("%d of %d %s", done, total, c.what)})
}

// close removes the line.
func (c *counter) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lines.erase()
	c.lines.out = nil
}
