package frames

import "math"

// Histogram counts logged levels in bins of half a decibel, which is fine enough for percentiles
// of a noise floor.
type Histogram struct {
	bins [histogramBins]int32
	N    int
}

const (
	histogramStep = Scale / 2
	histogramBins = 320 // 0 to −160 dBov; lower levels share the last bin
)

func histogramBin(level int16) int {
	return min(histogramBins-1, max(0, -int(level)/histogramStep))
}

func (h *Histogram) Add(level int16) { h.bins[histogramBin(level)]++; h.N++ }

// Merge adds the counts of another histogram.
func (h *Histogram) Merge(other *Histogram) {
	for b, n := range other.bins {
		h.bins[b] += n
	}
	h.N += other.N
}

// Take subtracts the counts of another histogram that was merged into this one.
func (h *Histogram) Take(other *Histogram) {
	for b, n := range other.bins {
		h.bins[b] -= n
	}
	h.N -= other.N
}

// binLevel is the logged level in the middle of a bin.
func binLevel(b int) int16 { return int16(-b*histogramStep - histogramStep/2) }

// Quantile is the logged level that a share q of the counted levels is below, to half a decibel.
// It is Floor if nothing was counted.
func (h *Histogram) Quantile(q float64) int16 {
	if h.N == 0 {
		return Floor
	}
	rank := int32(math.Ceil(q * float64(h.N)))
	var below int32
	for b := histogramBins - 1; b >= 0; b-- {
		if below += h.bins[b]; below >= max(1, rank) {
			return binLevel(b)
		}
	}
	return 0
}

// running follows one quantile of a histogram that levels enter and leave.
type running struct {
	Histogram
	share float64
	bin   int   // where the quantile lies
	below int32 // counted in the bins of lower levels
}

func NewRunning(share float64) running {
	return running{share: share, bin: histogramBins - 1}
}

// Count lets a level enter (1) or leave (−1).
func (r *running) Count(level int16, by int32) {
	b := histogramBin(level)
	r.bins[b] += by
	r.N += int(by)
	if b > r.bin {
		r.below += by
	}
}

// Value is the quantile of the levels counted now, to half a decibel.
func (r *running) Value() int16 {
	rank := max(1, int32(math.Ceil(r.share*float64(r.N))))
	for r.below >= rank && r.bin < histogramBins-1 {
		r.bin++
		r.below -= r.bins[r.bin]
	}
	for r.below+r.bins[r.bin] < rank && r.bin > 0 {
		r.below += r.bins[r.bin]
		r.bin--
	}
	return binLevel(r.bin)
}
