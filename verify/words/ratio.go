package words

import (
	"fmt"
	"math"
)

// A Ratio turns the score of the words into a log10 likelihood ratio, at one word error
// rate of the recogniser:
//
//	log10 LR = slope × score ÷ √(1 + spread × hits), at most cap
//
// The n-grams of a call depend on each other, so that many hits are worth less than their
// sum. Slope and spread are those with the smallest cost (Cllr) on calls of sources held
// out; the cap is what the number of these sources carries.
type Ratio struct {
	ErrorRate float64 // of words, 0 to 1
	Slope     float64 // log10 units per unit of the score
	Spread    float64 // per hit
	Cap       float64 // log10 units
	// Of one side by itself, for the agent: SideSlope × (score − SideOffset × hits) ÷ √(1 + Spread × hits).
	SideSlope, SideOffset float64
	// That each party is on a channel by itself, against both on both:
	// MixedSlope × (|score| − MixedOffset × hits) ÷ √(1 + Spread × hits).
	MixedSlope, MixedOffset float64
}

const ratioForm = "error_rate=%g slope=%g spread=%g cap=%g side_slope=%g side_offset=%g mixed_slope=%g mixed_offset=%g"

func (r Ratio) String() string {
	return fmt.Sprintf(ratioForm, r.ErrorRate, r.Slope, r.Spread, r.Cap, r.SideSlope, r.SideOffset, r.MixedSlope, r.MixedOffset)
}

func parseRatio(text string) (Ratio, error) {
	var r Ratio
	if _, err := fmt.Sscanf(text, ratioForm, &r.ErrorRate, &r.Slope, &r.Spread, &r.Cap, &r.SideSlope, &r.SideOffset, &r.MixedSlope, &r.MixedOffset); err != nil {
		return r, fmt.Errorf("a ratio is %q, not %q", Ratio{Slope: 1, Cap: 2}, text)
	}
	for _, x := range []float64{r.ErrorRate, r.Slope, r.Spread, r.SideSlope, r.MixedSlope} {
		if !(x >= 0 && x <= 100) {
			return r, fmt.Errorf("the ratio %q has a number outside 0 to 100", text)
		}
	}
	if !(r.Cap > 0 && r.Cap <= MaxWeight) || !(math.Abs(r.SideOffset) <= 100 && math.Abs(r.MixedOffset) <= 100) || r.ErrorRate > 1 {
		return r, fmt.Errorf("the ratio %q has a cap or a rate out of bounds", text)
	}
	return r, nil
}

// Log10LR is the likelihood ratio of a score, bounded.
func (r Ratio) Log10LR(score float64, hits int) float64 {
	return bounded(r.unbounded(score, hits), r.Cap)
}

func (r Ratio) unbounded(score float64, hits int) float64 {
	return r.Slope * score / math.Sqrt(1+r.Spread*float64(hits))
}

// side is the log10 likelihood ratio that a side is an agent's, by its own words, bounded.
func (r Ratio) side(score float64, hits int) float64 {
	return bounded(r.SideSlope*(score-r.SideOffset*float64(hits))/math.Sqrt(1+r.Spread*float64(hits)), r.Cap)
}

// mixed is the log10 likelihood ratio that both parties are on both channels, against that
// each has its own, bounded.
func (r Ratio) mixed(score float64, hits int) float64 {
	return bounded(r.MixedSlope*(r.MixedOffset*float64(hits)-math.Abs(score))/math.Sqrt(1+r.Spread*float64(hits)), r.Cap)
}

// at gives the ratio at a word error rate, between those that were measured.
func at(ratios []Ratio, errorRate float64) Ratio {
	below := ratios[0]
	for _, r := range ratios {
		if errorRate <= r.ErrorRate {
			if r.ErrorRate == below.ErrorRate {
				return r
			}
			return between(below, r, (errorRate-below.ErrorRate)/(r.ErrorRate-below.ErrorRate))
		}
		below = r
	}
	return below
}

func between(a, b Ratio, share float64) Ratio {
	mix := func(x, y float64) float64 { return x + share*(y-x) }
	return Ratio{
		mix(a.ErrorRate, b.ErrorRate), mix(a.Slope, b.Slope), mix(a.Spread, b.Spread), mix(a.Cap, b.Cap),
		mix(a.SideSlope, b.SideSlope), mix(a.SideOffset, b.SideOffset), mix(a.MixedSlope, b.MixedSlope), mix(a.MixedOffset, b.MixedOffset),
	}
}
