package level

import (
	"math"
	"math/bits"

	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

// The grid is checked in every fourth step, in its first loud samples. The recorder puts whole
// packets of 10 ms or more on the grid, or conceals them. So a few samples represent a step, and a
// dozen steps a second represent the line.
const (
	gridEvery   = 4
	gridSamples = 16
)

// Below −41 dBFS the grids' levels are so close that any signal seems to be on them.
const gridLoud = 292. / 32768

// Shares of loud samples on a law's grid, as weights for the evidence. For a sound that never was
// G.711: by signals.md at most 0.076 at −41 dBFS, and less above. For a G.711 line: with a
// recorder that conceals, mixes or fills one packet in ten.
const (
	gridByChance = 0.076
	gridOfLine   = 0.9
)

// gridMinShare is the share from which a line is G.711. gridMinCodes is how many different levels
// it must use, because a tone or a constant may be on the grid by chance.
const (
	gridMinShare   = 0.8
	gridMinLog10LR = 6
	gridMinCodes   = 12
)

// gridPhases is how many samples a recording may have for each sample of the line: six at 48 kHz.
const gridPhases = 6

// Grid checks whether samples are levels that a G.711 decoder puts out (ITU-T G.711 tables 1 and
// 2), as a trace of the line. It allows for what recorders do. Concealed packets are off the grid.
// Zeros filled into an A-law leg, which has no zero, are not loud. Interpolation to a multiple of
// 8 kHz keeps the line's samples if its filter is a half-band one: each phase is therefore checked
// separately.
type Grid struct {
	phases int
	steps  int
	found  [gridPhases]gridFound
}

// gridFound is the result for the loud samples of one phase.
type gridFound struct {
	loud  int64
	mu, a law
}

func NewGrid(rate int) Grid {
	g := Grid{phases: 1}
	if k := rate / frames.BaseRate; k*frames.BaseRate == rate && k <= gridPhases {
		g.phases = k
	}
	return g
}

// law is the result for one law's grid.
type law struct {
	on    int64     // loud samples on it
	codes [2]uint64 // which of its magnitudes they had
}

// Add takes a step in which no sample exceeds the magnitude peak.
func (g *Grid) Add(x []float32, peak float32) {
	g.steps++
	if g.steps%gridEvery != 1 || peak < gridLoud {
		return
	}
	left := gridSamples * g.phases
	for i, v := range x {
		if v > -gridLoud && v < gridLoud {
			continue
		}
		f := &g.found[i%g.phases]
		f.loud++
		s := max(v, -v) * 32768
		if m := uint32(s); float32(m) == s {
			f.mu.count(onMuLaw(m))
			f.a.count(onALaw(m))
		}
		if left--; left == 0 {
			return
		}
	}
}

// count records a sample. code is the number of its level, or −1 if it is off the grid.
func (l *law) count(code int) {
	if code < 0 {
		return
	}
	l.on++
	l.codes[code/64] |= 1 << (code % 64)
}

// log10LR weighs the law against chance, for this many loud samples.
func (l *law) log10LR(loud int64) float64 {
	on, off := float64(l.on), float64(loud-l.on)
	return on*math.Log10(gridOfLine/gridByChance) + off*math.Log10((1-gridOfLine)/(1-gridByChance))
}

// Result names the law whose grid holds the loud samples, or "" if neither does, and the share on
// the better grid.
func (g *Grid) Result() (name string, share float64) {
	for _, f := range g.found[:g.phases] {
		if n, s := f.result(); s > share {
			name, share = n, s
		}
	}
	return name, math.Round(1e4*share) / 1e4
}

// EverySample reports whether all samples lie on the grid of one law, whatever the number of
// samples for each of the line's.
func (g *Grid) EverySample() bool {
	first, _ := g.found[0].result()
	for _, f := range g.found[1:g.phases] {
		if name, _ := f.result(); name != first {
			return false
		}
	}
	return first != ""
}

func (f *gridFound) result() (name string, share float64) {
	if f.loud == 0 {
		return "", 0
	}
	name, l := "mu", &f.mu
	if f.a.on > f.mu.on {
		name, l = "a", &f.a
	}
	share = float64(l.on) / float64(f.loud)
	codes := bits.OnesCount64(l.codes[0]) + bits.OnesCount64(l.codes[1])
	if share < gridMinShare || codes < gridMinCodes || l.log10LR(f.loud) < gridMinLog10LR {
		return "", share
	}
	return name, share
}

// merge adds the results of the samples that follow. It is exact if they begin at a multiple of
// gridEvery steps.
func (g *Grid) merge(next Grid) {
	g.steps += next.steps
	for i := range g.found {
		g.found[i].loud += next.found[i].loud
		g.found[i].mu.merge(next.found[i].mu)
		g.found[i].a.merge(next.found[i].a)
	}
}

func (l *law) merge(next law) {
	l.on += next.on
	l.codes[0] |= next.codes[0]
	l.codes[1] |= next.codes[1]
}

// onMuLaw is the number of the µ-law output with a 16-bit magnitude, or −1. The outputs are biased
// by 132; each segment has sixteen levels and twice the size of the one before; each level is in
// the middle of its interval.
func onMuLaw(m uint32) int {
	t := m + 132
	segment := bits.Len32(t) - 8
	half := uint32(4) << segment
	if t&(2*half-1) != half || m > 32124 {
		return -1
	}
	return segment<<4 | int(t>>(segment+3))&15
}

// onALaw is the number of the A-law output with a 16-bit magnitude, or −1. Each segment has
// sixteen levels; the lowest two segments have one size; each level is in the middle of its
// interval.
func onALaw(m uint32) int {
	segment := max(0, bits.Len32(m)-9)
	half := uint32(8) << segment
	if m&(2*half-1) != half || m > 32256 {
		return -1
	}
	return int(m>>(segment+4)) + segment<<4
}
