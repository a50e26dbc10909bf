package cohort

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/measurement/voice"
)

// Voices are the summaries of both channels of a recording; nil where there is none.
type Voices struct{ Left, Right *measurement.Voice }

// An agent's calls tell whose voice recurs: the agent's does, the customers' do not. The model is
// fitted to the batch itself, since how far one voice is from itself depends on lines and codecs:
// distances (log of the symmetric Kullback–Leibler divergence) of one talker in two calls, and of
// two talkers, each normal. An agent id may be wrong and customers may call again, so a third
// hypothesis says that neither channel recurs.
const (
	// leastCalls is the least number of an agent's calls from which voices say anything.
	leastCalls = 5
	// mostCompared bounds how many other calls of the agent each call is compared with.
	mostCompared = 24
	// recurs is how often an agent's voice is believed to recur in a call under the id.
	recurs = 0.9
	// leastApart is by how many standard deviations the distances of two talkers lie above
	// those of one before voices say anything; two classes fitted to one lie up to 1.5
	// apart.
	leastApart = 2.0
	// maxVoice bounds the claim on one call: a voice is not a proof about a person.
	maxVoice = 1.5
	// rounds of fitting.
	rounds = 12
)

// An agentCall is a call of one agent.
type agentCall struct {
	number int
	// sides are the distances of each channel to the channels of the agent's other calls: for
	// the other call k, [own channel][its channel].
	distances [][2][2]float64
	others    []int // index of the other call in the agent's list
	left      float64
}

// voiceClaims says of each recording how surely the customer is on the left by the voices that
// recur: log10 LR. It returns nil if the voices of the batch do not separate.
func voiceClaims(all []Recording, voices []Voices) ([]float64, string) {
	agents := agentsOf(all, voices)
	if len(agents) == 0 {
		return nil, fmt.Sprintf("no agent has %d calls with the voices of both channels", leastCalls)
	}
	m := startModel(agents)
	for range rounds {
		for _, name := range slices.Sorted(maps.Keys(agents)) {
			m.turnTo(agents[name], all)
		}
		m = fitModel(agents)
	}
	if apart := m.apart(); !(apart >= leastApart) {
		return nil, fmt.Sprintf("the voices of one talker and of two do not separate (%.1f standard deviations apart, %.1f needed)", apart, leastApart)
	}
	claims := make([]float64, len(all))
	told := 0
	for _, name := range slices.Sorted(maps.Keys(agents)) {
		calls := agents[name]
		if !m.anchored(calls, all) {
			continue
		}
		for i := range calls {
			claims[calls[i].number] = max(-maxVoice, min(maxVoice, m.claim(calls, i)))
			told++
		}
	}
	return claims, fmt.Sprintf("the voices of %d agents recur in %d calls", len(agents), told)
}

// agentsOf compares the calls of each agent with each other.
func agentsOf(all []Recording, voices []Voices) map[string][]agentCall {
	byAgent := map[string][]int{}
	for i := range all {
		v := voices[i]
		if id := all[i].Groups[AgentGroup]; id != "" && all[i].usable() && v.Left != nil && v.Right != nil {
			byAgent[id] = append(byAgent[id], i)
		}
	}
	agents := map[string][]agentCall{}
	for id, numbers := range byAgent {
		if len(numbers) < leastCalls {
			continue
		}
		calls := make([]agentCall, len(numbers))
		for i, n := range numbers {
			c := &calls[i]
			c.number = n
			step := max(1, (len(numbers)-1)/mostCompared)
			for k := 1; k < len(numbers) && len(c.others) < mostCompared; k += step {
				other := (i + k) % len(numbers)
				if d, ok := apart(voices[n], voices[numbers[other]]); ok {
					c.distances, c.others = append(c.distances, d), append(c.others, other)
				}
			}
		}
		calls = slices.DeleteFunc(calls, func(c agentCall) bool { return len(c.others) < leastCalls-1 })
		if len(calls) == len(numbers) {
			agents[id] = calls
		}
	}
	return agents
}

// apart gives the log distances of the channels of two recordings.
func apart(a, b Voices) ([2][2]float64, bool) {
	var out [2][2]float64
	for i, x := range []*measurement.Voice{a.Left, a.Right} {
		for k, y := range []*measurement.Voice{b.Left, b.Right} {
			// The halves of a call are averaged: one half may be noisy.
			sum, n := 0.0, 0
			for _, p := range x.Halves {
				for _, q := range y.Halves {
					if d, err := voice.Distance(p, q); err == nil && d > 0 {
						sum, n = sum+math.Log(d), n+1
					}
				}
			}
			if n == 0 {
				return out, false
			}
			out[i][k] = sum / float64(n)
		}
	}
	return out, true
}

// A voiceModel is the distribution of the distances of one talker, and of two.
type voiceModel struct{ same, other, spread float64 }

func (m voiceModel) apart() float64 { return (m.other - m.same) / m.spread }

// startModel takes the lower tail of the distances for those of one talker, and lets each call
// begin with what it says of itself.
func startModel(agents map[string][]agentCall) voiceModel {
	var all []float64
	for _, calls := range agents {
		for i := range calls {
			calls[i].left = 0.5
			for _, d := range calls[i].distances {
				all = append(all, d[0][0], d[0][1], d[1][0], d[1][1])
			}
		}
	}
	slices.Sort(all)
	spread := (all[len(all)*3/4] - all[len(all)/4]) / 1.35
	return voiceModel{all[len(all)/8], all[len(all)*5/8], max(spread/2, 0.05)}
}

// fitModel estimates the distances from what is believed about who is on the left.
func fitModel(agents map[string][]agentCall) voiceModel {
	var same, other moments
	for _, calls := range agents {
		for _, c := range calls {
			for k, d := range c.distances {
				o := calls[c.others[k]].left
				for i, p := range []float64{1 - c.left, c.left} { // that the channel is the agent's
					for j, q := range []float64{1 - o, o} {
						same.add(d[i][j], p*q)
						other.add(d[i][j], 1-p*q)
					}
				}
			}
		}
	}
	return voiceModel{same.mean(), other.mean(), math.Sqrt(max(1e-4, (same.variance()*same.n+other.variance()*other.n)/(same.n+other.n)))}
}

type moments struct{ n, sum, square float64 }

func (m *moments) add(x, w float64) { m.n, m.sum, m.square = m.n+w, m.sum+w*x, m.square+w*x*x }

func (m *moments) mean() float64 { return m.sum / max(m.n, 1e-9) }

func (m *moments) variance() float64 { return max(0, m.square/max(m.n, 1e-9)-m.mean()*m.mean()) }

// turnTo updates what is believed about each call, from the others. The recordings' own evidence
// breaks the tie between an agent and a customer who recurs.
func (m voiceModel) turnTo(calls []agentCall, all []Recording) {
	for i := range calls {
		own := max(-1, min(1, all[calls[i].number].Log10LR))
		calls[i].left = 1 / (1 + math.Pow(10, -(m.claim(calls, i)+own)))
	}
}

// claim is the log10 likelihood ratio that the customer is on the left, by how far each channel is
// from the agent's channels of the other calls. The distances to several calls are not
// independent, so their mean counts, once.
func (m voiceModel) claim(calls []agentCall, i int) float64 {
	var left, right, n float64
	for k, d := range calls[i].distances {
		o := calls[calls[i].others[k]].left
		left += o*d[0][1] + (1-o)*d[0][0]
		right += o*d[1][1] + (1-o)*d[1][0]
		n++
	}
	left, right = left/n, right/n
	same := func(x float64) float64 { return normal((x - m.same) / m.spread) }
	other := func(x float64) float64 { return normal((x - m.other) / m.spread) }
	neither := (1 - recurs) * other(left) * other(right)
	agentRight, agentLeft := recurs*other(left)*same(right)+neither, recurs*same(left)*other(right)+neither
	return math.Log10((agentRight + 1e-30) / (agentLeft + 1e-30))
}

func normal(z float64) float64 { return math.Exp(-z * z / 2) }

// anchored reports whether the calls' own evidence agrees with the voices, on average: otherwise
// it may be a customer, or a line, that recurs.
func (m voiceModel) anchored(calls []agentCall, all []Recording) bool {
	agree := 0.0
	for i := range calls {
		agree += max(-1, min(1, all[calls[i].number].Log10LR)) * max(-1, min(1, m.claim(calls, i)))
	}
	return agree > 0
}
