package level

import (
	"math"
	"math/bits"

	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

// The grid is asked of every fourth step, of its first loud samples: the
// recorder puts packets of 10 ms and more on the grid or conceals them, so
// that a few samples answer for a step, and a dozen steps a second for the line.
const (
	gridEvery   = 4
	gridSamples = 16
)

// Below −41 dBFS the grids' levels lie so close that any signal seems to be on them.
const gridLoud = 292. / 32768

// Shares of loud samples on a law's grid, to weigh what was found: of a sound
// that never was G.711, by signals.md at most 0.076 at −41 dBFS and less above;
// and of a G.711 line whose recorder conceals, mixes or fills one packet in ten.
const (
	gridByChance = 0.076
	gridOfLine   = 0.9
)

// gridMinShare makes a line one of G.711; gridMinCodes are the different
// levels it takes, because a tone or a constant may be on the grid by chance.
const (
	gridMinShare   = 0.8
	gridMinLog10LR = 6
	gridMinCodes   = 12
)

// gridPhases is how many samples a recording may have for one of the line:
// six at 48 kHz.
const gridPhases = 6

// Grid asks whether samples are levels that a G.711 decoder puts out (ITU-T
// G.711 tables 1 and 2), as a trace of the line. It bears what recorders do:
// concealed packets are off the grid, and zeros filled into an A-law leg,
// which has no zero, are not loud. Interpolation to a multiple of 8 kHz keeps
// the line's own samples where its filter is a half-band one: each phase is
// asked for itself.
type Grid struct {
	phases int
	steps  int
	found  [gridPhases]gridFound
}

// gridFound is what was found in the loud samples of one phase.
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

// law is what was found of one law's grid.
type law struct {
	on    int64     // loud samples on it
	codes [2]uint64 // which of its magnitudes they were
}

// Add takes a step of which no sample exceeds the magnitude peak.
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

// count books a sample; code is its level's number, or −1 off the grid.
func (l *law) count(code int) {
	if code < 0 {
		return
	}
	l.on++
	l.codes[code/64] |= 1 << (code % 64)
}

// log10LR weighs the law against chance, for so many loud samples.
func (l *law) log10LR(loud int64) float64 {
	on, off := float64(l.on), float64(loud-l.on)
	return on*math.Log10(gridOfLine/gridByChance) + off*math.Log10((1-gridOfLine)/(1-gridByChance))
}

// Result names the law whose grid the loud samples lie on, "" where it is
// neither's, and the share that lies on the nearer one.
func (g *Grid) Result() (name string, share float64) {
	for _, f := range g.found[:g.phases] {
		if n, s := f.result(); s > share {
			name, share = n, s
		}
	}
	return name, math.Round(1e4*share) / 1e4
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

// merge adds what was found in the samples that follow. It is exact where they
// begin at a multiple of gridEvery steps.
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

// onMuLaw is the number of the µ-law output that a 16-bit magnitude is, or −1:
// biased by 132, sixteen levels a segment of doubling size, each in the middle
// of its interval.
func onMuLaw(m uint32) int {
	t := m + 132
	segment := bits.Len32(t) - 8
	half := uint32(4) << segment
	if t&(2*half-1) != half || m > 32124 {
		return -1
	}
	return segment<<4 | int(t>>(segment+3))&15
}

// onALaw is the number of the A-law output that a 16-bit magnitude is, or −1:
// sixteen levels a segment, the lowest two segments of one size, each in the
// middle of its interval.
func onALaw(m uint32) int {
	segment := max(0, bits.Len32(m)-9)
	half := uint32(8) << segment
	if m&(2*half-1) != half || m > 32256 {
		return -1
	}
	return int(m>>(segment+4)) + segment<<4
}
