package batch

import "github.com/otoscope/otoscope/verify/stat"

// A Rate is a share with its 95 % interval.
type Rate struct {
	N    int64   `json:"n"`
	Of   int64   `json:"of"`
	Rate float64 `json:"rate"` // 0 where there is nothing to count
	Low  float64 `json:"low"`  // bounds of the exact (Clopper–Pearson) interval
	High float64 `json:"high"`
}

// newRate gives the share n of a whole. Of nothing, all shares are possible.
func newRate(n, of int64) Rate {
	interval := stat.ClopperPearson(int(n), int(of), stat.IntervalConfidence)
	r := Rate{N: n, Of: of, Low: interval[0], High: interval[1]}
	if of > 0 {
		r.Rate = float64(n) / float64(of)
	}
	return r
}
