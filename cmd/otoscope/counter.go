package main

import (
	"fmt"
	"io"
	"sync"
)

// A counter says on a terminal how much of a piece of work is done, in a line that is
// overwritten. It is safe for concurrent use.
type counter struct {
	mu   sync.Mutex
	out  io.Writer // nil: nothing is shown
	what string
	most int
}

// newCounter shows on out if that is a terminal.
func newCounter(out io.Writer, what string) *counter {
	if !isTerminal(out) {
		out = nil
	}
	return &counter{out: out, what: what}
}

// show tells how much is done. What comes late with less than was shown before is left out.
func (c *counter) show(done, total int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.out == nil || done <= c.most {
		return
	}
	c.most = done
	fmt.Fprintf(c.out, "\r\033[K%d of %d %s", done, total, c.what)
}

// close takes the line away.
func (c *counter) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.out != nil && c.most > 0 {
		fmt.Fprint(c.out, "\r\033[K")
	}
	c.out = nil
}
