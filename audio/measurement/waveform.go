package measurement

import "math"

// MaxCells is the most pairs that a channel's overview has.
const MaxCells = 4000

// Waveform is the overview of a waveform, for pictures: the lowest and the highest
// sample of cells of equal length; the last cell may be shorter. It is
// measured only when asked for (meter.Options.Waveform).
type Waveform struct {
	CellS float64 `json:"cell_s" digits:"6"` // length of a cell, s
	// Pairs holds two bytes a cell, lowest and highest sample as int8 q, which
	// stands for sign(q)·(q/127)²: fine enough near zero for a quiet line to
	// show. [Waveform.At] reads it.
	Pairs []byte `json:"pairs"`
}

// Len is how many pairs there are.
func (p *Waveform) Len() int { return len(p.Pairs) / 2 }

// At gives the lowest and the highest sample of cell i; full scale is 1. Samples
// beyond full scale are shown at it.
func (p *Waveform) At(i int) (lowest, highest float64) {
	return peakValue(p.Pairs[2*i]), peakValue(p.Pairs[2*i+1])
}

func peakValue(b byte) float64 {
	q := float64(int8(b)) / 127
	return q * math.Abs(q)
}
