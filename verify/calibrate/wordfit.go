package calibrate

import (
	"math"

	"gonum.org/v1/gonum/optimize"
)

// fitWords fits weights by logistic regression: each sample is a call of which the first
// side is the agent's. The weights are drawn towards prior means; deviation is how far
// they are expected to be from them.
func fitWords(samples []sample, prior []float64, deviation float64) ([]float64, error) {
	precision := 1 / (deviation * deviation)
	score := func(w []float64, s *sample) float64 {
		var sum float64
		for _, g := range s.grams {
			if g > 0 {
				sum += w[g-1]
			} else {
				sum -= w[-g-1]
			}
		}
		return sum
	}
	problem := optimize.Problem{
		Func: func(w []float64) float64 {
			var loss float64
			for j := range w {
				d := w[j] - prior[j]
				loss += precision * d * d / 2
			}
			for i := range samples {
				loss += samples[i].weight * softplus(-score(w, &samples[i]))
			}
			return loss
		},
		Grad: func(grad, w []float64) {
			for j := range w {
				grad[j] = precision * (w[j] - prior[j])
			}
			for i := range samples {
				s := &samples[i]
				slope := -s.weight / (1 + math.Exp(score(w, s)))
				for _, g := range s.grams {
					if g > 0 {
						grad[g-1] += slope
					} else {
						grad[-g-1] -= slope
					}
				}
			}
		},
	}
	result, err := optimize.Minimize(problem, append([]float64(nil), prior...), &optimize.Settings{
		GradientThreshold: 1e-4, MajorIterations: 300, Converger: &optimize.FunctionConverge{Absolute: 1e-6, Iterations: 10},
	}, &optimize.LBFGS{})
	if err != nil {
		return nil, err
	}
	return result.X, nil
}
