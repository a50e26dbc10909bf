package rollout

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// WatchOptions says what Watch looks for.
type WatchOptions struct {
	Goal   Goal
	Errors Errors
	// FalseAlarm is the highest acceptable probability of an alarm, ever, in a centre that
	// keeps Goal.MaxSwapRate. 0: DefaultFalseAlarm.
	FalseAlarm float64
}

// DefaultFalseAlarm is the risk of a false alarm over all the time that a centre is watched.
const DefaultFalseAlarm = 0.05

// Alarm is the result of Watch.
type Alarm struct {
	Schema  int  `json:"schema"`
	Alarmed bool `json:"alarm"`
	// Recordings is how many were looked at; at the alarm, up to and with the one that
	// raised it.
	Recordings int       `json:"recordings"`
	ID         string    `json:"id,omitempty"` // of the recording that raised the alarm
	At         time.Time `json:"at,omitzero"`
	// Since is the first recording of the likeliest change, and SinceAt its time.
	Since   string    `json:"since,omitempty"`
	SinceAt time.Time `json:"since_at,omitzero"`
	// Evidence is the e-value, Needed what raises the alarm.
	Evidence float64  `json:"evidence"`
	Needed   float64  `json:"needed"`
	Counts   Counts   `json:"counts"` // since the likeliest change
	Behind   []string `json:"behind"` // since then, not as declared
	// TestCalls is how many recordings of test calls were left out.
	TestCalls int `json:"test_calls"`
}

// Watch looks for a change in a centre that runs: from some recording on, more of them are not
// as declared than the goal accepts. It looks at the recordings in the order of their time and
// stops at the first alarm.
//
// A part of the capital is staked on every recording as the first one of a change (an
// e-detector: Shin, Ramdas and Rinaldo, New England Journal of Statistics in Data Science 2,
// 2024). The parts sum to 1, so the whole exceeds 1/FalseAlarm with a probability of at most
// FalseAlarm, over all recordings ever, however often one looks.
func Watch(all []Observation, o WatchOptions) Alarm {
	all, tests := apart(all)
	slices.SortStableFunc(all, func(a, b Observation) int { return a.At.Compare(b.At) })
	risk := cmp.Or(o.FalseAlarm, DefaultFalseAlarm) - o.Errors.Risk
	s := o.Goal.noGoStakes(o.Errors)
	a := Alarm{Schema: DecisionSchema, Needed: 1 / risk, Behind: []string{}, Recordings: len(all), TestCalls: len(tests)}
	// Of each stake, the capital of all beginnings so far, and the best single beginning.
	capital := make([]float64, len(s.stakes))
	best, since := s.start(), make([]int, len(s.stakes))
	for n, one := range all {
		part := firstOfChange(n+1) - firstOfChange(n+2)
		sum, top := 0.0, 0
		for i, k := range s.stakes {
			growth := s.growth(i, k, one)
			capital[i] = (capital[i] + part) * math.Exp(growth)
			if best[i] <= 0 { // a change that begins here explains more
				best[i], since[i] = 0, n
			}
			best[i] += growth
			sum += k.share * capital[i]
			if best[i] > best[top] {
				top = i
			}
		}
		a.Evidence = sum
		if sum >= a.Needed {
			a.Alarmed, a.Recordings = true, n+1
			a.ID, a.At = one.ID, one.At
			a.Since, a.SinceAt = all[since[top]].ID, all[since[top]].At
			changed := all[since[top] : n+1]
			a.Counts, a.Behind = count(changed), behind(changed)
			return a
		}
	}
	a.Counts = count(all)
	return a
}

// firstOfChange is the capital that is left for changes that begin with the n-th recording or
// later. It falls so slowly that a late change finds enough.
func firstOfChange(n int) float64 { return 1 / math.Log2(float64(n)+1) }
