package meter

import "math"

// idle is the largest magnitude of a constant that counts as digital silence:
// a gap in a G.711 A-law leg decodes to ±8 of 32768, there being no zero.
const idle = 8.0 / 32768

// digitalSilence finds stretches in which a channel carries nothing: zeros, or
// the constant that an idle A-law leg decodes to. A line that is merely quiet
// has noise.
type digitalSilence struct {
	n       int64
	sounded bool
	first   int64 // the first sample that is not digital silence
	last    uint32
	steps   int64 // samples in silent steps
}

// add takes a step and reports whether all of it is digital silence.
func (d *digitalSilence) add(x []float32) bool {
	first := math.Float32bits(x[0])
	var differ uint32
	for _, v := range x {
		differ |= math.Float32bits(v) ^ first
	}
	quiet := differ == 0 && math.Abs(float64(x[0])) <= idle
	if quiet {
		d.steps += int64(len(x))
	}
	if !d.sounded {
		if d.n == 0 {
			d.last = first
		}
		for i, v := range x {
			if math.Float32bits(v) != d.last || math.Abs(float64(v)) > idle {
				d.sounded, d.first = true, d.n+int64(i)
				break
			}
		}
	}
	d.n += int64(len(x))
	return quiet
}

func (d *digitalSilence) timing(c clock) Timing {
	t := Timing{FirstSound: Never, FirstSpeech: Never, LastSpeech: Never, LeadingDigitalSilenceS: c.seconds(d.n), DigitalSilenceS: c.seconds(d.steps)}
	if d.sounded {
		t.FirstSound = Time(c.seconds(d.first))
		t.LeadingDigitalSilenceS = c.seconds(d.first)
	}
	return t
}
