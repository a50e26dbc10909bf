package evaluate

import (
	"math"
	"slices"
	"strings"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/stat"
)

// Figures are the counts over some recordings.
type Figures struct {
	Calls                int           `json:"calls"` // sound ones: one party a channel
	Right                int           `json:"right"` // of these, those whose evidence points the right way
	ForcedChoice         stat.Number   `json:"forced_choice"`
	ForcedChoiceInterval stat.Interval `json:"forced_choice_interval"`
	Decided              int           `json:"decided"`
	Coverage             stat.Number   `json:"coverage"`
	WrongDecided         int           `json:"wrong_decided"`
	DecidedRight         stat.Number   `json:"decided_accuracy"`
	DecidedRightInterval stat.Interval `json:"decided_accuracy_interval"`
	Undecided            int           `json:"undecided"`
	Unusable             int           `json:"unusable"` // refuted for their structure
	Cllr                 stat.Number   `json:"cllr"`
	CllrMin              stat.Number   `json:"cllr_min"`
	Faults               Faults        `json:"faults"`
	FalseAlarms          int           `json:"false_alarms"`       // clean recordings with a structural finding
	FatalFalseAlarms     int           `json:"false_alarms_fatal"` // of these, with one that makes them unusable
	VADF1                stat.Number   `json:"vad_f1"`
	Activity             Activity      `json:"vad"`
}

// Faults counts structural faults found.
type Faults struct {
	Found   int          `json:"found"`
	Of      int          `json:"of"`
	ByFault []FaultCount `json:"by_fault"`
}

// FaultCount is the count for one kind of fault.
type FaultCount struct {
	Fault     string `json:"fault"`
	Found     int    `json:"found"`
	Of        int    `json:"of"`
	Undecided int    `json:"undecided"` // not found, but nothing was decided either
}

// figures counts over recordings as they are, or over cuts.
func figures(trials []Trial) Figures {
	var (
		f        Figures
		supports []float64
	)
	f.Activity.Precision, f.Activity.Recall = stat.Nothing(), stat.Nothing()
	faults := map[string]*FaultCount{}
	for i := range trials {
		t := &trials[i]
		f.Activity.add(t.Recording)
		if !t.clean() {
			if !t.Label.faulty() {
				continue
			}
			c := faults[t.Label.Fault]
			if c == nil {
				c = &FaultCount{Fault: t.Label.Fault}
				faults[t.Label.Fault] = c
			}
			c.Of++
			f.Faults.Of++
			switch {
			case foundFault(t.Label.Fault, &t.Verdict):
				c.Found++
				f.Faults.Found++
			case t.Verdict.Outcome == verify.Undecided:
				c.Undecided++
			}
			continue
		}
		f.Calls++
		support := t.Support()
		supports = append(supports, support)
		f.count(t, support)
	}
	f.Faults.ByFault = []FaultCount{}
	for _, name := range faultNames() {
		if c := faults[name]; c != nil {
			f.Faults.ByFault = append(f.Faults.ByFault, *c)
		}
	}
	f.ForcedChoice, f.ForcedChoiceInterval = stat.Ratio(f.Right, f.Calls), stat.ClopperPearson(f.Right, f.Calls, stat.IntervalConfidence)
	f.Coverage = stat.Ratio(f.Decided, f.Calls)
	right := f.Decided - f.WrongDecided
	f.DecidedRight, f.DecidedRightInterval = stat.Ratio(right, f.Decided), stat.ClopperPearson(right, f.Decided, stat.IntervalConfidence)
	f.Cllr, f.CllrMin = stat.Cllr(supports), stat.CllrMin(supports)
	f.VADF1 = f.Activity.F1()
	return f
}

// Contradicted reports whether significantly more calls are wrong than right, as happens if
// the labels exchange left and right.
func Contradicted(right, calls int) bool {
	return stat.ClopperPearson(right, calls, stat.IntervalConfidence)[1] < 0.5
}

// count counts one clean call.
func (f *Figures) count(t *Trial, support float64) {
	if support > 0 { // a call without evidence is not right
		f.Right++
	}
	switch {
	case t.Wrong():
		f.WrongDecided++
		f.Decided++
	case t.Decided():
		f.Decided++
	case t.Verdict.Outcome == verify.Unusable:
		f.Unusable++
	default:
		f.Undecided++
	}
	alarm, fatal := false, false
	for _, found := range t.Verdict.Findings {
		if structural(found) {
			alarm = true
			fatal = fatal || found.Severity == finding.Fatal
		}
	}
	if alarm {
		f.FalseAlarms++
	}
	if fatal {
		f.FatalFalseAlarms++
	}
}

// Bin holds the calls whose confidence lies in a range.
type Bin struct {
	From           float64       `json:"from"` // confidence of the side that was heard
	To             float64       `json:"to"`
	Calls          int           `json:"calls"`
	Right          int           `json:"right"`
	MeanConfidence stat.Number   `json:"mean_confidence"`
	Accuracy       stat.Number   `json:"accuracy"`
	Interval       stat.Interval `json:"accuracy_interval"`
}

// reliability compares confidence with truth. Calls without any evidence claim nothing and
// are left out.
func reliability(trials []Trial) []Bin {
	edges := []float64{0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1}
	bins := make([]Bin, len(edges)-1)
	sums := make([]float64, len(bins))
	for i := range bins {
		bins[i].From, bins[i].To = edges[i], edges[i+1]
	}
	for i := range trials {
		t := &trials[i]
		if t.Verdict.Confidence == nil {
			continue
		}
		claimed := *t.Verdict.Confidence
		k := min(len(bins)-1, max(0, sortedBin(edges, claimed)))
		bins[k].Calls++
		sums[k] += claimed
		if t.Support() > 0 {
			bins[k].Right++
		}
	}
	for i := range bins {
		b := &bins[i]
		b.MeanConfidence = stat.Number(sums[i] / float64(b.Calls)) // NaN: nothing
		b.Accuracy, b.Interval = stat.Ratio(b.Right, b.Calls), stat.ClopperPearson(b.Right, b.Calls, stat.IntervalConfidence)
	}
	return bins
}

// sortedBin returns the range that contains x, including its lower edge and excluding its
// upper.
func sortedBin(edges []float64, x float64) int {
	k := -1
	for _, e := range edges {
		if x >= e {
			k++
		}
	}
	return k
}

// Contribution is the contribution of one kind of evidence.
type Contribution struct {
	Name    string `json:"name"`
	Calls   int    `json:"calls"` // with this evidence
	Alone   Worth  `json:"alone"` // over the calls with this evidence
	Without Worth  `json:"without"`
}

// Worth measures the value of some of the evidence.
type Worth struct {
	Right        int         `json:"right"`
	ForcedChoice stat.Number `json:"forced_choice"`
	Decided      int         `json:"decided"`
	WrongDecided int         `json:"wrong_decided"`
	Cllr         stat.Number `json:"cllr"`
}

// contributions evaluates each kind of evidence alone, and all evidence without it, with its
// weight in the verdicts.
func contributions(trials []Trial, minConfidence float64) []Contribution {
	names := map[string]bool{}
	for i := range trials {
		for _, e := range trials[i].Verdict.Evidence {
			names[e.Name] = true
		}
	}
	out := []Contribution{}
	for name := range names {
		var alone, without []float64
		for i := range trials {
			t := &trials[i]
			own, others, says := 0.0, 0.0, false
			for _, e := range t.Verdict.Evidence {
				if e.Name == name {
					own, says = own+e.Log10LR, true
				} else {
					others += e.Log10LR
				}
			}
			if t.Left == Agent {
				own, others = -own, -others
			}
			if says {
				alone = append(alone, own)
			}
			without = append(without, others)
		}
		out = append(out, Contribution{name, len(alone), worth(alone, minConfidence), worth(without, minConfidence)})
	}
	slices.SortFunc(out, func(a, b Contribution) int {
		if a.Calls != b.Calls {
			return b.Calls - a.Calls
		}
		return strings.Compare(a.Name, b.Name)
	})
	return out
}

func worth(supports []float64, minConfidence float64) Worth {
	w := Worth{Cllr: stat.Cllr(supports)}
	needed := math.Log10(minConfidence / (1 - minConfidence))
	for _, s := range supports {
		if s > 0 {
			w.Right++
		}
		if math.Abs(s) >= needed {
			w.Decided++
			if s < 0 {
				w.WrongDecided++
			}
		}
	}
	w.ForcedChoice = stat.Ratio(w.Right, len(supports))
	return w
}
