package stat

import (
	"cmp"
	"math"
	"slices"
)

// Cllr is the cost of log-likelihood ratios (Brümmer and du Preez, Computer
// Speech & Language 20, 2006) in bits: 0 for certainty that is always right, 1
// for saying nothing. supports are log10 likelihood ratios in favour of the
// truth. Exchanging the channels of a call negates its ratio exactly, so that
// each call stands for its mirror too and both hypotheses weigh the same.
func Cllr(supports []float64) Number {
	if len(supports) == 0 {
		return Nothing()
	}
	var sum float64
	for _, s := range supports {
		sum += cost(s)
	}
	return Number(sum / float64(len(supports)))
}

// cost is log2(1 + 10^-s), for large s of either sign too.
func cost(s float64) float64 {
	x := -s * math.Ln10
	if x > 30 {
		return x / math.Ln2
	}
	return math.Log1p(math.Exp(x)) / math.Ln2
}

// CllrMin is what Cllr would be if the ratios kept their order and claimed
// exactly what is true of these calls: their isotonic regression (pool adjacent violators).
func CllrMin(supports []float64) Number {
	if len(supports) == 0 {
		return Nothing()
	}
	var sum float64
	for _, b := range pool(supports) {
		p := b.left / b.n
		if p > 0 {
			sum -= b.left * math.Log2(p)
		}
		if p < 1 {
			sum -= (b.n - b.left) * math.Log2(1-p)
		}
	}
	return Number(sum / float64(2*len(supports)))
}

// A block is a run of calls and mirrors, in the order of their ratios, in
// which the customer is on the left in a share of left/n.
type block struct{ score, left, n float64 }

// pool is the isotonic regression of who is on the left on the ratio, over
// calls of which the customer is on the left and their mirrors.
func pool(supports []float64) []block {
	var all []block
	for _, s := range supports {
		all = append(all, block{s, 1, 1}, block{-s, 0, 1})
	}
	slices.SortFunc(all, func(a, b block) int { return cmp.Compare(a.score, b.score) })
	var out []block
	for _, b := range all {
		out = append(out, b)
		for n := len(out); n > 1; n = len(out) {
			low, high := out[n-2], out[n-1]
			same := low.score == high.score // what claims the same is not told apart
			if !same && low.left*high.n <= high.left*low.n {
				break
			}
			out = append(out[:n-2], block{high.score, low.left + high.left, low.n + high.n})
		}
	}
	return out
}
