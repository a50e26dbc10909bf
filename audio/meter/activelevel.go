package meter

import "math"

// Parameters of ITU-T P.56 (12/2011) §5.3, method B.
const (
	envelopeTimeConstant = 0.03 // s
	hangoverTime         = 0.2  // s
	margin               = 15.9 // dB between the active level and the threshold that finds it
)

// thresholdCount thresholds a factor of two apart, from 2^0 downwards. P.56 asks for
// them to span the range of the signal; 32 reach 187 dB down, below the
// envelope of a 24-bit sample that flickers.
const thresholdCount = 32

// activeLevel measures the active speech level by ITU-T P.56 method B: a
// two-stage exponential envelope of every sample is compared with thresholds
// a factor of two apart, each with its hangover; the active time above a
// threshold gives an active level, and the level that lies the margin above
// its own threshold is the result.
//
// The thresholds being powers of two, the binary exponent of the envelope
// says which of them it reaches, and the activity counts change only when
// the exponent does. How far the envelope can go in a few samples is bounded:
// where that is no threshold, only its end is computed, as a weighted sum of
// the samples. The counts are those of the sample-by-sample algorithm.
type activeLevel struct {
	g        float64
	block    *envelopeBlock
	hangover int64
	p, q     float64 // the envelope's two stages, normalised to full scale
	n        int64   // samples so far
	reached  int     // thresholds [reached:] lie at or below the envelope
	active   [thresholdCount]int64
	since    [thresholdCount]int64 // reached: first sample not yet counted; else: the sample at which it fell below, or never
}

const never = -1

func newActiveLevel(rate int) activeLevel {
	g := math.Exp(-1 / (float64(rate) * envelopeTimeConstant))
	a := activeLevel{
		g:        g,
		block:    newEnvelopeBlock(g),
		hangover: int64(math.Round(hangoverTime * float64(rate))),
		reached:  thresholdCount,
	}
	for j := range a.since {
		a.since[j] = never // no hangover before the first activity
	}
	return a
}

// envelopeBlock is what the envelope becomes after so many samples.
type envelopeBlock struct {
	decay  float64               // g^n, of both stages
	spill  float64               // n·(1−g)·g^n: what is left of the first stage in the second
	first  [blockSamples]float64 // weights of the samples in the first stage
	second [blockSamples]float64 // and in the second
	rise   float64               // bounds: the first stage stays below p + rise·(its samples' sum),
	climb  float64               // the second one below q + climb·(the first one's bound)
}

const blockSamples = 16

func newEnvelopeBlock(g float64) *envelopeBlock {
	const n = blockSamples
	k := 1 - g
	b := &envelopeBlock{
		decay: math.Pow(g, n),
		spill: n * k * math.Pow(g, n),
		rise:  math.Pow(g, 1-n),
		climb: n * k,
	}
	for i := range n {
		b.first[i] = k * math.Pow(g, float64(n-1-i))
		b.second[i] = k * float64(n-i) * b.first[i]
	}
	return b
}

// add takes a step, in blocks that cannot reach another threshold and by the
// sample where they may.
func (a *activeLevel) add(x []float32) {
	b := a.block
	for ; len(x) >= blockSamples; x = x[blockSamples:] {
		v := (*[blockSamples]float32)(x)
		var p0, p1, q0, q1 float64
		for i := 0; i < blockSamples; i += 2 {
			x0, x1 := magnitude(v[i]), magnitude(v[i+1])
			p0 += b.first[i] * x0
			q0 += b.second[i] * x0
			p1 += b.first[i+1] * x1
			q1 += b.second[i+1] * x1
		}
		p, q := p0+p1, q0+q1
		lowest := a.q * b.decay
		highest := a.q + b.climb*(a.p+b.rise*p)
		if exponent := binaryExponent(a.q); binaryExponent(lowest*(1-slack)) != exponent || binaryExponent(highest*(1+slack)) != exponent {
			a.bySample(v[:])
			continue
		}
		a.q = lowest + b.spill*a.p + q
		a.p = b.decay*a.p + p
		a.n += blockSamples
	}
	a.bySample(x)
	if a.p < vanished && a.q < vanished {
		a.p, a.q = 0, 0
	}
}

// vanished is far below every threshold. In digital silence the envelope
// would go on to numbers so small that processors take a hundred times as long for them.
const vanished = 0x1p-200

// slack is far more than rounding can amount to.
const slack = 1e-9

// bySample runs the envelope over two samples at a time: each stage then waits for
// itself once in two samples.
func (a *activeLevel) bySample(x []float32) {
	g, k, p, q := a.g, 1-a.g, a.p, a.q
	gg, gk := g*g, g*k
	reached, exponent, n := a.reached, binaryExponent(q), a.n
	a.n += int64(len(x))
	for ; len(x) >= 2; x = x[2:] {
		x0, x1 := magnitude(x[0]), magnitude(x[1])
		p0 := g*p + k*x0
		p1 := gg*p + (gk*x0 + k*x1)
		q0 := g*q + k*p0
		q1 := gg*q + (gk*p0 + k*p1)
		p, q = p1, q1
		if e0, e1 := binaryExponent(q0), binaryExponent(q1); e0 != exponent || e1 != exponent {
			reached = a.cross(reached, firstReached(e0), n)
			reached = a.cross(reached, firstReached(e1), n+1)
			exponent = e1
		}
		n += 2
	}
	if len(x) == 1 {
		p = g*p + k*magnitude(x[0])
		q = g*q + k*p
		reached = a.cross(reached, firstReached(binaryExponent(q)), n)
	}
	a.p, a.q, a.reached = p, q, reached
}

func magnitude(v float32) float64 { return float64(math.Float32frombits(magnitudeBits(v))) }

// binaryExponent is e of 2^e ≤ q < 2^(e+1), for a q that is not negative.
func binaryExponent(q float64) int { return int(math.Float64bits(q)>>52) - 1023 }

// firstReached is the highest threshold that an envelope with this exponent
// reaches; it reaches all below, too.
func firstReached(exponent int) int { return min(max(-exponent, 0), thresholdCount) }

// cross books the time when sample n takes the envelope from thresholds
// [from:] to [to:], and returns to.
func (a *activeLevel) cross(from, to int, n int64) int {
	for j := to; j < from; j++ { // risen: what passed of the hangover was active
		a.active[j] += a.held(j, n)
		a.since[j] = n
	}
	for j := from; j < to; j++ { // fallen
		a.active[j] += n - a.since[j]
		a.since[j] = n
	}
	return to
}

// held is how much of the hangover of a threshold that is not reached has passed by sample n.
func (a *activeLevel) held(j int, n int64) int64 {
	if a.since[j] == never {
		return 0
	}
	return min(n-a.since[j], a.hangover)
}

// activity is for how many samples so far threshold 2^−j was reached or held.
func (a *activeLevel) activity(j int) int64 {
	if j >= a.reached {
		return a.active[j] + a.n - a.since[j]
	}
	return a.active[j] + a.held(j, a.n)
}

// result gives the active speech level and the activity factor of a signal of
// n samples whose squares sum to sumSquares. Where there is no activity the
// level is −Inf.
func (a *activeLevel) result(sumSquares float64, n int64) (Level, float64) {
	prevLevel, prevExcess := math.Inf(-1), math.Inf(-1)
	for j := range thresholdCount {
		active := a.activity(j)
		if active == 0 || sumSquares == 0 {
			continue
		}
		level := 10 * math.Log10(sumSquares/float64(active))
		excess := level - 20*math.Log10(2)*float64(-j) // over the threshold 2^−j
		if excess >= margin {
			if !math.IsInf(prevExcess, -1) && excess > prevExcess {
				level = prevLevel + (level-prevLevel)*(margin-prevExcess)/(excess-prevExcess)
			}
			return Level(level), min(1, sumSquares/math.Pow(10, level/10)/float64(n))
		}
		prevLevel, prevExcess = level, excess
	}
	return silence, 0
}
