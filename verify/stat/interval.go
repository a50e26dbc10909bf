// Package stat holds the statistics of results: exact intervals of rates, and the cost of
// likelihood ratios (Cllr).
package stat

import (
	"encoding/json"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// IntervalConfidence is the probability with which an interval holds the true rate.
const IntervalConfidence = 0.95

// An Interval is a lower and an upper bound of a rate.
type Interval [2]float64

// ClopperPearson gives the exact two-sided interval of a rate of which k in n
// were seen (Clopper and Pearson, Biometrika 26, 1934). Where n is 0, it is 0 to 1.
func ClopperPearson(k, n int, confidence float64) Interval {
	out := Interval{0, 1}
	if n <= 0 || k < 0 || k > n {
		return out
	}
	tail := (1 - confidence) / 2
	// The quantiles are those of beta distributions, which at the ends have
	// no second parameter: there the bound is the end itself.
	if k > 0 {
		out[0] = quantile(tail, float64(k), float64(n-k+1), 0)
	}
	if k < n {
		out[1] = quantile(1-tail, float64(k+1), float64(n-k), 1)
	}
	return out
}

// quantile of a beta distribution, or the end where it is NaN.
func quantile(p, alpha, beta, end float64) float64 {
	q := distuv.Beta{Alpha: alpha, Beta: beta}.Quantile(p)
	if math.IsNaN(q) || q < 0 || q > 1 {
		return end
	}
	return q
}

// A Number marshals as null where there is none (NaN).
type Number float64

// MarshalJSON writes null for NaN and infinities.
func (n Number) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(n)) || math.IsInf(float64(n), 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

// Known reports whether the number is one.
func (n Number) Known() bool { return !math.IsNaN(float64(n)) }

// Nothing returns NaN.
func Nothing() Number { return Number(math.NaN()) }

// Ratio is k of n as a number, and no number where n is 0.
func Ratio(k, n int) Number {
	if n == 0 {
		return Nothing()
	}
	return Number(float64(k) / float64(n))
}
