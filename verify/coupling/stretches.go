package coupling

import "math"

// A Stretch is a part of the recording with a constant lag.
type Stretch struct {
	StartS, EndS float64
	LagS         float64 // positive: the right channel is late
}

// changeCost is what a change of the lag must gain, log10: hardly one recording in a
// thousand has the fault, at one of some ten windows, to one of 600 lags.
const changeCost = 3 + 1 + 2.8

// Stretches divides the recording where the lag changes, as it does if sound was cut out of
// one channel or one clock runs slower. It also returns by how much, log10, this explains
// the recording better than no lag. It finds the best path through the windows' profiles
// (Viterbi), where each change has its cost.
func (p *Profile) Stretches() ([]Stretch, float64) {
	n := len(p.windows)
	if n == 0 {
		return nil, 0
	}
	// best[lag] is the best score of a path that ends with it; from tells where it came from.
	best := p.windows[0]
	for lag := range best {
		if lag != maxLag {
			best[lag] -= changeCost
		}
	}
	from := make([][lags]int16, n)
	for w := 1; w < n; w++ {
		top := argmax(&best)
		var next [lags]float64
		for lag := range next {
			from[w][lag], next[lag] = int16(lag), best[lag]
			if moved := best[top] - changeCost; moved > next[lag] {
				from[w][lag], next[lag] = int16(top), moved
			}
			next[lag] += p.windows[w][lag]
		}
		best = next
	}
	lag := argmax(&best)
	gain := best[lag] - p.total[maxLag]
	path := make([]int, n)
	for w := n - 1; w >= 0; w-- {
		path[w] = lag
		lag = int(from[w][lag])
	}
	var out []Stretch
	for w, lag := range path {
		if len(out) == 0 || path[w-1] != lag {
			out = append(out, Stretch{StartS: float64(w) * windowS, LagS: float64(lag-maxLag) * StepS})
		}
		out[len(out)-1].EndS = float64(w+1) * windowS
	}
	return out, gain
}

// argmax returns the lag with the highest score. Of equal lags the one nearest to zero
// counts; if +d and −d are equal, neither does.
func argmax(scores *[lags]float64) int {
	top, value := maxLag, scores[maxLag]
	for d := 1; d <= maxLag; d++ {
		late, early := scores[maxLag+d], scores[maxLag-d]
		if m := math.Max(late, early); late != early && m > value {
			value = m
			if top = maxLag + d; early > late {
				top = maxLag - d
			}
		}
	}
	return top
}
