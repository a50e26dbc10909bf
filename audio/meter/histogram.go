package meter

import "math"

// histogram counts logged levels in bins of half a decibel, finely enough for
// percentiles of a noise floor.
type histogram struct {
	bins [histogramBins]int32
	n    int
}

const (
	histogramStep = logScale / 2
	histogramBins = 320 // 0 to −160 dBov; what is below shares the last bin
)

func histogramBin(level int16) int {
	return min(histogramBins-1, max(0, -int(level)/histogramStep))
}

func (h *histogram) add(level int16)    { h.bins[histogramBin(level)]++; h.n++ }
func (h *histogram) remove(level int16) { h.bins[histogramBin(level)]--; h.n-- }

// quantile is the logged level below which a share q of the counted ones lies,
// to half a decibel; logFloor where none was counted.
func (h *histogram) quantile(q float64) int16 {
	if h.n == 0 {
		return logFloor
	}
	rank := int32(math.Ceil(q * float64(h.n)))
	var below int32
	for b := histogramBins - 1; b >= 0; b-- {
		if below += h.bins[b]; below >= max(1, rank) {
			return int16(-b*histogramStep - histogramStep/2)
		}
	}
	return 0
}
