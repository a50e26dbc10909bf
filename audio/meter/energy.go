package meter

import (
	"math"

	"github.com/otoscope/otoscope/audio/internal/simd"
	"github.com/otoscope/otoscope/audio/measurement"
)

// energy gathers RMS, peak and DC. The energy of a recording is the merge of
// those of its steps.
type energy struct {
	n               int64
	sum, sumSquares float64
	peak            float32
}

// energyOf measures a step. Sums run in float32 over a step only, and in float64
// over the recording. The peak is no number where a sample is none.
func energyOf(x []float32) energy {
	sum, squares, peak := simd.Sums(x)
	return energy{n: int64(len(x)), sum: float64(sum), sumSquares: float64(squares), peak: peak}
}

// peakOf is the largest magnitude of a stretch.
func peakOf(x []float32) float32 {
	_, _, peak := simd.Sums(x)
	return peak
}

// merge adds what was measured of the samples that follow.
func (e *energy) merge(next energy) {
	e.n += next.n
	e.sum += next.sum
	e.sumSquares += next.sumSquares
	e.peak = max(e.peak, next.peak)
}

func (e *energy) result() measurement.Levels {
	if e.n == 0 {
		return measurement.Levels{RMS: measurement.Silence(), Peak: measurement.DBFS(measurement.Silence())}
	}
	return measurement.Levels{
		RMS:  powerLevel(e.sumSquares / float64(e.n)),
		Peak: measurement.DBFS(powerLevel(float64(e.peak) * float64(e.peak))),
		DC:   e.sum / float64(e.n),
	}
}

// powerLevel is the level of a mean square.
func powerLevel(p float64) measurement.Level { return measurement.Level(10 * math.Log10(p)) }

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
