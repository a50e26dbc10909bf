package speaker

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

// Whether a channel carries one speaker or two is a question of diarisation (Chen and
// Gopalakrishnan 1998): how much better do two Gaussians explain its utterances than one does? Two
// speakers differ in voice, in loudness and, most of all, in line: each leg has a different one.
//
// Spectra are compared in units of their variation within the utterances, over all dimensions at
// once. Vowels against sibilants make up most of that variation, and they say nothing about who
// speaks. The mean of an utterance is as uncertain as that of spectraAlone of its spectra. Beyond
// that, a speaker varies by speakerSpread from one utterance to the next.
const (
	spectraAlone   = 1. / 3
	speakerSpread  = 0.15 // variance, where that of a spectrum is 1
	spectrumShrink = 0.97 // factor for covariances: they stay positive definite after rounding
	spectrumFloor  = 0.5  // dB², added to variances

	// Each speaker has at least this many utterances, and this share of the speech.
	speakerUtterances = 3
	speakerShare      = 0.12

	// The search starts from this many directions, and stops after this many rounds.
	splitsTried  = 3
	splitSettles = 10
)

// speakers are the means of utterances, whitened, and their weights: the inverse of the variance.
type speakers struct {
	utterances []utterance
	x          [][speakerDims]float64
	weight     []float64
}

// TwoSpeakersOf measures whether a channel carries the speech of two people who take turns.
func TwoSpeakersOf(all []utterance, c frames.Clock) *measurement.TwoSpeakers {
	if len(all) < 2*speakerUtterances {
		return nil
	}
	s, ok := whitened(all)
	if !ok {
		return nil
	}
	out := &measurement.TwoSpeakers{Utterances: len(all)}
	one := s.distances(make([]int, len(all)))
	for _, who := range s.splits() {
		if !s.settle(who) {
			continue
		}
		if gain := (one - s.distances(who)) / float64(len(all)); gain > out.LogLikelihoodGain {
			out.LogLikelihoodGain = gain
			describe(out, all, who, c)
		}
	}
	return out
}

// whitened scales the means of the utterances to units of the variation within them.
func whitened(all []utterance) (*speakers, bool) {
	sounds := make([]*sums, len(all))
	for i := range all {
		sounds[i] = &all[i].sums
	}
	scale, ok := withinSpread(sounds)
	if !ok {
		return nil, false
	}
	out := &speakers{utterances: all}
	for _, one := range sounds {
		out.x = append(out.x, scale.mean(one))
		out.weight = append(out.weight, 1/(1/(spectraAlone*one.n)+speakerSpread))
	}
	return out, true
}

// centres are the means of the utterances assigned to speaker 0 and to speaker 1.
func (s *speakers) centres(who []int) (centre [2][speakerDims]float64) {
	var weight [2]float64
	for i, w := range s.weight {
		weight[who[i]] += w
		for d, v := range s.x[i] {
			centre[who[i]][d] += w * v
		}
	}
	for c := range centre {
		for d := range centre[c] {
			centre[c][d] /= max(weight[c], 1e-12)
		}
	}
	return centre
}

// distances is the sum of the weighted squared distances from the centres.
func (s *speakers) distances(who []int) float64 {
	centre := s.centres(who)
	var sum float64
	for i := range s.x {
		sum += s.weight[i] * squaredDistance(&s.x[i], &centre[who[i]])
	}
	return sum
}

func squaredDistance(a, b *[speakerDims]float64) float64 {
	var sum float64
	for d := range a {
		sum += (a[d] - b[d]) * (a[d] - b[d])
	}
	return sum
}

// splits divides the utterances in two along each of the directions in which they differ most.
func (s *speakers) splits() [][]int {
	centre := s.centres(make([]int, len(s.x)))[0]
	apart := mat.NewDense(len(s.x), speakerDims, nil)
	for i, x := range s.x {
		for d := range x {
			apart.Set(i, d, math.Sqrt(s.weight[i])*(x[d]-centre[d]))
		}
	}
	var svd mat.SVD
	if !svd.Factorize(apart, mat.SVDThin) {
		return nil
	}
	var along mat.Dense
	svd.UTo(&along)
	_, directions := along.Dims()
	var out [][]int
	for k := range min(splitsTried, directions) {
		who := make([]int, len(s.x))
		for i := range who {
			if along.At(i, k) > 0 {
				who[i] = 1
			}
		}
		out = append(out, who)
	}
	return out
}

// settle moves each utterance to the nearer speaker until none moves. It reports whether two
// speakers are left, each with enough speech.
func (s *speakers) settle(who []int) bool {
	for range splitSettles {
		centre := s.centres(who)
		moved := false
		for i := range who {
			nearer := 0
			if squaredDistance(&s.x[i], &centre[1]) < squaredDistance(&s.x[i], &centre[0]) {
				nearer = 1
			}
			moved = moved || nearer != who[i]
			who[i] = nearer
		}
		var utterances [2]int
		var spoken [2]float64
		for i, w := range who {
			utterances[w]++
			spoken[w] += s.utterances[i].n
		}
		if min(utterances[0], utterances[1]) < speakerUtterances || min(spoken[0], spoken[1]) < speakerShare*(spoken[0]+spoken[1]) {
			return false
		}
		if !moved {
			break
		}
	}
	return true
}

// describe counts how often the speaker changes, and says when the one who has fewer utterances
// speaks.
func describe(out *measurement.TwoSpeakers, all []utterance, who []int, c frames.Clock) {
	var count [2]int
	out.SpeakerChanges = 0
	for i, w := range who {
		count[w]++
		if i > 0 && w != who[i-1] {
			out.SpeakerChanges++
		}
	}
	fewer := 0
	if count[1] < count[0] {
		fewer = 1
	}
	out.MinorityUtterances, out.MinorityS = count[fewer], 0
	for i, w := range who {
		if w != fewer {
			continue
		}
		from, to := c.FrameTime(all[i].from), c.FrameTime(all[i].to)
		if out.MinorityS == 0 {
			out.Start = measurement.Time(from)
		}
		out.End = measurement.Time(to)
		out.MinorityS += to - from
	}
}
