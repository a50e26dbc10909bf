package level

import (
	"math"

	"github.com/otoscope/otoscope/audio/internal/dsp"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

// Idle is the largest magnitude of a constant that counts as digital silence. A-law has no zero,
// so a gap in a G.711 A-law leg decodes to ±8 of 32768.
const Idle = 8.0 / 32768

// DigitalSilence finds stretches in which a channel carries nothing: zeros, or the constant of an
// idle A-law leg. A line that is merely quiet has noise.
type DigitalSilence struct {
	n       int64
	value   float32 // of the silence at the start of the recording
	first   int64   // its length in samples
	sounded bool    // it has ended
	quiet   int64   // samples in steps of digital silence
}

// Add takes a step and reports whether all of it is digital silence. Any other step is recognised
// by its first samples.
func (d *DigitalSilence) Add(x []float32) bool {
	quiet := int64(d.leading(x, x[0]))
	if !d.sounded {
		if d.n == 0 {
			d.value = x[0]
		}
		d.first += int64(d.leading(x, d.value))
		d.sounded = d.first < d.n+int64(len(x))
	}
	d.n += int64(len(x))
	if quiet < int64(len(x)) {
		return false
	}
	d.quiet += quiet
	return true
}

// leading is how many samples at the start of x are the idle value v.
func (d *DigitalSilence) leading(x []float32, v float32) int {
	if math.Abs(float64(v)) > Idle {
		return 0
	}
	if len(x) > 1 && x[1] != v && x[0] == v { // nearly always where there is sound
		return 1
	}
	return dsp.Leading(x, v)
}

func (d *DigitalSilence) Timing(c frames.Clock) measurement.Timing {
	t := measurement.Timing{FirstSound: measurement.Never, FirstSpeech: measurement.Never, LastSpeech: measurement.Never, LeadingDigitalSilenceS: c.Seconds(d.n), DigitalSilenceS: c.Seconds(d.quiet)}
	if d.sounded {
		t.FirstSound = measurement.Time(c.Seconds(d.first))
		t.LeadingDigitalSilenceS = c.Seconds(d.first)
	}
	return t
}
