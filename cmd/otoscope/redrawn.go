package main

import (
	"fmt"
	"io"
	"os"

	"github.com/mattn/go-runewidth"
	"golang.org/x/term"
)

// redrawn is some lines at the bottom of a terminal that are drawn over. Every
// progress is shown in it. Who uses it sees to it that one goroutine does at a time.
type redrawn struct {
	out   io.Writer
	drawn int // lines that are on the terminal
}

// draw puts lines where those drawn before stand.
func (r *redrawn) draw(lines []string) {
	r.erase()
	width := 80
	if f, ok := r.out.(*os.File); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			width = w
		}
	}
	for _, l := range lines {
		// A line that wraps could not be taken back.
		fmt.Fprintln(r.out, runewidth.Truncate(l, width-1, "..."))
		r.drawn++
	}
}

// erase takes the lines away, so that something else can be written.
func (r *redrawn) erase() {
	for ; r.drawn > 0; r.drawn-- {
		fmt.Fprint(r.out, "\x1b[1A\x1b[2K") // ECMA-48: cursor up, erase in line
	}
}
