package speaker

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

// Who is on a side over time is read from two features of each piece of a channel: what the speech
// in it sounds like, and what the line sounds like between the speech. Both are scaled to units of
// their variation within pieces, so that distances of one and of the other can be added.
//
// A piece is as uncertain as its number of spectra makes it; beyond that a side varies from one
// piece to the next. The line counts for less than the voice: what is not loud holds the ends of
// words as well.
const (
	leastSpectra   = 4   // of speech, a third of a second
	leastPieceTalk = 0.4 // s
	leastIdle      = 2   // spectra between the speech
	idleAlone      = 1. / 2
	idleSpread     = 0.3
	idleCounts     = 0.3
	idleFloor      = 1.0 // dB², added to variances
)

// feature is what one feature of both channels is in each piece, and its weight: the inverse of its
// variance, and 0 where a piece does not show it.
type feature struct {
	x      [2][][speakerDims]float64
	weight [2][]float64
	first  [2][]centre // of the first pieces, from none of them to all
}

// Sides is what both channels sound like over the call.
type Sides struct {
	pieces       int
	pieceS       float64
	speech, idle feature
}

// SidesOf describes two channels by their pieces. It needs to know where somebody speaks. ok is
// false if there is too little speech to tell.
func SidesOf(channels [2]*Pieces, speech [2][]measurement.Segment, c frames.Clock) (s *Sides, ok bool) {
	n := len(channels[0].pieces)
	s = &Sides{pieces: n, pieceS: float64(channels[0].Length) * frames.StepS}
	var spoken [2][]*sums // nil where there is too little speech
	for ch, p := range channels {
		spoken[ch] = make([]*sums, n)
		for i := range p.pieces {
			at := []measurement.Segment{{Start: c.FrameTime(i * p.Length), End: c.FrameTime((i + 1) * p.Length)}}
			if one := &p.pieces[i].speech; one.n >= leastSpectra && measurement.Overlap(speech[ch], at, 0) >= leastPieceTalk {
				spoken[ch][i] = one
			}
		}
	}
	scale, ok := withinSpread(spoken[0], spoken[1])
	if !ok {
		return nil, false
	}
	for ch := range channels {
		s.speech.x[ch] = make([][speakerDims]float64, n)
		s.speech.weight[ch] = make([]float64, n)
		for i, one := range spoken[ch] {
			if one == nil {
				continue
			}
			s.speech.x[ch][i] = scale.mean(one)
			s.speech.weight[ch][i] = 1 / (1/(spectraAlone*one.n) + speakerSpread)
		}
		s.idle.x[ch] = make([][speakerDims]float64, n)
		s.idle.weight[ch] = make([]float64, n)
	}
	s.listenBetween(channels)
	s.sumUp()
	return s, true
}

// listenBetween fills in what the lines sound like between the speech. If one of them is digital
// silence there, nothing is compared.
func (s *Sides) listenBetween(channels [2]*Pieces) {
	var within [2][speakerDims]float64
	var free [2]float64
	for ch, p := range channels {
		for i := range p.pieces {
			if idle := &p.pieces[i].idle; idle.n >= leastIdle {
				free[ch] += idle.n - 1
				for d, sum := range idle.sum {
					within[ch][d] += idle.squares[d] - sum*sum/idle.n
				}
			}
		}
	}
	if min(free[0], free[1]) == 0 {
		return
	}
	for ch, p := range channels {
		for i := range p.pieces {
			idle := &p.pieces[i].idle
			if idle.n < leastIdle {
				continue
			}
			s.idle.weight[ch][i] = idleCounts / (1/(idleAlone*idle.n) + idleSpread)
			for d, sum := range idle.sum {
				variance := (within[0][d]+within[1][d])/(free[0]+free[1]) + idleFloor
				s.idle.x[ch][i][d] = sum / idle.n / math.Sqrt(variance)
			}
		}
	}
}

// leastApart is what is said of channels that are no distance apart: 0 says that it is unknown.
const leastApart = 0.01

// Apart is the squared distance between the speech of both channels; 0 if one of them has too
// little.
func (s *Sides) Apart() float64 {
	all := [2]*centre{s.speech.whole(0), s.speech.whole(1)}
	if min(all[0].weight, all[1].weight) < leastSide {
		return 0
	}
	return max(leastApart, all[0].apart(all[1]))
}

// features are both, speech first.
func (s *Sides) features() [2]*feature { return [2]*feature{&s.speech, &s.idle} }

// A spread is the variation of spectra within utterances or pieces, over all dimensions at once.
type spread struct{ lower mat.TriDense }

// withinSpread pools the variation within what is given, in groups whose order does not matter.
func withinSpread(groups ...[]*sums) (s spread, ok bool) {
	var free float64
	for _, g := range groups {
		for _, one := range g {
			if one != nil {
				free += one.n - 1
			}
		}
	}
	if free < speakerDims {
		return s, false
	}
	within := mat.NewSymDense(speakerDims, nil)
	k := 0
	for i := range speakerDims {
		for j := range i + 1 {
			var sum float64
			for _, g := range groups {
				var of float64
				for _, one := range g {
					if one != nil {
						of += float64(one.products[k]) - one.sum[i]*one.sum[j]/one.n
					}
				}
				sum += of
			}
			k++
			if sum /= free; i == j {
				sum += spectrumFloor
			} else {
				sum *= spectrumShrink
			}
			within.SetSym(i, j, sum)
		}
	}
	var factor mat.Cholesky
	if !factor.Factorize(within) || factor.Cond() > mat.ConditionTolerance {
		return s, false
	}
	factor.LTo(&s.lower)
	return s, true
}

// mean is the mean of some spectra in units of the variation.
func (s *spread) mean(of *sums) (x [speakerDims]float64) {
	for d, sum := range of.sum {
		x[d] = 1 / of.n * sum
	}
	blas64.Trsv(blas.NoTrans, s.lower.RawTriangular(), blas64.Vector{N: speakerDims, Data: x[:], Inc: 1})
	return x
}

// centre sums up weighted points: what they have in common, and how far they are apart.
type centre struct {
	weight, squares float64
	sum             [speakerDims]float64
}

func (c *centre) add(x *[speakerDims]float64, weight float64) {
	c.weight += weight
	for d, v := range x {
		c.sum[d] += weight * v
		c.squares += weight * v * v
	}
}

func (c *centre) plus(o *centre) centre {
	out := *c
	out.weight += o.weight
	out.squares += o.squares
	for d, v := range o.sum {
		out.sum[d] += v
	}
	return out
}

func (c *centre) minus(o *centre) centre {
	out := *c
	out.weight -= o.weight
	out.squares -= o.squares
	for d, v := range o.sum {
		out.sum[d] -= v
	}
	return out
}

// scatter is the weighted sum of the squared distances from the mean.
func (c *centre) scatter() float64 {
	if c.weight <= 0 {
		return 0
	}
	var sum float64
	for _, v := range c.sum {
		sum += v * v
	}
	return c.squares - sum/c.weight
}

// mean of points that weigh something.
func (c *centre) mean() (x [speakerDims]float64) {
	for d, v := range c.sum {
		x[d] = v / c.weight
	}
	return x
}

// apart is the squared distance between two means.
func (c *centre) apart(o *centre) float64 {
	var sum float64
	for d, v := range c.sum {
		e := v/c.weight - o.sum[d]/o.weight
		sum += e * e
	}
	return sum
}

// whole is the centre of all pieces of a channel.
func (f *feature) whole(ch int) *centre { return &f.first[ch][len(f.x[ch])] }

// part is the centre of some pieces of a channel that follow each other.
func (f *feature) part(ch, from, to int) centre { return f.first[ch][to].minus(&f.first[ch][from]) }

// sumUp fills in the centres of the first pieces.
func (s *Sides) sumUp() {
	for _, f := range s.features() {
		for ch := range f.first {
			f.first[ch] = f.running(ch)
		}
	}
}

// running gives the centres of the first pieces of a channel, from none of them to all.
func (f *feature) running(ch int) []centre {
	out := make([]centre, len(f.x[ch])+1)
	for i := range f.x[ch] {
		out[i+1] = out[i]
		if w := f.weight[ch][i]; w > 0 {
			out[i+1].add(&f.x[ch][i], w)
		}
	}
	return out
}
