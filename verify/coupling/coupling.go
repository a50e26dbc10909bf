// Package coupling decides, from who speaks when, whether two channels belong together:
// whether their speakers react to each other, and with which delay between the channels. It
// takes the stretches of speech of both channels and returns a [Profile] of the fit over
// delays.
//
//	p := coupling.New(left, right, durationS)
//	p.Z(0)             // do they belong together as recorded?
//	p.Peak()           // with which delay would they fit best?
//	p.Stretches()      // does the delay change?
//
// People who talk to each other react: they start soon after the other one stops, hold
// back while the other one speaks, and stop soon when both speak. Legs of different calls
// do not react, nor do channels of one call of which one is late.
//
// The model is one of hazards. In steps of 0.1 s, a channel starts or stops speaking with
// a probability that depends on how long it has been speaking or silent (its own state)
// and on how long the other channel has. A step contributes a log10 likelihood ratio: its
// probability given both states, over its probability given its own. The sum over a call,
// in both directions, is the fit of the channels, computed for every delay of one behind
// the other.
//
// How much of a fit is chance depends on the amount and the manner of speech, so Z compares
// with other delays of the same recording. On 108 clean calls the median of Z(0) is 3 (the
// 5th percentile is 1.6 for bank calls of a minute, and 0.5 for programs that answer
// slowly). On legs of two calls the median is 0, and 95 of 100 are below 2. A peak of at
// least 3.5 that is at least 3 above Z(0) was found in 1 of the 108 calls. With one channel
// made late it was found in 14 (2 s), 48 (5 s) and 53 (15 s) of them, and in two thirds of
// these the peak was within a second of the true delay.
//
// Exchanging the channels negates the delays and changes nothing else. Moving one channel
// by d moves the profile by d. Tests hold both.
package coupling

import (
	"math"

	"github.com/otoscope/otoscope/audio/measurement"
)

const (
	// StepS is the time resolution, s.
	StepS = 0.1
	// MaxLagS is the largest delay of one channel behind the other, s.
	MaxLagS = 30.0
	// windowS is the time resolution for a changing lag, s.
	windowS = 20.0

	maxLag      = int(MaxLagS / StepS)
	lags        = 2*maxLag + 1
	windowSteps = int(windowS / StepS)
)

// A Profile holds, for each lag, how well the channels fit each other.
type Profile struct {
	windows [][lags]float64 // log10 likelihood ratios, by window of the left channel's time
	total   [lags]float64
}

// New computes the profile of two channels' speech. Segments are in order and do not
// overlap; times are in seconds from the start of the recording, which is durationS long. At
// a lag, the parts that fall outside the recording do not count.
func New(left, right []measurement.Segment, durationS float64) *Profile {
	a, b := trackOf(left, durationS), trackOf(right, durationS)
	n := len(a) - 1 // the last state has no next one
	p := &Profile{}
	if n < 1 {
		return p
	}
	says := fitted().pairs()
	p.windows = make([][lags]float64, (n+windowSteps-1)/windowSteps)
	for lag := -maxLag; lag <= maxLag; lag++ {
		// With a positive lag the right channel is late: its step i+lag matches the left
		// one's step i. Both count in the window of their midpoint. Exchanging the channels
		// therefore leaves them in the same window.
		sum, window := 0.0, 0
		for i := max(0, -lag); i < min(n, n-lag); i++ {
			if w := (2*i + lag) / 2 / windowSteps; w != window {
				p.windows[window][lag+maxLag] += sum
				sum, window = 0, w
			}
			sum += says[a[i]][b[i+lag]]
		}
		p.windows[window][lag+maxLag] += sum
	}
	for _, w := range p.windows {
		for lag, v := range w {
			p.total[lag] += v
		}
	}
	return p
}

// At returns the fit, a log10 likelihood ratio, with the right channel lagS late.
func (p *Profile) At(lagS float64) float64 {
	lag := int(math.Round(lagS / StepS))
	if lag < -maxLag || lag > maxLag {
		return 0
	}
	return p.total[lag+maxLag]
}

// Best returns the lag, positive if the right channel is late, at which the channels fit
// best, and the log10 likelihood ratio there. Of equal lags the smallest counts. If +d and
// −d are equal, neither counts, and Best returns the next best.
func (p *Profile) Best() (lagS, log10 float64) {
	best, at := p.total[maxLag], 0
	for lag := 1; lag <= maxLag; lag++ {
		late, early := p.total[maxLag+lag], p.total[maxLag-lag]
		switch {
		case late > early && late > best:
			best, at = late, lag
		case early > late && early > best:
			best, at = early, -lag
		}
	}
	return float64(at) * StepS, best
}

// From this distance to a lag the profile counts as chance: the reactions of one turn extend
// over a few seconds.
const besideS = 4.0

// Z returns how far the fit with the right channel lagS late, give or take half a second
// (talkers differ in how soon they answer), is above the fit at lags more than 4 s away, in
// their standard deviations. The same speech in the same manner, but at the wrong time,
// shows what chance looks like in this recording.
func (p *Profile) Z(lagS float64) float64 {
	at := int(math.Round(lagS/StepS)) + maxLag
	near, beside := int(0.5/StepS), int(besideS/StepS)
	if at < 0 || at >= lags {
		return 0
	}
	top := math.Inf(-1)
	var n, sum, squares float64
	// In pairs, so that exchanged channels give the same sums to the last bit.
	for k := 0; k <= maxLag; k++ {
		var pairSum, pairSquares float64
		for _, lag := range []int{maxLag + k, maxLag - k}[:min(k+1, 2)] {
			v := p.total[lag]
			switch distance := max(lag-at, at-lag); {
			case distance <= near:
				top = max(top, v)
			case distance > beside:
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
