package crosstalk

import (
	"math"

	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

// lowLog keeps the level of a channel from 500 to 1000 Hz, one byte a step. Lines, filters and
// codecs of any bandwidth leave this band unchanged. The unit is half a decibel, counted
// downwards. The log distinguishes one signal on both channels from two talkers who hear each
// other.
type lowLog struct {
	chunks [][]uint8
	n      int
}

const (
	lowScale = 2   // steps a decibel
	lowNone  = 255 // no sound
)

// add takes the energy of a step's n samples.
func (l *lowLog) add(energy float64, n int) {
	v := uint8(lowNone)
	if energy > 0 {
		v = uint8(min(lowNone-1, max(0, int(0.5-lowScale*frames.Decibels(energy/float64(n))))))
	}
	if l.n%frames.ChunkFrames == 0 {
		l.chunks = append(l.chunks, make([]uint8, 0, frames.ChunkFrames))
	}
	c := &l.chunks[len(l.chunks)-1]
	*c = append(*c, v)
	l.n++
}

// at is the level of step i, lowNone before the first and after the last.
func (l *lowLog) at(i int) uint8 {
	if i < 0 || i >= l.n {
		return lowNone
	}
	return l.chunks[i/frames.ChunkFrames][i%frames.ChunkFrames]
}

// lowPowers are the relative powers of the levels, 0 of lowNone.
func lowPowers() (powers [lowNone + 1]float64) {
	for v := range lowNone {
		powers[v] = math.Pow(10, -float64(v)/(10*lowScale))
	}
	return powers
}

// quantile is the level that the channel stays below for a share q of its time, or lowNone if it
// never sounds.
func (l *lowLog) quantile(q float64) uint8 {
	var bins [lowNone]int
	n := 0
	for _, c := range l.chunks {
		for _, v := range c {
			if v != lowNone {
				bins[v]++
				n++
			}
		}
	}
	below := 0
	for v := lowNone - 1; v >= 0; v-- {
		if below += bins[v]; below > 0 && float64(below) >= q*float64(n) {
			return uint8(v)
		}
	}
	return lowNone
}
