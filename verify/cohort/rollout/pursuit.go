package rollout

import (
	"math"
	"slices"
)

// A pursuit is the evidence for one decision: what the verifier's likelihood ratios are worth under
// the bound of its errors, and what people's answers are worth.
type pursuit struct {
	machine *stakes
	wealth  wealth
	tally   tally
	errors  Errors
	// people is the log of the capital that is bet on answers, and anyErrors that which holds
	// however the verifier errs.
	people, anyErrors func(tally) float64
}

// pursueGo bets against "the rate is MaxSwapRate or higher".
func (g Goal) pursueGo(e Errors) *pursuit {
	s := g.goStakes(e)
	return &pursuit{
		machine: s, wealth: s.start(), errors: e,
		people: newUnion(g.MaxSwapRate, e).capital, anyErrors: newUnion(g.MaxSwapRate, Unbounded()).capital,
	}
}

// pursueNoGo bets against "the rate is MaxSwapRate or lower".
func (g Goal) pursueNoGo(e Errors) *pursuit {
	s := g.noGoStakes(e)
	people := func(t tally) float64 { return peopleAgainst(g.MaxSwapRate, t) }
	return &pursuit{machine: s, wealth: s.start(), errors: e, people: people, anyErrors: people}
}

func (p *pursuit) add(o Observation) {
	p.machine.add(p.wealth, o)
	p.tally.count(o)
}

// after returns the pursuit with n recordings more that are like one.
func (p *pursuit) after(n int, one Observation) *pursuit {
	q := *p
	q.wealth = slices.Clone(p.wealth)
	for i, k := range q.machine.stakes {
		q.wealth[i] += float64(n) * q.machine.growth(i, k, one)
	}
	var t tally
	t.count(one)
	q.tally.add(n, t)
	return &q
}

// byPeople is the log of what people's answers are worth, however the verifier errs.
func (p *pursuit) byPeople() float64 { return p.anyErrors(p.tally) }

// capital is the log of all. If people's answers refute the bound, or there is none, only what
// holds without it counts.
func (p *pursuit) capital() float64 {
	switch {
	case p.errors.Rate >= 1:
		return p.byPeople()
	case p.tally.contradicts(p.errors):
		return math.Log(ofPeople) + min(p.byPeople(), p.people(p.tally))
	}
	evidence, people := p.machine.capital(p.wealth), p.people(p.tally)
	return math.Log((1-ofPeople)*math.Exp(evidence) + ofPeople*math.Exp(people))
}

// over is the pursuit after all recordings.
func (p *pursuit) over(all []Observation) *pursuit {
	for _, o := range all {
		p.add(o)
	}
	return p
}
