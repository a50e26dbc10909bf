package coupling

import (
	"math"
	"slices"

	"github.com/otoscope/otoscope/audio/measurement"
)

// A Stretch is a part of the recording with one lag.
type Stretch struct {
	StartS, EndS float64
	LagS         float64 // positive: the right channel is late
	Fit          float64 // of this part alone, with its lag; log10
}

// The parts of a call within which a lag does not change.
const (
	windowS     = 5.0 // of a part …
	mostWindows = 240 // … or longer, so that no call has more parts
)

// A change of the lag has a price, in the fit's unit. A stretch must fit by itself: stretchZ
// standard deviations above other lags, and stretchOverZ more than with the lag before it or
// after it.
//
// TestRatesOfAlignment of package verify has the rates: on 108 clean calls no lag changes by
// these figures.
const (
	ChangePrice  = 2.2 // log10, in a call of two minutes; ten times as many places cost 1 more
	priceOfS     = 120.0
	stretchZ     = 2.0
	stretchOverZ = 1.5
	stretchFit   = 0.15
	// On average of the stretches, and of the seconds: the best path through legs of two calls
	// fits less.
	togetherFit     = 0.5
	togetherFitPerS = 0.4 / 60
	// Channels that start together may differ by this at first.
	alignedLags = 1 // steps of the grid
	// Lags that differ by less are one: talkers change how soon they answer.
	oneLagS = 1.0
)

// Stretches divides a recording that starts with aligned channels where the lag changes, as
// it does if sound was cut out of one channel, or one clock is slower. It finds the best path
// through the fits of the call's parts, in which each change has its price (dynamic
// programming; Viterbi). A recording in which the lag stays the same has no stretches.
func (p *Profile) Stretches() []Stretch {
	endS, lengthS := p.extent()
	price := ChangePrice + math.Log10(max(1, endS/priceOfS))
	path := p.parts().path(price)
	var out []Stretch
	for i, lag := range path {
		lagS := float64(lag-maxLag) * GridS
		if len(out) == 0 || math.Abs(out[len(out)-1].LagS-lagS) > oneLagS {
			out = append(out, Stretch{StartS: float64(i) * lengthS, LagS: lagS})
		}
		out[len(out)-1].EndS = min(float64(i+1)*lengthS, endS)
	}
	if len(out) < 2 || !p.fitAlone(out) {
		return nil
	}
	return out
}

// fitAlone finds the fit of each stretch. It reports whether each shows its lag by itself, and
// all together show that the channels belong together.
func (p *Profile) fitAlone(all []Stretch) bool {
	var sum float64
	for i, s := range all {
		alone := New(within(p.left, s.StartS-s.LagS/2, s.EndS-s.LagS/2), within(p.right, s.StartS+s.LagS/2, s.EndS+s.LagS/2))
		z, fit := alone.Z(s.LagS), alone.At(s.LagS)
		if z < stretchZ || fit < stretchFit ||
			i > 0 && z-alone.Z(all[i-1].LagS) < stretchOverZ ||
			i+1 < len(all) && z-alone.Z(all[i+1].LagS) < stretchOverZ {
			return false
		}
		all[i].Fit = fit
		sum += fit
	}
	return sum >= togetherFit*float64(len(all)) && sum >= togetherFitPerS*all[len(all)-1].EndS
}

// within returns the segments that begin in a part of the recording.
func within(all []measurement.Segment, fromS, toS float64) (out []measurement.Segment) {
	for _, s := range all {
		if s.Start >= fromS && s.Start < toS {
			out = append(out, s)
		}
	}
	return out
}

func endOf(s []measurement.Segment) float64 {
	if len(s) == 0 {
		return 0
	}
	return s[len(s)-1].End
}

// extent returns when the last speech ends, and the length of the call's parts.
func (p *Profile) extent() (endS, partS float64) {
	endS = max(endOf(p.left), endOf(p.right))
	return endS, max(windowS, endS/mostWindows)
}

// windows holds the fits of the parts of a call for each lag.
type windows [][lags]float32

// windows computes them in the manner that explains the call best at any lag. Beginnings on
// both channels count in the part of the time halfway between the channels' clocks, so
// exchanging the channels leaves them in the same part.
func (p *Profile) windows() windows {
	endS, lengthS := p.extent()
	w := make(windows, int(endS/lengthS)+1)
	top := p.grid().topFits[:]
	of := manners()[slices.Index(top, slices.Max(top))]
	// Of each channel alone, so that the order of the channels does not change the sums.
	left, right := make([]float32, len(w)), make([]float32, len(w))
	for lag := -maxLag; lag <= maxLag; lag++ {
		late := float64(lag) * GridS
		add := func(to []float32, own, others []measurement.Segment, shift float64) {
			clear(to)
			each(own, others, shift, func(s measurement.Segment, sort beginning) {
				at := min(max(int((s.Start-shift/2)/lengthS), 0), len(w)-1)
				to[at] += float32(temper * of[sort])
			})
		}
		add(left, p.left, p.right, -late)
		add(right, p.right, p.left, late)
		for at := range w {
			w[at][maxLag+lag] = left[at] + right[at]
		}
	}
	return w
}

// path returns the lag of each part, as an index, on the path whose fit less the price of its
// changes is best.
func (w windows) path(price float64) []int {
	var best [lags]float64
	for lag := range best {
		best[lag] = math.Inf(-1)
		if lag >= maxLag-alignedLags && lag <= maxLag+alignedLags {
			best[lag] = float64(w[0][lag])
		}
	}
	from := make([][lags]uint8, len(w))
	for i := 1; i < len(w); i++ {
		top := argmax(&best)
		moved := best[top] - price
		for lag := range best {
			from[i][lag] = uint8(lag)
			if moved > best[lag] {
				from[i][lag], best[lag] = uint8(top), moved
			}
			best[lag] += float64(w[i][lag])
		}
	}
	lag := argmax(&best)
	lagOf := make([]int, len(w))
	for i := len(w) - 1; i >= 0; i-- {
		lagOf[i] = lag
		lag = int(from[i][lag])
	}
	return lagOf
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
