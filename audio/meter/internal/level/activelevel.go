package level

import (
	"math"

	"github.com/otoscope/otoscope/audio/internal/dsp"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

// Parameters of ITU-T P.56 (12/2011) §5.3, method B.
const (
	envelopeTimeConstant = 0.03 // s
	hangoverTime         = 0.2  // s
	margin               = 15.9 // dB between the active level and the threshold that finds it
)

// thresholdCount is the number of thresholds, a factor of two apart, from 2^0 downwards. P.56
// requires them to span the range of the signal. 32 of them reach 187 dB down, below the envelope
// of a flickering 24-bit sample.
const thresholdCount = 32

// ActiveSpeech measures the active speech level by ITU-T P.56 method B. It compares a two-stage
// exponential envelope of every sample with thresholds a factor of two apart, each with its
// hangover. The active time above a threshold gives an active level. The result is the level that
// lies the margin above the threshold it belongs to.
//
// The activity counts change only where the envelope passes a threshold. There is a limit to how
// far it can move in a few samples. If no threshold is within it, only the end of the envelope is
// computed, as a weighted sum of the samples. The counts are those of the sample-by-sample
// algorithm.
type ActiveSpeech struct {
	g        float64
	block    *envelopeBlock
	sums     [16][2]float64 // of blocks, by their weights
	hangover int64
	p, q     float64 // the envelope's two stages, normalised to full scale
	n        int64   // samples so far
	reached  int     // thresholds [reached:] are at or below the envelope
	floor    float64 // the highest of them, or 0
	ceiling  float64 // the lowest threshold above the envelope, or +Inf
	active   [thresholdCount]int64
	since    [thresholdCount]int64 // reached: first sample not yet counted; else: the sample at which it fell below, or never
}

const never = -1

func NewActiveSpeech(rate int) ActiveSpeech {
	g := math.Exp(-1 / (float64(rate) * envelopeTimeConstant))
	a := ActiveSpeech{
		g:        g,
		block:    newEnvelopeBlock(g),
		hangover: int64(math.Round(hangoverTime * float64(rate))),
		reached:  thresholdCount,
		ceiling:  threshold(thresholdCount - 1),
	}
	for j := range a.since {
		a.since[j] = never // no hangover before the first activity
	}
	return a
}

// envelopeBlock describes how the envelope changes over a number of samples.
type envelopeBlock struct {
	decay   float64     // g^n, of both stages
	spill   float64     // n·(1−g)·g^n: how much of the first stage remains in the second
	weights dsp.Weights // of the samples' magnitudes, in the first stage and in the second
	rise    float64     // the first stage stays below its old value plus this times the samples' weighted sum
	pace    float64     // n·(1−g): the second stage moves at most this share of its distance from the first
}

func newEnvelopeBlock(g float64) *envelopeBlock {
	const n = dsp.Block
	k := 1 - g
	b := &envelopeBlock{
		decay: math.Pow(g, n),
		spill: n * k * math.Pow(g, n),
		rise:  math.Pow(g, 1-n),
		pace:  n * k,
	}
	for i := range n {
		age := float64(n - 1 - i)
		b.weights[0][i] = k * math.Pow(g, age)
		b.weights[1][i] = k * (age + 1) * b.weights[0][i]
	}
	return b
}

// Add takes a step, in blocks where they cannot reach another threshold, and sample by sample
// where they can.
func (a *ActiveSpeech) Add(x []float32) {
	if a.p == 0 && a.q == 0 && frames.Silent(x) {
		a.n += int64(len(x))
		return
	}
	b, p, q := a.block, a.p, a.q
	for len(x) >= dsp.Block {
		sums := a.sums[:min(len(a.sums), len(x)/dsp.Block)]
		dsp.Weigh(sums, x, &b.weights)
		for i, sum := range sums {
			// The second stage follows the first one, which stays between these.
			lowest, highest := b.decay*p, p+b.rise*sum[0]
			if q-b.pace*(q-lowest) < a.floor*(1+slack) || q+b.pace*(highest-q) > a.ceiling*(1-slack) {
				a.p, a.q = p, q
				a.bySample(x[i*dsp.Block:][:dsp.Block])
				p, q = a.p, a.q
				continue
			}
			q = b.decay*q + (b.spill*p + sum[1])
			p = lowest + sum[0]
			a.n += dsp.Block
		}
		x = x[len(sums)*dsp.Block:]
	}
	a.p, a.q = p, q
	a.bySample(x)
	if a.p < vanished && a.q < vanished {
		a.p, a.q = 0, 0
	}
}

// vanished is far below every threshold. In digital silence the envelope would shrink to numbers
// so small that processors take a hundred times as long for them.
const vanished = 0x1p-200

// slack is far more than all rounding errors together.
const slack = 1e-9

// bySample runs the envelope over two samples at a time, so that each stage waits for its previous
// value only once in two samples.
func (a *ActiveSpeech) bySample(x []float32) {
	g, k, p, q := a.g, 1-a.g, a.p, a.q
	gg, gk := g*g, g*k
	n := a.n
	a.n += int64(len(x))
	for ; len(x) >= 2; x = x[2:] {
		x0, x1 := magnitude(x[0]), magnitude(x[1])
		p0 := g*p + k*x0
		p1 := gg*p + (gk*x0 + k*x1)
		q0 := g*q + k*p0
		q1 := gg*q + (gk*p0 + k*p1)
		p, q = p1, q1
		if q0 < a.floor || q1 < a.floor || q0 >= a.ceiling || q1 >= a.ceiling {
			a.cross(q0, n)
			a.cross(q1, n+1)
		}
		n += 2
	}
	if len(x) == 1 {
		p = g*p + k*magnitude(x[0])
		q = g*q + k*p
		a.cross(q, n)
	}
	a.p, a.q = p, q
}

func magnitude(v float32) float64 { return math.Abs(float64(v)) }

// threshold is threshold number j: 2^−j.
func threshold(j int) float64 { return math.Float64frombits(uint64(1023-j) << 52) }

// cross records that sample n takes the envelope to q.
func (a *ActiveSpeech) cross(q float64, n int64) {
	for a.reached > 0 && q >= threshold(a.reached-1) { // risen: what passed of the hangover was active
		a.reached--
		a.active[a.reached] += a.held(a.reached, n)
		a.since[a.reached] = n
	}
	for a.reached < thresholdCount && q < threshold(a.reached) { // fallen
		a.active[a.reached] += n - a.since[a.reached]
		a.since[a.reached] = n
		a.reached++
	}
	a.floor, a.ceiling = 0, math.Inf(1)
	if a.reached < thresholdCount {
		a.floor = threshold(a.reached)
	}
	if a.reached > 0 {
		a.ceiling = threshold(a.reached - 1)
	}
}

// held is how much of the hangover of an unreached threshold has passed by sample n.
func (a *ActiveSpeech) held(j int, n int64) int64 {
	if a.since[j] == never {
		return 0
	}
	return min(n-a.since[j], a.hangover)
}

// activity is the number of samples so far in which threshold 2^−j was reached or held.
func (a *ActiveSpeech) activity(j int) int64 {
	if j >= a.reached {
		return a.active[j] + a.n - a.since[j]
	}
	return a.active[j] + a.held(j, a.n)
}

// Result gives the active speech level and the activity factor of a signal of n samples whose
// squares sum to sumSquares. Without activity the level is −Inf. Burst samples are not speech:
// sumSquares leaves them out, and Result removes the activity that they may have added.
//
// The thresholds are tried from the lowest up, as in P.56 and the ITU-T's own sv56 (G.191). A
// click reaches a high one for a moment, and would have the level of the whole signal for itself.
func (a *ActiveSpeech) Result(sumSquares float64, n, burst int64) (measurement.Level, float64) {
	level, excess := math.Inf(-1), math.Inf(1)
	for j := thresholdCount - 1; j >= 0 && excess > margin; j-- {
		active := a.activity(j)
		if active < 3*burst { // what reached it is unknown, most likely the burst
			break
		}
		if active < n { // a threshold that is always reached does not depend on a burst
			active -= burst
		}
		if active == 0 || sumSquares == 0 {
			break
		}
		prevLevel, prevExcess := level, excess
		level = 10 * math.Log10(sumSquares/float64(active))
		excess = level + 20*math.Log10(2)*float64(j) // above the threshold 2^−j
		if excess < margin && !math.IsInf(prevExcess, 1) {
			level = prevLevel + (level-prevLevel)*(prevExcess-margin)/(prevExcess-excess)
		}
	}
	if math.IsInf(level, -1) {
		return measurement.Silence(), 0
	}
	return measurement.Level(level), min(1, sumSquares/math.Pow(10, level/10)/float64(n))
}
