package crosstalk

import (
	"cmp"
	"math"
	"math/cmplx"
	"slices"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/meter/internal/frames"
)

// bleedS is the longest lag at which one channel's sound on the other is bleed: crosstalk, or a
// microphone that hears the other party's loudspeaker. Later sound has travelled to the far end
// and back.
const bleedS = 0.010

// A peak beside a stronger one needs this much to count as separate. A peak of 700 Hz in width,
// and the changes of a line, leave weaker peaks around it. In a short call, the periods of the
// voices do so, too.
const (
	besideS     = 0.015
	besideShare = 0.2
	voicedS     = 0.06
	voicedShare = 0.4
	// Large gains at long lags are not fully separated by direction.
	mirroredS     = 0.002
	mirroredShare = 0.35
)

// heardInPart is the strength at a known lag, in standard deviations, from which a sound counts as
// heard in a part of the call. Chance reaches it once in 3,000 parts.
const heardInPart = 4.0

const (
	steadyShare = 0.5 // of the evidence is in parts that have the sound: it is there throughout
	// A part in which the ratio of the channels is constant holds one sound, or one talker. This
	// is n²/(Σ Sl/Sr · Σ Sr/Sl); it is 1 if the part holds nothing else.
	oneSound = 0.9
	// If an echo falls into the block after that of its sound, the part's gain is too small, never
	// too large. A high quantile of the gains is therefore right.
	echoQuantile = 0.75
)

// What a channel must carry of the other one where that one is loud.
const (
	carriedOverDB  = 15  // over the level that the channel stays below for a tenth of the time
	carriedSteps   = 10  // this many steps of such sound
	carriedShortDB = 6.0 // this far below the gain …
	carriedShort   = 0.3 // … for more than this share of the time: the channel does not carry it
)

// What the channels share if there is only bleed.
const (
	explainedTimes   = 3.0 // times what the gains make; they vary
	unexplainedShare = 0.1 // of the parts that share something
)

// mostGainDB is the greatest gain that is reported. A sound that is louder than on its own channel
// is coupled in the other direction, and only its mirror image is seen. The same happens if one
// channel is digital silence whenever nobody speaks on it.
const mostGainDB = 6.0

// leastGainDB is the least gain that is reported. A sound that both channels share, but neither
// has from the other, gives figures below it.
const leastGainDB = -48.0

// direction is one direction of a span's equations.
type direction struct {
	direct, back        []complex64 // C over the power of the other channel; of the source
	own, others, counts []float64   // by cell: source over other; other over source; 1
}

func (s *span) direction(toRight bool) direction {
	if toRight {
		return direction{s.toRight, s.toLeft, s.leftOver, s.rightOver, s.count}
	}
	return direction{s.toLeft, s.toRight, s.rightOver, s.leftOver, s.count}
}

// unmixed solves the equations of each cell for this direction, whatever is heard in the other.
func (d direction) unmixed() []complex64 {
	out := make([]complex64, len(d.direct))
	for cell, n := range d.counts {
		det := d.own[cell]*d.others[cell] - n*n
		if det <= 1e-6*d.own[cell]*d.others[cell] {
			continue // only one sound: the two directions cannot be separated
		}
		p, q := float32(d.others[cell]/det), float32(n/det)
		for i := cell * cellBins; i < (cell+1)*cellBins; i++ {
			a, b := d.direct[i], d.back[i]
			out[i] = complex(float32(p*real(a))-float32(q*real(b)), float32(p*imag(a))-float32(q*imag(b)))
		}
	}
	return out
}

func (d direction) totals() (own, n, others float64) {
	for i := range d.counts {
		own += d.own[i]
		n += d.counts[i]
		others += d.others[i]
	}
	return own, n, others
}

// medianAlike is the median of alike over the cells. A filter between the channels makes their
// ratio depend on frequency.
func (d direction) medianAlike() float64 {
	x := make([]float64, len(d.counts))
	for i, n := range d.counts {
		if x[i] = 1; d.own[i]*d.others[i] > 0 {
			x[i] = n * n / (d.own[i] * d.others[i])
		}
	}
	return frames.Median(x)
}

// alike is 1 if the ratio of the channels' levels never changes, and smaller the more it changes.
func (d direction) alike() float64 {
	own, n, others := d.totals()
	if own == 0 || others == 0 {
		return 1
	}
	return n * n / (own * others)
}

// gain is the gain at a lag, and its standard deviation.
func (f *lagFinder) gain(d direction, lagS float64) (gain, deviation float64) {
	own, n, others := d.totals()
	det := own*others - n*n
	if det <= 0 {
		return 0, math.Inf(1)
	}
	seen := f.seen(lagS)
	a, b := f.sum(d.direct, lagS), f.sum(d.back, lagS)
	re := (others*real(a) - n*real(b)) / det / seen
	im := (others*imag(a) - n*imag(b)) / det / seen
	return math.Copysign(math.Hypot(re, im), re), math.Sqrt(others / det / cellBins)
}

// apart corrects the gains for mixing in both directions. With left = l + b·r and right = r + a·l,
// the equations give a/(1+ab) and b/(1+ab).
func apart(a, b float64) (float64, float64) {
	q := a * b
	if math.Abs(q) < 1e-9 {
		return a, b
	}
	p := ((1 - 2*q) - math.Sqrt(max(0, 1-4*q))) / (2 * q)
	return a * (1 + p), b * (1 + p)
}

// leaks finds what each channel carries of the other; left on right comes first.
type couplings struct {
	sound  *Common
	finder *lagFinder
	parts  []*span // turned so that no lag drifts
	total  *span
	drift  float64 // s a second
	found  [2]measurement.Coupling
}

func (l *couplings) find() {
	var bleed, echo [2]lagPeak
	for c := range l.found {
		l.finder.look(l.total.direction(c == 0).unmixed())
		first := l.finder.strongest(anyLag, surelyCommon)
		second := l.finder.strongest(func(lagS float64) bool {
			return isBleed(lagS) != isBleed(first.lagS) && math.Abs(lagS-first.lagS) >= besideS
		}, surelyCommon)
		share := besideShare
		if math.Abs(second.lagS-first.lagS) < voicedS {
			share = voicedShare
		}
		if second.strength < share*first.strength {
			second = lagPeak{}
		}
		if bleed[c], echo[c] = first, second; !isBleed(first.lagS) {
			bleed[c], echo[c] = second, first
		}
	}
	for c, e := range echo {
		if o := echo[1-c]; math.Abs(e.lagS-o.lagS) < mirroredS && e.strength < mirroredShare*o.strength {
			echo[c] = lagPeak{}
		}
	}
	for c := range l.found {
		l.found[c].Crosstalk = l.path(c, bleed[c], bleed[1-c])
		l.found[c].Echo = l.path(c, echo[c], echo[1-c])
	}
	if !l.explained() {
		l.found[0].Crosstalk, l.found[1].Crosstalk = measurement.EchoPath{}, measurement.EchoPath{}
	}
}

// explained reports whether bleed of the gains that were found explains everything that the
// channels share at once. A noise that both channels share is far more than that where nobody
// speaks.
func (l *couplings) explained() bool {
	a, b := l.found[0].Crosstalk, l.found[1].Crosstalk
	if !a.Heard() && !b.Heard() {
		return true
	}
	lagS := a.LagS
	if !a.Heard() {
		lagS = -b.LagS
	}
	linear := func(p measurement.EchoPath) float64 {
		if !p.Heard() {
			return 0
		}
		return math.Pow(10, p.GainDB/20)
	}
	toRight, toLeft := linear(a), linear(b)
	common, more := 0, 0
	for _, part := range l.parts {
		at := lagPeak{strength: max(l.finder.agreement(part.toRight, lagS), l.finder.agreement(part.toLeft, lagS))}
		if !at.sure(part.extent) {
			continue
		}
		leftOver, n, rightOver := part.direction(true).totals()
		if cmplx.Abs(l.finder.sum(part.toRight, lagS)) > explainedTimes*(toRight*leftOver+toLeft*n) &&
			cmplx.Abs(l.finder.sum(part.toLeft, lagS)) > explainedTimes*(toRight*n+toLeft*rightOver) {
			more++
		}
		common++
	}
	return float64(more) <= unexplainedShare*float64(common)
}

func isBleed(lagS float64) bool { return math.Abs(lagS) <= bleedS }

// path measures the sound at a peak. other is the strongest peak in the other direction.
func (l *couplings) path(c int, at, other lagPeak) measurement.EchoPath {
	if !at.sure(l.total.extent) {
		return measurement.EchoPath{}
	}
	both := other.sure(l.total.extent) && math.Abs(at.lagS-other.lagS) < mirroredS
	heard := newSpan(len(l.total.toRight))
	heardIn := make([]bool, len(l.parts))
	var gains []weighed
	for i, p := range l.parts {
		d := p.direction(c == 0)
		strength := l.finder.agreement(d.direct, at.lagS)
		if strength < heardInPart {
			continue
		}
		heard.join(p)
		heardIn[i] = true
		own, n, _ := d.totals()
		if g, ok := l.gainIn(p, c, at.lagS, both); ok && own >= n && d.alike() < oneSound {
			gains = append(gains, weighed{g, strength})
		}
	}
	all := l.total.direction(c == 0)
	own, _, _ := all.totals()
	ownHeard, _, _ := heard.direction(c == 0).totals()
	path := measurement.EchoPath{Strength: at.strength, LagS: at.lagS, Share: ownHeard / own}
	if c == 1 {
		path.LagS = -at.lagS
	}
	from := l.total
	if path.Share < steadyShare {
		if from = heard; heard.direction(true).alike() >= oneSound {
			return measurement.EchoPath{}
		}
	}
	quantile := 0.5
	if !isBleed(at.lagS) {
		quantile = echoQuantile
	}
	gain, ok := quantileOf(gains, quantile)
	if !ok {
		gain, ok = l.gainIn(from, c, at.lagS, both)
	}
	if path.GainDB = 20 * math.Log10(gain); !ok || path.GainDB < leastGainDB || path.GainDB > mostGainDB || !l.carries(c, at.lagS, path.GainDB, heardIn) {
		return measurement.EchoPath{}
	}
	return path
}

// carries reports whether a channel is as loud as it must be if it carries the other one. A noise,
// a hum or music on both channels is at one lag too, but there a talker on one channel does not
// change the other.
//
// The lags of a block form a circle: a sound that comes more than half a circle later seems to
// come earlier, at a place where the other channel is not as loud.
func (l *couplings) carries(c int, lagS, gainDB float64, heardIn []bool) bool {
	if c == 1 {
		lagS = -lagS
	}
	loud, short := l.short(c, lagS, gainDB, heardIn)
	if loud < carriedSteps || float64(short) > carriedShort*float64(loud) {
		return false
	}
	if lagS >= -bleedS {
		return true
	}
	later, laterShort := l.short(c, lagS+l.sound.blockS(), gainDB, heardIn)
	return short*later <= laterShort*loud
}

// short counts the steps in which a source is loud, and the steps among them in which the other
// channel, after the lag, is too quiet to carry it.
func (l *couplings) short(c int, afterS, gainDB float64, heardIn []bool) (loud, short int) {
	source, other := l.sound.low[c], l.sound.low[1-c]
	drift := l.drift
	if c == 1 {
		drift = -drift
	}
	floor := source.quantile(0.25)
	for i := range source.n {
		t := (float64(i) + 0.5) * frames.StepS
		v := source.at(i)
		if v == lowNone || int(v) > int(floor)-lowScale*carriedOverDB || !heardIn[l.sound.partAt(t, len(heardIn))] {
			continue
		}
		w := other.at(i + int(math.Round((afterS+drift*t)/frames.StepS)))
		if w == lowNone {
			continue
		}
		loud++
		if float64(int(v)-int(w))/lowScale < gainDB-carriedShortDB {
			short++
		}
	}
	return loud, short
}

// gainIn is the gain in a part, and whether it is anything but chance.
func (l *couplings) gainIn(s *span, c int, lagS float64, both bool) (float64, bool) {
	g, deviation := l.finder.gain(s.direction(c == 0), lagS)
	if math.Abs(g) < heardInPart*deviation {
		return 0, false
	}
	if both {
		if back, deviation := l.finder.gain(s.direction(c == 1), lagS); math.Abs(back) >= heardInPart*deviation {
			g, _ = apart(g, back)
		}
	}
	return math.Abs(g), true
}

// weighed is a value with its weight.
type weighed struct{ value, weight float64 }

// quantileOf is the value up to which a share q of the weight lies.
func quantileOf(x []weighed, q float64) (float64, bool) {
	slices.SortFunc(x, func(a, b weighed) int { return cmp.Compare(a.value, b.value) })
	var all, below float64
	for _, v := range x {
		all += v.weight
	}
	for _, v := range x {
		if below += v.weight; below >= q*all {
			return v.value, true
		}
	}
	return 0, false
}
