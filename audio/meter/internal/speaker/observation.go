package speaker

import (
	"math"

	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

// shapeBands are bands of equal ratio from shapeLowHz to shapeHighHz, inside
// every telephone line.
const (
	shapeBands  = 12
	shapeLowHz  = 250
	shapeHighHz = 3400
)

// The range below the bands and the range above them are compared, too: lines differ most in what
// they let through there.
const (
	outerLowHz  = 110
	outerHighHz = 7000
	// The bands less their mean (one follows from the others), the two outer ranges less the same
	// mean, and the level; all in dB.
	speakerDims = shapeBands - 1 + 2 + 1
	levelDim    = speakerDims - 1
	pairsOfDims = speakerDims * (speakerDims + 1) / 2
)

const emptyBand = 1e-12

// Observation is what a frame sounds like.
type Observation struct {
	x     [speakerDims]float64
	power float64 // mean, in the bands
}

// Observer describes power spectra.
type Observer struct {
	edges [shapeBands + 1]int // bins
	outer [2][2]int
}

// NewObserver takes the width of a bin and the number of bins. Below 8 kHz the bands are narrower,
// so that they end below half the sample rate.
func NewObserver(binHz float64, bins int) *Observer {
	highest := min(shapeHighHz, binHz*float64(bins-1))
	o := &Observer{}
	for b := range o.edges {
		hz := shapeLowHz * math.Pow(highest/shapeLowHz, float64(b)/shapeBands)
		o.edges[b] = int(math.Round(hz / binHz))
	}
	low, high := o.edges[0], o.edges[shapeBands]
	o.outer = [2][2]int{
		{min(low-1, int(math.Round(outerLowHz/binHz))), low},
		{min(high, bins-1), min(bins, max(high+1, int(math.Round(outerHighHz/binHz))))},
	}
	return o
}

// Of describes a power spectrum.
func (o *Observer) Of(power []float32) (out Observation) {
	var bands [shapeBands]float64
	var total, mean float64
	for b := range bands {
		sum := sumOf(power[o.edges[b]:o.edges[b+1]])
		total += sum
		bands[b] = frames.Decibels(sum/float64(o.edges[b+1]-o.edges[b]) + emptyBand)
		mean += bands[b] / shapeBands
	}
	out.power = total / float64(o.edges[shapeBands]-o.edges[0])
	for b := range shapeBands - 1 {
		out.x[b] = bands[b] - mean
	}
	for i, r := range o.outer {
		out.x[shapeBands-1+i] = frames.Decibels(sumOf(power[r[0]:r[1]])/float64(r[1]-r[0])+emptyBand) - mean
	}
	out.x[levelDim] = frames.Decibels(out.power + emptyBand)
	return out
}

func sumOf(power []float32) (sum float64) {
	for _, v := range power {
		sum += float64(v)
	}
	return sum
}

// sums are the sums of observations, and of the products of every two dimensions, row by row up to
// the diagonal. The sums of two parts add up to those of the whole.
type sums struct {
	n        float64
	sum      [speakerDims]float64
	products [pairsOfDims]float32
}

func (s *sums) add(o *Observation) {
	s.n++
	k := 0
	for i, v := range o.x {
		s.sum[i] += v
		for _, w := range o.x[:i+1] {
			s.products[k] += float32(v * w)
			k++
		}
	}
}

func (s *sums) merge(o *sums) {
	s.n += o.n
	for i, v := range o.sum {
		s.sum[i] += v
	}
	for k, v := range o.products {
		s.products[k] += v
	}
}
