package level

import (
	"math"

	"github.com/otoscope/otoscope/audio/internal/dsp"
	"github.com/otoscope/otoscope/audio/measurement"
)

// Energy holds RMS, peak and DC. The energy of a recording is that of its steps, merged.
type Energy struct {
	n               int64
	Sum, SumSquares float64
	Peak            float32
}

// Samples is how many samples were measured.
func (e *Energy) Samples() int64 { return e.n }

// EnergyOf measures a step. Sums run in float32 within a step, and in float64 over the recording.
// The peak is NaN if a sample is.
func EnergyOf(x []float32) Energy {
	sum, squares, peak := dsp.Sums(x)
	return Energy{n: int64(len(x)), Sum: float64(sum), SumSquares: float64(squares), Peak: peak}
}

// PeakOf is the largest magnitude of a stretch.
func PeakOf(x []float32) float32 {
	_, _, peak := dsp.Sums(x)
	return peak
}

// Merge adds the measurements of the samples that follow.
func (e *Energy) Merge(next Energy) {
	e.n += next.n
	e.Sum += next.Sum
	e.SumSquares += next.SumSquares
	e.Peak = max(e.Peak, next.Peak)
}

func (e *Energy) Result() measurement.Levels {
	if e.n == 0 {
		return measurement.Levels{RMS: measurement.Silence(), Peak: measurement.DBFS(measurement.Silence())}
	}
	return measurement.Levels{
		RMS:  PowerLevel(e.SumSquares / float64(e.n)),
		Peak: measurement.DBFS(PowerLevel(float64(e.Peak) * float64(e.Peak))),
		DC:   e.Sum / float64(e.n),
	}
}

// PowerLevel is the level of a mean square.
func PowerLevel(p float64) measurement.Level { return measurement.Level(10 * math.Log10(p)) }

// Loudest is the largest magnitude that is measured, 60 dB over full scale. Float recordings may
// exceed full scale, but no microphone goes this far.
const Loudest = 1000

// Tame replaces NaN by 0 and limits samples to Loudest, so that every measurement stays finite.
func Tame(x []float32) {
	for i, v := range x {
		if v != v {
			v = 0
		}
		x[i] = max(-Loudest, min(Loudest, v))
	}
}
