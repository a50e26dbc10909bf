package rollout

import (
	"math"

	"github.com/otoscope/otoscope/verify"
)

// A tally counts recordings by what the verifier and people say of them.
type tally struct {
	n int // recordings that the verifier checked, or that a person settled
	// open are those that the verifier does not confirm and no person found as declared, and
	// those that it confirms although a person who chose them knows better: at most so many are
	// not as declared and not confirmed.
	open int
	// drawn are the answers about confirmed recordings that were drawn at random; wrong are
	// those that do not say "as declared". A person who could not tell counts as one.
	drawn, wrong int
	bad          int // not as declared, by a person
	// refuted are recordings that the verifier refutes. Of those with an answer that were drawn
	// at random, alarms are not as declared.
	refuted, drawnRefuted, alarms int
	// falseAlarms are refuted recordings that are as declared, by a person.
	falseAlarms int
}

// add counts so many times what another tally counts.
func (t *tally) add(n int, u tally) {
	t.n, t.open, t.bad = t.n+n*u.n, t.open+n*u.open, t.bad+n*u.bad
	t.drawn, t.wrong = t.drawn+n*u.drawn, t.wrong+n*u.wrong
	t.refuted, t.drawnRefuted, t.alarms = t.refuted+n*u.refuted, t.drawnRefuted+n*u.drawnRefuted, t.alarms+n*u.alarms
	t.falseAlarms += n * u.falseAlarms
}

func (t *tally) count(o Observation) {
	confirmed := o.Outcome == verify.Match
	refuted := o.Outcome == verify.Swapped || o.Outcome == verify.Unusable
	if o.Outcome == verify.Errored && !o.settled() {
		return
	}
	t.n++
	if o.Answer == NotAsDeclared {
		t.bad++
	}
	switch drawn := o.Drawn && o.Answer != Unanswered; {
	case confirmed && drawn:
		t.drawn++
		if o.Answer != AsDeclared {
			t.wrong++
		}
	case confirmed:
		if o.Answer == NotAsDeclared {
			t.open++
		}
	case o.Answer != AsDeclared:
		t.open++
	}
	if !refuted {
		return
	}
	t.refuted++
	if o.Answer == AsDeclared {
		t.falseAlarms++
	}
	if o.Drawn && o.Answer != Unanswered {
		t.drawnRefuted++
		if o.Answer == NotAsDeclared {
			t.alarms++
		}
	}
}

// The parts of the capital that are bet on what people say. The rest is bet on the evidence.
// Their sum is one e-process, because the average of e-processes is one. The part is small, so that
// the evidence alone decides nearly as soon as it would with all of the capital.
const ofPeople = 0.2

// fractions are stakes that do not depend on the rate that is bet against: each bets on a
// fraction of it.
type fraction struct{ share, of float64 }

// lower are bets that a rate is lower than one in question; goStakes takes the same.
func lower() []fraction { return []fraction{{0.5, 0}, {0.3, 0.1}, {0.2, 1. / 3}} }

// insured are the same with most of the capital kept back: they cost nearly nothing where the
// rate is 0.
func insured() []fraction { return []fraction{{0.9, 1}, {0.05, 0}, {0.03, 0.1}, {0.02, 1. / 3}} }

// higher are bets that a rate is higher: its complement is a fraction of what it is in question.
func higher() []fraction {
	shares := []float64{0.02, 0.05, 0.1, 0.25, 0.5, 1}
	var all []fraction
	for _, share := range shares {
		all = append(all, fraction{1 / float64(len(shares)), 1 - share})
	}
	return all
}

// below is the log of what a bet on the fraction f of the rate p has grown by, after k of n.
// It rises with p, and falls with k.
func below(f, p float64, k, n int) float64 {
	return times(k, math.Log(f)) + times(n-k, math.Log1p(-f*p)-math.Log1p(-p))
}

// above is the same of a bet that the complement of the rate is the fraction f of 1 − p. It falls
// with p, and rises with k.
func above(f, p float64, k, n int) float64 { return below(f, 1-p, n-k, n) }

// times is n·x, and 0 where n is 0 and x infinite.
func times(n int, x float64) float64 {
	if n == 0 {
		return 0
	}
	return float64(n) * x
}

// grown is the capital of which x is the log. Beyond e^600 it counts no more, which only takes away.
func grown(x float64) float64 { return math.Exp(min(x, 600)) }

// cells is how finely the unknown shares are divided.
const cells = 100

// division returns the ends of the cells between 0 and 1, the narrowest at both ends.
func division() []float64 {
	ends := make([]float64, cells+1)
	for i := range ends {
		s := math.Sin(math.Pi / 2 * float64(i) / cells)
		ends[i] = s * s
	}
	return ends
}

// A union bets against "the rate is p or higher" on what people say.
//
// Let e be the unknown share of the recordings not as declared that the verifier confirms. At
// the rate p, at least p·(1−e) of all recordings are open, and at least p·e of the confirmed
// ones are not as declared. Bets against both shares are an e-process for each e, and the
// least of these over all e is one for any e (a union-intersection test: Spertus and Stark,
// Sweeter than SUITE, 2022). Labelled recordings add a bet against large e; without them the
// capital holds however the verifier errs. It is exact for small numbers: with an answer about
// every recording it is the usual bet on them, but for the width of the cells: one recording in fifty.
type union struct {
	bets []unionBet
	set  []float64 // log of what the labelled recordings are worth, by cell
}

// A unionBet is a bet on the same fraction of both shares, with the log of its growth by a
// recording that is not open, and by an answer that is not wrong, by cell.
type unionBet struct {
	share         float64
	fault         float64 // log of its growth by a recording that is open, or an answer that is wrong
	closed, right []float64
}

// newUnion makes the bets. Within a cell each of them grows at least as much as at that end
// of it where it grows less.
func newUnion(p float64, labelled Errors) *union {
	ends := division()
	u := &union{set: make([]float64, cells)}
	for _, f := range lower() {
		b := unionBet{f.share, math.Log(f.of), make([]float64, cells), make([]float64, cells)}
		for i := range cells {
			b.closed[i] = below(f.of, p*(1-ends[i+1]), 0, 1)
			b.right[i] = below(f.of, p*ends[i], 0, 1)
		}
		u.bets = append(u.bets, b)
	}
	for i := range cells {
		sum := 0.0
		for _, s := range insured() {
			sum += s.share * grown(below(s.of, ends[i], labelled.Wrong, labelled.Decided))
		}
		u.set[i] = math.Log(sum)
	}
	return u
}

// capital is the log of the capital after the recordings of a tally.
func (u *union) capital(t tally) float64 {
	least := math.Inf(1)
	for i := range cells {
		sum := 0.0
		for _, b := range u.bets {
			sum += b.share * grown(times(t.open+t.wrong, b.fault)+
				times(t.n-t.open, b.closed[i])+times(t.drawn-t.wrong, b.right[i]))
		}
		least = min(least, math.Log(sum)+u.set[i])
	}
	return least
}

// peopleAgainst bets against "the rate is p or lower" on what people say, and returns the log of
// the capital. One half is bet on the recordings that people found not as declared, among all. The
// other is bet on the share r of refuted recordings, and on the share p/r of these that are not as
// declared at the rate p, by the answers that were drawn at random; the least over all r counts.
// Both hold however the verifier errs.
func peopleAgainst(p float64, t tally) float64 {
	found := 0.0
	for _, s := range higher() {
		found += s.share * grown(above(s.of, p, t.bad, t.n))
	}
	return math.Log((found + refutedAndBad(p, t)) / 2)
}

// refutedAndBad is the capital that is bet on both shares. Where it would be below 1 it counts as
// nothing, which only takes away.
func refutedAndBad(p float64, t tally) float64 {
	bets := higher()
	between := func(low, high float64) float64 { // the least for r between these, or a bound below it
		shares, truths := 0.0, 0.0
		for _, s := range bets {
			shares += s.share * grown(above(s.of, high, t.refuted, t.n))
			truths += s.share * grown(above(s.of, min(1, p/low), t.alarms, t.drawnRefuted))
		}
		return shares * truths
	}
	if t.alarms == 0 {
		return 0
	}
	likely := min(1, max(p, float64(t.refuted)/float64(t.n)))
	if between(likely, likely) < 1 {
		return 0
	}
	const finely = 3 * cells
	least := math.Inf(1)
	for i := range finely {
		// In equal steps of the logarithm of r, between p and 1.
		least = min(least, between(math.Pow(p, 1-float64(i)/finely), math.Pow(p, 1-float64(i+1)/finely)))
	}
	return least
}

// contradictedAt is the e-value at which people's answers refute a bound.
const contradictedAt = 20

// contradicts reports whether people's answers refute the bound of the verifier's errors: of the
// recordings not as declared, more are found among the confirmed ones than it allows, or more of
// all recordings are false alarms. What is open may be not as declared, which can only spare the
// bound.
func (t *tally) contradicts(e Errors) bool {
	if e.Rate >= 1 {
		return false
	}
	missed, alarmed := 0.0, 0.0
	for _, s := range higher() {
		missed += s.share * grown(above(s.of, e.Rate, t.wrong, t.wrong+t.open))
		alarmed += s.share * grown(above(s.of, e.Rate, t.falseAlarms, t.n))
	}
	return (missed+alarmed)/2 >= contradictedAt
}
