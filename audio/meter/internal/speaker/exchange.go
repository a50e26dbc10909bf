package speaker

import "github.com/otoscope/otoscope/audio/measurement"

// Two parties, each with a voice and a line, are on the two channels, and now and then they change
// places. The most likely places follow by dynamic programming over the pieces (Viterbi 1967), the
// parties' sounds from the places, and the two in turn until neither changes.
const (
	// An exchange must explain this much more than staying, in units of squared distance. On 108
	// sound recordings a part at the beginning, in which one side speaks, gains up to 24 without it.
	exchangeCosts  = 12.0
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

// means are the means of the parties' sounds, by feature and party, where both are known.
type means [2]struct {
	known bool
	of    [2][speakerDims]float64
}

func (p *parties) means() (m means) {
	for k := range p {
		if m[k].known = min(p[k][0].weight, p[k][1].weight) > 0; m[k].known {
			m[k].of = [2][speakerDims]float64{p[k][0].mean(), p[k][1].mean()}
		}
	}
	return m
}

// nearer is by how much a piece of a channel is nearer to the other party.
func (s *Sides) nearer(m *means, ch, i int, crossed bool) float64 {
	own, other := on(ch, crossed), on(ch, !crossed)
	var by float64
	for k, f := range s.features() {
		if w := f.weight[ch][i]; w > 0 && m[k].known {
			x := &f.x[ch][i]
			by += w * (squaredDistance(x, &m[k].of[own]) - squaredDistance(x, &m[k].of[other]))
		}
	}
	return by
}

// likeliest is the path that fits the parties best.
func (s *Sides) likeliest(p *parties) path {
	m := p.means()
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
		next[1] -= s.nearer(&m, 0, i, false) + s.nearer(&m, 1, i, false)
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

// cost is what a path leaves unexplained, and what its exchanges cost, given who is where.
func (p path) cost(who *parties) float64 {
	sum := who.scatter()
	for i := 1; i < len(p); i++ {
		if p[i] != p[i-1] {
			sum += exchangeCosts
		}
	}
	return sum
}

// set is the path as a set of pieces.
func (p path) set() (out [maxPieces / 64]uint64) {
	for i, crossed := range p {
		if crossed {
			out[i/64] |= 1 << (i % 64)
		}
	}
	return out
}

// Exchanges finds the parts of the call in which the sides have changed places. The parties are
// where they are for most of the call.
func (s *Sides) Exchanges() []measurement.Exchange {
	best := make(path, s.pieces)
	straight := s.partiesOf(best)
	least := best.cost(&straight)
	// From a path that was found before, with as many rounds left, nothing new would follow.
	followed := map[[maxPieces / 64]uint64]int{}
	for _, start := range append(s.partStarts(), s.axisStarts()...) {
		for left := exchangeRounds; left > 0; left-- {
			found := s.likeliest(&start)
			if set := found.set(); followed[set] < left {
				followed[set] = left
			} else {
				break
			}
			next := s.partiesOf(found)
			if cost := found.cost(&next); cost < least {
				best, least = found, cost
			}
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
	who := s.partiesOf(p)
	found := who.means()
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
