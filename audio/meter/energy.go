package meter

import "math"

// energy gathers RMS, peak and DC. The energy of a recording is the merge of
// those of its steps.
type energy struct {
	n               int64
	sum, sumSquares float64
	peak            float32
}

// energyOf measures all of a step but its peak, which peakOf finds where it may
// matter. Sums run in float32 over a step only, in four lanes, and in float64
// over the recording.
func energyOf(x []float32) energy {
	n := int64(len(x))
	var s0, s1, s2, s3, q0, q1, q2, q3 float32
	for ; len(x) >= 8; x = x[8:] {
		v := (*[8]float32)(x) // arrays need no bounds checks
		s0 += v[0]
		s1 += v[1]
		s2 += v[2]
		s3 += v[3]
		q0 += v[0] * v[0]
		q1 += v[1] * v[1]
		q2 += v[2] * v[2]
		q3 += v[3] * v[3]
		s0 += v[4]
		s1 += v[5]
		s2 += v[6]
		s3 += v[7]
		q0 += v[4] * v[4]
		q1 += v[5] * v[5]
		q2 += v[6] * v[6]
		q3 += v[7] * v[7]
	}
	for _, v := range x {
		s0 += v
		q0 += v * v
	}
	return energy{
		n:          n,
		sum:        float64(s0) + float64(s1) + float64(s2) + float64(s3),
		sumSquares: float64(q0) + float64(q1) + float64(q2) + float64(q3),
	}
}

// peakBound is a magnitude that no sample of the step exceeds: no square is
// more than their sum. It allows for rounding and for squares that vanish, and is
// no number where a sample may be none.
func (e *energy) peakBound() float32 {
	return float32(math.Sqrt(1.001*e.sumSquares + 1e-30))
}

// peakOf is the largest magnitude of a step.
func peakOf(x []float32) float32 {
	var a, b uint32
	for ; len(x) >= 4; x = x[4:] {
		v := (*[4]float32)(x)
		a = max(a, magnitudeBits(v[0]), magnitudeBits(v[1]))
		b = max(b, magnitudeBits(v[2]), magnitudeBits(v[3]))
	}
	for _, v := range x {
		a = max(a, magnitudeBits(v))
	}
	return math.Float32frombits(max(a, b))
}

// merge adds what was measured of the samples that follow.
func (e *energy) merge(next energy) {
	e.n += next.n
	e.sum += next.sum
	e.sumSquares += next.sumSquares
	e.peak = max(e.peak, next.peak)
}

func (e *energy) result() Energy {
	if e.n == 0 {
		return Energy{RMS: silence, Peak: silence}
	}
	return Energy{
		RMS:  powerLevel(e.sumSquares / float64(e.n)),
		Peak: powerLevel(float64(e.peak) * float64(e.peak)),
		DC:   e.sum / float64(e.n),
	}
}

// magnitudeBits orders samples by magnitude: positive floats compare like
// their bits, infinities above them and NaN above all.
func magnitudeBits(v float32) uint32 { return math.Float32bits(v) &^ (1 << 31) }

// powerLevel is the level of a mean square.
func powerLevel(p float64) Level { return Level(10 * math.Log10(p)) }

// loudest is the largest magnitude that is measured, 60 dB over full scale.
// Float recordings may go beyond full scale; no microphone goes this far.
const loudest = 1000

// tame takes what is no number for 0 and what is beyond the loudest for the
// loudest, so that every measurement stays finite.
func tame(x []float32) {
	for i, v := range x {
		if v != v {
			v = 0
		}
		x[i] = max(-loudest, min(loudest, v))
	}
}
