package report

import (
	"fmt"
	"io"
	"math"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/calibrate"
	"github.com/otoscope/otoscope/verify/evaluate"
	"github.com/otoscope/otoscope/verify/evidence"
	"github.com/otoscope/otoscope/verify/stat"
)

// A fit is laid out for a person.
type fit struct{ *calibrate.Result }

// fitText says what was fitted, what it claims and on what that rests.
func fitText(w io.Writer, result *calibrate.Result, o Options) error {
	r, p := fit{result}, &sheet{}
	from := r.Provenance
	of := ""
	if from.Agents > 0 {
		of = fmt.Sprintf(" of %d agents", from.Agents)
	}
	if from.Sources > 0 {
		of += fmt.Sprintf(" from %d sources", from.Sources)
	}
	known := "sound alone"
	if from.Metadata {
		known = "sound, directions and join times"
	}
	p.line("Profile %s: fitted on %d calls%s and %d pieces cut from them; %s.", escape.Text(r.Profile.Name), from.Calls, of, from.Cuts, known)
	p.line("Its weights are shrunk towards %s. Every figure below is for held-out calls:\neach of %d groups was judged by weights fitted on the others. An agent's calls,\ntheir mirrors and their cuts stay in one group.", r.Base.Name, from.Folds)
	held, base := from.HeldOut, r.BaseHeld
	p.table(func(row func(...string)) {
		row("", r.Base.Name, "fitted", fmt.Sprintf("fitted, capped as %s", r.Base.Name))
		compare := func(name string, of func(evidence.HeldOut) string) { row(name, of(base), of(held), of(r.Unbound)) }
		compare("calls right", func(h evidence.HeldOut) string { return fmt.Sprintf("%d of %d", h.Right, from.Calls) })
		compare("decided at 99 %", func(h evidence.HeldOut) string { return fmt.Sprintf("%d, wrong %d", h.Decided, h.WrongDecided) })
		compare("Cllr", func(h evidence.HeldOut) string { return fmt.Sprintf("%.3f", h.Cllr) })
		if from.Cuts > 0 {
			compare("pieces decided", func(h evidence.HeldOut) string { return fmt.Sprintf("%d, wrong %d", h.CutsDecided, h.CutsWrong) })
			compare("Cllr of pieces", func(h evidence.HeldOut) string { return fmt.Sprintf("%.3f", h.CutsCllr) })
		}
	})
	if evaluate.Contradicted(base.Right, from.Calls) {
		p.line("By %s most calls sound swapped against their labels. \"left\" must say who\nreally is on the left, not who was declared there: check the labels first.", r.Base.Name)
	}
	r.claimed(p)
	p.line("\nWeights (log10 units)")
	p.table(func(row func(...string)) {
		row("", r.Base.Name, "fitted", "affects")
		for _, c := range r.Weights {
			row(c.Name, fmt.Sprintf("%.2f", c.Base), fmt.Sprintf("%.2f", c.Now), fmt.Sprintf("%d of %d calls", c.BearsOn, from.Calls))
		}
	})
	return p.write(w, o)
}

// claimed sets side by side what is claimed and on how many calls that was tested.
func (r fit) claimed(p *sheet) {
	p.line("\nClaims, and the calls that they were tested on")
	p.table(func(row func(...string)) {
		row("confidence", "claimed on average", "tested on", "right", "95 % interval", "excerpts", "right")
		for _, c := range r.Claims {
			i := stat.ClopperPearson(c.Right, c.Calls, stat.IntervalConfidence)
			row(percent(stat.Number(c.AtLeast))+" and more", percent(stat.Number(c.Mean)), fmt.Sprintf("%d calls", c.Calls), fmt.Sprint(c.Right),
				fmt.Sprintf("%.1f to %.1f %%", 100*i[0], 100*i[1]), fmt.Sprint(c.Excerpts), fmt.Sprint(c.ExcerptsRight))
		}
	})
	limit := r.Profile.TimingCap
	p.line("Evidence from who speaks when may claim at most %s (odds of %.0f to 1): %d\nindependent calls, %d of them right when held out, support no more. Other\nevidence, such as key presses or join times, adds to that.",
		percent(stat.Number(probability(limit))), math.Pow(10, limit), r.Provenance.Calls, r.Provenance.HeldOut.Right)
	if probability(limit) < verify.DefaultMinConfidence {
		p.line("That is below the %s that a verdict needs, so alone it decides nothing. Label\nmore calls (98 without a mistake support 99 %%), give more facts (--direction,\n--joined), or ask for less with --min-confidence.", percent(verify.DefaultMinConfidence))
	}
	if r.Unbound.Cllr >= r.BaseHeld.Cllr {
		p.line("On held-out calls the fitted weights are no better than %s. Keep it,\nunless it claims more than you trust.", r.Base.Name)
	}
}

// probability gives the probability that a log10 likelihood ratio amounts to.
func probability(log10LR float64) float64 { return 1 / (1 + math.Pow(10, -log10LR)) }
