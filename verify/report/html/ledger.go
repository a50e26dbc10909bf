package html

import (
	"fmt"
	"html/template"
	"math"
)

// A Ledger is the evidence: what speaks for the customer on the left, and what for the agent
// there.
type Ledger struct {
	Items      []LedgerItem
	Sum        float64 // log10 likelihood ratio
	Favours    string  // what the sum speaks for, in words
	Conclusion string
}

// A LedgerItem is one piece of evidence.
type LedgerItem struct {
	Name    string
	Log10LR float64 // positive: the customer is on the left
	Favours string  // the same in words
	Detail  string
}

// reach is the length of the longest bar, as a log10 likelihood ratio: never so short that weak
// evidence looks strong.
func (l Ledger) reach() float64 {
	most := math.Max(2, math.Abs(l.Sum))
	for _, i := range l.Items {
		most = math.Max(most, math.Abs(i.Log10LR))
	}
	return most
}

// A ledgerRow is a bar with its words.
type ledgerRow struct {
	LedgerItem
	Figure string
	Bar    template.HTML
	Last   bool
}

// Rows are the items and the sum, for the template.
func (l Ledger) Rows() []ledgerRow {
	var out []ledgerRow
	reach := l.reach()
	for _, i := range l.Items {
		out = append(out, ledgerRow{i, figure(i.Log10LR), evidenceBar(i.Log10LR, reach), false})
	}
	sum := LedgerItem{Name: "together", Log10LR: l.Sum, Favours: l.Favours, Detail: l.Conclusion}
	return append(out, ledgerRow{sum, figure(l.Sum), evidenceBar(l.Sum, reach), true})
}

// evidenceBar grows from the middle: to the left for the customer on the left, to the right for
// the agent there, in the colour of the party on the left.
func evidenceBar(log10LR, reach float64) template.HTML {
	const width, height, middle = 240.0, 18.0, 120.0
	s := &Scene{Width: width, Height: height}
	long := math.Max(1.5, (middle-2)*math.Min(math.Abs(log10LR)/reach, 1))
	b := bar{middle - long, 3, long, height - 6, customerPaint, false, ""}
	if log10LR < 0 {
		b.x, b.paint = middle, agentPaint
	}
	if log10LR == 0 {
		b.width, b.paint = 0, gridPaint
	}
	s.add(bar{0, height/2 - 0.5, width, 1, gridPaint, false, ""}, b, bar{middle - 0.5, 0, 1, height, framePaint, false, ""})
	return s.decoration()
}

// figure writes a log10 likelihood ratio with its sign and a true minus.
func figure(x float64) string {
	s := fmt.Sprintf("%+.2f", x)
	switch {
	case s == "+0.00", s == "-0.00":
		return "0.00"
	case s[0] == '-':
		return "−" + s[1:]
	}
	return s
}
