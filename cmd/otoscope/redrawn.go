package main

import (
	"fmt"
	"io"
	"os"

	"github.com/mattn/go-runewidth"
	"golang.org/x/term"
)

// redrawn is a set of lines at the bottom of a terminal that are redrawn. Every progress
// display uses it. The caller ensures that only one goroutine uses it at a time.
type redrawn struct {
	out   io.Writer
	drawn int // lines that are on the terminal
}

// draw replaces the lines drawn before.
func (r *redrawn) draw(lines []string) {
	r.erase()
	width := 80
	if f, ok := r.out.(*os.File); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			width = w
		}
	}
	for _, l := range lines {
		// A line that wraps could not be removed.
		fmt.Fprintln(r.out, runewidth.Truncate(l, width-1, "..."))
		r.drawn++
	}
}

// erase removes the lines, so that other output can be written.
func (r *redrawn) erase() {
	for ; r.drawn > 0; r.drawn-- {
		fmt.Fprint(r.out, "\x1b[1A\x1b[2K") // ECMA-48: cursor up, erase in line
	}
}
