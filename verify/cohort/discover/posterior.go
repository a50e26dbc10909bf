package discover

import (
	"cmp"
	"math"
	"slices"

	"github.com/otoscope/otoscope/verify/declare"
)

// Found is a rule, or several that predict the same, with the share of belief that they have.
type Found struct {
	Kind        declare.Kind `json:"kind"`
	Left        string       `json:"left"`
	Probability float64      `json:"probability"` // of this rule and of those that predict the same
	// Agree and Against count the decided calls that the rule speaks of. Exceptions names
	// those against it.
	Agree      int      `json:"agree"`
	Against    int      `json:"against"`
	Exceptions []string `json:"exceptions"`
	// Same are other rules that predict the same of all calls, with what would tell them
	// apart.
	Same []Same `json:"same"`
}

// Same is a rule that cannot be told from another by these calls.
type Same struct {
	Kind  declare.Kind `json:"kind"`
	Left  string       `json:"left"`
	Needs string       `json:"needs"` // calls that would tell it apart
}

// MinProbability is the belief from which a rule counts as found. A wrong rule is then
// believed in at most one centre of a thousand, if the evidence is calibrated.
const MinProbability = 0.999

// Named reports whether the rule is found and names who is on the left.
func (f *Found) Named() bool {
	return f.Kind != declare.ByConfiguration && f.Probability >= MinProbability
}

// decidedLog10LR is the evidence from which a call counts as agreeing or not: 99 %.
const decidedLog10LR = 2

// The shares of exceptions to a rule, and how much each is believed beforehand: systems mostly
// keep their rules, and calls that transfer, rejoin or are labelled wrongly do not.
func exceptionRates() (rates, weights []float64) {
	return []float64{0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15}, []float64{0.25, 0.2, 0.2, 0.15, 0.1, 0.06, 0.04}
}

// Rules returns the rules that the calls support, the likeliest first. The probabilities sum
// to 1. All rules are equally likely beforehand, each kind sharing its part between its two
// ways round.
func Rules(calls []Call) []Found {
	all := slices.DeleteFunc(rules(), func(r rule) bool { return !r.speaks(calls) })
	logs := make([]float64, len(all))
	for i, r := range all {
		logs[i] = evidenceFor(r, calls) + math.Log(prior(r.Kind))
	}
	probability := normalised(logs)
	var found []Found
	used := make([]bool, len(all))
	for i, r := range all {
		if used[i] {
			continue
		}
		f := Found{Kind: r.Kind, Left: r.Left, Probability: probability[i], Exceptions: []string{}, Same: []Same{}}
		for k := i + 1; k < len(all); k++ {
			if !used[k] && same(r, all[k], calls) {
				used[k] = true
				f.Probability += probability[k]
				f.Same = append(f.Same, Same{all[k].Kind, all[k].Left, cmp.Or(all[k].needs, r.needs)})
			}
		}
		f.count(r, calls)
		found = append(found, f)
	}
	slices.SortStableFunc(found, func(a, b Found) int { return cmp.Compare(b.Probability, a.Probability) })
	return found
}

// speaks reports whether a rule predicts something of at least half of the calls. One that goes by
// what is known of none explains none.
func (r *rule) speaks(calls []Call) bool {
	if r.Kind == declare.ByConfiguration {
		return true
	}
	n := 0
	for _, c := range calls {
		if r.left != nil && r.left(c) != "" || r.leftFirst != nil && c.LeftFirst != nil {
			n++
		}
	}
	return n > 0 && 2*n >= len(calls)
}

// prior of one rule: the kinds share equally.
func prior(k declare.Kind) float64 {
	const kinds = 7
	if k == declare.ByConfiguration {
		return 1.0 / kinds
	}
	return 0.5 / kinds
}

// same reports whether two rules predict the same of all calls.
func same(a, b rule, calls []Call) bool {
	if a.left == nil || b.left == nil {
		return false
	}
	return !slices.ContainsFunc(calls, func(c Call) bool { return a.left(c) != b.left(c) })
}

// count counts the decided calls for and against a rule.
func (f *Found) count(r rule, calls []Call) {
	for _, c := range calls {
		against := false
		switch {
		case r.leftFirst != nil && c.LeftFirst != nil:
			against = *r.leftFirst != *c.LeftFirst
		case r.left != nil && r.left(c) != "" && math.Abs(c.Log10LR) >= decidedLog10LR:
			against = (c.Log10LR > 0) != (r.left(c) == declare.Customer)
		default:
			continue
		}
		if !against {
			f.Agree++
			continue
		}
		f.Against++
		f.Exceptions = append(f.Exceptions, c.ID)
	}
}

// evidenceFor is the log probability of what was heard under a rule, with all that the rule
// leaves open averaged out: its rate of exceptions, how often each party speaks first, and
// who is on the left where the rule does not say.
//
// Every call has an orientation (who is on the left, which the sound tells more or less
// surely) and, where one channel is heard before the other, a first channel (which is
// certain). Together they tell who speaks first. A rule fixes the orientation or the first
// channel; who speaks first then has a rate in each direction that nobody knows. So a rule is
// not rewarded for who speaks first.
func evidenceFor(r rule, calls []Call) float64 {
	open, weights := exceptionRates()
	if r.Kind == declare.ByConfiguration {
		// What is open is how often the customer is on the left: 0.35 to 0.65. Beyond, it is
		// rather a rule with exceptions.
		open, weights = []float64{0.35, 0.5, 0.65}, []float64{0.3, 0.4, 0.3}
	}
	logs := make([]float64, len(open))
	for i, e := range open {
		logs[i] = math.Log(weights[i])
		for _, d := range []declare.Direction{declare.Inbound, declare.Outbound, declare.UnknownDirection} {
			logs[i] += direction(r, e, calls, d)
		}
	}
	return logSum(logs)
}

// direction is the log probability of the calls in one direction at a rate of exceptions.
func direction(r rule, e float64, calls []Call, d declare.Direction) float64 {
	const steps = 9
	logs := make([]float64, steps)
	for i := range logs { // how often the customer speaks first: 0.1 to 0.9
		first := float64(i+1) / (steps + 1)
		logs[i] = -math.Log(steps) + sum(calls, d, func(c Call) float64 {
			if r.Kind == declare.ByConfiguration {
				return heard(c, e, first)
			}
			return probabilityOf(r, e, first, c)
		})
	}
	return logSum(logs)
}

func sum(calls []Call, d declare.Direction, of func(Call) float64) float64 {
	total := 0.0
	for _, c := range calls {
		if c.Direction == d {
			total += math.Log(of(c))
		}
	}
	return total
}

// probabilityOf is the probability of what was heard in a call under a rule.
func probabilityOf(r rule, e, first float64, c Call) float64 {
	left := 0.5
	if r.left != nil {
		switch r.left(c) {
		case declare.Customer:
			left = 1 - e
		case declare.Agent:
			left = e
		}
	}
	if r.leftFirst == nil || c.LeftFirst == nil {
		return heard(c, left, first)
	}
	// The rule fixes the first channel, and who speaks first then tells the orientation.
	p := e
	if *r.leftFirst == *c.LeftFirst {
		p = 1 - e
	}
	customer, agent := likelihoods(c)
	if *c.LeftFirst { // the customer speaks first exactly if on the left
		return p * (first*customer + (1-first)*agent)
	}
	return p * ((1-first)*customer + first*agent)
}

// heard is the probability of what was heard, if the customer is on the left with one
// probability and speaks first with another.
func heard(c Call, left, first float64) float64 {
	customer, agent := likelihoods(c)
	if c.LeftFirst == nil {
		return left*customer + (1-left)*agent
	}
	leftFirst := first
	if !*c.LeftFirst {
		leftFirst = 1 - first
	}
	// With the customer on the left, the left is heard first as often as the customer speaks
	// first; with the agent on the left, as often as the agent does.
	return left*customer*leftFirst + (1-left)*agent*(1-leftFirst)
}

// likelihoods of the sound with the customer and with the agent on the left, up to a factor.
func likelihoods(c Call) (customer, agent float64) {
	customer = 1 / (1 + math.Pow(10, -c.Log10LR))
	return customer, 1 - customer
}

func logSum(logs []float64) float64 {
	top := slices.Max(logs)
	if math.IsInf(top, -1) {
		return top
	}
	total := 0.0
	for _, l := range logs {
		total += math.Exp(l - top)
	}
	return top + math.Log(total)
}

func normalised(logs []float64) []float64 {
	total := logSum(logs)
	out := make([]float64, len(logs))
	for i, l := range logs {
		out[i] = math.Exp(l - total)
	}
	return out
}
