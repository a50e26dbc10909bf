package calibrate

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/optimize"

	"github.com/otoscope/otoscope/verify/stat"
	"github.com/otoscope/otoscope/verify/words"
)

// WordRates are the word error rates at which scores become likelihood ratios: as written,
// as good recognisers write telephone speech, and as poor and very poor ones do.
func WordRates() []float64 { return []float64{0, 0.3, 0.6, 0.8} }

// judgedWindows are the parts of a dialogue that scores are judged by.
func judgedWindows() []window { return []window{{0, 60}, {0, 120}, {0, 300}, {0, 0}, {120, 300}} }

// wordTrial is a dialogue, or a part of it, scored by weights learnt without its source.
type wordTrial struct {
	source string
	window window
	mixed  bool // both parties on both channels: each turn is on either
	words.Comparison
}

func (t *wordTrial) lr(r words.Ratio) float64 {
	return r.Slope * t.Score / math.Sqrt(1+r.Spread*float64(t.Hits))
}

// trials score dialogues at a word error rate. The agent is the second side.
func trials(dialogues []spoken, scorer *words.Scorer, rate float64, said []string) []wordTrial {
	var out []wordTrial
	for i := range dialogues {
		d := &dialogues[i]
		for _, w := range judgedWindows() {
			for _, s := range []*spoken{d, d.mixed()} {
				agent, customer, ok := s.sides(w, rate, said, d.dice("judge"), words.LeastWords)
				if !ok {
					continue
				}
				if c := scorer.Compare(customer, agent); c.Hits >= words.LeastHits {
					out = append(out, wordTrial{d.source, w, s != d, c})
				}
			}
		}
	}
	return out
}

// bySource divides trials, in the order of the sources' names.
func bySource(all []wordTrial) [][]wordTrial {
	of := map[string][]wordTrial{}
	for _, t := range all {
		of[t.source] = append(of[t.source], t)
	}
	var out [][]wordTrial
	for _, t := range of {
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b []wordTrial) int { return cmp.Compare(a[0].source, b[0].source) })
	return out
}

// mostSlope is the largest slope that is tried: more would claim from a handful of words.
const mostSlope = 2.0

// spreads are those that are tried.
func spreads() []float64 { return []float64{0, 0.01, 0.02, 0.05, 0.1, 0.2} }

// ratioOf gives the slope and the spread with the least cost, each source having the same
// weight, and those of one side by itself.
func ratioOf(all []wordTrial, rate float64) (words.Ratio, error) {
	straight, mixed := apart(all)
	sources := bySource(straight)
	best, least := words.Ratio{ErrorRate: rate}, math.Inf(1)
	for _, spread := range spreads() {
		for hundredths := 5; float64(hundredths) <= 100*mostSlope; hundredths += 5 {
			r := words.Ratio{ErrorRate: rate, Slope: float64(hundredths) / 100, Spread: spread}
			if c := cost(sources, r); c < least {
				best, least = r, c
			}
		}
	}
	// One side by itself; the agent is the second.
	side, err := line(sources, sources, best.Spread, func(t *wordTrial, agent bool) (float64, int) {
		if agent {
			return t.Sides[1], t.Alone[1]
		}
		return t.Sides[0], t.Alone[0]
	})
	if err != nil {
		return best, err
	}
	best.SideSlope, best.SideOffset = side[0], side[1]
	both, err := line(sources, bySource(mixed), best.Spread, func(t *wordTrial, _ bool) (float64, int) { return math.Abs(t.Score), t.Hits })
	if err != nil {
		return best, err
	}
	best.MixedSlope, best.MixedOffset = both[0], both[1]
	return best, nil
}

// line fits slope × (score − offset × hits) ÷ √(1 + spread × hits) by logistic regression, as
// the log10 likelihood ratio of the trials yes against the trials no. Each source has the same
// weight.
func line(yes, no [][]wordTrial, spread float64, of func(t *wordTrial, yes bool) (score float64, hits int)) ([2]float64, error) {
	problem := optimize.Problem{Func: func(x []float64) float64 {
		sum := 0.0
		for k, sources := range [][][]wordTrial{yes, no} {
			sign := float64(1 - 2*k)
			for _, trials := range sources {
				part := 0.0
				for i := range trials {
					score, hits := of(&trials[i], k == 0)
					part += softplus(-sign * x[0] * (score - x[1]*float64(hits)) / math.Sqrt(1+spread*float64(hits)) * math.Ln10)
				}
				sum += part / float64(len(trials)) / float64(len(sources))
			}
		}
		return sum
	}}
	found, err := optimize.Minimize(problem, []float64{0.3, 0}, nil, &optimize.NelderMead{})
	if err != nil {
		return [2]float64{}, err
	}
	return [2]float64{round(min(mostSlope, max(0, found.X[0])), 3), round(found.X[1], 3)}, nil
}

// apart divides trials into those of dialogues as they are, and those whose turns are mixed.
func apart(all []wordTrial) (straight, mixed []wordTrial) {
	for _, t := range all {
		if t.mixed {
			mixed = append(mixed, t)
		} else {
			straight = append(straight, t)
		}
	}
	return straight, mixed
}

// cost is Cllr in bits, each source with the same weight.
func cost(sources [][]wordTrial, r words.Ratio) float64 {
	sum := 0.0
	for _, trials := range sources {
		lrs := make([]float64, len(trials))
		for i := range trials {
			lrs[i] = trials[i].lr(r)
		}
		sum += float64(stat.Cllr(lrs))
	}
	return sum / float64(len(sources))
}

const (
	claimed = 2.0 // log10 units from which on a claim is one
	// mostOfClaims is how many claims of one source say something of the error in it, and
	// callsOfSource how many independent calls it is worth for a source that nobody has seen.
	mostOfClaims, callsOfSource = 150, 50
	// Claims are tried on sources of so many dialogues; smaller ones say too little.
	leastDialogues = 20
	// The bounds of a cap, log10 units.
	leastCap, mostCap = 0.1, 2.5
)

// SourceClaims are the claims on a source whose dialogues were not learnt from, under a
// ratio that was fitted without it.
type SourceClaims struct {
	Source      string
	Dialogues   int // whole
	Right       int // of them, whose score points the right way
	Decided     int // of them
	Wrong       int // of them, decided wrongly
	Claims      int // of all windows
	WrongClaims int // of all windows
}

func claimsOn(trials []wordTrial, r words.Ratio) SourceClaims {
	c := SourceClaims{Source: trials[0].source}
	for i := range trials {
		t := &trials[i]
		lr := t.lr(r)
		c.Claims += count(math.Abs(lr) >= claimed)
		c.WrongClaims += count(lr <= -claimed)
		if t.window == (window{}) {
			c.Dialogues++
			c.Right += count(lr > 0)
			c.Decided += count(math.Abs(lr) >= claimed)
			c.Wrong += count(lr <= -claimed)
		}
	}
	return c
}

// capOf is the log10 likelihood ratio that the sources carry: the largest claim that is
// right as often as it says, by the claims on them that are as large. Two bounds say how
// often that is, of which the lower one counts. A source that nobody has seen errs as these
// do on average, each by what its claims say of it (Jeffreys' prior: half an error in one
// claim more). And n calls carry odds of n+1 to 1, of which a source is worth callsOfSource
// at most. ratios are those that were fitted without the source.
func capOf(sources [][]wordTrial, ratios []words.Ratio) float64 {
	limit := mostCap
	for ; limit > leastCap; limit = round(limit-0.1, 1) {
		errors, calls, wrong := 0.0, 0.0, 0.0
		for i, trials := range sources {
			n, k := 0.0, 0.0
			for j := range trials {
				lr := trials[j].lr(ratios[i])
				n += float64(count(math.Abs(lr) >= limit))
				k += float64(count(lr <= -limit))
			}
			scale := min(1, mostOfClaims/math.Max(1, n))
			errors += (scale*k + 0.5) / (scale*n + 1) / float64(len(sources))
			scale = min(1, callsOfSource/math.Max(1, n))
			calls += scale * n
			wrong += scale * k
		}
		if math.Pow(10, limit) <= min((1-errors)/errors, (calls-wrong+1)/(wrong+1)) {
			break
		}
	}
	return limit
}
