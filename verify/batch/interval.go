package batch

import "gonum.org/v1/gonum/stat/distuv"

// A Rate is a share with its 95 % interval.
type Rate struct {
	N    int64   `json:"n"`
	Of   int64   `json:"of"`
	Rate float64 `json:"rate"` // 0 where there is nothing to count
	Low  float64 `json:"low"`  // bounds of the exact (Clopper–Pearson) interval
	High float64 `json:"high"`
}

// newRate gives the share n of a whole, with the exact interval of Clopper and
// Pearson (Biometrika 26, 1934): quantiles of beta distributions. Of nothing, all
// shares are possible.
func newRate(n, of int64) Rate {
	r := Rate{N: n, Of: of, High: 1}
	if of == 0 {
		return r
	}
	const tail = 0.025
	r.Rate = float64(n) / float64(of)
	if n > 0 {
		r.Low = distuv.Beta{Alpha: float64(n), Beta: float64(of-n) + 1}.Quantile(tail)
	}
	if n < of {
		r.High = distuv.Beta{Alpha: float64(n) + 1, Beta: float64(of - n)}.Quantile(1 - tail)
	}
	return r
}
