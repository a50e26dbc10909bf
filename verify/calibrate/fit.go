package calibrate

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/otoscope/otoscope/verify/evidence"
)

const (
	// priorSD is how far weights are expected to differ from centre to centre, in log10
	// units of the ratio. It is chosen, not fitted. On a few dozen calls it lets a weight
	// move by a tenth or two; on hundreds the data decide.
	priorSD = 0.3

	maxSteps  = 25
	tolerance = 1e-4
	nudge     = 1e-2 // for derivatives; ratios are rounded to 1e-4, and a smaller step would vanish
)

// fit finds the most likely weights given the truth, with weights shrunk towards those of a
// base profile: the maximum a posteriori of a logistic regression whose prior has its mean
// there. It fits how evidence.Weigh combines its evidence, of whatever kinds, so the result
// negates under exchange as Weigh does. Caps stay as they are.
func fit(ctx context.Context, calls []call, base, start evidence.Profile) (evidence.Profile, error) {
	f := fitting{base: values(base), profile: start}
	for i := range calls {
		for k := range calls[i].pieces {
			if p := &calls[i].pieces[k]; p.weight > 0 {
				f.pieces = append(f.pieces, p)
			}
		}
	}
	at := values(start)
	supports := f.supports(at)
	loss := f.loss(at, supports)
	for range maxSteps {
		if err := ctx.Err(); err != nil {
			return start, err
		}
		step := f.newtonStep(at, supports)
		if step == nil {
			break
		}
		improved := false
		for scale := 1.0; scale > 1e-3; scale /= 2 {
			next := make([]float64, len(at))
			for j := range at {
				next[j] = min(evidence.MaxWeight, max(-evidence.MaxWeight, at[j]+scale*step[j]))
			}
			s := f.supports(next)
			if l := f.loss(next, s); l < loss {
				improved = loss-l > tolerance
				at, supports, loss = next, s, l
				break
			}
		}
		if !improved {
			break
		}
	}
	return f.with(at), nil
}

// fitting is a set of pieces and the profile to fit to them.
type fitting struct {
	pieces  []*piece
	base    []float64
	profile evidence.Profile
}

// values returns the fitted weights of a profile: all but its caps.
func values(p evidence.Profile) []float64 {
	var out []float64
	for _, w := range p.Weights() {
		if w.Fitted() {
			out = append(out, *w.Value)
		}
	}
	return out
}

// with returns the profile with other weights.
func (f *fitting) with(values []float64) evidence.Profile {
	p := f.profile
	i := 0
	for _, w := range p.Weights() {
		if w.Fitted() {
			*w.Value = values[i]
			i++
		}
	}
	return p
}

func (f *fitting) supports(at []float64) []float64 {
	p := f.with(at)
	out := make([]float64, len(f.pieces))
	for i, piece := range f.pieces {
		out[i] = piece.support(p)
	}
	return out
}

// loss is the negative logarithm of the posterior, up to a constant.
func (f *fitting) loss(at, supports []float64) float64 {
	var sum float64
	for j, w := range at {
		d := (w - f.base[j]) / priorSD
		sum += d * d / 2
	}
	for i, s := range supports {
		sum += f.pieces[i].weight * softplus(-s*math.Ln10)
	}
	return sum
}

func softplus(x float64) float64 {
	if x > 30 {
		return x
	}
	return math.Log1p(math.Exp(x))
}

// newtonStep solves for the minimum of a quadratic approximation of the loss. It
// differentiates, numerically, only the supports with respect to the weights (Gauss and
// Newton), so the curvature is never negative.
func (f *fitting) newtonStep(at, supports []float64) []float64 {
	n := len(at)
	slopes := make([][]float64, n) // by weight and piece
	for j := range at {
		moved := append([]float64(nil), at...)
		moved[j] += nudge
		slopes[j] = f.supports(moved)
		for i := range slopes[j] {
			slopes[j][i] = (slopes[j][i] - supports[i]) / nudge * math.Ln10
		}
	}
	gradient, curvature := mat.NewVecDense(n, nil), mat.NewSymDense(n, nil)
	for j := range n {
		g := -(at[j] - f.base[j]) / (priorSD * priorSD)
		for i, piece := range f.pieces {
			g += piece.weight * doubt(supports[i]) * slopes[j][i]
		}
		gradient.SetVec(j, g)
		for k := j; k < n; k++ {
			var h float64
			if j == k {
				h = 1 / (priorSD * priorSD)
			}
			for i, piece := range f.pieces {
				if slopes[j][i] != 0 && slopes[k][i] != 0 {
					d := doubt(supports[i])
					h += piece.weight * d * (1 - d) * slopes[j][i] * slopes[k][i]
				}
			}
			curvature.SetSym(j, k, h)
		}
	}
	var (
		chol mat.Cholesky
		step mat.VecDense
	)
	if !chol.Factorize(curvature) || chol.SolveVecTo(&step, gradient) != nil {
		return nil
	}
	return step.RawVector().Data
}

// doubt is the probability that a support leaves for the other side.
func doubt(support float64) float64 {
	if x := support * math.Ln10; x < 700 {
		return 1 / (1 + math.Exp(x))
	}
	return 0
}
