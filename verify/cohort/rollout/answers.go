package rollout

import (
	"sort"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/stat"
)

// Answers says what people's answers tell of the verifier.
type Answers struct {
	Confirmed Answered `json:"confirmed"`
	Refuted   Answered `json:"refuted"`
	Undecided Answered `json:"undecided"`
	// ForGo and ForNoGo are the e-values of people's answers and the verifier's outcomes
	// together, which hold however the verifier errs. At NeededForGo and NeededForNoGo the
	// decision needs no bound of its errors.
	ForGo         float64 `json:"evidence_for_go"`
	NeededForGo   float64 `json:"needed_for_go"`
	ForNoGo       float64 `json:"evidence_for_no_go"`
	NeededForNoGo float64 `json:"needed_for_no_go"`
	// AnswerMore is how many more answers about confirmed recordings, drawn at random, make "go" need
	// no bound if all are as declared. 0: none are needed, or too few are there.
	AnswerMore int `json:"answer_more"`
	// BoundRefuted says that the answers refute the bound of the verifier's errors. It is not
	// used then.
	BoundRefuted bool `json:"bound_refuted"`
}

// Answered counts the answers about the recordings of one outcome.
type Answered struct {
	Recordings    int `json:"recordings"`
	AsDeclared    int `json:"as_declared"`
	NotAsDeclared int `json:"not_as_declared"`
	Unclear       int `json:"unclear"` // the person could not tell
	// Drawn are the answers about recordings that were drawn at random. ErrorAtMost bounds the share
	// of all recordings of this outcome on which the verifier is wrong, at 95 %, by these
	// (Clopper–Pearson, for one look). It is 1 without such answers and for undecided recordings.
	Drawn       int     `json:"drawn"`
	ErrorAtMost float64 `json:"error_at_most"`
}

// Settled is how many recordings people settled.
func (a Answered) Settled() int { return a.AsDeclared + a.NotAsDeclared }

// answersIn counts the answers. An unclear one counts as an error of the verifier.
func answersIn(all []Observation, e Errors) Answers {
	var a Answers
	var t tally
	wrong := map[*Answered]int{}
	for i := range all {
		o := &all[i]
		t.count(*o)
		of, right := &a.Undecided, Unanswered
		switch o.Outcome {
		case verify.Match:
			of, right = &a.Confirmed, AsDeclared
		case verify.Swapped, verify.Unusable:
			of, right = &a.Refuted, NotAsDeclared
		}
		of.Recordings++
		switch o.Answer {
		case Unanswered:
			continue
		case AsDeclared:
			of.AsDeclared++
		case NotAsDeclared:
			of.NotAsDeclared++
		case Unclear:
			of.Unclear++
		}
		if !o.Drawn {
			continue
		}
		of.Drawn++
		if o.Answer != right {
			wrong[of]++
		}
	}
	a.Undecided.ErrorAtMost = 1
	for _, of := range []*Answered{&a.Confirmed, &a.Refuted} {
		const bothSides = 0.9 // so that the upper end holds at 95 %
		of.ErrorAtMost = stat.ClopperPearson(wrong[of], of.Drawn, bothSides)[1]
	}
	a.BoundRefuted = t.contradicts(e)
	return a
}

// answerMore is how many more answers, all of which say "as declared", need no bound for "go". left are the
// confirmed recordings that nobody answered.
func (p *pursuit) answerMore(left int, threshold float64) int {
	enough := func(n int) bool {
		t := p.tally
		t.drawn += n
		return p.anyErrors(t) >= threshold
	}
	if enough(0) || !enough(left) {
		return 0
	}
	return sort.Search(left, enough)
}
