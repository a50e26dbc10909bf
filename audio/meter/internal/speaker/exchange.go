package speaker

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/otoscope/otoscope/audio/measurement"
)

// Two parties, each with a voice and a line, are on the two channels, and now and then they change
// places. The most likely places follow by dynamic programming over the pieces (Viterbi 1967), the
// parties' sounds from the places, and the two in turn until neither changes.
const (
	// An exchange must explain this much more than staying, in units of squared distance. On 108
	// sound recordings a part at the beginning, in which one side speaks, gains up to 24 without it.
	exchangeCosts = 12.0
	// The search starts from each part of the call between this many places at most, takes the best
	// of them, and from the directions in which the pieces differ most.
	exchangePlaces = 40
	exchangeStarts = 6
	exchangeAxes   = 3
	exchangeRounds = 10
	// mostExchanges bounds what is stored.
	mostExchanges = 64
)

// parties are the sounds of the two parties: of their speech and of their lines.
type parties [2][2]centre // by feature, then party

// path says for each piece whether the parties have changed places: party p is on channel p, or on
// the other one.
type path []bool

// partiesOf sums up who is where.
func (s *Sides) partiesOf(p path) (out parties) {
	for k, f := range s.features() {
		for i, crossed := range p {
			for ch := range 2 {
				if w := f.weight[ch][i]; w > 0 {
					out[k][on(ch, crossed)].add(&f.x[ch][i], w)
				}
			}
		}
	}
	return out
}

// on is the party on a channel.
func on(ch int, crossed bool) int {
	if crossed {
		return 1 - ch
	}
	return ch
}

// scatter is how far both parties' sounds are from their means.
func (p *parties) scatter() float64 {
	var sum float64
	for k := range p {
		sum += p[k][0].scatter() + p[k][1].scatter()
	}
	return sum
}

// nearer is by how much a piece of a channel is nearer to the other party.
func (s *Sides) nearer(p *parties, ch, i int, crossed bool) float64 {
	var by float64
	for k, f := range s.features() {
		own, other := &p[k][on(ch, crossed)], &p[k][on(ch, !crossed)]
		if w := f.weight[ch][i]; w > 0 && min(own.weight, other.weight) > 0 {
			by += w * (own.from(&f.x[ch][i]) - other.from(&f.x[ch][i]))
		}
	}
	return by
}

// likeliest is the path that fits the parties best.
func (s *Sides) likeliest(p *parties) path {
	// costs are those of the best path up to a piece, by whether the parties are exchanged in it.
	var costs [2]float64
	moved := make([][2]bool, s.pieces)
	for i := range s.pieces {
		next := costs
		for state := range 2 {
			if change := costs[1-state] + exchangeCosts; i > 0 && change < costs[state] {
				next[state], moved[i][state] = change, true
			}
		}
		next[1] -= s.nearer(p, 0, i, false) + s.nearer(p, 1, i, false)
		costs = next
	}
	state := 0
	if costs[1] < costs[0] {
		state = 1
	}
	out := make(path, s.pieces)
	for i := s.pieces - 1; i >= 0; i-- {
		out[i] = state == 1
		if moved[i][state] {
			state = 1 - state
		}
	}
	return out
}

// cost is what a path leaves unexplained, and what its exchanges cost.
func (s *Sides) cost(p path) float64 {
	found := s.partiesOf(p)
	sum := found.scatter()
	for i := 1; i < len(p); i++ {
		if p[i] != p[i-1] {
			sum += exchangeCosts
		}
	}
	return sum
}

// Exchanges finds the parts of the call in which the sides have changed places. The parties are
// where they are for most of the call.
func (s *Sides) Exchanges() []measurement.Exchange {
	best := make(path, s.pieces)
	least := s.cost(best)
	for _, start := range append(s.partStarts(), s.axisStarts()...) {
		for range exchangeRounds {
			found := s.likeliest(&start)
			cost := s.cost(found)
			if cost < least {
				best, least = found, cost
			}
			next := s.partiesOf(found)
			if next == start {
				break
			}
			start = next
		}
	}
	return s.parts(best)
}

// parts lists the exchanged parts of a path.
func (s *Sides) parts(p path) []measurement.Exchange {
	var crossed, straight float64
	for i := range p {
		w := s.speech.weight[0][i] + s.speech.weight[1][i]
		if p[i] {
			crossed += w
		} else {
			straight += w
		}
	}
	if crossed > straight || crossed == straight && p[0] {
		for i := range p {
			p[i] = !p[i]
		}
	}
	found := s.partiesOf(p)
	var out []measurement.Exchange
	for i := 0; i < len(p); i++ {
		if !p[i] {
			continue
		}
		from := i
		var by [2]float64
		for ; i < len(p) && p[i]; i++ {
			for ch := range by {
				by[ch] -= s.nearer(&found, ch, i, true)
			}
		}
		out = append(out, measurement.Exchange{
			Segment:   measurement.Segment{Start: float64(from) * s.pieceS, End: float64(i) * s.pieceS},
			LeftGain:  by[0],
			RightGain: by[1],
		})
		if len(out) == mostExchanges {
			break
		}
	}
	return out
}

// partStarts are the parties' sounds if they have changed places in one part of the call: the parts
// that explain most.
func (s *Sides) partStarts() []parties {
	var sums [2][2][]centre
	for k, f := range s.features() {
		for ch := range 2 {
			sums[k][ch] = f.running(ch)
		}
	}
	crossed := func(from, to int) (out parties) {
		for k := range out {
			var in, rest [2]centre
			for ch := range in {
				of := sums[k][ch]
				in[ch] = of[to].minus(&of[from])
				rest[ch] = of[s.pieces].minus(&in[ch])
			}
			for ch := range in {
				out[k][ch] = rest[ch].plus(&in[1-ch])
			}
		}
		return out
	}
	type part struct {
		from, to int
		scatter  float64
	}
	var all []part
	step := max(1, (s.pieces+exchangePlaces-1)/exchangePlaces)
	for from := 0; from < s.pieces; from += step {
		for to := from + step; to <= s.pieces; to += step {
			found := crossed(from, to)
			all = append(all, part{from, to, found.scatter()})
		}
	}
	slices.SortStableFunc(all, func(a, b part) int { return cmp.Compare(a.scatter, b.scatter) })
	var out []parties
	for _, p := range all[:min(len(all), exchangeStarts)] {
		out = append(out, crossed(p.from, p.to))
	}
	return out
}

// axisStarts divide the speech in two along each of the directions in which it differs most.
func (s *Sides) axisStarts() []parties {
	f := &s.speech
	all := make([]centre, 2)
	for ch := range 2 {
		r := f.running(ch)
		all[ch] = r[len(r)-1]
	}
	whole := all[0].plus(&all[1])
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
