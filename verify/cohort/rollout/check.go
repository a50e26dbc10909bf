package rollout

import (
	"cmp"
	"math"
	"slices"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/stat"
)

// A Word is the decision.
type Word string

// The decisions.
const (
	Go   Word = "go"
	NoGo Word = "no-go"
	More Word = "more" // recordings or answers are needed
)

// Counts are recordings by what became of them.
type Counts struct {
	Recordings int `json:"recordings"`
	AsDeclared int `json:"as_declared"`
	Swapped    int `json:"swapped"`
	Unusable   int `json:"unusable"`
	Undecided  int `json:"undecided"`
	Unchecked  int `json:"unchecked"` // could not be fetched or decoded
	Answered   int `json:"answered"`  // by a person, among all of the above
	// Overturned are the answers that contradict the verifier's decision.
	Overturned int `json:"overturned"`
}

// Stratum is one group of recordings.
type Stratum struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Counts Counts `json:"counts"`
	// Rate bounds the rate of recordings that are not as declared.
	Rate stat.Interval `json:"rate"`
	Word Word          `json:"decision"`
}

// Decision is the result of Check.
type Decision struct {
	Schema int    `json:"schema"`
	Word   Word   `json:"decision"`
	Goal   Goal   `json:"goal"`
	Errors Errors `json:"verifier_errors"`
	Counts Counts `json:"counts"`
	// Rate bounds the rate of recordings that are not as declared, at any time and however
	// often one looks, with a probability of 1 − ConsumerRisk − ProducerRisk or more.
	Rate stat.Interval `json:"rate"`
	// EvidenceForGo and EvidenceForNoGo are e-values; the decisions need NeededForGo and
	// NeededForNoGo.
	EvidenceForGo   float64 `json:"evidence_for_go"`
	NeededForGo     float64 `json:"needed_for_go"`
	EvidenceForNoGo float64 `json:"evidence_for_no_go"`
	NeededForNoGo   float64 `json:"needed_for_no_go"`
	// Behind are the recordings that are not as declared, the surest first.
	Behind []string `json:"behind"`
	// LookAt is how many more recordings "go" needs if all of them are as declared; 0 where
	// that is not what is missing.
	LookAt int `json:"look_at"`
	// Settle are recordings whose answer can decide, the most useful first.
	Settle []string `json:"settle"`
	// SettleIsEnough says that "go" follows if all of Settle are as declared.
	SettleIsEnough bool      `json:"settle_is_enough"`
	Strata         []Stratum `json:"strata"`
	// TestCalls counts the recordings of test calls. They are no customers' calls, so that the rest
	// says nothing of them. TestCallsBehind are those that are not as declared, the surest first.
	TestCalls       Counts   `json:"test_calls"`
	TestCallsBehind []string `json:"test_calls_behind"`
	// Answers says what people's answers tell of the verifier.
	Answers Answers `json:"answers"`
}

// PeopleAnswerAll reports whether only recordings that people answer bring a "go": there is no bound
// of the verifier's errors, or answers refute it. LookAt counts such recordings then.
func (d *Decision) PeopleAnswerAll() bool { return d.Errors.Rate >= 1 || d.Answers.BoundRefuted }

// DecisionSchema is the number of the form in which a Decision is written.
const DecisionSchema = 1

// CheckOptions says what Check looks at.
type CheckOptions struct {
	Goal   Goal
	Errors Errors
	// By are the names of groups to decide on one by one as well. Every value is a stratum.
	By []string
}

// Check decides on what is known so far. It may be asked as often as one likes; the risks hold
// over all its answers. Test calls are counted apart. It assumes that the recordings are drawn at random from those in
// question. "go" takes enough evidence over all recordings, and no stratum that is a no-go.
// The producer risk is shared among the strata (Bonferroni), so that it holds over all of
// them together.
func Check(all []Observation, o CheckOptions) Decision {
	all, tests := apart(all)
	undrawOthers(all)
	forGo, against := o.Goal.pursueGo(o.Errors).over(all), o.Goal.pursueNoGo(o.Errors).over(all)
	strata := byStratum(all, o.By)
	d := Decision{
		Schema: DecisionSchema, Word: More, Goal: o.Goal, Errors: o.Errors, Counts: count(all), Rate: o.rate(all),
		EvidenceForGo:   capped(forGo.capital()),
		EvidenceForNoGo: capped(against.capital()),
		NeededForGo:     1 / (o.Goal.ConsumerRisk - o.Errors.Risk),
		NeededForNoGo:   float64(1+len(strata)) / (o.Goal.ProducerRisk - o.Errors.Risk),
		Behind:          behind(all), Settle: []string{}, Strata: []Stratum{},
		TestCalls: count(tests), TestCallsBehind: behind(tests), Answers: answersIn(all, o.Errors),
	}
	d.Answers.ForGo, d.Answers.NeededForGo = capped(forGo.byPeople()), 1/o.Goal.ConsumerRisk
	d.Answers.ForNoGo, d.Answers.NeededForNoGo = capped(against.byPeople()), float64(1+len(strata))/o.Goal.ProducerRisk
	confirmed := d.Answers.Confirmed
	d.Answers.AnswerMore = forGo.answerMore(confirmed.Recordings-confirmed.Settled()-confirmed.Unclear, math.Log(d.Answers.NeededForGo))
	if d.EvidenceForNoGo >= d.NeededForNoGo {
		d.Word = NoGo
	}
	for _, s := range strata {
		row := Stratum{Name: s.name, Value: s.value, Counts: count(s.all), Rate: o.rate(s.all), Word: More}
		switch {
		case math.Exp(o.Goal.pursueNoGo(o.Errors).over(s.all).capital()) >= d.NeededForNoGo:
			row.Word, d.Word = NoGo, NoGo
		case math.Exp(o.Goal.pursueGo(o.Errors).over(s.all).capital()) >= d.NeededForGo:
			row.Word = Go
		}
		d.Strata = append(d.Strata, row)
	}
	switch {
	case d.Word == NoGo:
	case d.EvidenceForGo >= d.NeededForGo:
		d.Word = Go
	default:
		o.missing(&d, all)
	}
	return d
}

// capped is an e-value with the log x. JSON has no infinity.
func capped(x float64) float64 { return min(math.Exp(x), math.MaxFloat64) }

// rate inverts both bets: below the lowest rate that the bet for "go" refutes, and above the
// highest that the bet for "no-go" refutes.
func (o *CheckOptions) rate(all []Observation) stat.Interval {
	out := stat.Interval{0, 1}
	refuted := func(p float64, bets func(Goal, Errors) *pursuit, risk float64) bool {
		goal := o.Goal
		goal.MaxSwapRate = p
		return bets(goal, o.Errors).over(all).capital() >= math.Log(1/(risk-o.Errors.Risk))
	}
	// Rates a tenth of a decade apart, from 1 in 10,000 up.
	const lowest, steps = -4, 40
	for i := range steps {
		if p := math.Pow(10, lowest+float64(i)/10); refuted(p, Goal.pursueGo, o.Goal.ConsumerRisk) {
			out[1] = p
			break
		}
	}
	for i := range steps {
		if p := math.Pow(10, -float64(i+1)/10); p < out[1] && refuted(p, Goal.pursueNoGo, o.Goal.ProducerRisk) {
			out[0] = p
			break
		}
	}
	return out
}

// missing says what would decide.
func (o *CheckOptions) missing(d *Decision, all []Observation) {
	open := slices.Clone(all)
	var settle []int
	for i := range all {
		if bad, settled := all[i].bad(); !all[i].settled() && all[i].Outcome != verify.Errored && (bad || !settled) {
			settle = append(settle, i)
			open[i].Answer = AsDeclared
		}
	}
	// What looks most like a fault is most worth an answer.
	slices.SortStableFunc(settle, func(a, b int) int { return cmp.Compare(all[a].odds(), all[b].odds()) })
	for _, i := range settle {
		d.Settle = append(d.Settle, all[i].ID)
	}
	threshold := math.Log(d.NeededForGo)
	d.SettleIsEnough = len(settle) > 0 && o.Goal.pursueGo(o.Errors).over(open).capital() >= threshold
	if d.SettleIsEnough {
		return
	}
	// Recordings that the verifier is sure of; after a fault it takes more of them.
	if n := o.Goal.pursueGo(o.Errors).over(all).sureUntil(threshold, d.PeopleAnswerAll()); n < maxPlan {
		d.LookAt = n
	}
}

// behind lists the recordings that are not as declared, the surest first.
func behind(all []Observation) []string {
	var found []*Observation
	for i := range all {
		if bad, _ := all[i].bad(); bad {
			found = append(found, &all[i])
		}
	}
	slices.SortStableFunc(found, func(a, b *Observation) int { return cmp.Compare(a.odds(), b.odds()) })
	ids := []string{}
	for _, o := range found {
		ids = append(ids, o.ID)
	}
	return ids
}

func count(all []Observation) Counts {
	c := Counts{Recordings: len(all)}
	for i := range all {
		o := &all[i]
		if o.settled() {
			c.Answered++
			byVerifier := *o
			byVerifier.Answer = Unanswered
			if bad, settled := byVerifier.bad(); settled && bad != (o.Answer == NotAsDeclared) {
				c.Overturned++
			}
		}
		switch bad, settled := o.bad(); {
		case !o.settled() && o.Outcome == verify.Errored:
			c.Unchecked++
		case !settled:
			c.Undecided++
		case !bad:
			c.AsDeclared++
		case o.Outcome == verify.Unusable:
			c.Unusable++
		default:
			c.Swapped++
		}
	}
	return c
}

// stratum holds the recordings of one group.
type stratum struct {
	name, value string
	all         []Observation
}

// byStratum sorts recordings into groups, in the order of names and values. A recording
// without the group belongs to none.
func byStratum(all []Observation, names []string) []stratum {
	var out []stratum
	for _, name := range names {
		at := map[string]int{}
		first := len(out)
		for _, o := range all {
			value, ok := o.Strata[name]
			if !ok || value == "" {
				continue
			}
			i, ok := at[value]
			if !ok {
				i = len(out)
				at[value] = i
				out = append(out, stratum{name: name, value: value})
			}
			out[i].all = append(out[i].all, o)
		}
		slices.SortFunc(out[first:], func(a, b stratum) int { return cmp.Compare(a.value, b.value) })
	}
	return out
}
