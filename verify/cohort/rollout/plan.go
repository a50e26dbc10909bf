package rollout

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/otoscope/otoscope/verify"
)

// FixedPlan is an acceptance sampling plan: look at Size recordings; go if at most Accept of
// them are not as declared. Every recording must be settled.
type FixedPlan struct {
	Size   int `json:"size"`
	Accept int `json:"accept"`
	// ConsumerRisk is the probability of "go" at Goal.MaxSwapRate; ProducerRisk that of no
	// "go" at Goal.Expected.
	ConsumerRisk float64 `json:"consumer_risk"`
	ProducerRisk float64 `json:"producer_risk"`
}

// maxPlan bounds the size of a plan.
const maxPlan = 1_000_000

// Fixed returns the smallest plans that accept 0, 1, 2 … faults, up to the first that also
// keeps the producer risk, and at least three. It stops at a million recordings.
func (g Goal) Fixed() []FixedPlan {
	var plans []FixedPlan
	for accept := 0; ; accept++ {
		p := g.fixed(accept)
		if p.Size >= maxPlan {
			return plans
		}
		plans = append(plans, p)
		if accept >= 2 && p.ProducerRisk <= g.ProducerRisk {
			return plans
		}
	}
}

// fixed finds the smallest size for an acceptance number by bisection: the probability of
// "go" falls with the size.
func (g Goal) fixed(accept int) FixedPlan {
	low, high := accept, maxPlan // P(go) > risk at low
	for high-low > 1 {
		middle := low + (high-low)/2
		if atMost(accept, middle, g.MaxSwapRate) > g.ConsumerRisk {
			low = middle
		} else {
			high = middle
		}
	}
	return FixedPlan{
		Size: high, Accept: accept,
		ConsumerRisk: atMost(accept, high, g.MaxSwapRate),
		ProducerRisk: 1 - atMost(accept, high, g.Expected),
	}
}

// atMost is the probability of at most k faults in n recordings.
func atMost(k, n int, rate float64) float64 {
	return distuv.Binomial{N: float64(n), P: rate}.CDF(float64(k))
}

// SequentialPlan says how many recordings Check needs before it says "go", if every recording
// is settled by the verifier or by a person.
type SequentialPlan struct {
	// Least is the number if none is faulty.
	Least int `json:"least"`
	// Mean, Median and P90 are those of a centre at Goal.Expected. They are 0 where more
	// than 1 in 10 such centres need over a hundred times Least.
	Mean   float64 `json:"mean"`
	Median int     `json:"median"`
	P90    int     `json:"p90"`
}

// Sequential computes the distribution of the number of recordings exactly, by following the
// probability of each number of faults from one recording to the next.
func (g Goal) Sequential(e Errors) SequentialPlan {
	var plan SequentialPlan
	var enough []int        // by the number of faults: so many as declared are enough
	running := []float64{1} // the probability of k faults and no decision yet
	decided := 0.0
	for n := 1; plan.Least == 0 || n <= 100*plan.Least; n++ {
		next := make([]float64, len(running)+1)
		for k, p := range running {
			next[k] += p * (1 - g.Expected)
			next[k+1] += p * g.Expected
		}
		now := 0.0
		for k := range next {
			if k == len(enough) {
				enough = append(enough, g.enough(k, e))
			}
			if n-k >= enough[k] {
				if k == 0 && plan.Least == 0 {
					plan.Least = n
				}
				now += next[k]
				next[k] = 0
			}
		}
		for len(next) > 1 && next[len(next)-1] < 1e-12 {
			next = next[:len(next)-1]
		}
		plan.Mean += float64(n) * now
		decided += now
		if plan.Median == 0 && decided >= 0.5 {
			plan.Median = n
		}
		if plan.P90 == 0 && decided >= 0.9 {
			plan.P90 = n
		}
		running = next
		if decided > 1-1e-6 {
			plan.Mean /= decided
			return plan
		}
		if plan.Least == 0 && n > maxPlan {
			return plan
		}
	}
	if decided < 0.9 {
		plan.Mean, plan.Median = 0, 0
	} else {
		plan.Mean /= decided
	}
	return plan
}

// enough is how many recordings that the verifier finds as declared decide for "go" beside so many
// that it finds faulty; maxPlan if no number does.
func (g Goal) enough(faulty int, e Errors) int {
	// So sure that it takes all that is bet on no fault, and finite.
	begun := g.pursueGo(e).after(faulty, Observation{Outcome: verify.Swapped, Log10LR: -100})
	return begun.sureUntil(math.Log(1/(g.ConsumerRisk-e.Risk)), e.Rate >= 1)
}

// sureUntil is how many recordings more that the verifier is sure of raise the capital to a
// threshold, its log; maxPlan if no number does. answered says that people answer them all.
func (p *pursuit) sureUntil(threshold float64, answered bool) int {
	sure := Observation{Outcome: verify.Match, Log10LR: math.Log10(maxOdds)}
	if answered {
		sure.Answer, sure.Drawn = AsDeclared, true
	}
	high := 1
	for high < maxPlan && p.after(high, sure).capital() < threshold {
		high *= 2
	}
	if high >= maxPlan {
		return maxPlan
	}
	low := high / 2
	for high-low > 1 {
		if m := low + (high-low)/2; p.after(m, sure).capital() >= threshold {
			high = m
		} else {
			low = m
		}
	}
	return high
}
