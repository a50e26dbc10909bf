package meter

import (
	"math"
	"math/bits"
)

// A sample that never was G.711 lies on the µ-law grid with a probability of
// 0.076 at −41 dBFS and less above, so that gridMinLoud samples of that
// magnitude are all on it by chance about once in 10^22.
const (
	gridLoud    = 292 // of 32768: −41 dBFS
	gridMinLoud = 20
)

// grid asks whether every sample is a level that a G.711 decoder puts out
// (ITU-T G.711 tables 1 and 2), as a trace of the line.
type grid struct {
	offMu, offA bool
	loud        int
}

func (g *grid) add(x []float32) {
	if g.offMu && g.offA {
		return
	}
	for _, v := range x {
		s := v * 32768
		if s != float32(math.Trunc(float64(s))) {
			g.offMu, g.offA = true, true
			return
		}
		m := uint32(max(s, -s))
		if m == 0 {
			continue // µ-law's zero; on an A-law line what the recorder filled in
		}
		g.offMu = g.offMu || !onMuLaw(m)
		g.offA = g.offA || !onALaw(m)
		if g.offMu && g.offA {
			return
		}
		if m >= gridLoud {
			g.loud++
		}
	}
}

func (g *grid) law() string {
	switch {
	case g.loud < gridMinLoud || g.offMu == g.offA:
		return ""
	case g.offA:
		return "mu"
	default:
		return "a"
	}
}

// onMuLaw reports whether a 16-bit magnitude is a µ-law output: biased by
// 132, sixteen levels a segment of doubling size, each in the middle of its interval.
func onMuLaw(m uint32) bool {
	t := m + 132
	half := uint32(1) << (bits.Len32(t) - 6)
	return t&(2*half-1) == half && m <= 32124
}

// onALaw reports whether a 16-bit magnitude is an A-law output: sixteen levels
// a segment, the lowest two segments of one size, each in the middle of its interval.
func onALaw(m uint32) bool {
	half := uint32(1) << max(3, bits.Len32(m)-6)
	return m&(2*half-1) == half && m <= 32256
}
