package rates

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/stat"
)

// A Call is one recording of a group.
type Call struct {
	ID      string
	Outcome verify.Outcome
	// Log10LR is the evidence that the recording is as declared, against exchanged.
	Log10LR float64
	Cluster string    // calls of one cluster go together, such as an agent's; "" goes alone
	At      time.Time // zero if unknown
}

// BiasLog10 is the standard deviation of the error that all likelihood ratios of a group may
// share, in log10 units: what the weights of two centres differed by for the same cues.
const BiasLog10 = 0.5

// An Estimate is the rate of exchanged recordings in a group.
type Estimate struct {
	Calls int `json:"calls"`
	// Rate is the median of what is likely, and Likely the range that holds the rate with a
	// probability of 95 %.
	Rate   float64       `json:"rate"`
	Likely stat.Interval `json:"likely"`
	// Worst bounds the rate among these recordings, whatever the undecided ones are.
	Worst stat.Interval `json:"worst"`
}

// The grid of rates: fine at both ends.
func grid() []float64 {
	rates := make([]float64, 0, 61)
	for i := range 61 {
		x := float64(i) / 60
		rates = append(rates, 0.5-0.5*math.Cos(math.Pi*x)) // Chebyshev nodes: the arcsine law
	}
	rates[0], rates[60] = 1e-4, 1-1e-4
	return rates
}

// spreads are how many calls a cluster's rate is worth beforehand, with the share of belief in
// each: little where a cluster is exchanged as a whole or not at all, which is how recorders
// fail; many where every call goes alone.
func spreads() (worth, belief []float64) {
	return []float64{0.1, 0.5, 3, 30}, []float64{0.7, 0.2, 0.07, 0.03}
}

// biases are the quantiles of the shared error.
func biases() []float64 {
	return []float64{-1.28 * BiasLog10, -0.52 * BiasLog10, 0, 0.52 * BiasLog10, 1.28 * BiasLog10}
}

// Of estimates the rate of a group. Unusable and unchecked recordings tell nothing of it and
// are left out.
func Of(calls []Call) Estimate {
	calls = usable(calls)
	posterior, rates := posterior(calls), grid()
	e := Estimate{Calls: len(calls), Worst: worst(calls)}
	e.Rate = quantile(rates, posterior, 0.5)
	e.Likely = stat.Interval{quantile(rates, posterior, 0.025), quantile(rates, posterior, 0.975)}
	return e
}

func usable(calls []Call) []Call {
	return slices.DeleteFunc(slices.Clone(calls), func(c Call) bool {
		return c.Outcome == verify.Unusable || c.Outcome == verify.Errored
	})
}

// worst bounds the rate by counting all undecided recordings as exchanged, or none.
func worst(calls []Call) stat.Interval {
	if len(calls) == 0 {
		return stat.Interval{0, 1}
	}
	swapped, open := 0, 0
	for _, c := range calls {
		switch c.Outcome {
		case verify.Swapped:
			swapped++
		case verify.Match:
		default:
			open++
		}
	}
	n := float64(len(calls))
	return stat.Interval{float64(swapped) / n, float64(swapped+open) / n}
}

// posterior is the probability of each rate of the grid. Beforehand the rates follow the
// arcsine law, Jeffreys' for a rate, which the grid's spacing gives.
//
// The biases are averaged over without regard to how well each fits: calls cannot tell a bias
// of their evidence from their rate.
func posterior(calls []Call) []float64 {
	rates := grid()
	p := make([]float64, len(rates))
	for _, bias := range biases() {
		clusters := clusterLikelihoods(calls, bias, rates)
		logs := make([]float64, len(rates))
		for i := range logs {
			logs[i] = math.Inf(-1)
		}
		worth, belief := spreads()
		for k, spread := range worth {
			for i, rate := range rates {
				logs[i] = logAdd(logs[i], math.Log(belief[k])+groupLikelihood(clusters, rates, i, rate, spread))
			}
		}
		for i, q := range normalised(logs) {
			p[i] += q / float64(len(biases()))
		}
	}
	return p
}

// A cluster is the log likelihood of its calls at each rate.
type cluster struct {
	calls int
	logs  []float64
}

// clusterLikelihoods gives the clusters of a group. Calls that go alone form one: whatever the
// spread, the average over their rates is that of the group.
func clusterLikelihoods(calls []Call, bias float64, rates []float64) []cluster {
	sizes := map[string]int{}
	for _, c := range calls {
		sizes[c.Cluster]++
	}
	at := map[string]int{}
	var all []cluster
	for _, c := range calls {
		name := c.Cluster
		if sizes[name] == 1 {
			name = ""
		}
		i, ok := at[name]
		if !ok {
			i = len(all)
			at[name] = i
			all = append(all, cluster{logs: make([]float64, len(rates))})
			if name != "" {
				all[i].calls = sizes[name]
			}
		}
		// p and 1−p are those of "as declared" and "exchanged", up to a factor.
		p := 1 / (1 + math.Pow(10, -(c.Log10LR+bias)))
		for k, rate := range rates {
			all[i].logs[k] += math.Log((1-rate)*p + rate*(1-p))
		}
	}
	return all
}

// groupLikelihood is the log likelihood of all clusters at a group's rate.
func groupLikelihood(clusters []cluster, rates []float64, i int, rate, spread float64) float64 {
	total := 0.0
	var prior []float64
	for _, c := range clusters {
		if c.calls == 0 {
			total += c.logs[i]
			continue
		}
		if prior == nil {
			prior = betaWeights(rates, rate*spread, (1-rate)*spread)
		}
		top := slices.Max(c.logs)
		sum := 0.0
		for k, w := range prior {
			sum += w * math.Exp(c.logs[k]-top)
		}
		total += top + math.Log(sum)
	}
	return total
}

// betaWeights are the probabilities of the grid's rates under a beta distribution. The grid
// follows the arcsine law, so a weight is the density over that of Beta(½, ½).
func betaWeights(rates []float64, a, b float64) []float64 {
	logs := make([]float64, len(rates))
	for i, x := range rates {
		logs[i] = (a-0.5)*math.Log(x) + (b-0.5)*math.Log(1-x)
	}
	return normalised(logs)
}

// A Turn is a point in time from which a group's recordings are exchanged more often, or less.
type Turn struct {
	// Since is the first recording after the turn, and At its time. From and To bound the
	// turn with a probability of 95 %: it lies after From and up to To.
	Since string    `json:"since"`
	At    time.Time `json:"at"`
	From  time.Time `json:"from"`
	To    time.Time `json:"to"`
	// Before and After are the rates on both sides.
	Before Estimate `json:"before"`
	After  Estimate `json:"after"`
	// Log10Odds is how much likelier one turn is than none.
	Log10Odds float64 `json:"log10_odds"`
}

// minTurnOdds is the evidence from which a turn is told: one group in a thousand may show one
// that is none.
const minTurnOdds = 3

// minTurnDifference is the least difference of the rates that makes a turn.
const minTurnDifference = 0.2

// FindTurn looks for the point at which a group turned. It returns nil if there is none. Calls
// without a time are left out.
func FindTurn(calls []Call) *Turn {
	calls = slices.DeleteFunc(usable(calls), func(c Call) bool { return c.At.IsZero() })
	slices.SortStableFunc(calls, func(a, b Call) int { return a.At.Compare(b.At) })
	if len(calls) < 4 {
		return nil
	}
	// The likelihood of a prefix and of the rest, each at its own rate.
	rates := grid()
	prior := make([]float64, len(rates))
	for i := range prior {
		prior[i] = -math.Log(float64(len(rates)))
	}
	single := make([][]float64, len(calls))
	for i, c := range calls {
		single[i] = clusterLikelihoods([]Call{c}, 0, rates)[0].logs
	}
	before, after := running(single, prior), running(reversed(single), prior)
	n := len(calls)
	none := before[n]
	logs := make([]float64, 0, n-1)
	for k := 1; k < n; k++ {
		logs = append(logs, before[k]+after[n-k]-math.Log(float64(n-1)))
	}
	odds := (logSum(logs) - none) / math.Ln10
	if odds < minTurnOdds {
		return nil
	}
	p := normalised(logs)
	best := slices.Index(p, slices.Max(p)) + 1
	t := &Turn{
		Since: calls[best].ID, At: calls[best].At, Log10Odds: odds,
		Before: Of(calls[:best]), After: Of(calls[best:]),
	}
	if math.Abs(t.Before.Rate-t.After.Rate) < minTurnDifference {
		return nil
	}
	sum, from, to := 0.0, 1, n-1
	for k, w := range p {
		if sum < 0.025 {
			from = k + 1
		}
		if sum < 0.975 {
			to = k + 1
		}
		sum += w
	}
	t.From, t.To = calls[from-1].At, calls[to].At
	return t
}

// running is the log likelihood of the first k calls, their rate averaged out.
func running(single [][]float64, prior []float64) []float64 {
	sum := slices.Clone(prior)
	out := []float64{0}
	for _, one := range single {
		for i, l := range one {
			sum[i] += l
		}
		out = append(out, logSum(sum))
	}
	return out
}

func reversed[T any](all []T) []T {
	all = slices.Clone(all)
	slices.Reverse(all)
	return all
}

// quantile of a distribution on the grid.
func quantile(rates, p []float64, q float64) float64 {
	sum := 0.0
	for i, w := range p {
		if sum += w; sum >= q {
			return rates[i]
		}
	}
	return rates[len(rates)-1]
}

func logAdd(a, b float64) float64 {
	if math.IsInf(a, -1) {
		return b
	}
	if math.IsInf(b, -1) {
		return a
	}
	return max(a, b) + math.Log1p(math.Exp(-math.Abs(a-b)))
}

func logSum(logs []float64) float64 {
	sum := math.Inf(-1)
	for _, l := range logs {
		sum = logAdd(sum, l)
	}
	return sum
}

func normalised(logs []float64) []float64 {
	total := logSum(logs)
	out := make([]float64, len(logs))
	for i, l := range logs {
		out[i] = math.Exp(l - total)
	}
	return out
}

// A Group is a name and a value, with its estimate.
type Group struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	Estimate
	Word Word  `json:"word"`
	Turn *Turn `json:"turn,omitempty"`
}

// A Word says what a group is like.
type Word string

// What groups are like.
const (
	Swapped Word = "swapped"         // nearly all recordings are exchanged
	Partly  Word = "partly_swapped"  // some are
	Fine    Word = "as_declared"     // next to none are
	Unlike  Word = "unlike_the_rest" // it differs from the other groups of its name
	Unclear Word = "too_few_to_tell" // none of these is sure
)

// The bounds of the words.
const (
	nearlyAll = 0.8
	nextToNil = 0.1
	some      = 0.05
)

// Compare estimates all groups of one name, the most swapped first.
func Compare(name string, groups map[string][]Call) []Group {
	var all []Group
	for value, calls := range groups {
		all = append(all, Group{Name: name, Value: value, Estimate: Of(calls), Turn: FindTurn(calls)})
	}
	for i := range all {
		g := &all[i]
		switch {
		case g.Likely[0] > nearlyAll:
			g.Word = Swapped
		case g.Likely[0] > some:
			g.Word = Partly
		case g.Likely[1] < nextToNil:
			g.Word = Fine
		default:
			g.Word = Unclear
		}
		if (g.Word == Unclear || g.Word == Partly) && len(all) > 2 && unlike(g, all) {
			g.Word = Unlike
		}
	}
	slices.SortFunc(all, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Likely[0], a.Likely[0]), cmp.Compare(b.Rate, a.Rate), cmp.Compare(a.Value, b.Value))
	})
	return all
}

// unlike reports whether a group's likely range lies outside those of all others.
func unlike(g *Group, all []Group) bool {
	for _, o := range all {
		if o.Value != g.Value && o.Likely[0] <= g.Likely[1] && g.Likely[0] <= o.Likely[1] {
			return false
		}
	}
	return true
}
