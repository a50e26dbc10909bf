package frames

import (
	"slices"

	"github.com/otoscope/otoscope/audio/internal/dsp"
)

// Median is the median. Negating all values negates it.
func Median(x []float64) float64 {
	slices.Sort(x)
	n := len(x)
	return (x[(n-1)/2] + x[n/2]) / 2
}

// Silent reports whether every sample is zero.
func Silent(x []float32) bool {
	return len(x) == 0 || x[0] == 0 && x[len(x)-1] == 0 && dsp.Leading(x, 0) == len(x)
}
