package level

import (
	"math"

	"github.com/otoscope/otoscope/audio/measurement"
)

// peaksPerSecond is how many pairs a second a waveform has at first.
const peaksPerSecond = 1000

// peakByte is the byte for a sample.
func peakByte(v float32) byte {
	q := math.Round(127 * math.Sqrt(math.Min(1, math.Abs(float64(v)))))
	return byte(int8(math.Copysign(q, float64(v))))
}

// Waveform keeps the lowest and highest samples. When the pairs run out, each two neighbours
// become one.
type Waveform struct {
	cell  int // samples
	full  int // samples of the newest pair
	pairs []pair
}

type pair struct{ lowest, highest float32 }

func NewWaveform(rate int) *Waveform { return &Waveform{cell: max(1, rate/peaksPerSecond)} }

func (o *Waveform) Add(x []float32) {
	for len(x) > 0 {
		if o.full == o.cell && len(o.pairs) == measurement.MaxCells {
			o.halve()
		}
		if o.full == o.cell || len(o.pairs) == 0 {
			o.full = 0
			o.pairs = append(o.pairs, pair{x[0], x[0]})
		}
		n := min(len(x), o.cell-o.full)
		newest := &o.pairs[len(o.pairs)-1]
		lowest, highest := newest.lowest, newest.highest
		for _, v := range x[:n] {
			if v < lowest {
				lowest = v
			}
			if v > highest {
				highest = v
			}
		}
		newest.lowest, newest.highest = lowest, highest
		o.full += n
		x = x[n:]
	}
}

// halve joins each two pairs into one. A pair left over is half full.
func (o *Waveform) halve() {
	n := len(o.pairs)
	for i := range n / 2 {
		a, b := o.pairs[2*i], o.pairs[2*i+1]
		o.pairs[i] = pair{min(a.lowest, b.lowest), max(a.highest, b.highest)}
	}
	if n%2 == 1 {
		o.pairs[n/2] = o.pairs[n-1]
	} else {
		o.full += o.cell
	}
	o.pairs = o.pairs[:(n+1)/2]
	o.cell *= 2
}

// merge adds the waveform of the samples that follow, and uses it up. It is exact if they begin at
// a multiple of the cell of the whole.
func (o *Waveform) merge(next *Waveform) {
	for o.cell < next.cell {
		o.halve()
	}
	for next.cell < o.cell {
		next.halve()
	}
	o.pairs = append(o.pairs, next.pairs...)
	o.full = next.full
	for len(o.pairs) > measurement.MaxCells {
		o.halve()
	}
}

func (o *Waveform) Result(rate int) *measurement.Waveform {
	out := &measurement.Waveform{CellS: float64(o.cell) / float64(rate), Pairs: make([]byte, 0, 2*len(o.pairs))}
	for _, q := range o.pairs {
		out.Pairs = append(out.Pairs, peakByte(q.lowest), peakByte(q.highest))
	}
	return out
}
