package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/otoscope/otoscope/verify"
)

// textResults writes results for a person: a page each, or a line each.
type textResults struct {
	w      io.Writer
	o      Options
	n      int
	counts map[verify.Outcome]int
}

func newTextResults(w io.Writer, _ About, o Options) Results {
	return &textResults{w: w, o: o, counts: map[verify.Outcome]int{}}
}

func (t *textResults) Write(r Row) error {
	if t.n > 0 && !t.o.Brief {
		if _, err := io.WriteString(t.w, "\n\n"); err != nil {
			return err
		}
	}
	v := r.Verdict
	t.n++
	t.counts[v.Outcome]++
	switch {
	case r.ID == "" || r.ID == v.Recording:
	case v.Recording == "":
		v.Recording = r.ID
	default:
		v.Recording = r.ID + " (" + v.Recording + ")"
	}
	if err := textOf(t.w, v, r.Human, t.o); err != nil || r.Consumers == nil || t.o.Brief {
		return err
	}
	p := &sheet{}
	p.line("\nWho reads this recording rightly as it is")
	p.consumers(r.Consumers)
	return p.write(t.w, t.o)
}

// Close counts the outcomes where there are several pages.
func (t *textResults) Close() error {
	if t.n < 2 || t.o.Brief {
		return nil
	}
	var counts []string
	for _, o := range verify.Outcomes() {
		if n := t.counts[o]; n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n, o))
		}
	}
	_, err := fmt.Fprintf(t.w, "\n\n%d recordings: %s\n", t.n, strings.Join(counts, ", "))
	return err
}
