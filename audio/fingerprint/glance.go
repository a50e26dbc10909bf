package fingerprint

import (
	"math"
	"math/bits"
)

// A glance compares a few frames of a pattern before the rest. It rules out nearly every place.
type glance struct {
	cells []glanceCell
	limit int // the most differing bits in this glance and those before
}

type glanceCell struct {
	frame      int
	bits, mask uint64
}

// The first glance takes every ninth frame, the second the rest of every third. A place is skipped
// if its agreement is fewer than this many standard deviations above chance. A reference that is
// at the threshold of 10 in all frames is at 3.3 in the first glance and at 5.8 in both, give or
// take 1.
const (
	firstEvery  = 9
	secondEvery = 3
	firstLimit  = 0.5
	secondLimit = 1.75
)

func glances(prints, mask []uint64) [2]glance {
	var g [2]glance
	var counts [2]int
	for i := 0; i < len(prints); i += secondEvery {
		which := 1
		if i%firstEvery == 0 {
			which = 0
		}
		g[which].cells = append(g[which].cells, glanceCell{i, prints[i], mask[i]})
		counts[which] += bits.OnesCount64(mask[i])
	}
	g[0].limit = differing(counts[0], firstLimit)
	g[1].limit = differing(counts[0]+counts[1], secondLimit)
	return g
}

// differing is how many of n bits differ if they agree by the given number of standard deviations
// more than by chance.
func differing(count int, deviations float64) int {
	return int((float64(count) - deviations*spread*math.Sqrt(float64(count))) / 2)
}

// promising reports whether a place is worth comparing in full.
func (p *pattern) promising(x []uint64) bool {
	differ := 0
	for i := range p.glances {
		g := &p.glances[i]
		for _, c := range g.cells {
			differ += bits.OnesCount64((x[c.frame] ^ c.bits) & c.mask)
		}
		if differ > g.limit {
			return false
		}
	}
	return true
}
