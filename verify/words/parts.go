package words

import "math"

// A call is weighed in parts, so as to see whether the sides keep their places.
const (
	mostParts = 8
	// wordsOfPart are the words of both sides that a part has at least.
	wordsOfPart = 30
	// Bounds of the evidence that the sides change places, log10 units.
	leastChange = -3.0
	mostChange  = 3.0
)

// part is the score of a part of a call.
type part struct {
	score float64
	hits  int
}

// parts divides a call, and weighs each part: with times by the words that both sides say
// one after the other, without them by equal shares of the words of each side.
func (c *Scorer) parts(s said, sides [2][]Turn, ratio Ratio) []part {
	all := [2]int{Count(sides[0]), Count(sides[1])}
	n := min(mostParts, max(2, (all[0]+all[1])/wordsOfPart))
	out := make([]part, n)
	from := [2]int{}
	for k := range out {
		to := [2]int{all[0] * (k + 1) / n, all[1] * (k + 1) / n}
		if s.timed {
			to = s.until((all[0] + all[1]) * (k + 1) / n)
		}
		score, _ := c.score(slice(sides[0], from[0], to[0]), slice(sides[1], from[1], to[1]))
		out[k] = part{score.sum(ratio), score.hits()}
		from = to
	}
	return out
}

// until is how many words each side has said when both together have said n, turns taken
// in the order in which they begin.
func (s *said) until(n int) [2]int {
	var out, next [2]int
	for out[0]+out[1] < n && (next[0] < len(s.of[0]) || next[1] < len(s.of[1])) {
		begins := math.Inf(1)
		for side, k := range next {
			if k < len(s.of[side]) {
				begins = min(begins, s.of[side][k].start)
			}
		}
		for side, k := range next { // both, if they begin at the same time
			if k < len(s.of[side]) && s.of[side][k].start == begins {
				out[side] += len(s.of[side][k].tokens)
				next[side]++
			}
		}
	}
	return out
}

// ratioOf is the log10 likelihood ratio of parts together, not bounded.
func ratioOf(parts []part, ratio Ratio) float64 {
	score, hits := 0.0, 0
	for _, p := range parts {
		score += p.score
		hits += p.hits
	}
	return ratio.unbounded(score, hits)
}

// halves are the log10 likelihood ratios of the first and the second half of a call.
func halves(parts []part, ratio Ratio) [2]float64 {
	middle := (len(parts) + 1) / 2
	return [2]float64{ratioOf(parts[:middle], ratio), ratioOf(parts[middle:], ratio)}
}

// leastTurned is the share of the parts that have their sides exchanged, from which on it is
// not clear any more who is on which side of the call as a whole. Smaller changes do not
// concern it.
const leastTurned = 0.3

// change is the log10 likelihood ratio that the sides change places between two parts,
// each place and either order being as likely, against that they do not. score is that of the
// whole call; its sign tells which way round it is.
func change(parts []part, score float64, ratio Ratio) float64 {
	if score == 0 {
		return 0
	}
	sign := math.Copysign(1, score)
	sum, places := 0.0, 2*(len(parts)-1)
	for k := 1; k < len(parts); k++ {
		for _, turned := range [][]part{parts[:k], parts[k:]} {
			if float64(len(turned)) >= leastTurned*float64(len(parts)) {
				sum += math.Pow(10, min(mostChange, -sign*ratioOf(turned, ratio)))
			}
		}
	}
	return min(mostChange, max(leastChange, math.Log10(sum/float64(places))))
}
