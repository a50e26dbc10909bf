package rollout

import "math"

// A stake is a part of the capital that is bet on one rate.
type stake struct {
	share float64 // of the capital
	q     float64 // the rate that is bet on
}

// stakes bet against a hypothesis about the rate.
type stakes struct {
	p      float64 // the rate under the hypothesis, the verifier's errors included
	known  float64 // the same for recordings that a person listened to
	stakes []stake
	loss   []float64 // log of what the verifier's errors could add to each stake a recording
}

// maxOdds bounds the likelihood ratio, as declared against not, of a recording that no person listened to.
// At the other end it may be 0: the bet on such a recording is finite, and the errors are counted by it.
const maxOdds = 1000

// goStakes bets against "the rate is MaxSwapRate or higher". Most of the capital is bet on
// no fault at all, which makes the number of recordings nearly that of a fixed plan without
// faults; the rest keeps the way open after one.
func (g Goal) goStakes(e Errors) *stakes {
	p := g.MaxSwapRate
	s := &stakes{p: p, known: p, stakes: []stake{{0.5, 0}, {0.3, p / 10}, {0.2, p / 3}}}
	for _, k := range s.stakes {
		// If all evidence is calibrated, a bet is worth at most 1 on average. Of the faulty
		// recordings a share e.Rate may look as declared. At the rate p they add at most
		// what lies between the lowest and the highest bet; at the rate 1, what the highest
		// bet is above 1. Between the two the average is linear in the rate.
		highest := bet(maxOdds, p, k.q)
		s.loss = append(s.loss, math.Log1p(e.Rate*max(p*(highest-bet(0, p, k.q)), highest-1)))
	}
	return s
}

// noGoStakes bets against "the rate is MaxSwapRate or lower", on several higher rates.
// Recordings as declared that look faulty raise the apparent rate by as much as e.Rate.
func (g Goal) noGoStakes(e Errors) *stakes {
	p := g.MaxSwapRate + (1-g.MaxSwapRate)*e.Rate
	s := &stakes{p: p, known: g.MaxSwapRate}
	shares := []float64{0.02, 0.05, 0.1, 0.25, 0.5, 1}
	for _, share := range shares {
		q := g.MaxSwapRate + (1-g.MaxSwapRate)*share
		k := stake{1 / float64(len(shares)), q}
		if q <= p {
			k.q = p // bets on nothing
		}
		s.stakes = append(s.stakes, k)
		// A share e.Rate of the recordings as declared may look faulty. At the rate 0 they
		// add at most what the highest bet is above 1, and less at any rate up to p.
		s.loss = append(s.loss, math.Log1p(e.Rate*max(0, bet(0, p, k.q)-1)))
	}
	return s
}

// bet is the likelihood of the evidence at rate q against that at rate p. odds are those of
// the evidence: as declared against not.
func bet(odds, p, q float64) float64 {
	if math.IsInf(odds, 1) {
		return (1 - q) / (1 - p)
	}
	return ((1-q)*odds + q) / ((1-p)*odds + p)
}

// wealth is the log of each stake's growth.
type wealth []float64

func (s *stakes) start() wealth { return make(wealth, len(s.stakes)) }

// add bets on one recording.
func (s *stakes) add(w wealth, o Observation) {
	for i, k := range s.stakes {
		w[i] += s.growth(i, k, o)
	}
}

// growth is the log of what one stake is multiplied by.
func (s *stakes) growth(i int, k stake, o Observation) float64 {
	if o.settled() {
		// The errors count here too: who is asked follows from the evidence.
		return math.Log(bet(o.odds(), s.known, k.q)) - s.loss[i]
	}
	return math.Log(bet(o.odds(), s.p, k.q)) - s.loss[i]
}

// capital is the log of all that the stakes are worth.
func (s *stakes) capital(w wealth) float64 {
	sum := 0.0
	for i, k := range s.stakes {
		sum += k.share * math.Exp(w[i])
	}
	return math.Log(sum)
}
