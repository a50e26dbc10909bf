package meter

import "math"

// clipLevel is the magnitude from which a sample counts as clipped: the
// largest positive value of a 16-bit sample.
const clipLevel = 32767.0 / 32768

// clipRun is how many neighbouring samples at full scale make clipping; a
// single one is a peak that just fits.
const clipRun = 3

// energy gathers RMS, peak, DC and clipping.
type energy struct {
	sum, sumSquares float64
	peak            float32
	clipped         int64
	run             int64 // samples at full scale up to now
}

// add takes a step. Sums run in float32 over a step only,
// in four lanes, and in float64 over the recording.
func (e *energy) add(x []float32) {
	var s0, s1, s2, s3, q0, q1, q2, q3 float32
	var peak uint32
	i := 0
	for ; i+4 <= len(x); i += 4 {
		v := x[i : i+4 : i+4]
		s0 += v[0]
		s1 += v[1]
		s2 += v[2]
		s3 += v[3]
		q0 += v[0] * v[0]
		q1 += v[1] * v[1]
		q2 += v[2] * v[2]
		q3 += v[3] * v[3]
		peak = max(peak, magnitudeBits(v[0]), magnitudeBits(v[1]), magnitudeBits(v[2]), magnitudeBits(v[3]))
	}
	for ; i < len(x); i++ {
		s0 += x[i]
		q0 += x[i] * x[i]
		peak = max(peak, magnitudeBits(x[i]))
	}
	e.sum += float64(s0) + float64(s1) + float64(s2) + float64(s3)
	e.sumSquares += float64(q0) + float64(q1) + float64(q2) + float64(q3)
	p := math.Float32frombits(peak)
	e.peak = max(e.peak, p)
	if p >= clipLevel {
		e.countClipped(x)
	} else {
		e.run = 0
	}
}

// countClipped looks at each sample of a step that reaches full scale.
func (e *energy) countClipped(x []float32) {
	for _, v := range x {
		if v < clipLevel && v > -clipLevel {
			e.run = 0
			continue
		}
		switch e.run++; {
		case e.run == clipRun:
			e.clipped += clipRun
		case e.run > clipRun:
			e.clipped++
		}
	}
}

func (e *energy) result(n int64) Energy {
	if n == 0 {
		return Energy{RMS: silence, Peak: silence}
	}
	return Energy{
		RMS:            powerLevel(e.sumSquares / float64(n)),
		Peak:           powerLevel(float64(e.peak) * float64(e.peak)),
		DC:             e.sum / float64(n),
		ClippedSamples: e.clipped,
	}
}

// magnitudeBits orders samples by magnitude: positive floats compare like
// their bits.
func magnitudeBits(v float32) uint32 { return math.Float32bits(v) &^ (1 << 31) }

// powerLevel is the level of a mean square.
func powerLevel(p float64) Level { return Level(10 * math.Log10(p)) }
