package rollout

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// Sample is a choice of recordings.
type Sample struct {
	// Chosen are the numbers of the recordings, in ascending order.
	Chosen []int
	// Strata is how many strata there are; Empty is how many of them got none.
	Strata, Empty int
}

// Draw chooses n recordings at random, without replacement. strata names the stratum of each
// recording. The strata get shares in proportion to their sizes, and one recording each while
// n lasts. The same seed draws the same recordings.
func Draw(strata []string, n int, seed uint64) Sample {
	members := map[string][]int{}
	for i, s := range strata {
		members[s] = append(members[s], i)
	}
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	slices.Sort(names)
	sizes := make([]int, len(names))
	for i, name := range names {
		sizes[i] = len(members[name])
	}
	rng := rand.New(rand.NewPCG(seed, 0))
	sample := Sample{Strata: len(names)}
	for i, share := range allocate(sizes, min(n, len(strata)), rng) {
		if share == 0 {
			sample.Empty++
		}
		all := members[names[i]]
		rng.Shuffle(len(all), func(a, b int) { all[a], all[b] = all[b], all[a] })
		sample.Chosen = append(sample.Chosen, all[:share]...)
	}
	slices.Sort(sample.Chosen)
	return sample
}

// allocate shares n among strata in proportion to their sizes. Each gets at least one if n
// allows; otherwise strata are drawn at random in proportion to their sizes. What is left by
// rounding goes to the largest remainders.
func allocate(sizes []int, n int, rng *rand.Rand) []int {
	total := 0
	for _, s := range sizes {
		total += s
	}
	shares := make([]int, len(sizes))
	if n < len(sizes) { // the largest of random keys ^ (1/size): Efraimidis and Spirakis, 2006
		order, keys := make([]int, len(sizes)), make([]float64, len(sizes))
		for i := range sizes {
			order[i], keys[i] = i, math.Log(rng.Float64())/float64(sizes[i])
		}
		slices.SortFunc(order, func(a, b int) int { return cmp.Compare(keys[b], keys[a]) })
		for _, i := range order[:n] {
			shares[i] = 1
		}
		return shares
	}
	type remainder struct {
		i    int
		left float64
	}
	rest, spent := []remainder{}, 0
	for i, s := range sizes {
		exact := float64(n) * float64(s) / float64(total)
		shares[i] = min(s, max(1, int(exact)))
		spent += shares[i]
		rest = append(rest, remainder{i, exact - float64(shares[i])})
	}
	slices.SortStableFunc(rest, func(a, b remainder) int { return cmp.Compare(b.left, a.left) })
	for k := 0; spent < n; k++ { // ends: n is at most the sum of the sizes
		if i := rest[k%len(rest)].i; shares[i] < sizes[i] {
			shares[i]++
			spent++
		}
	}
	for k := len(rest) - 1; spent > n; k = (k - 1 + len(rest)) % len(rest) {
		if i := rest[k].i; shares[i] > 1 {
			shares[i]--
			spent--
		}
	}
	return shares
}

// Among returns how many of so many recordings to look at, if the statement is about these
// recordings and no others: the smallest sample without a fault that keeps the consumer risk
// where more than MaxSwapRate of them are faulty (hypergeometric).
func (g Goal) Among(recordings int) int {
	faulty := int(g.MaxSwapRate*float64(recordings)) + 1
	if recordings <= 0 || faulty > recordings {
		return max(recordings, 0)
	}
	logGo := 0.0
	for n := range recordings {
		// The next recording is as declared too.
		logGo += math.Log(float64(recordings-faulty-n)) - math.Log(float64(recordings-n))
		if logGo <= math.Log(g.ConsumerRisk) || math.IsInf(logGo, -1) {
			return n + 1
		}
	}
	return recordings
}

// Clustered returns the size of a sample for a statement about other recordings than those
// listed, where recordings go together in clusters, such as the agents or the days, so many of
// them. correlation is that of faults within a cluster (the intraclass correlation): 0 where
// every recording is by itself, 1 where a cluster is wholly faulty or not at all. size is
// that of a sample of independent recordings. A sample of m a cluster is worth 1/(1+(m−1)·ρ)
// of its size (Kish's design effect). 0: so few clusters cannot carry the statement.
func Clustered(size, clusters int, correlation float64) int {
	if clusters <= 0 || float64(size)*correlation >= float64(clusters) {
		return 0
	}
	n := float64(size) * (1 - correlation) / (1 - float64(size)*correlation/float64(clusters))
	return max(size, int(math.Ceil(n)))
}
