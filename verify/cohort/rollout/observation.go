package rollout

import (
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/answer"
	"github.com/otoscope/otoscope/verify/cohort"
	"github.com/otoscope/otoscope/verify/declare"
)

// An Answer is what a person who listened says.
type Answer int

// The answers of a person.
const (
	Unanswered    Answer = iota
	AsDeclared           // the channels are as declared
	NotAsDeclared        // they are exchanged, or of no use
	Unclear              // the person listened and could not tell
)

// Observation is what is known of one recording.
type Observation struct {
	ID      string
	Outcome verify.Outcome
	// Log10LR is the evidence that the recording is as declared against exchanged. 0: none.
	Log10LR float64
	Answer  Answer
	// Drawn says that the recording was drawn at random for the person, among those of its outcome.
	// Among are the groups, such as "queue=billing", that it was drawn from; none: all. The draw
	// counts only where all recordings in question are of these.
	Drawn bool
	Among []string
	// Strata are groups that the recording belongs to, by name. Its agent is one of them, and so is
	// the day where it is known when it began.
	Strata map[string]string
	At     time.Time // when it was recorded; zero where that is not known
	// TestCall says that it is of a test call: no customer's, and not part of a sample of those.
	TestCall bool
	// Batch and Recording say where the result is from and of what: see Once.
	Batch     string
	Recording cohort.Identity
}

// DayStratum is the group of the recordings that began on one day, in UTC.
const DayStratum = "day"

// Observe reads a verdict.
func Observe(id string, v *verify.Verdict) Observation {
	o := Observation{
		ID: id, Outcome: v.Outcome, Strata: map[string]string{}, TestCall: v.TestCall,
		Recording: cohort.Identify("", v),
	}
	maps.Copy(o.Strata, v.Groups)
	if v.Agent != "" {
		o.Strata[cohort.AgentGroup] = v.Agent
	}
	if v.Declared != nil {
		o.Log10LR = v.Log10LR // for the customer on the left
		if v.Declared.Left == declare.Agent {
			o.Log10LR = -v.Log10LR
		}
	}
	return o
}

// Began says when the recording began. It then belongs to a day, unless it has a group of that name.
func (o *Observation) Began(at time.Time) {
	if o.Strata[DayStratum] == "" && !at.IsZero() {
		o.Strata[DayStratum] = at.UTC().Format(time.DateOnly)
	}
}

// Once keeps one observation of each recording that several batches hold (see [cohort.Repeats]), and
// says how many it left out. An observation with a person's answer is kept before others.
func Once(all []Observation) (kept []Observation, left int) {
	if !slices.ContainsFunc(all, func(o Observation) bool { return o.Batch != all[0].Batch }) {
		return all, 0
	}
	at := map[cohort.Identity]int{}
	var repeats cohort.Repeats
	for _, o := range all {
		if repeats.Add(o.Batch, o.Recording) {
			if i := at[o.Recording]; o.settled() && !kept[i].settled() {
				kept[i] = o
			}
			continue
		}
		if _, known := at[o.Recording]; !known {
			at[o.Recording] = len(kept)
		}
		kept = append(kept, o)
	}
	return kept, repeats.Count
}

// settled reports whether a person said what is on the channels.
func (o *Observation) settled() bool { return o.Answer == AsDeclared || o.Answer == NotAsDeclared }

// Said turns what a person said into an answer about a verdict's declaration.
func Said(a *answer.Answer, v *verify.Verdict) Answer {
	switch {
	case a == nil:
		return Unanswered
	case !a.Answer.Settles():
		return Unclear
	case a.Answer == answer.Unusable:
		return NotAsDeclared
	case v.Declared == nil:
		return Unanswered
	case a.Answer.Left() == v.Declared.Left:
		return AsDeclared
	}
	return NotAsDeclared
}

// Hear takes what a person said at the review desk.
func (o *Observation) Hear(a *answer.Answer, v *verify.Verdict) {
	o.Answer = Said(a, v)
	if o.Answer != Unanswered {
		o.Drawn, o.Among = a.Drawn, a.Among
	}
}

// undrawOthers takes back that recordings were drawn at random, where they were drawn from groups that
// not all belong to.
func undrawOthers(all []Observation) {
	isOf := map[string]bool{} // whether all belong to a group
	for i := range all {
		for _, group := range all[i].Among {
			of, known := isOf[group]
			if !known {
				name, value, _ := strings.Cut(group, "=")
				of = !slices.ContainsFunc(all, func(o Observation) bool { return o.Strata[name] != value })
				isOf[group] = of
			}
			all[i].Drawn = all[i].Drawn && of
		}
	}
}

// unusableOdds are the odds of a recording in which a structural fault was found: the
// certainty that a decision takes by default.
const unusableOdds = 1 - verify.DefaultMinConfidence

// odds of the evidence, as declared against not. A recording that was not checked has none.
func (o *Observation) odds() float64 {
	switch {
	case o.Answer == AsDeclared:
		return math.Inf(1)
	case o.Answer == NotAsDeclared:
		return 0
	case o.Outcome == verify.Errored:
		return 1
	case o.Outcome == verify.Unusable:
		return unusableOdds
	}
	return min(maxOdds, math.Pow(10, o.Log10LR))
}

// bad reports whether the recording counts as not as declared, and whether that is settled.
func (o *Observation) bad() (bad, settled bool) {
	switch {
	case o.settled():
		return o.Answer == NotAsDeclared, true
	case o.Outcome == verify.Match:
		return false, true
	case o.Outcome == verify.Swapped, o.Outcome == verify.Unusable:
		return true, true
	}
	return false, false
}

// apart divides observations into those of customers' calls and those of test calls.
func apart(all []Observation) (calls, tests []Observation) {
	for _, o := range all {
		if o.TestCall {
			tests = append(tests, o)
		} else {
			calls = append(calls, o)
		}
	}
	return calls, tests
}

// Misled counts the decisions on recordings that are known to be as declared, and those of
// them that say otherwise. Test calls are left out.
func Misled(all []Observation) (wrong, decided int) {
	all, _ = apart(all)
	for _, o := range all {
		o.Answer = Unanswered
		bad, settled := o.bad()
		if settled {
			decided++
		}
		if bad {
			wrong++
		}
	}
	return wrong, decided
}
