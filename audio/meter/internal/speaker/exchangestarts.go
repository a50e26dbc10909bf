package speaker

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// The search for exchanges starts from each part of the call between exchangePlaces places at most,
// takes the best of them, and from the directions in which the pieces differ most.
const (
	exchangePlaces = 40
	exchangeStarts = 6
	exchangeAxes   = 3
)

// partStarts are the parties' sounds if they have changed places in one part of the call: the parts
// that explain most.
func (s *Sides) partStarts() []parties {
	type part struct {
		from, to int
		scatter  float64
	}
	best := make([]part, 0, exchangeStarts+1) // the first of equals first
	step := max(1, (s.pieces+exchangePlaces-1)/exchangePlaces)
	for from := 0; from < s.pieces; from += step {
		for to := from + step; to <= s.pieces; to += step {
			one := part{from, to, s.crossedScatter(from, to)}
			at := len(best)
			for at > 0 && one.scatter < best[at-1].scatter {
				at--
			}
			if at < exchangeStarts {
				best = slices.Insert(best, at, one)
				best = best[:min(len(best), exchangeStarts)]
			}
		}
	}
	var out []parties
	for _, p := range best {
		out = append(out, s.crossed(p.from, p.to))
	}
	return out
}

// crossed sums up who is where if the parties have changed places in one part of the call.
func (s *Sides) crossed(from, to int) (out parties) {
	for k, f := range s.features() {
		in := [2]centre{f.part(0, from, to), f.part(1, from, to)}
		for ch := range in {
			rest := f.whole(ch).minus(&in[ch])
			out[k][ch] = rest.plus(&in[1-ch])
		}
	}
	return out
}

// crossedScatter is the scatter of crossed, without the sums that it does not need.
func (s *Sides) crossedScatter(from, to int) (scatter float64) {
	for _, f := range s.features() {
		var of [2]float64
		for ch := range of {
			a, b, whole := &f.first[ch][from], &f.first[ch][to], f.whole(ch)
			c, d := &f.first[1-ch][from], &f.first[1-ch][to]
			weight := whole.weight - (b.weight - a.weight) + (d.weight - c.weight)
			if weight <= 0 {
				continue
			}
			var sum float64
			for i, v := range whole.sum {
				v = v - (b.sum[i] - a.sum[i]) + (d.sum[i] - c.sum[i])
				sum += v * v
			}
			of[ch] = whole.squares - (b.squares - a.squares) + (d.squares - c.squares) - sum/weight
		}
		scatter += of[0] + of[1]
	}
	return scatter
}

// axisStarts divide the speech in two along each of the directions in which it differs most.
func (s *Sides) axisStarts() []parties {
	f := &s.speech
	whole := f.whole(0).plus(f.whole(1))
	if whole.weight <= 0 {
		return nil
	}
	var apart [2][speakerDims][speakerDims]float64
	for ch := range 2 {
		for i, w := range f.weight[ch] {
			if w == 0 {
				continue
			}
			for a := range speakerDims {
				for b := range a + 1 {
					apart[ch][a][b] += w * (f.x[ch][i][a] - whole.sum[a]/whole.weight) * (f.x[ch][i][b] - whole.sum[b]/whole.weight)
				}
			}
		}
	}
	spread := mat.NewSymDense(speakerDims, nil)
	for a := range speakerDims {
		for b := range a + 1 {
			spread.SetSym(a, b, apart[0][a][b]+apart[1][a][b])
		}
	}
	var axes mat.EigenSym
	if !axes.Factorize(spread, true) {
		return nil
	}
	var directions mat.Dense
	axes.VectorsTo(&directions)
	var out []parties
	for k := range exchangeAxes {
		var one [2][2]centre // by channel, then side of the mean
		for ch := range 2 {
			for i, w := range f.weight[ch] {
				if w == 0 {
					continue
				}
				var along float64
				for d := range speakerDims {
					along += directions.At(d, speakerDims-1-k) * (f.x[ch][i][d] - whole.sum[d]/whole.weight)
				}
				side := 0
				if math.Signbit(along) {
					side = 1
				}
				one[ch][side].add(&f.x[ch][i], w)
			}
		}
		out = append(out, parties{{one[0][0].plus(&one[1][0]), one[0][1].plus(&one[1][1])}})
	}
	return out
}
