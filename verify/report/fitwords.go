package report

import (
	"fmt"
	"io"
	"math"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/verify/calibrate"
)

// fitWordsText says what a list was learnt from, and how it does on sources held out.
func fitWordsText(w io.Writer, r *calibrate.WordResult, o Options) error {
	p := &sheet{}
	dialogues, turns := 0, 0
	for _, s := range r.Sources {
		dialogues += s.Dialogues
		turns += s.Turns
	}
	learnt := 0
	for _, e := range r.List.Entries {
		if e.Signed() != 0 {
			learnt++
		}
	}
	p.line("List %s: %d n-grams, from %d dialogues with %d turns of %d sources.", escape.Text(r.List.Name), learnt, dialogues, turns, len(r.Sources))
	p.line("Every figure below is for a source that nothing was learnt from: its weights and\nits ratio are those of the others. Word errors are simulated.")
	for _, h := range r.HeldOut {
		p.line("\n%.0f %% of the words wrong: claims at most %.0f to 1, Cllr %.3f", 100*h.Ratio.ErrorRate, math.Pow(10, h.Ratio.Cap), h.Cllr)
		p.table(func(row func(...string)) {
			row("source", "dialogues", "right", "decided at 99 %", "wrong", "pieces decided", "wrong")
			for _, c := range h.Sources {
				row(escape.Text(c.Source), fmt.Sprint(c.Dialogues), fmt.Sprint(c.Right), fmt.Sprint(c.Decided), fmt.Sprint(c.Wrong), fmt.Sprint(c.Claims), fmt.Sprint(c.WrongClaims))
			}
		})
	}
	return p.write(w, o)
}
