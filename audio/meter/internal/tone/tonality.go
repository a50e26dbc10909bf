package tone

import "math"

// tonality asks cheaply of every step whether it could be a tone.
//
// A sum of two sinusoids obeys x[n−2d] + x[n+2d] + a·(x[n−d] + x[n+d]) + b·x[n] = 0
// for any lag d, with a and b that follow from its frequencies. What is left
// after the best a and b is noise, or the mark of a sound that is none. With a
// lag of about 2 ms the equation spans a pitch period, so that voiced speech
// with its harmonics breaks it; it is asked of a quarter of the samples only, and
// that is enough because of a tone it holds at every sample. They lie unevenly,
// lest those of some tone all fall where it crosses zero.
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

// residual is the share of the sound of a step that no two sinusoids explain:
// about that of its noise for a tone, near 1 for noise.
func (t tonality) residual(x []float32) float64 {
	d := t.lag
	if len(x) <= 4*d {
		return 1
	}
	// Samples that lie d apart, all of one length.
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
	// One sinusoid makes the normal equations singular: the diagonal is raised
	// by what no noise floor is below.
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
