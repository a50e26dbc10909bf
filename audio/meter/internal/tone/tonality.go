package tone

import "math"

// tonality is a cheap test of every step: could it be a tone?
//
// A sum of two sinusoids obeys x[n−2d] + x[n+2d] + a·(x[n−d] + x[n+d]) + b·x[n] = 0 for any lag d,
// with a and b that follow from its frequencies. The residual after the best a and b is noise, or
// shows a sound that is not a tone. With a lag of about 2 ms the equation spans a pitch period, so
// that voiced speech with its harmonics breaks it. Only a quarter of the samples are tested. That
// is enough, because for a tone the equation holds at every sample. The samples are unevenly
// spaced, so that they cannot all fall on the zeros of some tone.
type tonality struct {
	lag, stride, second int
}

const (
	tonalityLagS    = 17.0 / 8000
	tonalityStrideS = 8.0 / 8000
	tonalitySecondS = 3.0 / 8000
)

func newTonality(rate int) tonality {
	return tonality{
		lag:    max(1, int(math.Round(tonalityLagS*float64(rate)))),
		stride: max(2, int(math.Round(tonalityStrideS*float64(rate)))),
		second: max(1, int(math.Round(tonalitySecondS*float64(rate)))),
	}
}

// residual is the share of a step's sound that no two sinusoids explain: about the share of noise
// for a tone, near 1 for noise.
func (t tonality) residual(x []float32) float64 {
	d := t.lag
	if len(x) <= 4*d {
		return 1
	}
	// Samples that lie d apart, in slices of equal length.
	n := len(x) - 4*d
	x0, x1, x2, x3, x4 := x[:n], x[d:d+n], x[2*d:2*d+n], x[3*d:3*d+n], x[4*d:4*d+n]
	var uu, uv, uw, vv, vw, ww float64
	for i, step := 0, t.second; i < n; i, step = i+step, t.stride-step {
		u, v, w := float64(x0[i]+x4[i]), float64(x1[i]+x3[i]), float64(x2[i])
		uu += u * u
		uv += u * v
		uw += u * w
		vv += v * v
		vw += v * w
		ww += w * w
	}
	// One sinusoid makes the normal equations singular. The diagonal is therefore raised by a
	// noise that is below every noise floor.
	raise := 1e-6 * (vv + ww)
	p, q := vv+raise, ww+raise
	det := p*q - vw*vw
	if det <= 0 {
		return 1
	}
	a, b := (uw*vw-uv*q)/det, (uv*vw-uw*p)/det
	rest := uu + a*a*vv + b*b*ww + 2*(a*uv+b*uw+a*b*vw)
	return rest / max(uu+a*a*vv+b*b*ww, ww)
}
