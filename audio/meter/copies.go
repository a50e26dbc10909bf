package meter

import "math"

// copyCorrelation is the correlation at lag zero from which two channels are
// one signal. A copy re-quantised to 16 bits or recoded by G.711 (37 dB
// signal to distortion) stays above 0.9999; the two sides of a call are below
// 0.9 even with each other's speech at −6 dB.
const copyCorrelation = 0.995

// equalWithinDB is the largest gain at which a copy is called equal.
const equalWithinDB = 0.1

// copies compares the channels sample by sample.
type copies struct{ product float64 }

func (c *copies) add(left, right []float32) {
	var p0, p1, p2, p3 float32
	right = right[:len(left)]
	i := 0
	for ; i+4 <= len(left); i += 4 {
		l, r := left[i:i+4:i+4], right[i:i+4:i+4]
		p0 += l[0] * r[0]
		p1 += l[1] * r[1]
		p2 += l[2] * r[2]
		p3 += l[3] * r[3]
	}
	for ; i < len(left); i++ {
		p0 += left[i] * right[i]
	}
	c.product += float64(p0) + float64(p1) + float64(p2) + float64(p3)
}

func (c *copies) result(left, right energy, n int64) Copy {
	if n == 0 {
		return Copy{}
	}
	f := float64(n)
	variance := func(e energy) float64 { return max(0, e.sumSquares-e.sum*e.sum/f) }
	vl, vr := variance(left), variance(right)
	if vl == 0 || vr == 0 {
		return Copy{}
	}
	out := Copy{Correlation: (c.product - left.sum*right.sum/f) / math.Sqrt(vl*vr)}
	out.Correlation = min(1, max(-1, out.Correlation))
	if math.Abs(out.Correlation) < copyCorrelation {
		return out
	}
	out.GainDB = 10*math.Log10(vr) - 10*math.Log10(vl)
	switch {
	case out.Correlation < 0:
		out.Kind = Inverted
	case math.Abs(out.GainDB) <= equalWithinDB:
		out.Kind = Equal
	default:
		out.Kind = Gain
	}
	return out
}
