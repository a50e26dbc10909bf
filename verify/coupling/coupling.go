// Package coupling decides, from who speaks when, whether two channels belong together:
// whether their speakers answer each other, and with which delay between the channels. It
// takes the stretches of speech of both channels and returns a [Profile] of the fit over
// delays.
//
//	p := coupling.New(left, right)
//	p.At(0)            // do they belong together as recorded?
//	p.Peak()           // with which delay would they fit best?
//	p.Elsewhere()      // how much better do other delays explain it?
//	p.Stretches()      // does the delay change?
//	p.Drift()          // does it grow? And how well do they fit without that?
//
// Two parties who hear each other take turns: one begins within seconds of the other's end,
// and seldom while the other speaks. If channels do not belong together, or one of them is
// late, their speech begins as if by chance. Each beginning of speech is therefore sorted
// by what the other channel does at that time. The fit is the log10 likelihood ratio of all
// of them: their rates in a call, over their rates in the same call with one channel
// rotated in time. It can be computed for every delay of one channel behind the other.
//
// How much of a fit is chance depends on the amount and the manner of speech, so Z compares
// with other delays of the same recording.
//
// On 108 clean calls of three sources, against legs of two calls of the same source, the
// fit is higher for the clean call in 98 % of pairs (calls with the timing of real ones),
// 94 % (people) and 93 % (programs that answer slowly); at two minutes in 99, 100 and 96 %.
// The best delay is within a second of none in 79, 90 and 49 %.
//
// Exchanging the channels negates the delays and changes nothing else. Moving one channel
// by d moves the profile by d. Tests hold both.
package coupling

import (
	"math"
	"sync"

	"github.com/otoscope/otoscope/audio/measurement"
)

const (
	// MaxLagS is the largest delay of one channel behind the other, s.
	MaxLagS = 30.0
	// GridS is the distance of the delays at which the profile is computed, s. The fit
	// changes within half a second.
	GridS = 0.4
	// fineS is the distance at which a peak is looked at once more, s.
	fineS = 0.1

	maxLag = int(MaxLagS / GridS)
	lags   = 2*maxLag + 1
)

// A Profile holds, for each lag, how well the channels fit each other.
type Profile struct {
	left, right []measurement.Segment
	// Both are computed at the first call.
	grid  func() *grid
	parts func() windows
}

// grid is the fits at all lags.
type grid struct {
	scores [lags]float64
	// topFits are the best fits at any lag, by manner.
	topFits [numManners]float64
}

// New computes the profile of two channels' speech. Segments are in order and do not
// overlap; times are in seconds from the start of the recording.
func New(left, right []measurement.Segment) *Profile {
	p := &Profile{left: left, right: right}
	p.grid = sync.OnceValue(p.scan)
	p.parts = sync.OnceValue(p.windows)
	return p
}

func (p *Profile) scan() *grid {
	g := &grid{}
	for lag := -maxLag; lag <= maxLag; lag++ {
		fits := p.fits(float64(lag) * GridS)
		g.scores[maxLag+lag] = fit(fits)
		for i, f := range fits {
			g.topFits[i] = max(g.topFits[i], f)
		}
	}
	return g
}

func (p *Profile) fits(lagS float64) [numManners]float64 {
	return count(p.left, p.right, -lagS).plus(count(p.right, p.left, lagS)).fits()
}

// At returns the fit, a log10 likelihood ratio, if the right channel is lagS late. Channels
// with little speech give little.
func (p *Profile) At(lagS float64) float64 {
	return fit(p.fits(lagS))
}

// Best returns the lag, positive if the right channel is late, at which the channels fit
// best, and the log10 likelihood ratio there. Of equal lags the smallest counts. If +d and
// −d are equal, neither counts, and Best returns the next best.
func (p *Profile) Best() (lagS, log10 float64) {
	scores := &p.grid().scores
	best, at := scores[maxLag], 0
	for lag := 1; lag <= maxLag; lag++ {
		late, early := scores[maxLag+lag], scores[maxLag-lag]
		switch {
		case late > early && late > best:
			best, at = late, lag
		case early > late && early > best:
			best, at = early, -lag
		}
	}
	return p.refined(float64(at)*GridS, best)
}

// refined looks for a better lag within a step of the grid.
func (p *Profile) refined(lagS, log10 float64) (float64, float64) {
	at := lagS
	for k := 1; float64(k)*fineS < GridS-fineS/2; k++ {
		away := float64(k) * fineS
		late, early := p.At(at+away), p.At(at-away)
		switch {
		case late > early && late > log10:
			lagS, log10 = at+away, late
		case early > late && early > log10:
			lagS, log10 = at-away, early
		}
	}
	return lagS, log10
}

// Elsewhere is how much better a late channel explains the beginnings of speech than
// channels that are not late, on average over delays up to 20 s. It is much below 1 if
// people are heard to take turns. A better fit than without delay counts as far as both are
// within the bounds: of a hundred delays one is good by chance.
func (p *Profile) Elsewhere() float64 {
	scores := &p.grid().scores
	here := scores[maxLag]
	odds := func(lag int) float64 {
		there := scores[maxLag+lag]
		return math.Pow(10, min(there-here, Bounded(there)-Bounded(here)))
	}
	var sum, n float64
	for lag := nearestElsewhere; lag <= farthestElsewhere; lag++ {
		// The two are added first, so that the order of the sides does not matter.
		sum += odds(lag) + odds(-lag)
		n += 2
	}
	return sum / n
}

// The delays that Elsewhere looks at, in steps of the grid: 0.8 to 20 s. Smaller delays
// hardly change who speaks when.
const (
	nearestElsewhere  = 2
	farthestElsewhere = 50
)

// The figures behind the fit support no more than these bounds, however long the call is.
const (
	leastFit = -2.0
	mostFit  = 3.0
)

// Bounded is a fit within the bounds that the figures behind it support.
func Bounded(log10 float64) float64 { return min(mostFit, max(leastFit, log10)) }

// A delay up to nearS from another one hardly changes the fit. From besideS on, the fit
// counts as chance: the answers of one turn extend over a few seconds.
const (
	nearS   = 0.5
	besideS = 4.0
)

// Z returns how far the fit with the right channel lagS late, give or take half a second
// (talkers differ in how soon they answer), is above the fit at lags more than 4 s away, in
// their standard deviations. The same speech in the same manner, but at the wrong time,
// shows what chance looks like in this recording.
func (p *Profile) Z(lagS float64) float64 {
	if math.Abs(lagS) > MaxLagS {
		return 0
	}
	top, scores := p.At(lagS), &p.grid().scores
	var n, sum, squares float64
	// In pairs, so that exchanged channels give the same sums to the last bit.
	for k := 0; k <= maxLag; k++ {
		var pairSum, pairSquares float64
		for _, lag := range []int{k, -k}[:min(k+1, 2)] {
			v := scores[maxLag+lag]
			switch distance := math.Abs(float64(lag)*GridS - lagS); {
			case distance <= nearS:
				top = max(top, v)
			case distance > besideS:
				n++
				pairSum += v
				pairSquares += v * v
			}
		}
		sum += pairSum
		squares += pairSquares
	}
	mean := sum / n
	deviation := math.Sqrt(max(0, squares/n-mean*mean))
	if deviation == 0 {
		return 0
	}
	return (top - mean) / deviation
}

// Peak returns the lag that stands out most, and its Z.
func (p *Profile) Peak() (lagS, z float64) {
	lagS, _ = p.Best()
	return lagS, p.Z(lagS)
}
